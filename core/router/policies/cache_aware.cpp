// cache_aware: least loaded among the workers with the greatest overlap (SPEC 5).
#include "core/base/text.h"
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const std::uint32_t d = greatest_overlap(in);
  if (static_cast<double>(d) >= p.min_match_blocks) {
    const WorkerId w = take_least_loaded(in, with_overlap(in, d), m, why);
    say(why, "greatest overlap (" + counted(d, "block") + "), then lowest load");
    return w;
  }
  const WorkerId w = take_least_loaded(in, in.routable, m, why);
  say(why, "no match of at least the minimum: lowest load");
  return w;
}

constexpr std::string_view kParams[] = {"min_match_blocks"};

}  // namespace

const PolicyRow kCacheAware{.id = "cache_aware",
                            .label = "Cache aware",
                            .help = "The worker that holds most of the prompt; among equals the least loaded.",
                            .signals = Signal::kOverlap | Signal::kLoad,
                            .params = kParams,
                            .choose = choose};

}  // namespace blockyard::policies
