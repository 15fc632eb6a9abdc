// PrefixTree: gives every distinct prefix block of a workload its dense BlockId, once, as the workload is read.
//
// A block is known by (its predecessor in the chain, key, j): `key` names a segment of content (a trace's hash id, a
// generated document), j is the block's place within it. Invariants: 1. ids are handed out in order of first sight,
// without gaps; 2. a block's parent has a smaller id; 3. the same prefix always gets the same id.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/prefix/block_set.h"
#include "core/tokens/sha256.h"

namespace blockyard {

class PrefixTree {
 public:
  /// A place in the tree: a segment that has been walked to its end. kNone is the root.
  using NodeId = std::uint32_t;

  /// Walks from `parent` over the first `blocks` blocks of the segment `key`, making what is new, and appends their ids
  /// to `chain` (merging with its last run where ids go on). Returns the segment's node. What goes on from a segment
  /// that was not walked in its full length needs a key that says how far it was walked.
  NodeId extend(NodeId parent, std::uint64_t key, std::uint32_t blocks, std::vector<Span>& chain);

  /// Number of distinct blocks so far; ids are 0 … size() − 1.
  std::uint32_t size() const { return size_; }
  /// The block before `block` in every chain that holds it; kNone for a first block.
  BlockId parent(BlockId block) const;
  /// Depth of a block: 0 for a first block.
  std::uint32_t depth(BlockId block) const;
  /// From now on origin() of every block is its own id, and j = 0: for contents that have no names of their own.
  void name_blocks_by_id() { named_by_id_ = true; }
  /// The segment key and the place in it, as extend() was told.
  struct Origin {
    std::uint64_t key;
    std::uint32_t j;
  };
  Origin origin(BlockId block) const;
  /// digest(k) of SPEC 5.1 for a block that comes from a trace; O(depth) SHA-256.
  Digest digest(BlockId block) const;

 private:
  // A stretch of consecutive ids of one segment. A segment that was first seen cut short goes on in `next`.
  struct Piece {
    BlockId first;
    std::uint32_t count;
    NodeId node;
    std::uint32_t offset;  // j of its first block
    std::uint32_t next;    // index of the piece that goes on, or kNone
  };
  struct Node {
    std::uint64_t key;
    NodeId parent;
    BlockId last_of_parent;  // kNone at the root
    std::uint32_t depth;     // of its first block
    std::uint32_t piece;
  };
  struct Entry {
    NodeId node = kNone;    // kNone: empty
    std::uint32_t tag = 0;  // more bits of the hash: whoever differs in them need not be looked at
  };

  NodeId find_or_make(NodeId parent, std::uint64_t key, BlockId last_of_parent);
  // Made right behind its parent: found there, without the table.
  bool is_successor(NodeId n) const { return nodes_[n].parent != kNone && nodes_[n].parent + 1 == n; }
  NodeId make(NodeId parent, std::uint64_t key, BlockId last_of_parent);
  void grow_table();
  const Piece& piece_of(BlockId block) const;
  static std::uint64_t slot_hash(NodeId parent, std::uint64_t key);

  std::uint32_t size_ = 0;
  bool named_by_id_ = false;
  std::vector<Node> nodes_;
  std::vector<Piece> pieces_;  // ascending in `first`
  std::vector<Entry> table_;   // open addressing over the nodes that are not the successors of their parents
  std::size_t entries_ = 0;    // of table_
};

}  // namespace blockyard
