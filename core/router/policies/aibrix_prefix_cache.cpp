// aibrix_prefix_cache: AIBrix: longest match among the workers that are not above mean + k deviations (SPEC 5.1).
#include <cmath>

#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const ActiveRange active = active_range(in);
  if (static_cast<double>(active.high - active.low) > p.imbalance_abs) {
    const WorkerId w = take_lowest_active(in, in.routable, m, why);
    say(why, "imbalanced: fewest active requests");
    return w;
  }
  const auto n = static_cast<double>(in.routable.size());
  double sum = 0;
  for (const WorkerId w : in.routable) sum += in.active[w];
  const double mean = sum / n;
  double squares = 0;
  for (const WorkerId w : in.routable) {
    const double d = in.active[w] - mean;
    squares += d * d;
  }
  const double sigma = in.routable.size() > 1 ? std::sqrt(squares / (n - 1)) : 0.0;
  const double bound = mean + p.load_factor * sigma;

  std::vector<WorkerId> order(in.routable.begin(), in.routable.end());
  std::sort(order.begin(), order.end(), [&](WorkerId a, WorkerId b) {
    if (in.overlap[a] != in.overlap[b]) return in.overlap[a] > in.overlap[b];
    if (in.active[a] != in.active[b]) return in.active[a] < in.active[b];
    return cursor_distance(m, a, in.size()) < cursor_distance(m, b, in.size());
  });
  if (why != nullptr) {
    why->terms = {"active", "bound"};
    for (const WorkerId w : in.routable) {
      why->candidates[w].terms = {static_cast<double>(in.active[w]), bound};
    }
  }
  for (const WorkerId w : order) {
    if (static_cast<double>(in.active[w]) <= bound) {
      if (why != nullptr) {  // eligible: its equals, which the cursor chose among
        std::size_t tied = 0;
        for (const WorkerId c : in.routable) {
          const bool equal = in.overlap[c] == in.overlap[w] && in.active[c] == in.active[w];
          why->candidates[c].eligible = equal;
          tied += equal ? 1U : 0U;
        }
        if (tied > 1) why->reason += "; tie of " + std::to_string(tied) + " broken by the cursor";
      }
      move_cursor(m, w, in.size());
      say(why, "greatest overlap whose active requests are within mean + k deviations");
      return w;
    }
  }
  const WorkerId w = take_lowest_active(in, in.routable, m, why);
  say(why, "nobody within the bound: fewest active requests");
  return w;
}

constexpr std::string_view kParams[] = {"imbalance_abs", "load_factor"};

}  // namespace

const PolicyRow kAibrixPrefixCache{.id = "aibrix_prefix_cache",
                                   .label = "AIBrix prefix cache",
                                   .help = "Longest match among workers that are not far busier than the mean.",
                                   .source = "AIBrix",
                                   .upstream = "vllm-project/aibrix e3e10f9",
                                   .read_on = "2026-11-25",
                                   .left_out = "blocks of 4 characters, the index's limit and age (use view decisions)",
                                   .signals = Signal::kOverlap | Signal::kActive,
                                   .params = kParams,
                                   .choose = choose};

}  // namespace blockyard::policies
