// pstack_loadaware: vLLM production-stack: the matched share of the prompt, less a penalty for load above the mean
// (SPEC 5.1).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  double sum = 0;
  for (const WorkerId w : in.routable) sum += in.active[w];
  const double mean = sum / static_cast<double>(in.routable.size());
  const auto share = [&](WorkerId w) {
    return in.chain_blocks == 0 ? 0.0 : static_cast<double>(in.overlap[w]) / static_cast<double>(in.chain_blocks);
  };
  const auto penalty = [&](WorkerId w) { return p.load_beta * (in.active[w] - mean) / std::max(1.0, mean); };
  const auto score = [&](WorkerId w) { return share(w) - penalty(w); };
  if (why != nullptr) {
    why->terms = {"matched share", "load penalty"};
    why->score_name = "score";
    why->lower_is_better = false;
    for (const WorkerId w : in.routable) {
      why->candidates[w].terms = {share(w), penalty(w)};
      why->candidates[w].score = score(w);
    }
  }
  const WorkerId w = take_lowest(
      in, in.routable, m, [&](WorkerId c) { return -score(c); }, why);
  say(why, "highest matched share less load above the mean");
  return w;
}

constexpr std::string_view kParams[] = {"load_beta"};

}  // namespace

const PolicyRow kPstackLoadaware{.id = "pstack_loadaware",
                                 .label = "Production-stack load-aware",
                                 .help = "Highest matched share of the prompt, less a penalty for load above the mean.",
                                 .source = "vLLM production-stack (loadaware)",
                                 .upstream = "vllm-project/production-stack PR #1035",
                                 .read_on = "2026-11-25",
                                 .left_out = "matching by chunks of 128 characters",
                                 .signals = Signal::kOverlap | Signal::kActive,
                                 .params = kParams,
                                 .choose = choose};

}  // namespace blockyard::policies
