#include "core/prefix/prefix_tree.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/hash.h"

namespace blockyard {

std::uint64_t PrefixTree::slot_hash(NodeId parent, std::uint64_t key) {
  return mix64(key * 0x9e3779b97f4a7c15ULL + parent + 1);
}

void PrefixTree::grow_table() {
  std::vector<Entry> bigger(std::max<std::size_t>(64, table_.size() * 2));
  const std::size_t mask = bigger.size() - 1;
  for (NodeId n = 0; n < nodes_.size(); ++n) {
    if (is_successor(n)) continue;
    const std::uint64_t hash = slot_hash(nodes_[n].parent, nodes_[n].key);
    std::size_t at = hash & mask;
    while (bigger[at].node != kNone) at = (at + 1) & mask;
    bigger[at] = {n, static_cast<std::uint32_t>(hash >> 32)};
  }
  table_ = std::move(bigger);
}

PrefixTree::NodeId PrefixTree::make(NodeId parent, std::uint64_t key, BlockId last_of_parent) {
  nodes_.push_back({key, parent, last_of_parent, last_of_parent == kNone ? 0 : depth(last_of_parent) + 1, kNone});
  return static_cast<NodeId>(nodes_.size() - 1);
}

PrefixTree::NodeId PrefixTree::find_or_make(NodeId parent, std::uint64_t key, BlockId last_of_parent) {
  // Segments that were first seen one after another have numbers one after another: mostly the next node is the child.
  // Such a child is not in the table: new prompts go on from new segments, and so need no table at all.
  if (parent != kNone) {
    const NodeId next = parent + 1;
    if (next == nodes_.size()) return make(parent, key, last_of_parent);
    if (nodes_[next].parent == parent && nodes_[next].key == key) return next;
  }
  if ((entries_ + 1) * 2 > table_.size()) grow_table();
  const std::size_t mask = table_.size() - 1;
  const std::uint64_t hash = slot_hash(parent, key);
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  std::size_t at = hash & mask;
  for (; table_[at].node != kNone; at = (at + 1) & mask) {
    if (table_[at].tag != tag) continue;
    const Node& n = nodes_[table_[at].node];
    if (n.parent == parent && n.key == key) return table_[at].node;
  }
  ++entries_;
  table_[at] = {static_cast<NodeId>(nodes_.size()), tag};
  return make(parent, key, last_of_parent);
}

PrefixTree::NodeId PrefixTree::extend(NodeId parent, std::uint64_t key, std::uint32_t blocks,
                                      std::vector<Span>& chain) {
  const BlockId last = chain.empty() ? kNone : chain.back().first + chain.back().count - 1;
  const NodeId id = find_or_make(parent, key, last);
  const auto append = [&chain](BlockId first, std::uint32_t count) {
    if (count == 0) return;
    if (!chain.empty() && chain.back().first + chain.back().count == first) {
      chain.back().count += count;
    } else {
      chain.push_back({first, count});
    }
  };
  std::uint32_t done = 0;
  std::uint32_t tail = kNone;
  for (std::uint32_t p = nodes_[id].piece; p != kNone && done < blocks; p = pieces_[p].next) {
    const std::uint32_t take = std::min(pieces_[p].count, blocks - done);
    append(pieces_[p].first, take);
    done += take;
    tail = p;
  }
  if (done < blocks) {
    BY_CHECK(blocks - done <= kNone - 1 - size_, "more than 2^32 distinct blocks");
    const std::uint32_t count = blocks - done;
    const auto p = static_cast<std::uint32_t>(pieces_.size());
    pieces_.push_back({size_, count, id, done, kNone});
    (tail == kNone ? nodes_[id].piece : pieces_[tail].next) = p;
    append(size_, count);
    size_ += count;
  }
  return id;
}

const PrefixTree::Piece& PrefixTree::piece_of(BlockId block) const {
  BY_CHECK(block < size_, "no such block");
  if (block >= pieces_.back().first) return pieces_.back();
  const auto it =
      std::upper_bound(pieces_.begin(), pieces_.end(), block, [](BlockId b, const Piece& p) { return b < p.first; });
  return *(it - 1);
}

BlockId PrefixTree::parent(BlockId block) const {
  const Piece& p = piece_of(block);
  if (block > p.first) return block - 1;
  if (p.offset == 0) return nodes_[p.node].last_of_parent;
  std::uint32_t q = nodes_[p.node].piece;  // the piece before this one in its segment
  while (pieces_[q].offset + pieces_[q].count < p.offset) q = pieces_[q].next;
  return pieces_[q].first + pieces_[q].count - 1;
}

std::uint32_t PrefixTree::depth(BlockId block) const {
  const Piece& p = piece_of(block);
  return nodes_[p.node].depth + p.offset + (block - p.first);
}

PrefixTree::Origin PrefixTree::origin(BlockId block) const {
  if (named_by_id_) return {block, 0};
  const Piece& p = piece_of(block);
  return {nodes_[p.node].key, p.offset + (block - p.first)};
}

Digest PrefixTree::digest(BlockId block) const {
  std::vector<BlockId> path;
  for (BlockId b = block; b != kNone; b = parent(b)) path.push_back(b);
  Digest d = kRootDigest;
  for (auto it = path.rbegin(); it != path.rend(); ++it) {
    const Origin o = origin(*it);
    d = trace_block_digest(d, o.key, o.j);
  }
  return d;
}

}  // namespace blockyard
