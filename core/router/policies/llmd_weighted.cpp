// llmd_weighted: llm-d and the Gateway API inference extension: queue, KV and prefix scores, weighted (SPEC 5.1).
#include "core/router/policies/common.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  std::uint32_t low = in.workers[in.routable[0]].waiting;
  std::uint32_t high = low;
  for (const WorkerId w : in.routable) {
    low = std::min(low, in.workers[w].waiting);
    high = std::max(high, in.workers[w].waiting);
  }
  const auto queue = [&](const WorkerFigures& f) {
    return high == low ? 1.0 : static_cast<double>(high - f.waiting) / static_cast<double>(high - low);
  };
  const auto kv = [&](const WorkerFigures& f) {
    return 1.0 - static_cast<double>(f.in_use) / static_cast<double>(in.capacity_blocks);
  };
  const auto prefix = [&](const WorkerFigures& f) {
    return in.chain_blocks == 0 ? 0.0 : static_cast<double>(f.overlap) / static_cast<double>(in.chain_blocks);
  };
  const auto score = [&](WorkerId w) {
    const WorkerFigures& f = in.workers[w];
    return p.weight_queue * queue(f) + p.weight_kv * kv(f) + p.weight_prefix * prefix(f);
  };
  if (why != nullptr) {
    why->terms = {"queue", "free KV", "prefix"};
    why->score_name = "score";
    why->lower_is_better = false;
    for (const WorkerId w : in.routable) {
      const WorkerFigures& f = in.workers[w];
      why->candidates[w].terms = {queue(f), kv(f), prefix(f)};
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

const PolicyRow kLlmdWeighted{"llmd_weighted",
                              "llm-d weighted",
                              "Highest weighted sum of queue, free cache and matched prefix.",
                              "llm-d, Gateway API inference extension",
                              true,
                              kParams,
                              choose};

}  // namespace blockyard::policies
