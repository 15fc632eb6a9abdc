// Rejections: what a run could not serve, and why, as every place where its results stand has to say.
#pragma once

#include <cstdint>
#include <string>

#include "core/fleet/fleet.h"

namespace blockyard {

/// Of the requests that have arrived.
struct Rejections {
  std::uint32_t arrived = 0;
  std::uint32_t rejected = 0;
  std::uint32_t too_long = 0;        ///< of those: need more blocks than a worker has; the others came after such a one
  std::uint32_t capacity = 0;        ///< blocks that a worker has
  std::uint64_t longest_blocks = 0;  ///< the most that one of them needs
  friend bool operator==(const Rejections&, const Rejections&) = default;
};

/// What the worker of a fleet like this one must be able to hold to serve the request.
std::uint64_t blocks_needed(const Config& config, const Request& request);

Rejections rejections_of(const Fleet& fleet);

/// "8,443 of 12,031 requests need more than a worker's 924 blocks; the longest needs 7,912"; "" where none was
/// rejected.
std::string rejected_reason(const Rejections& rejections);

}  // namespace blockyard
