// RunViews: what the router believes each worker to hold, by edges of the radix tree: the views of the whole fleet in
// one table, so that the overlaps of all workers are one walk down a chain.
//
// It can stand for the views wherever they only ever gain whole chains (speculation) or are replaced whole (a sync, a
// detected crash): then what is believed of an edge is always its first blocks. Reports take single blocks out and may
// leave gaps, so with them the views are BlockSets. Invariants: 1. a row exists exactly for the edges of which some
// worker is believed to hold something; 2. listed_[w] names each edge that w is believed to hold blocks of, once.
// A value. The tree must outlive it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/cache/radix.h"
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

  /// Sets `overlap` of all W: leading blocks of the chain that each view holds.
  void overlaps(EdgePath path, std::span<WorkerFigures> figures) const;
  /// The same for one worker.
  std::uint32_t overlap(WorkerId w, EdgePath path) const;
  /// The whole chain joins the view of w.
  void insert(WorkerId w, EdgePath path);
  /// The view of w is these, each edge once.
  void replace(WorkerId w, std::span<const EdgeHead> heads);
  void clear(WorkerId w);

  /// Calls f(edge, blocks) for what w is believed to hold, in no particular order.
  template <class F>
  void each(WorkerId w, F f) const {
    for (const EdgeId e : listed_[w]) f(e, cells_[std::size_t{row_of_[e]} * workers_ + w]);
  }

  void add_to(StateHash& hash, WorkerId w) const;

 private:
  void set(WorkerId w, EdgeId e, std::uint32_t blocks);

  std::uint32_t workers_ = 0;
  const RadixTree* tree_ = nullptr;
  std::vector<std::uint32_t> row_of_;   // per edge, kNone: nobody holds any of it
  std::vector<std::uint32_t> cells_;    // rows of W: blocks
  std::vector<std::uint32_t> holders_;  // per row: workers whose cell is not 0
  std::vector<std::uint32_t> free_rows_;
  std::vector<std::vector<EdgeId>> listed_;
};

}  // namespace blockyard
