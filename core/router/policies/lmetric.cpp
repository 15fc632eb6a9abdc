// lmetric: new prefill tokens times batch size (arXiv 2603.15202; SPEC 5.1).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams&, RouterMemory& m, Explanation* why) {
  const auto fresh = [&](WorkerId w) {
    return static_cast<double>(in.prompt_tokens) - static_cast<double>(in.overlap[w]) * in.block_tokens;
  };
  const auto score = [&](WorkerId w) { return fresh(w) * (static_cast<double>(in.active[w]) + 1.0); };
  if (why != nullptr) {
    why->terms = {"new tokens", "active + 1"};
    why->score_name = "product";
    for (const WorkerId w : in.routable) {
      why->candidates[w].terms = {fresh(w), in.active[w] + 1.0};
      why->candidates[w].score = score(w);
    }
  }
  const WorkerId w = take_lowest(in, in.routable, m, score, why);
  say(why, "lowest product of new prefill tokens and batch size");
  return w;
}

}  // namespace

const PolicyRow kLmetric{.id = "lmetric",
                         .label = "LMetric",
                         .help = "Lowest product of new prefill tokens and requests in the batch.",
                         .source = "LMetric, arXiv 2603.15202",
                         .upstream = "arXiv 2603.15202",
                         .read_on = "2026-11-21",
                         .left_out = "how the paper counts queued tokens",
                         .signals = Signal::kOverlap | Signal::kActive,
                         .params = {},
                         .choose = choose};

}  // namespace blockyard::policies
