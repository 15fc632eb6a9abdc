#include "core/io/experiments/waterfall_file.h"

#include <fmt/format.h>

#include "core/io/results.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario_json.h"

namespace blockyard {

using io::Json;

std::string waterfall_json(const LossWaterfall& w) {
  Json steps = Json::array();
  for (std::size_t i = 0; i < w.steps.size(); ++i) {
    const WaterfallStep& s = w.steps[i];
    Json step{{"id", s.id},
              {"label", s.label},
              {"help", s.help},
              {"hit_tokens", s.hit_tokens},
              {"rate", w.percent(static_cast<double>(s.hit_tokens)) / 100}};
    if (i > 0) {
      step["loss_tokens"] = w.loss(i);
      step["loss"] = w.percent(static_cast<double>(w.loss(i))) / 100;
    }
    steps.push_back(std::move(step));
  }
  const Json out{{"blockyard", w.version},
                 {"scenario", io::scenario_json(w.scenario)},
                 {"prompt_tokens", w.prompt_tokens},
                 {"rejected_reason", w.rejected_reason},
                 {"finest_tokens", w.finest_tokens},
                 {"best_tokens", w.best()},
                 {"achieved_tokens", w.achieved()},
                 {"waterfall", steps}};
  return io::dump_json(out, 1) + "\n";
}

bool is_waterfall(const std::string& text) {
  const Json v = io::json_or_discarded(text);
  return v.is_object() && v.contains("waterfall");
}

Result<LossWaterfall> read_waterfall(const std::string& path) {
  const auto parsed = io::read_json(path);
  if (!parsed) return parsed.error();
  try {
    const Json& v = *parsed;
    LossWaterfall w;
    v.at("blockyard").get_to(w.version);
    auto scenario = io::read_written_scenario(v.at("scenario"));
    if (!scenario) return Error{fmt::format("{}: /scenario{}", path, scenario.error().message)};
    w.scenario = std::move(*scenario);
    v.at("prompt_tokens").get_to(w.prompt_tokens);
    if (v.contains("rejected_reason")) v.at("rejected_reason").get_to(w.rejected_reason);
    v.at("finest_tokens").get_to(w.finest_tokens);
    for (const Json& s : v.at("waterfall"))
      w.steps.push_back({s.at("id"), s.at("label"), s.at("help"), s.at("hit_tokens")});
    if (w.steps.empty()) return Error{fmt::format("{}: a waterfall without steps", path)};
    return w;
  } catch (const Json::exception&) {
    return Error{fmt::format("{}: no loss waterfall; `blockyard waterfall SCENARIO --out DIR` makes one", path)};
  }
}

}  // namespace blockyard
