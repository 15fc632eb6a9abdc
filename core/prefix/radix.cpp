// How the edges are found without looking at blocks: a bit marks every id at which some run begins or ends. Between two
// marks all blocks share all their chains, and how many marks lie at or before an id is the number of its segment.
#include "core/prefix/radix.h"

#include <algorithm>
#include <bit>

#include "core/base/bits.h"

namespace blockyard {

ChainList::ChainList(std::span<const std::vector<Span>> chains) {
  for (const auto& chain : chains) {
    for (const Span& run : chain) add(run);
    end_chain();
  }
}

void ChainList::reserve(std::size_t chains, std::size_t runs) {
  begin_.reserve(chains + 1);
  runs_.reserve(runs);
}

void RadixTree::cut(const ChainList& chains, std::uint32_t ids) {
  cuts_.assign(std::size_t{ids} / 64 + 1, 0);
  const auto mark = [this](std::uint32_t id) { cuts_[id >> 6] |= 1ULL << (id & 63); };
  for (const Span& run : chains.all_runs()) {
    mark(run.first);
    mark(run.first + run.count);
  }
  cuts_before_.reserve(cuts_.size());
  std::uint32_t n = 0;
  for (const std::uint64_t word : cuts_) {
    cuts_before_.push_back(n);
    n += ones_of(word);
  }
}

std::uint32_t RadixTree::segment_of(BlockId block) const {
  const std::size_t word = block >> 6;
  if (word >= cuts_.size()) return kNone;
  const std::uint64_t upto = cuts_[word] & (~0ULL >> (63 - (block & 63)));
  return cuts_before_[word] + ones_of(upto) - 1;  // before the first cut: kNone
}

RadixTree RadixTree::build(const ChainList& chains, std::uint32_t ids) {
  RadixTree tree;
  tree.cut(chains, ids);
  std::vector<RadixEdge> segments;  // `requests` stays 0 where no chain goes
  for (std::size_t i = 0; i < tree.cuts_.size(); ++i) {
    for (std::uint64_t left = tree.cuts_[i]; left != 0; left &= left - 1) {
      const auto at = static_cast<BlockId>(i * 64 + static_cast<std::size_t>(std::countr_zero(left)));
      if (!segments.empty()) segments.back().count = at - segments.back().first;
      segments.emplace_back().first = at;
    }
  }

  // Paths in segments first; then segments that are edges get their numbers.
  tree.path_begin_.reserve(chains.size() + 1);
  tree.path_begin_.push_back(0);
  for (RequestId i = 0; i < chains.size(); ++i) {
    EdgeId parent = kNone;
    std::uint32_t depth = 0;
    for (const Span& run : chains[i]) {
      std::uint32_t s = tree.segment_of(run.first);
      for (std::uint32_t left = run.count; left > 0; ++s) {
        RadixEdge& segment = segments[s];
        if (segment.requests++ == 0) {
          segment.parent = parent;
          segment.depth = depth;
          segment.first_request = i;
        }
        tree.paths_.push_back(s);
        parent = s;
        depth += segment.count;
        left -= segment.count;
      }
    }
    tree.path_begin_.push_back(tree.paths_.size());
  }
  tree.edge_of_segment_.assign(segments.size(), kNone);
  for (std::uint32_t s = 0; s < segments.size(); ++s) {
    if (segments[s].requests == 0) continue;
    tree.edge_of_segment_[s] = static_cast<EdgeId>(tree.edges_.size());
    tree.edges_.push_back(segments[s]);
  }
  for (EdgeId& e : tree.paths_) e = tree.edge_of_segment_[e];
  for (RadixEdge& e : tree.edges_) e.parent = e.parent == kNone ? kNone : tree.edge_of_segment_[e.parent];

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
