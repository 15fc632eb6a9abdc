// least_loaded: the lowest load in the view (SPEC 5).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams&, RouterMemory& m, Explanation* why) {
  const WorkerId w = take_least_loaded(in, in.routable, m, why);
  say(why, "lowest load in the view");
  return w;
}

}  // namespace

const PolicyRow kLeastLoaded{.id = "least_loaded",
                             .label = "Least loaded",
                             .help = "The lowest load that the router knows of, whatever is cached.",
                             .signals = static_cast<std::uint16_t>(Signal::kLoad),
                             .params = {},
                             .choose = choose};

}  // namespace blockyard::policies
