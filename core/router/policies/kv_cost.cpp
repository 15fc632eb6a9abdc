// kv_cost: NVIDIA Dynamo's KV router (to 0.8) and AMD Infera (SPEC 5.1).
#include "core/router/policies/parts/by_cost.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const auto cost = [&](WorkerId w) {
    return p.overlap_weight * static_cast<double>(in.chain_blocks - in.overlap[w]) +
           static_cast<double>(in.active_blocks[w]);
  };
  if (why != nullptr) {
    why->terms = {"blocks to compute", "active blocks"};
    why->score_name = "cost";
    for (const WorkerId w : in.routable) {
      why->candidates[w].terms = {static_cast<double>(in.chain_blocks - in.overlap[w]),
                                  static_cast<double>(in.active_blocks[w])};
      why->candidates[w].score = cost(w);
    }
  }
  return take_by_cost(in, p.temperature, cost, m, why);
}

constexpr std::string_view kParams[] = {"overlap_weight", "temperature"};

}  // namespace

const PolicyRow kKvCost{.id = "kv_cost",
                        .label = "KV cost (Dynamo up to 0.8)",
                        .help = "Lowest sum of blocks to compute and blocks in use by active requests.",
                        .source = "NVIDIA Dynamo up to 0.8, AMD Infera",
                        .upstream = "ai-dynamo/dynamo 0.8; AMD-AGI/Infera 5890f7f",
                        .read_on = "2026-11-21",
                        .left_out = "other tiers of the cache, queueing before dispatch",
                        .signals = Signal::kOverlap | Signal::kActiveBlocks,
                        .params = kParams,
                        .choose = choose};

}  // namespace blockyard::policies
