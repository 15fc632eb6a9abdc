// FleetRanking: which of several fleets is best at one figure on the same requests, and how sure that is.
//
// The best is compared with every other by the paired difference of the two. All these intervals hold together with
// 95 %: with n rivals each is made at 1 − 0.05 / n (Bonferroni), since the best was picked by looking at all of them.
#pragma once

#include <string>
#include <vector>

#include "core/experiment/statistics/estimate.h"

namespace blockyard {

/// How many requests of a run's beginning no figure counts.
struct Warmup {
  bool automatic = true;       ///< MSER-5
  std::uint32_t requests = 0;  ///< else so many
  /// In batches, of fleets that are compared with one another.
  std::uint32_t batches(std::span<const FleetRuns> fleets) const;
};

/// "auto" or a number of requests. Errors begin with the option.
Result<Warmup> parse_warmup(const std::string& text, std::string_view option = "--warmup");

/// How the best does against another fleet.
struct Rival {
  std::size_t fleet = 0;
  Estimate ahead;      ///< by how much the best is better, in the metric's unit: positive where it is
  double percent = 0;  ///< the same, % of the rival's value; NaN where that is 0
  double percent_half = 0;
  /// A difference that chance does not explain.
  bool told() const { return ahead.has_interval() && ahead.low() > 0; }
};

struct FleetRanking {
  std::size_t metric = 0;
  IntervalFrom from = IntervalFrom::kBatches;
  std::uint32_t warmup = 0;         ///< batches
  std::vector<Estimate> estimates;  ///< by fleet
  std::vector<std::size_t> order;   ///< of those with a value, best first
  std::vector<Rival> rivals;        ///< of the best, in that order
  bool any() const { return !order.empty(); }
  std::size_t best() const { return order.front(); }
  /// The best, or one that cannot be told from it.
  bool among_best(std::size_t fleet) const;
};

/// `metric` is a row of metric_table().
FleetRanking rank_fleets(std::span<const FleetRuns> fleets, std::size_t metric, IntervalFrom from,
                         std::uint32_t warmup);

/// What the ranking says, a sentence a line: "A is better than B by 12 % ± 3 %", "Between A and C no difference can be
/// told". `names` by fleet. At most `most` rivals are named.
std::vector<std::string> verdict(const FleetRanking& ranking, std::span<const std::string> names,
                                 std::size_t most = 20);

/// "412 ms ± 15 ms", as tables write it.
std::string estimate_text(const Estimate& estimate, const Metric& metric);

}  // namespace blockyard
