// RunViews: what the router believes each worker to hold, by edges of the radix tree: the views of the whole fleet in
// one table, so that the overlaps of all workers are one walk down a chain.
//
// It can stand for the views wherever they only ever gain whole chains (speculation) or are replaced whole (a sync, a
// detected crash), and for the truth that an oracle sees: then what is believed of an edge is always its first blocks.
// Reports take single blocks out and may leave gaps, so with them the views are BlockSets. Invariants: 1. a row exists
// exactly for the edges that some worker lists; 2. a worker lists each edge of which it is believed to hold blocks,
// once, and perhaps some of which it is not any more. A value. The tree must outlive it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/cache/run_cache.h"
#include "core/prefix/radix.h"
#include "core/router/view.h"

namespace blockyard {

/// The first `blocks` blocks of an edge.
struct EdgeHead {
  EdgeId edge = kNone;
  std::uint32_t blocks = 0;
};

class RunViews {
 public:
  RunViews() = default;
  RunViews(std::uint32_t workers, const RadixTree* tree);

  /// Sets all W: leading blocks of the chain that each view holds.
  void overlaps(EdgePath path, std::span<std::uint32_t> overlap) const;
  /// The same for one worker.
  std::uint32_t overlap(WorkerId w, EdgePath path) const;
  /// The whole chain joins the view of w.
  void insert(WorkerId w, EdgePath path);
  /// The view of w is these, each edge once.
  void replace(WorkerId w, std::span<const EdgeHead> heads);
  /// The view of w is what its cache holds. Costs what has changed since the last time, in either of them, and forgets
  /// the cache's changes.
  void sync(WorkerId w, RunCache& truth);
  void clear(WorkerId w);

  /// Calls f(edge, blocks) for what w is believed to hold, in no particular order.
  template <class F>
  void each(WorkerId w, F f) const {
    for (const EdgeId e : views_[w].listed) {
      if (const std::uint32_t blocks = cell(w, e) & kBlocks; blocks > 0) f(e, blocks);
    }
  }

  void add_to(StateHash& hash, WorkerId w) const;

 private:
  static constexpr std::uint32_t kListed = 1U << 31;  // in a cell: its worker lists the edge
  static constexpr std::uint32_t kBlocks = kListed - 1;
  struct View {
    std::vector<EdgeId> listed;
    std::uint32_t empty = 0;         // of those listed, the edges of which nothing is believed
    std::vector<EdgeId> gained;      // since the last sync()
    bool differs_everywhere = true;  // it is not what the last sync() made of it, and what it gained
  };
  std::uint32_t& cell(WorkerId w, EdgeId e) { return cells_[std::size_t{row_of_[e]} * workers_ + w]; }
  std::uint32_t cell(WorkerId w, EdgeId e) const { return cells_[std::size_t{row_of_[e]} * workers_ + w]; }
  void unlist(WorkerId w, EdgeId e);
  void drop_empty(WorkerId w);
  void set(WorkerId w, EdgeId e, std::uint32_t blocks);

  std::uint32_t workers_ = 0;
  const RadixTree* tree_ = nullptr;
  std::vector<std::uint32_t> row_of_;   // per edge, kNone: nobody lists it
  std::vector<std::uint32_t> cells_;    // rows of W: blocks, and kListed
  std::vector<std::uint32_t> holders_;  // per row: workers that list the edge
  std::vector<std::uint32_t> free_rows_;
  std::vector<View> views_;
};

}  // namespace blockyard
