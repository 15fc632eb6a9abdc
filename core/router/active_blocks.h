// ActiveBlocks: the blocks of the requests that a router has at each worker, each counted once however many share it
// (`active_distinct` of SPEC 5). By edges of the radix tree: chains hold an edge entirely or not at all.
//
// Invariant: a worker lists exactly the edges of the chains that were added and not taken away. A value; the tree must
// outlive it.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/base/ids.h"
#include "core/prefix/radix.h"

namespace blockyard {

class ActiveBlocks {
 public:
  ActiveBlocks() = default;
  ActiveBlocks(std::uint32_t workers, const RadixTree* tree) : tree_(tree), refs_(workers), distinct_(workers, 0) {}

  /// Whether it counts at all: only where a policy reads it.
  bool counts() const { return tree_ != nullptr; }
  void add(WorkerId w, EdgePath path) {
    for (const EdgeId e : path) {
      if (refs_[w][e]++ == 0) distinct_[w] += tree_->edge(e).count;
    }
  }
  void take_away(WorkerId w, EdgePath path) {
    for (const EdgeId e : path) {
      const auto it = refs_[w].find(e);
      if (--it->second > 0) continue;
      refs_[w].erase(it);
      distinct_[w] -= tree_->edge(e).count;
    }
  }
  void clear(WorkerId w) {
    refs_[w].clear();
    distinct_[w] = 0;
  }

  std::uint32_t distinct(WorkerId w) const { return distinct_[w]; }
  /// Blocks of the chain that are not among the active ones of w.
  std::uint32_t fresh(WorkerId w, EdgePath path) const {
    std::uint32_t n = 0;
    for (const EdgeId e : path) {
      if (!refs_[w].contains(e)) n += tree_->edge(e).count;
    }
    return n;
  }

 private:
  const RadixTree* tree_ = nullptr;
  std::vector<std::unordered_map<EdgeId, std::uint32_t>> refs_;  // only ever looked up
  std::vector<std::uint32_t> distinct_;
};

}  // namespace blockyard
