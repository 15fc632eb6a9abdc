// power_of_two: two distinct workers drawn uniformly, the less loaded of them (Mitzenmacher 2001; SPEC 5).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams&, RouterMemory& m, Explanation* why) {
  const std::size_t n = in.routable.size();
  const std::size_t i = m.rng.below(n);
  const WorkerId first = in.routable[i];
  if (n == 1) {
    say(why, "the only routable worker");
    return first;
  }
  std::size_t j = m.rng.below(n - 1);
  if (j >= i) ++j;
  const WorkerId second = in.routable[j];
  if (why != nullptr) why->candidates[first].eligible = why->candidates[second].eligible = true;
  say(why,
      "the less loaded of workers " + std::to_string(first) + " and " + std::to_string(second) + ", drawn uniformly");
  return in.load[second] < in.load[first] ? second : first;
}

}  // namespace

const PolicyRow kPowerOfTwo{.id = "power_of_two",
                            .label = "Power of two choices",
                            .help = "The less loaded of two workers drawn at random.",
                            .source = "Mitzenmacher 2001",
                            .signals = static_cast<std::uint16_t>(Signal::kLoad),
                            .params = {},
                            .choose = choose};

}  // namespace blockyard::policies
