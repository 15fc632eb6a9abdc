// Comparison: strategies on the same requests, over one or more seeds. Plain values; who runs the cells, and on how
// many threads, is the caller's affair and changes nothing in them.
//
// Invariant: runs[i][k] is strategies[i] under seeds[k]; only runs[i][0] keep their series and distributions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/experiment/metric.h"
#include "core/experiment/run.h"

namespace blockyard {

struct Comparison {
  Scenario scenario;
  std::vector<std::uint32_t> strategies;  ///< indices into policy_table()
  std::vector<std::uint64_t> seeds;       ///< scenario's seed, then those after it
  std::vector<std::vector<RunResults>> runs;

  /// A figure of a strategy over all seeds.
  Interval interval(std::size_t strategy, const Metric& metric) const;
};

/// The strategies of a comma-separated list, each once, in the order given; "all" is the whole table.
Result<std::vector<std::uint32_t>> parse_strategies(const std::string& list);

/// An empty comparison of `repeats` seeds.
Comparison plan_comparison(const Scenario& scenario, std::vector<std::uint32_t> strategies, std::uint32_t repeats);

}  // namespace blockyard
