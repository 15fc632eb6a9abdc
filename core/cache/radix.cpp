#include "core/cache/radix.h"

#include <algorithm>

namespace blockyard {

RadixTree RadixTree::build(std::span<const std::vector<Run>> chains, std::uint32_t ids) {
  // Cut the id space wherever some chain begins or ends a run: between two cuts all blocks share all their chains.
  std::vector<BlockId> cuts;
  BlockSet used(ids);
  for (const auto& chain : chains) {
    for (const Run& run : chain) {
      cuts.push_back(run.first);
      cuts.push_back(run.first + run.count);
      used.insert(run);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());

  RadixTree tree;
  tree.edge_of_.assign(ids, kNone);
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    if (!used.contains(cuts[i])) continue;
    RadixEdge edge;
    edge.first = cuts[i];
    edge.count = cuts[i + 1] - cuts[i];
    std::fill_n(tree.edge_of_.begin() + cuts[i], edge.count, static_cast<EdgeId>(tree.edges_.size()));
    tree.edges_.push_back(edge);
  }

  tree.path_begin_.reserve(chains.size() + 1);
  tree.path_begin_.push_back(0);
  for (RequestId i = 0; i < chains.size(); ++i) {
    EdgeId parent = kNone;
    std::uint32_t depth = 0;
    for (const Run& run : chains[i]) {
      for (BlockId b = run.first; b < run.first + run.count;) {
        const EdgeId e = tree.edge_of_[b];
        RadixEdge& edge = tree.edges_[e];
        if (edge.requests++ == 0) {
          edge.parent = parent;
          edge.depth = depth;
          edge.first_request = i;
        }
        tree.paths_.push_back(e);
        parent = e;
        depth += edge.count;
        b += edge.count;
      }
    }
    tree.path_begin_.push_back(tree.paths_.size());
  }

  tree.use_begin_.assign(tree.edges_.size() + 1, 0);
  for (std::size_t e = 0; e < tree.edges_.size(); ++e) {
    tree.use_begin_[e + 1] = tree.use_begin_[e] + tree.edges_[e].requests;
  }
  tree.uses_.resize(tree.paths_.size());
  std::vector<std::size_t> at(tree.use_begin_.begin(), tree.use_begin_.end() - 1);
  for (RequestId i = 0; i < chains.size(); ++i) {
    for (const EdgeId e : tree.path(i)) tree.uses_[at[e]++] = i;
  }
  return tree;
}

RequestId RadixTree::next_use(EdgeId e, std::int64_t after) const {
  const auto all = uses(e);
  const auto it = std::upper_bound(all.begin(), all.end(), after,
                                   [](std::int64_t a, RequestId r) { return a < static_cast<std::int64_t>(r); });
  return it == all.end() ? kNone : *it;
}

}  // namespace blockyard
