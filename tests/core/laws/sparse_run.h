// Random runs in which for long nothing happens but heartbeats and syncs.
#pragma once

#include "tests/core/random_run.h"

namespace blockyard::test {

/// Requests far apart, or in bursts far apart, and timers that are quick against that.
inline std::unique_ptr<RandomRun> sparse_run(std::uint64_t seed) {
  auto run = random_run(seed);
  Rng rng(seed + 77, RngPurpose::kTest);
  const auto far = static_cast<SimTime>(1 + rng.below(40));
  SimTime shift = 0;
  for (Request& r : run->workload.requests) {
    if (rng.below(4) == 0) shift += ms_to_us(static_cast<double>(rng.below(2000)));
    r.arrival = r.arrival * far + shift;
  }
  RouterConfig& router = run->config.router;
  router.heartbeat = static_cast<SimTime>(rng.below(3)) * ms_to_us(1 + static_cast<double>(rng.below(30)));
  router.sync = static_cast<SimTime>(rng.below(3)) * ms_to_us(1 + static_cast<double>(rng.below(30)));
  router.message_delay = static_cast<SimTime>(rng.below(3)) * ms_to_us(static_cast<double>(rng.below(90)));
  router.message_loss = rng.below(4) == 0 ? 0.3 : 0;
  return run;
}

}  // namespace blockyard::test
