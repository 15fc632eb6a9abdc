// Comparison: strategies, or fleets that differ in any other setting, over one or more seeds. Plain values; who runs
// the cells, and on how many threads, is the caller's affair and changes nothing in them.
//
// Invariant: runs[i][k] is fleets[i] under seeds[k]; only runs[i][0] keep their series and distributions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/experiment/metric.h"
#include "core/experiment/run.h"
#include "core/experiment/statistics/estimate.h"
#include "core/experiment/variant.h"

namespace blockyard {

/// One line of a comparison.
struct ComparedFleet {
  std::string name;   ///< of files and rows: the strategy's id, or the variant's name; no two alike
  std::string label;  ///< for people
  Variant variant;    ///< what differs from the scenario; nothing where it is the scenario itself
  bool by_strategy = false;
  Scenario scenario;
};

struct Comparison {
  Scenario scenario;
  std::vector<ComparedFleet> fleets;
  std::vector<std::uint64_t> seeds;  ///< scenario's seed, then those after it; fleets with seeds of their own likewise
  std::vector<std::vector<RunResults>> runs;

  /// What would be another time round: a trace has no other seeds, only other stretches.
  IntervalFrom interval_from() const;
  /// The runs of every fleet, with a metric (a row of the table) over each whole run.
  std::vector<FleetRuns> fleet_runs(std::size_t metric) const;
  /// The scenario of one cell.
  Scenario cell(std::size_t fleet, std::size_t seed) const;
};

/// The strategies of a comma-separated list, in the order given; "all" is the whole table. One that is unknown or named
/// twice is an error that begins with the option.
Result<std::vector<std::uint32_t>> parse_strategies(const std::string& list, std::string_view option = "--strategies");

/// An empty comparison of `repeats` seeds.
Comparison plan_comparison(const Scenario& scenario, const std::vector<std::uint32_t>& strategies,
                           std::uint32_t repeats);

/// Adds a fleet that differs from the scenario as the variant says. Errors: a name that is taken, a setting that cannot
/// be.
Result<void> add_variant(Comparison& comparison, const Variant& variant, const std::string& presets_dir);

}  // namespace blockyard
