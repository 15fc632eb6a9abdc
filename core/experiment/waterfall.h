// The loss waterfall: from the best hit rate that any cache could reach on these requests down to what was achieved,
// one cause at a time. Every step runs the same requests again with one thing more as it really is, in this order:
//
//   too_long      where some requests fit no worker: one cache without limit for all, what it gives to those that ran
//   best          one cache without limit for the requests that ran, matched token by token
//   granularity   only whole blocks are matched, and what the engine always computes again is
//   capacity      the fleet's blocks as one cache, evicting by Belady's clairvoyant rule
//   eviction      the same cache under the scenario's eviction policy
//   split         a cache a worker; the router sees the truth and follows the longest match
//   staleness     the same routing by the view that messages give it
//   load          the scenario's strategy: matches given up for load, or never looked for
//   faults        with the scenario's faults, where it has any
//
// The first of them take requests one after another, in the order of arrival; the others are whole simulations. A
// step's loss is what it has less than the one before it, so losses add up to best − achieved exactly, in tokens; one
// may be negative: a gain. Rates are over the prompt tokens of the requests that ran: the last one is the token hit
// rate of a run's results.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/experiment/run.h"

namespace blockyard {

struct WaterfallStep {
  std::string id;
  std::string label;
  std::string help;
  std::uint64_t hit_tokens = 0;  ///< with this and all causes before it
};

struct LossWaterfall {
  std::string version;
  Scenario scenario;
  std::uint64_t prompt_tokens = 0;   ///< of the requests that ran
  std::string rejected_reason;       ///< why others did not, with numbers; "" where all ran
  std::uint32_t finest_tokens = 1;   ///< tokens a unit of the best: 1, more where so many would not fit in memory
  std::vector<WaterfallStep> steps;  ///< the first is the best, the last what was achieved

  std::uint64_t best() const { return steps.front().hit_tokens; }
  std::uint64_t achieved() const { return steps.back().hit_tokens; }
  /// Lost by step i ≥ 1; negative for a gain.
  std::int64_t loss(std::size_t i) const {
    return static_cast<std::int64_t>(steps[i - 1].hit_tokens) - static_cast<std::int64_t>(steps[i].hit_tokens);
  }
  /// Tokens as a share of the prompt tokens of the requests that ran, %.
  double percent(double tokens) const {
    return prompt_tokens == 0 ? 0 : 100 * tokens / static_cast<double>(prompt_tokens);
  }
};

/// Runs all steps. `progress` is told how many of how many are done. Errors are those of the workload, or "cancelled".
Result<LossWaterfall> loss_waterfall(const Scenario& scenario, const Cancelled& cancelled,
                                     const std::function<void(std::size_t, std::size_t)>& progress = {});

}  // namespace blockyard
