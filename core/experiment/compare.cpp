#include "core/experiment/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/router/policy.h"

namespace blockyard {

Interval Comparison::interval(std::size_t strategy, const Metric& metric) const {
  std::vector<double> values;
  for (const RunResults& run : runs[strategy]) values.push_back(metric.of(run.summary));
  return interval_of(values);
}

Result<std::vector<std::uint32_t>> parse_strategies(const std::string& list) {
  std::vector<std::uint32_t> out;
  if (list == "all") {
    for (std::uint32_t i = 0; i < policy_table().size(); ++i) out.push_back(i);
    return out;
  }
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    const std::string id = list.substr(begin, comma - begin);
    const std::uint32_t index = find_policy(id);
    if (index == kNone) {
      std::string known = "all";
      for (const PolicyRow& row : policy_table()) known += fmt::format(", {}", row.id);
      return Error{fmt::format("--strategies: '{}' is no strategy; allowed are {}", id, known)};
    }
    if (std::find(out.begin(), out.end(), index) == out.end()) out.push_back(index);
    begin = comma + 1;
  }
  return out;
}

Comparison plan_comparison(const Scenario& scenario, std::vector<std::uint32_t> strategies, std::uint32_t repeats) {
  Comparison c;
  c.scenario = scenario;
  c.strategies = std::move(strategies);
  for (std::uint32_t k = 0; k < repeats; ++k) c.seeds.push_back(scenario.config.seed + k);
  c.runs.assign(c.strategies.size(), std::vector<RunResults>(repeats));
  return c;
}

}  // namespace blockyard
