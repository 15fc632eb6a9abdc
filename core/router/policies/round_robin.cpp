// round_robin: the next routable worker after the last one chosen (SPEC 5).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams&, RouterMemory& m, Explanation* why) {
  const auto workers = static_cast<WorkerId>(in.size());
  WorkerId w = m.next_round_robin % workers;
  while (!in.is_routable(w)) w = (w + 1) % workers;
  m.next_round_robin = (w + 1) % workers;
  if (why != nullptr) why->candidates[w].eligible = true;
  say(why, "its turn");
  return w;
}

}  // namespace

const PolicyRow kRoundRobin{.id = "round_robin",
                            .label = "Round robin",
                            .help = "Each worker in turn, whatever it holds.",
                            .params = {},
                            .choose = choose};

}  // namespace blockyard::policies
