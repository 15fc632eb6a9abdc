// What stand-ins are made of, for the commands that start some.
#pragma once

#include "core/base/result.h"
#include "core/settings/scenario.h"
#include "core/workload/words/word_source.h"

namespace blockyard::cli {

/// The tokenizer and the small model that a scenario's stand-ins share.
Result<WordSource> standin_words(const Scenario& scenario);

}  // namespace blockyard::cli
