// prefix_hash: the SGLang model gateway's consistent hash of the first tokens, with bounded load (SPEC 5.1).
#include "core/prefix/prefix_tree.h"
#include "core/router/policies/parts/common.h"
#include "core/router/policies/parts/ring.h"
#include "core/tokens/sha256.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const auto wanted = static_cast<std::uint32_t>(p.prefix_tokens) / in.block_tokens;
  const std::uint32_t blocks = std::min(wanted, in.chain_blocks);
  if (blocks == 0) {
    const WorkerId w = take_lowest_active(in, in.routable, m, why);
    say(why, "no full block to make a key of: fewest active requests");
    return w;
  }
  const std::uint64_t key = digest_prefix(in.tree->digest(chain_block(in.chain, blocks - 1)));
  return take_by_ring(in, key, static_cast<std::uint32_t>(p.virtual_nodes), p.load_bound, "key", m, why);
}

constexpr std::string_view kParams[] = {"prefix_tokens", "virtual_nodes", "load_bound"};

}  // namespace

const PolicyRow kPrefixHash{.id = "prefix_hash",
                            .label = "Prefix hash (bounded)",
                            .help = "A hash ring over the prompt's first tokens, with a bound on load.",
                            .source = "SGLang model gateway",
                            .upstream = "lightseekorg/smg 73da68c",
                            .read_on = "2026-11-21",
                            .left_out = "xxh3 as the hash (SHA-256 here), the absolute margin of later versions",
                            .signals = static_cast<std::uint16_t>(Signal::kActive),
                            .params = kParams,
                            .choose = choose};

}  // namespace blockyard::policies
