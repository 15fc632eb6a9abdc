// How many workers? The smallest fleet whose figures keep their objectives with their whole 95 % interval, and a bound
// that no router and no cache can beat.
//
// Pure: a FleetSearch says which size to try next and is told what came of it; whoever runs the trials may run several
// searches at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/experiment/answers/ranking.h"
#include "core/experiment/prepared.h"
#include "core/experiment/run.h"

namespace blockyard {

/// A figure must be at most the limit (at least, where more is better).
struct Objective {
  std::size_t metric = 0;  ///< row of metric_table()
  double limit = 0;        ///< in the metric's unit
  friend bool operator==(const Objective&, const Objective&) = default;
};

/// "ttft_p95=500,tpot_p95=30". Errors begin with the option.
Result<std::vector<Objective>> parse_objectives(const std::string& text, std::string_view option = "--slo");
/// "ttft_p95 ≤ 500 ms".
std::string objective_text(const Objective& objective);

/// One size that was run.
struct FleetTrial {
  std::uint32_t workers = 0;
  std::vector<Estimate> estimates;  ///< by objective
  std::optional<Saturation> saturation;
  std::string rejected_reason;
  double tokens_per_s = 0;         ///< prompt and output tokens of completed requests, over the makespan
  double output_tokens_per_s = 0;  ///< output tokens alone

  /// With the whole interval where there is one; else the value alone. A saturated fleet keeps nothing.
  bool keeps(const std::vector<Objective>& objectives) const;
  /// The values alone.
  bool keeps_by_value(const std::vector<Objective>& objectives) const;
};

/// Runs one size of the scenario's fleet. Empty where it was cancelled.
std::optional<FleetTrial> try_fleet(const Prepared& prepared, const Scenario& scenario,
                                    const std::vector<Objective>& objectives, const Warmup& warmup,
                                    const Cancelled& cancelled);

/// By doubling until a size keeps the objectives, then halving between it and the greatest that does not; after that in
/// the same way for the values alone. It takes for granted that a larger fleet is no worse.
class FleetSearch {
 public:
  FleetSearch(std::vector<Objective> objectives, std::uint32_t first, std::uint32_t most)
      : objectives_(std::move(objectives)), first_(first), most_(most) {}

  /// The size to try next; empty where it is over.
  std::optional<std::uint32_t> next() const;
  void add(FleetTrial trial) { trials_.insert_or_assign(trial.workers, std::move(trial)); }

  /// The smallest that keeps the objectives; nullptr where even `most` does not.
  const FleetTrial* smallest() const;
  /// The smallest whose values keep them, interval or not; nullptr as above.
  const FleetTrial* smallest_by_value() const;
  /// The largest that was tried.
  const FleetTrial* largest() const { return trials_.empty() ? nullptr : &trials_.rbegin()->second; }
  std::size_t trials() const { return trials_.size(); }

 private:
  template <class Keeps>
  std::optional<std::uint32_t> between(Keeps keeps) const;

  std::vector<Objective> objectives_;
  std::uint32_t first_, most_;
  std::map<std::uint32_t, FleetTrial> trials_;
};

/// How many workers the requests keep busy in the long run where every block is computed once in the whole fleet and
/// work is divided evenly over workers that never idle: work ÷ the span of arrivals. NaN where all arrive at once, and
/// in a loop of users, which has no rate of its own.
double worker_bound(const Prepared& prepared);

}  // namespace blockyard
