// BlockNames: the unit blocks that a live session has ever shown, each with a BlockId for good: as a workload's tree and
// its radix tree have them, so that whatever looks at a fleet's blocks finds what it knows of a simulated one.
//
// Identity is that of the truth's forest (codes and roots), where numbers of blocks that are gone are given again; here
// none is, so that a block that was evicted and comes back is the same one. There are no requests: a chain of the radix
// tree is one that leads to a block without a known block behind it. Invariants: 1. a parent has a smaller id; 2. the
// radix tree is that of the moment of the last settle(), and ids behind it belong to no edge.
#pragma once

#include <cstdint>
#include <vector>

#include "core/live/truth/codes.h"
#include "core/prefix/radix.h"
#include "core/workload/workload.h"

namespace blockyard::live {

class BlockNames {
 public:
  explicit BlockNames(std::uint32_t block_tokens);
  BlockNames(const BlockNames&) = delete;
  BlockNames& operator=(const BlockNames&) = delete;

  /// The id of the block with this code behind `parent`, or, where that is kNone, as the first one of this root's chains.
  BlockId name(BlockId parent, const Digest& root, const Code& code);
  std::uint32_t size() const { return workload_.tree.size(); }
  /// Brings the radix tree up to all that has a name. False where it was. O(blocks).
  bool settle();

  /// Without requests.
  const Workload& workload() const { return workload_; }
  const RadixTree& tree() const { return tree_; }

 private:
  Workload workload_;
  RadixTree tree_;
  std::uint32_t settled_ = 0;
  std::vector<Span> scratch_;
};

}  // namespace blockyard::live
