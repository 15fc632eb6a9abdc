// RadixTree: the edges of the radix tree of all prompt chains: maximal stretches of blocks that every chain holds
// entirely or not at all. What the run cache and the router's views by runs count in, what the prefix-tree panel draws,
// what Belady's next use is kept per, what bounds are computed on.
//
// Invariants: 1. edges are ascending in `first` and cover each prompt block exactly once; 2. parent < child; 3. a chain
// is a path of whole edges. Made once from a Workload; independent of it afterwards. It takes about 0.2 bytes a block
// id besides its edges and paths.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/prefix/block_set.h"

namespace blockyard {

struct RadixEdge {
  BlockId first = 0;
  std::uint32_t count = 0;      ///< blocks
  EdgeId parent = kNone;        ///< kNone: begins at the root
  std::uint32_t depth = 0;      ///< of its first block, in blocks
  std::uint32_t requests = 0;   ///< chains that run through it
  RequestId first_request = 0;  ///< the first of them
};

/// A chain as the edges that it consists of, root first.
using EdgePath = std::span<const EdgeId>;

/// The chains of many requests, one behind the other.
class ChainList {
 public:
  ChainList() = default;
  explicit ChainList(std::span<const std::vector<Span>> chains);
  void reserve(std::size_t chains, std::size_t runs);
  /// The next run of the chain that is being written.
  void add(Span run) { runs_.push_back(run); }
  /// The chain is whole.
  void end_chain() { begin_.push_back(runs_.size()); }
  std::size_t size() const { return begin_.size() - 1; }
  Chain operator[](std::size_t i) const { return {runs_.data() + begin_[i], begin_[i + 1] - begin_[i]}; }
  Chain all_runs() const { return runs_; }

 private:
  std::vector<Span> runs_;
  std::vector<std::size_t> begin_{0};
};

class RadixTree {
 public:
  /// `chains[i]` is the prompt chain of request i; ids below `ids`. O(runs + edges of all paths + ids / 64).
  static RadixTree build(const ChainList& chains, std::uint32_t ids);
  static RadixTree build(std::span<const std::vector<Span>> chains, std::uint32_t ids) {
    return build(ChainList(chains), ids);
  }

  std::span<const RadixEdge> edges() const { return edges_; }
  const RadixEdge& edge(EdgeId e) const { return edges_[e]; }
  /// The edge that holds the block; kNone for an id that no prompt holds (an answer's block, a private one). O(1).
  EdgeId edge_of(BlockId block) const {
    const std::uint32_t s = segment_of(block);
    return s == kNone ? kNone : edge_of_segment_[s];
  }
  /// The edges of request i's chain, root first.
  EdgePath path(RequestId i) const { return {paths_.data() + path_begin_[i], path_begin_[i + 1] - path_begin_[i]}; }
  /// The requests whose chain runs through the edge, ascending.
  std::span<const RequestId> uses(EdgeId e) const {
    return {uses_.data() + use_begin_[e], use_begin_[e + 1] - use_begin_[e]};
  }
  /// The first request after `after` whose chain runs through the edge; kNone if there is none. O(log uses).
  RequestId next_use(EdgeId e, std::int64_t after) const;

 private:
  void cut(const ChainList& chains, std::uint32_t ids);
  std::uint32_t segment_of(BlockId block) const;

  std::vector<RadixEdge> edges_;
  // The id space cut wherever some chain begins or ends a run; the stretches between two cuts are segments.
  std::vector<std::uint64_t> cuts_;         // a bit per id: a segment begins here
  std::vector<std::uint32_t> cuts_before_;  // per word of cuts_: cuts in the words before it
  std::vector<EdgeId> edge_of_segment_;     // kNone: no prompt holds it
  std::vector<EdgeId> paths_;
  std::vector<std::size_t> path_begin_;
  std::vector<RequestId> uses_;
  std::vector<std::size_t> use_begin_;
};

}  // namespace blockyard
