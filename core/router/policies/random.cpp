// random: uniform over the routable workers (SPEC 5).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams&, RouterMemory& m, Explanation* why) {
  const WorkerId w = in.routable[m.rng.below(in.routable.size())];
  if (why != nullptr) {
    for (const WorkerId c : in.routable) why->candidates[c].eligible = true;
  }
  say(why, "drawn uniformly");
  return w;
}

}  // namespace

const PolicyRow kRandom{
    .id = "random", .label = "Random", .help = "Any worker, uniformly.", .params = {}, .choose = choose};

}  // namespace blockyard::policies
