// prefix_hash: the SGLang model gateway's consistent hash of the first tokens, with bounded load (SPEC 5.1).
#include "core/prefix/prefix_tree.h"
#include "core/router/policies/common.h"
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

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const auto wanted = static_cast<std::uint32_t>(p.prefix_tokens) / in.block_tokens;
  const std::uint32_t blocks = std::min(wanted, in.chain_blocks);
  if (blocks == 0) {
    const WorkerId w = take_lowest_active(in, in.routable, m, why);
    say(why, "no full block to make a key of: fewest active requests");
    return w;
  }
  const auto nodes = static_cast<std::uint32_t>(p.virtual_nodes);
  if (m.ring_nodes != nodes) {
    m.ring = make_ring(in.size(), nodes);
    m.ring_nodes = nodes;
  }
  const std::uint64_t key = digest_prefix(in.tree->digest(chain_block(in.chain, blocks - 1)));
  auto at = std::lower_bound(m.ring.begin(), m.ring.end(), key,
                             [](const RingPoint& point, std::uint64_t k) { return point.at < k; });
  // Points of workers that are not routable are passed over, as if they were not on the ring.
  for (;; ++at) {
    if (at == m.ring.end()) at = m.ring.begin();
    if (in.is_routable(at->worker)) break;
  }
  const WorkerId owner = at->worker;

  double total = 0;
  for (const WorkerId w : in.routable) total += in.active[w];
  const double bound = p.load_bound * (total + 1) / static_cast<double>(in.size());
  if (why != nullptr) {
    why->terms = {"active", "bound"};
    for (const WorkerId w : in.routable) why->candidates[w].terms = {static_cast<double>(in.active[w]), bound};
  }
  if (static_cast<double>(in.active[owner]) <= bound) {
    if (why != nullptr) why->candidates[owner].eligible = true;
    say(why, "owner of the key on the ring, within the load bound");
    return owner;
  }
  std::vector<WorkerId> within;
  for (const WorkerId w : in.routable) {
    if (static_cast<double>(in.active[w]) <= bound) within.push_back(w);
  }
  if (within.empty()) {
    say(why, "owner of the key on the ring; nobody is within the load bound");
    return owner;
  }
  const WorkerId w = take_lowest_active(in, within, m, why);
  say(why, "the owner is above the load bound: fewest active requests within it");
  return w;
}

constexpr std::string_view kParams[] = {"prefix_tokens", "virtual_nodes", "load_bound"};

}  // namespace

const PolicyRow kPrefixHash{"prefix_hash",
                            "Prefix hash (bounded)",
                            "A hash ring over the prompt's first tokens, with a bound on load.",
                            "SGLang model gateway",
                            false,
                            kParams,
                            choose};

}  // namespace blockyard::policies
