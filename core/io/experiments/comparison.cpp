#include "core/io/experiments/comparison.h"

#include <cmath>

#include "core/base/version.h"
#include "core/io/results.h"
#include "core/io/results_value.h"
#include "core/router/policy.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario_json.h"

namespace blockyard {

std::string comparison_json(const Comparison& c) {
  using io::Json;
  const auto number = [](double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); };
  Json strategies = Json::array();
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    Json metrics = Json::object();
    for (const Metric& m : metric_table()) {
      const Interval v = c.interval(i, m);
      metrics[std::string(m.id)] = {
          {"mean", number(v.mean)}, {"low", number(v.low)}, {"high", number(v.high)}, {"unit", m.unit}};
    }
    Json runs = Json::array();
    for (std::size_t k = 0; k < c.seeds.size(); ++k) {
      runs.push_back({{"seed", c.seeds[k]}, {"summary", io::summary_value(c.runs[i][k].summary)}});
    }
    const ComparedFleet& fleet = c.fleets[i];
    const PolicyRow& row = policy_table()[fleet.scenario.config.router.strategy];
    Json line{{"strategy", row.id}, {"label", fleet.label}};
    if (!fleet.by_strategy) {
      Json set = Json::object();
      for (const auto& [path, value] : fleet.variant.values) {
        Json json = io::json_or_discarded(value);
        set[path] = json.is_discarded() ? Json(value) : std::move(json);
      }
      line["variant"] = fleet.name;
      line["set"] = std::move(set);
    }
    line["metrics"] = std::move(metrics);
    line["runs"] = std::move(runs);
    strategies.push_back(std::move(line));
  }
  const Json out{{"blockyard", version()},
                 {"scenario", io::scenario_json(c.scenario)},
                 {"seeds", c.seeds},
                 {"interval", "mean over seeds and its 95 % confidence interval (Student's t)"},
                 {"strategies", strategies}};
  return io::dump_json(out, 1) + "\n";
}

}  // namespace blockyard
