#include "core/workload/content.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/hash.h"

namespace blockyard {
namespace {

// Every piece of a block goes through a full mix: 64 bits tell some 10^8 blocks apart with odds of 1 to 3,000.
std::uint64_t mix_in(std::uint64_t hash, std::uint64_t value) {
  return mix64(hash * 0x9e3779b97f4a7c15ULL + value + 0x632be59bd9b4e019ULL);
}

}  // namespace

void ContentTree::grow() {
  std::vector<Entry> old(std::max<std::size_t>(1024, table_.size() * 2), Entry{0, kNone});
  old.swap(table_);
  const std::size_t mask = table_.size() - 1;
  for (const Entry& e : old) {
    if (e.block == kNone) continue;
    std::size_t at = e.fingerprint & mask;
    while (table_[at].block != kNone) at = (at + 1) & mask;
    table_[at] = e;
  }
}

// The block after `parent` that is made of `content`; new ones get the next id.
BlockId ContentTree::step(BlockId parent, std::uint64_t content, std::vector<Run>& chain) {
  if ((std::size_t{tree_.size()} + 1) * 2 > table_.size()) grow();
  const std::uint64_t fingerprint = mix_in(content, parent);
  const std::size_t mask = table_.size() - 1;
  std::size_t at = fingerprint & mask;
  for (; table_[at].block != kNone; at = (at + 1) & mask) {
    if (table_[at].fingerprint != fingerprint) continue;
    const BlockId found = table_[at].block;
    if (!chain.empty() && chain.back().first + chain.back().count == found) {
      ++chain.back().count;
    } else {
      chain.push_back({found, 1});
    }
    return found;
  }
  const BlockId id = tree_.size();
  table_[at] = {fingerprint, id};
  // One segment a block: the tree's node of a block has the block's own number.
  const PrefixTree::NodeId node = tree_.extend(parent, id, 1, chain);
  BY_CHECK(node == id, "the tree holds segments that were not made here");
  return id;
}

void ContentTree::walk(std::span<const Segment> segments, std::uint32_t blocks, std::vector<Run>& chain) {
  BlockId parent = kNone;
  std::size_t s = 0;
  std::uint32_t offset = 0;  // tokens of segments[s] that are used up
  for (std::uint32_t k = 0; k < blocks; ++k) {
    std::uint64_t content = 0;
    for (std::uint32_t left = block_tokens_; left > 0;) {
      BY_CHECK(s < segments.size(), "segments hold fewer blocks than they should");
      const std::uint32_t take = std::min(left, segments[s].tokens - offset);
      if (take > 0) {
        content = mix_in(content, segments[s].content);
        content = mix_in(content, (std::uint64_t{offset} << 32U) | take);
      }
      offset += take;
      left -= take;
      if (offset == segments[s].tokens) {
        ++s;
        offset = 0;
      }
    }
    parent = step(parent, content, chain);
  }
}

}  // namespace blockyard
