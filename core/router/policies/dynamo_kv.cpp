// dynamo_kv: NVIDIA Dynamo's KV router as of 2026 and Ray Serve's KVAwareRouter (SPEC 5.1): blocks that a worker still
// has to prefill, with this request's, less credit for what it holds; and the different blocks that it would have in
// use.
#include "core/router/policies/parts/by_cost.h"

namespace blockyard::policies {
namespace {

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const double block = in.block_tokens;
  const double blocks = std::max(1U, (in.prompt_tokens + in.block_tokens - 1) / in.block_tokens);
  std::uint64_t least = in.pending_tokens[in.routable[0]];
  for (const WorkerId w : in.routable) least = std::min(least, in.pending_tokens[w]);
  const auto prefill = [&](WorkerId w) {
    const double excess = static_cast<double>(in.pending_tokens[w] - least) / block;
    const double decay = 1 / (1 + p.credit_decay * excess / blocks);
    const double adjusted =
        static_cast<double>(in.pending_tokens[w] + in.prompt_tokens) / block - p.overlap_weight * decay * in.overlap[w];
    return p.floor_cost ? std::max(0.0, adjusted) : adjusted;
  };
  const auto in_use = [&](WorkerId w) { return static_cast<double>(in.active_distinct[w] + in.fresh_blocks[w]); };
  const auto cost = [&](WorkerId w) {
    return p.prefill_weight * prefill(w) + in_use(w) + p.active_weight * in.active[w];
  };
  if (why != nullptr) {
    why->terms = {"blocks to prefill", "blocks in use", "active"};
    why->score_name = "cost";
    for (const WorkerId w : in.routable) {
      why->candidates[w].terms = {prefill(w), in_use(w), static_cast<double>(in.active[w])};
      why->candidates[w].score = cost(w);
    }
  }
  return take_by_cost(in, p.temperature, cost, m, why);
}

constexpr std::string_view kParams[] = {"overlap_weight", "prefill_weight", "active_weight",
                                        "credit_decay",   "floor_cost",     "temperature"};

}  // namespace

const PolicyRow kDynamoKv{
    .id = "dynamo_kv",
    .label = "Dynamo KV (1.x)",
    .help = "Lowest cost of prefill still to do, less credit for what is cached, and of blocks in use.",
    .source = "NVIDIA Dynamo 1.x, Ray Serve's KVAwareRouter",
    .upstream = "ai-dynamo/dynamo 07a6c9ce",
    .read_on = "2026-11-25",
    .left_out = "other tiers of the cache, the queue before dispatch, predicted prefill times, taints, cold pool",
    .signals = Signal::kOverlap | Signal::kActive | Signal::kActiveDistinct | Signal::kPendingTokens,
    .params = kParams,
    .choose = choose};

}  // namespace blockyard::policies
