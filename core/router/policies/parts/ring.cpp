#include "core/router/policies/parts/ring.h"

#include "core/router/policies/parts/common.h"
#include "core/tokens/sha256.h"

namespace blockyard::policies {
namespace {

// Points: the first 8 bytes, little-endian, of the SHA-256 of "<worker>:<v>".
std::vector<RingPoint> make_ring(std::size_t workers, std::uint32_t virtual_nodes) {
  std::vector<RingPoint> ring;
  ring.reserve(workers * virtual_nodes);
  for (WorkerId w = 0; w < workers; ++w) {
    for (std::uint32_t v = 0; v < virtual_nodes; ++v) {
      const std::string name = std::to_string(w) + ":" + std::to_string(v);
      ring.push_back({digest_prefix(sha256({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()})), w});
    }
  }
  std::sort(ring.begin(), ring.end(),
            [](const RingPoint& a, const RingPoint& b) { return a.at != b.at ? a.at < b.at : a.worker < b.worker; });
  return ring;
}

}  // namespace

WorkerId take_by_ring(const RouteInput& in, std::uint64_t key, std::uint32_t virtual_nodes, double load_bound,
                      std::string_view what, RouterMemory& m, Explanation* why) {
  if (m.ring_nodes != virtual_nodes) {
    m.ring = make_ring(in.size(), virtual_nodes);
    m.ring_nodes = virtual_nodes;
  }
  auto at = std::lower_bound(m.ring.begin(), m.ring.end(), key,
                             [](const RingPoint& point, std::uint64_t k) { return point.at < k; });
  // Points of workers that are not routable are passed over, as if they were not on the ring.
  for (;; ++at) {
    if (at == m.ring.end()) at = m.ring.begin();
    if (in.is_routable(at->worker)) break;
  }
  const WorkerId owner = at->worker;
  const std::string owns = "owner of the " + std::string(what) + " on the ring";
  if (load_bound <= 0) {
    if (why != nullptr) why->candidates[owner].eligible = true;
    say(why, owns);
    return owner;
  }
  double total = 0;
  for (const WorkerId w : in.routable) total += in.active[w];
  const double bound = load_bound * (total + 1) / static_cast<double>(in.size());
  if (why != nullptr) {
    why->terms = {"active", "bound"};
    for (const WorkerId w : in.routable) why->candidates[w].terms = {static_cast<double>(in.active[w]), bound};
  }
  if (static_cast<double>(in.active[owner]) <= bound) {
    if (why != nullptr) why->candidates[owner].eligible = true;
    say(why, owns + ", within the load bound");
    return owner;
  }
  std::vector<WorkerId> within;
  for (const WorkerId w : in.routable) {
    if (static_cast<double>(in.active[w]) <= bound) within.push_back(w);
  }
  if (within.empty()) {
    say(why, owns + "; nobody is within the load bound");
    return owner;
  }
  const WorkerId w = take_lowest_active(in, within, m, why);
  say(why, "the owner is above the load bound: fewest active requests within it");
  return w;
}

}  // namespace blockyard::policies
