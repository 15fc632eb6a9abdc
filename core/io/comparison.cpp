#include "core/io/comparison.h"

#include <cmath>

#include "core/io/results.h"
#include "core/io/results_value.h"
#include "core/router/policy.h"
#include "core/settings/scenario_json.h"

namespace blockyard {

std::string comparison_json(const Comparison& c) {
  using io::Json;
  const auto number = [](double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); };
  Json strategies = Json::array();
  for (std::size_t i = 0; i < c.strategies.size(); ++i) {
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
    const PolicyRow& row = policy_table()[c.strategies[i]];
    strategies.push_back({{"strategy", row.id}, {"label", row.label}, {"metrics", metrics}, {"runs", runs}});
  }
  const Json out{{"blockyard", version()},
                 {"scenario", io::scenario_json(c.scenario)},
                 {"seeds", c.seeds},
                 {"interval", "mean over seeds and its 95 % confidence interval (Student's t)"},
                 {"strategies", strategies}};
  return out.dump(1) + "\n";
}

}  // namespace blockyard
