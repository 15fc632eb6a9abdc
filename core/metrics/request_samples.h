// RequestSamples: what a run did for each of its requests, in the order of the requests. Figures over any part of a run
// (without its beginning, batch by batch) are functions of a stretch of them.
#pragma once

#include <cstdint>
#include <vector>

#include "core/fleet/fleet.h"

namespace blockyard {

/// One completed request. Times in ms.
struct RequestSample {
  double ttft = 0;
  double e2e = 0;
  double queue = 0;
  double prefill = 0;
  double tpot = 0;        ///< NaN where it has fewer than two output tokens
  std::uint32_t hit = 0;  ///< blocks, as the next two
  std::uint32_t predicted = 0;
  std::uint32_t prompt_blocks = 0;
  std::uint32_t hit_tokens = 0;
  std::uint32_t prompt_tokens = 0;
};

/// Of all requests that have completed so far, by their index.
std::vector<RequestSample> request_samples(const Fleet& fleet);

}  // namespace blockyard
