// sglang_cache_aware: SGLang's model gateway, event mode (SPEC 5.1).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const ActiveRange active = active_range(in);
  if (static_cast<double>(active.high - active.low) > p.balance_abs &&
      static_cast<double>(active.high) > p.balance_rel * static_cast<double>(active.low)) {
    const WorkerId w = take_lowest_active(in, in.routable, m, why);
    say(why, "imbalanced: fewest active requests");
    return w;
  }
  const std::uint32_t d = greatest_overlap(in);
  if (in.chain_blocks > 0 && static_cast<double>(d) / static_cast<double>(in.chain_blocks) > p.cache_threshold) {
    const WorkerId w = take_lowest_active(in, with_overlap(in, d), m, why);
    say(why, "balanced, match above the threshold: greatest overlap, then fewest active requests");
    return w;
  }
  const WorkerId w = take_lowest_active(in, in.routable, m, why);
  say(why, "balanced, match below the threshold: fewest active requests");
  return w;
}

constexpr std::string_view kParams[] = {"balance_abs", "balance_rel", "cache_threshold"};

}  // namespace

const PolicyRow kSglangCacheAware{
    .id = "sglang_cache_aware",
    .label = "SGLang cache-aware",
    .help = "Longest match while the fleet is balanced, else the fewest active requests.",
    .source = "SGLang model gateway",
    .upstream = "sgl-project/sglang 053b63ff; lightseekorg/smg 73da68c",
    .read_on = "2026-11-25",
    .left_out = "matching by characters (HTTP), the limit on the tree, triggers by KV usage; the cursor breaks ties",
    .signals = Signal::kOverlap | Signal::kActive,
    .params = kParams,
    .choose = choose};

}  // namespace blockyard::policies
