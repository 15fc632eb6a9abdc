#include "app/panels/prompt/prompt_path.h"

#include <algorithm>

#include "core/router/policy.h"

namespace blockyard {

namespace {

constexpr std::uint32_t kMostAdded = 1'000'000;  // blocks of prompts of the past: about 60 MB

}  // namespace

void PromptPath::follow(const Workload& workload) { tree_ = workload.tree; }

void PromptPath::set(const Workload& workload, std::span<const TokenId> ids) {
  if (tree_.size() - workload.tree.size() > kMostAdded) follow(workload);
  chain_.clear();
  ids_.clear();
  prompt_tokens_ = static_cast<std::uint32_t>(ids.size());
  blocks_ = prompt_tokens_ / workload.block_tokens;
  PrefixTree::NodeId node = kNone;
  for (std::uint32_t k = 0; k < blocks_; ++k) {
    node = tree_.extend(
        node, token_block_key(ids.subspan(std::size_t{k} * workload.block_tokens, workload.block_tokens)), 1, chain_);
    ids_.push_back(chain_.back().first + chain_.back().count - 1);
  }
  known_ = 0;
  while (known_ < blocks_ && ids_[known_] < workload.tree.size()) ++known_;
}

void PromptPath::set(const Workload& workload, const Request& request) {
  chain_ = workload.prompt_chain(request);
  ids_.clear();
  for (const Span& run : chain_) {
    for (std::uint32_t i = 0; i < run.count; ++i) ids_.push_back(run.first + i);
  }
  prompt_tokens_ = request.prompt_tokens;
  blocks_ = known_ = request.prompt_blocks;
}

std::uint32_t PromptPath::arrived(const FrameContext& ctx, std::uint32_t k) const {
  if (k >= known_) return 0;
  const EdgeId edge = ctx.tree.edge_of(ids_[k]);
  if (edge == kNone) return 0;
  const auto uses = ctx.tree.uses(edge);
  return static_cast<std::uint32_t>(std::lower_bound(uses.begin(), uses.end(), ctx.fleet.arrived()) - uses.begin());
}

PromptPath::Answers PromptPath::ask(const Simulation& sim) const {
  const ProbePrompt prompt{chain_, prompt_tokens_, &tree_};
  const Probe probe(sim, prompt);
  Answers out{probe.workers(), {}};
  for (std::uint32_t s = 0; s < policy_table().size(); ++s) out.strategies.push_back(probe.decide(s));
  return out;
}

}  // namespace blockyard
