// The indices by which everything is named. All are dense and start at 0, so that sets and maps over them are arrays.
#pragma once

#include <cstdint>
#include <limits>

namespace blockyard {

using BlockId = std::uint32_t;    ///< a distinct prefix block of the workload, in order of first sight
using SlotId = std::uint32_t;     ///< a physical block slot of one worker, 0 … capacity − 1
using WorkerId = std::uint32_t;   ///< a worker, 0 … W − 1
using RequestId = std::uint32_t;  ///< a request, by arrival; ties by place in the input
using EdgeId = std::uint32_t;     ///< an edge of the radix tree of all chains

/// "none" for each of them.
inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

}  // namespace blockyard
