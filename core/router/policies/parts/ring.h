// The ring of the consistent hashes: points of all workers, owners among those that are routable, and the bound on the
// load that an owner may have (SPEC 5.1).
#pragma once

#include <cstdint>
#include <string_view>

#include "core/router/policy.h"

namespace blockyard::policies {

/// Who a key goes to: the owner of the first point at or after it, around; where `load_bound` is above 0, only while
/// its active requests are at most load_bound × (all active + 1) / W, else the least active within that bound, else the
/// owner after all. `what` names the key in explanations.
WorkerId take_by_ring(const RouteInput& in, std::uint64_t key, std::uint32_t virtual_nodes, double load_bound,
                      std::string_view what, RouterMemory& m, Explanation* why);

}  // namespace blockyard::policies
