#include "app/cli/live/sources/standin_words.h"

#include "core/workload/make.h"

namespace blockyard::cli {

Result<WordSource> standin_words(const Scenario& scenario) {
  WordSettings settings = word_settings(scenario);
  settings.model_answers = true;
  settings.seed = scenario.config.seed;
  return WordSource::open(settings);
}

}  // namespace blockyard::cli
