// llmd_sticky: llm-d's recommended stack since June 2026 (SPEC 5.1): stay with the workers that hold the prefix unless
// that means waiting much longer; of those left, the one with the fewest tokens still to prefill.
#include "core/router/policies/parts/common.h"

namespace blockyard::policies {
namespace {

constexpr double kMostTokens = 4'194'304;  // a worker with so many tokens in flight scores 0

WorkerId choose(const RouteInput& in, const PolicyParams& p, RouterMemory& m, Explanation* why) {
  const auto share = [&](WorkerId w) {
    return in.chain_blocks == 0 ? 0.0 : static_cast<double>(in.overlap[w]) / static_cast<double>(in.chain_blocks);
  };
  const auto wait_ms = [&](WorkerId w) {
    return static_cast<double>(in.pending_tokens[w]) / p.peak_tokens_per_s * 1000;
  };
  std::vector<WorkerId> sticky;
  std::vector<WorkerId> others;
  for (const WorkerId w : in.routable) {
    (in.chain_blocks > 0 && share(w) >= p.sticky_ratio ? sticky : others).push_back(w);
  }
  const auto least_wait = [&](const std::vector<WorkerId>& among) {
    double least = wait_ms(among.front());
    for (const WorkerId w : among) least = std::min(least, wait_ms(w));
    return least;
  };
  std::string_view branch = "nobody holds enough of the prompt: highest score of all";
  std::span<const WorkerId> among = in.routable;
  if (!sticky.empty() && others.empty()) {
    branch = "everybody holds enough of the prompt: highest score of all";
  } else if (!sticky.empty() && p.max_penalty_ms > 0 && least_wait(sticky) - least_wait(others) > p.max_penalty_ms) {
    branch = "those that hold the prompt would make it wait too much longer: highest score of all";
  } else if (!sticky.empty()) {
    branch = "highest score among those that hold enough of the prompt";
    among = sticky;
  }
  const auto score = [&](WorkerId w) {
    const double held = static_cast<double>(in.overlap[w]) * in.block_tokens;
    const double fresh = std::max(0.0, static_cast<double>(in.prompt_tokens) - held);
    return 1 - std::min(1.0, (static_cast<double>(in.pending_tokens[w]) + fresh) / kMostTokens);
  };
  if (why != nullptr) {
    why->terms = {"matched share", "wait (ms)"};
    why->score_name = "score";
    why->lower_is_better = false;
    for (const WorkerId w : in.routable) {
      why->candidates[w].terms = {share(w), wait_ms(w)};
      why->candidates[w].score = score(w);
    }
  }
  const WorkerId w = take_lowest(
      in, among, m, [&](WorkerId c) { return -score(c); }, why);
  say(why, std::string(branch));
  return w;
}

constexpr std::string_view kParams[] = {"sticky_ratio", "max_penalty_ms", "peak_tokens_per_s"};

}  // namespace

const PolicyRow kLlmdSticky{
    .id = "llmd_sticky",
    .label = "llm-d sticky",
    .help =
        "Stays with the workers that hold the prefix while that costs little waiting; then the fewest tokens pending.",
    .source = "llm-d's recommended stack since June 2026",
    .upstream = "llm-d/llm-d-router ebab687",
    .read_on = "2026-11-25",
    .left_out =
        "exploration, the latency predictor, tiers of the precise index (limits of the approximate: view decisions)",
    .signals = Signal::kOverlap | Signal::kPendingTokens,
    .params = kParams,
    .choose = choose};

}  // namespace blockyard::policies
