#include "core/experiment/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/words/nearest.h"
#include "core/base/words/printable.h"
#include "core/router/policy.h"

namespace blockyard {

IntervalFrom Comparison::interval_from() const {
  return scenario.workload.type == WorkloadType::kTrace || seeds.size() < 2 ? IntervalFrom::kBatches
                                                                            : IntervalFrom::kSeeds;
}

std::vector<FleetRuns> Comparison::fleet_runs(std::size_t metric) const {
  std::vector<FleetRuns> out(fleets.size());
  for (std::size_t i = 0; i < fleets.size(); ++i) {
    for (const RunResults& run : runs[i]) {
      out[i].values.push_back(metric_table()[metric].of(run.summary));
      out[i].batches.push_back(&run.batches);
      out[i].saturated = out[i].saturated || run.summary.saturation.has_value();
    }
  }
  return out;
}

Result<std::vector<std::uint32_t>> parse_strategies(const std::string& list, std::string_view option) {
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
      std::vector<std::string> known{"all"};
      for (const PolicyRow& row : policy_table()) known.emplace_back(row.id);
      const std::string near = nearest(id, known);
      return Error{fmt::format("{}: '{}' is no strategy; {} {}", option, quoted_part(id),
                               near.empty() ? "there are" : fmt::format("did you mean {}? There are", near),
                               fmt::join(known, ", "))};
    }
    if (std::find(out.begin(), out.end(), index) != out.end())
      return Error{fmt::format("{}: {} is named twice", option, id)};
    out.push_back(index);
    begin = comma + 1;
  }
  return out;
}

Scenario Comparison::cell(std::size_t fleet, std::size_t seed) const {
  Scenario out = fleets[fleet].scenario;
  out.config.seed += seed;
  return out;
}

Comparison plan_comparison(const Scenario& scenario, const std::vector<std::uint32_t>& strategies,
                           std::uint32_t repeats) {
  Comparison c;
  c.scenario = scenario;
  for (const std::uint32_t s : strategies) {
    const PolicyRow& row = policy_table()[s];
    c.fleets.push_back({std::string(row.id), std::string(row.label), strategy_variant(s), true, scenario});
    c.fleets.back().scenario.config.router.strategy = s;
  }
  for (std::uint32_t k = 0; k < repeats; ++k) c.seeds.push_back(scenario.config.seed + k);
  c.runs.assign(c.fleets.size(), std::vector<RunResults>(repeats));
  return c;
}

Result<void> add_variant(Comparison& c, const Variant& variant, const std::string& presets_dir) {
  for (const ComparedFleet& fleet : c.fleets) {
    if (fleet.name == variant.name)
      return Error{fmt::format("{}: the name is taken; each fleet needs its own", variant.name)};
  }
  auto scenario = with_variant(c.scenario, variant, presets_dir);
  if (!scenario) return scenario.error();
  c.fleets.push_back({variant.name, variant.name, variant, false, std::move(*scenario)});
  c.runs.emplace_back(c.seeds.size());
  return {};
}

}  // namespace blockyard
