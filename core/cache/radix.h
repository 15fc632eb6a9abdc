// RadixTree: the edges of the radix tree of all prompt chains: maximal stretches of blocks that every chain holds
// entirely or not at all. What the prefix-tree panel draws, what Belady's next use is kept per, what bounds are
// computed on.
//
// Invariants: 1. edges are ascending in `first` and cover each prompt block exactly once; 2. parent < child; 3. a chain
// is a path of whole edges. Made once from a Workload; independent of it afterwards.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/cache/block_set.h"

namespace blockyard {

struct RadixEdge {
  BlockId first = 0;
  std::uint32_t count = 0;      ///< blocks
  EdgeId parent = kNone;        ///< kNone: begins at the root
  std::uint32_t depth = 0;      ///< of its first block, in blocks
  std::uint32_t requests = 0;   ///< chains that run through it
  RequestId first_request = 0;  ///< the first of them
};

class RadixTree {
 public:
  /// `chains[i]` is the prompt chain of request i; ids below `ids`.
  static RadixTree build(std::span<const std::vector<Run>> chains, std::uint32_t ids);

  std::span<const RadixEdge> edges() const { return edges_; }
  /// The edge that holds the block; kNone for an id that no prompt holds (an answer's block, a private one).
  EdgeId edge_of(BlockId block) const { return block < edge_of_.size() ? edge_of_[block] : kNone; }
  /// The edges of request i's chain, root first.
  std::span<const EdgeId> path(RequestId i) const {
    return {paths_.data() + path_begin_[i], path_begin_[i + 1] - path_begin_[i]};
  }
  /// The requests whose chain runs through the edge, ascending.
  std::span<const RequestId> uses(EdgeId e) const {
    return {uses_.data() + use_begin_[e], use_begin_[e + 1] - use_begin_[e]};
  }
  /// The first request after `after` whose chain runs through the edge; kNone if there is none. O(log uses).
  RequestId next_use(EdgeId e, std::int64_t after) const;

 private:
  std::vector<RadixEdge> edges_;
  std::vector<EdgeId> edge_of_;
  std::vector<EdgeId> paths_;
  std::vector<std::size_t> path_begin_;
  std::vector<RequestId> uses_;
  std::vector<std::size_t> use_begin_;
};

}  // namespace blockyard
