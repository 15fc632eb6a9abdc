#include "core/live/observed/block_names.h"

#include "core/base/check.h"

namespace blockyard::live {

BlockNames::BlockNames(std::uint32_t block_tokens) {
  workload_.block_tokens = block_tokens;
  workload_.tree.name_blocks_by_id();
}

// Every block is a segment of its own, so that a segment's number is its block's.
BlockId BlockNames::name(BlockId parent, const Digest& root, const Code& code) {
  std::uint64_t key = CodeHash()(code);
  if (parent == kNone) key = mix64(key ^ digest_prefix(root));
  scratch_.clear();
  if (parent != kNone) scratch_.push_back({parent, 1});
  const PrefixTree::NodeId node = workload_.tree.extend(parent, key, 1, scratch_);
  BY_CHECK(scratch_.back().first + scratch_.back().count - 1 == node, "a block and its segment have different numbers");
  return node;
}

RequestId BlockNames::request(std::uint64_t number, SimTime t, std::uint32_t tokens, std::span<const BlockId> chain) {
  const auto [at, fresh] = requests_.try_emplace(number, static_cast<RequestId>(workload_.requests.size()));
  if (!fresh) return at->second;
  Request q;
  q.arrival = t;
  q.prompt_tokens = tokens;
  q.prompt_blocks = q.known_blocks = static_cast<std::uint32_t>(chain.size());
  q.runs_begin = static_cast<std::uint32_t>(workload_.runs.size());
  for (const BlockId block : chain) {
    if (workload_.runs.size() > q.runs_begin && workload_.runs.back().first + workload_.runs.back().count == block) {
      ++workload_.runs.back().count;
    } else {
      workload_.runs.push_back({block, 1});
    }
  }
  q.runs_count = static_cast<std::uint32_t>(workload_.runs.size()) - q.runs_begin;
  workload_.requests.push_back(q);
  return at->second;
}

bool BlockNames::settle() {
  const std::uint32_t ids = size();
  if (settled_ == ids) return false;
  settled_ = ids;
  std::vector<BlockId> parent(ids), begins(ids);  // the first of the stretch of successive ids that leads to a block
  std::vector<std::uint8_t> goes_on(ids, 0);
  for (BlockId b = 0; b < ids; ++b) {
    parent[b] = workload_.tree.parent(b);
    begins[b] = parent[b] != kNone && parent[b] + 1 == b ? begins[parent[b]] : b;
    if (parent[b] != kNone) goes_on[parent[b]] = 1;
  }
  ChainList chains;
  std::vector<Span> chain;
  for (BlockId b = 0; b < ids; ++b) {
    if (goes_on[b] != 0) continue;
    chain.clear();
    for (BlockId at = b; at != kNone; at = parent[begins[at]]) chain.push_back({begins[at], at - begins[at] + 1});
    for (auto run = chain.rbegin(); run != chain.rend(); ++run) chains.add(*run);
    chains.end_chain();
  }
  tree_ = RadixTree::build(chains, ids);
  return true;
}

}  // namespace blockyard::live
