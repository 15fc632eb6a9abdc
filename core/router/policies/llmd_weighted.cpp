// llmd_weighted: llm-d and the Gateway API inference extension: queue, KV and prefix scores, weighted (SPEC 5.1).
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  std::uint32_t low = in.waiting[in.routable[0]];
  std::uint32_t high = low;
  for (const WorkerId w : in.routable) {
    low = std::min(low, in.waiting[w]);
    high = std::max(high, in.waiting[w]);
  }
  const auto queue = [&](WorkerId w) {
    return high == low ? 1.0 : static_cast<double>(high - in.waiting[w]) / static_cast<double>(high - low);
  };
  const auto kv = [&](WorkerId w) {
    return 1.0 - static_cast<double>(in.in_use[w]) / static_cast<double>(in.capacity_blocks);
  };
  const auto prefix = [&](WorkerId w) {
    return in.chain_blocks == 0 ? 0.0 : static_cast<double>(in.overlap[w]) / static_cast<double>(in.chain_blocks);
  };
  const auto score = [&](WorkerId w) {
    return p.weight_queue * queue(w) + p.weight_kv * kv(w) + p.weight_prefix * prefix(w);
  };
  if (why != nullptr) {
    why->terms = {"queue", "free KV", "prefix"};
    why->score_name = "score";
    why->lower_is_better = false;
    for (const WorkerId w : in.routable) {
      why->candidates[w].terms = {queue(w), kv(w), prefix(w)};
      why->candidates[w].score = score(w);
    }
  }
  const WorkerId w = take_lowest(
      in, in.routable, m, [&](WorkerId c) { return -score(c); }, why);
  say(why, "highest score");
  return w;
}

constexpr std::string_view kParams[] = {"weight_queue", "weight_kv", "weight_prefix"};

}  // namespace

const PolicyRow kLlmdWeighted{.id = "llmd_weighted",
                              .label = "llm-d weighted",
                              .help = "Highest weighted sum of queue, free cache and matched prefix.",
                              .source = "llm-d, Gateway API inference extension",
                              .upstream = "llm-d/llm-d-router ebab687",
                              .read_on = "2026-11-25",
                              .left_out = "length-aware prefix scores, no-hit LRU, flow control",
                              .signals = Signal::kOverlap | Signal::kWaiting | Signal::kInUse,
                              .params = kParams,
                              .choose = choose};

}  // namespace blockyard::policies
