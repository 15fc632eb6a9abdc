// Random lengths and arrival times of generated workloads, all from Rng: the same numbers on every machine.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/rng.h"
#include "core/base/sim_time.h"
#include "core/settings/workload_spec.h"

namespace blockyard {

/// A distribution of lengths in tokens; every draw is at least 1 and at most 1,000,000.
struct Lengths {
  LengthDist dist = LengthDist::kConstant;
  double mean = 1;
  double spread = 0;                            ///< uniform: ± share of the mean; lognormal: sigma of the logarithm
  const std::vector<double>* values = nullptr;  ///< empirical

  std::uint32_t draw(Rng& rng) const;
};

/// Evenly from 1 to 2 × mean − 1: a count whose mean is `mean`.
std::uint32_t draw_count(Rng& rng, double mean);

/// One arrival after the other at the mean rate of `per_second`, by the process of the spec (not closed).
class ArrivalTimes {
 public:
  ArrivalTimes(ArrivalProcess process, double per_second, double burstiness)
      : process_(process), per_second_(per_second), burstiness_(burstiness) {}
  /// µs. The first arrival of `constant` is at 0; of the others after one gap.
  SimTime next(Rng& rng);

 private:
  ArrivalProcess process_;
  double per_second_;
  double burstiness_;
  std::uint64_t drawn_ = 0;
  double seconds_ = 0;
};

}  // namespace blockyard
