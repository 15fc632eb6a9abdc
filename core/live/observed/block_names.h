// BlockNames: the unit blocks that a live session has ever shown, each with a BlockId for good: as a workload's tree and
// its radix tree have them, so that whatever looks at a fleet's blocks finds what it knows of a simulated one.
//
// Identity is that of the truth's forest (codes and roots), where numbers of blocks that are gone are given again; here
// none is, so that a block that was evicted and comes back is the same one. The requests of a router have their numbers
// here too. A chain of the radix tree is one that leads to a block without a known block behind it. Invariants: 1. a parent has a smaller id; 2. the
// radix tree is that of the moment of the last settle(), and ids behind it belong to no edge.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
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
  /// A router's request of this number, as one of the workload's: the same whenever it is asked for again. `chain`: its
  /// blocks, of which only the first call takes notice.
  RequestId request(std::uint64_t number, SimTime t, std::uint32_t tokens, std::span<const BlockId> chain);
  /// Its answer has so many tokens.
  void answered(RequestId r, std::uint32_t tokens) { workload_.requests[r].output_tokens = tokens; }
  /// Brings the radix tree up to all that has a name. False where it was. O(blocks).
  bool settle();

  /// Its requests are those of a router that is watched, in order of their first routing; elsewhere there are none.
  const Workload& workload() const { return workload_; }
  const RadixTree& tree() const { return tree_; }

 private:
  Workload workload_;
  RadixTree tree_;
  std::uint32_t settled_ = 0;
  std::vector<Span> scratch_;
  std::unordered_map<std::uint64_t, RequestId> requests_;  // by the router's number
};

}  // namespace blockyard::live
