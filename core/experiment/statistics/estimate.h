// Estimates: a figure of a fleet with its 95 % interval, and the difference between two fleets on the same requests
// with its own. Never an interval where it would mean nothing: then there is a word on why.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/experiment/statistics/batches.h"

namespace blockyard {

/// Where an interval comes from: what would be another time round.
enum class IntervalFrom : std::uint8_t {
  kSeeds,   ///< other requests of the same kind: the runs of several seeds, each a value
  kBatches  ///< another stretch of the same trace: the batches of the run
};

enum class NoInterval : std::uint8_t {
  kThereIsOne,
  kFewRequests,  ///< too few to cut into batches, or a single seed of what is no figure of requests
  kSaturated,    ///< it grows with the length of the run
  kDependent,    ///< batches of a fifth of the run still depend on one another
  kNotRequests,  ///< no figure of requests: batches have none of it
  kOthers        ///< a difference between fleets that did not serve the same requests
};

/// "the run is too short to be cut into batches".
std::string_view no_interval_text(NoInterval why);

struct Estimate {
  double value = 0;  ///< without the warm-up, where batches tell; NaN where there is none
  double half = 0;   ///< of the interval, value ± half; 0 where there is none
  NoInterval why_none = NoInterval::kThereIsOne;
  bool has_interval() const { return why_none == NoInterval::kThereIsOne; }
  double low() const { return value - half; }
  double high() const { return value + half; }
};

/// The runs of one fleet, one a seed.
struct FleetRuns {
  std::vector<double> values;              ///< of the metric over each whole run
  std::vector<const RunBatches*> batches;  ///< of each run
  bool saturated = false;                  ///< any of them
};

/// The batches that all of these fleets' runs would drop: the most that MSER-5 drops of one of them.
std::uint32_t common_warmup(std::span<const FleetRuns> fleets);

/// A metric (a row of the table) of a fleet without its first `warmup` batches, at a level of confidence.
Estimate estimate(const FleetRuns& fleet, std::size_t metric, IntervalFrom from, std::uint32_t warmup,
                  double level = 0.95);

/// a − b, seed by seed or batch by batch, so that what the requests do to both falls out.
Estimate estimate_difference(const FleetRuns& a, const FleetRuns& b, std::size_t metric, IntervalFrom from,
                             std::uint32_t warmup, double level = 0.95);

/// The half-width of an interval of the mean of values that may depend on their neighbours, around `centre`: neighbours
/// are put together while Fishman's test finds them dependent, down to five; what dependence is left widens it, as if
/// the batches were a first-order autoregression. Why there is none otherwise.
Estimate batch_interval(std::vector<double> batches, double centre, double level);

}  // namespace blockyard
