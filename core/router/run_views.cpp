#include "core/router/run_views.h"

namespace blockyard {

RunViews::RunViews(std::uint32_t workers, const RadixTree* tree)
    : workers_(workers), tree_(tree), row_of_(tree->edges().size(), kNone), listed_(workers) {}

void RunViews::overlaps(EdgePath path, std::span<WorkerFigures> figures) const {
  for (WorkerFigures& f : figures) f.overlap = 0;
  // Whoever holds all down to an edge has its depth as overlap so far; nobody else is looked at again.
  std::uint32_t depth = 0;
  for (const EdgeId e : path) {
    if (row_of_[e] == kNone) return;
    const std::uint32_t* const row = cells_.data() + std::size_t{row_of_[e]} * workers_;
    const std::uint32_t count = tree_->edge(e).count;
    bool whole = false;
    for (WorkerId w = 0; w < workers_; ++w) {
      if (figures[w].overlap != depth) continue;
      figures[w].overlap += row[w];
      whole = whole || row[w] == count;
    }
    if (!whole) return;
    depth += count;
  }
}

std::uint32_t RunViews::overlap(WorkerId w, EdgePath path) const {
  std::uint32_t n = 0;
  for (const EdgeId e : path) {
    if (row_of_[e] == kNone) break;
    const std::uint32_t blocks = cells_[std::size_t{row_of_[e]} * workers_ + w];
    n += blocks;
    if (blocks < tree_->edge(e).count) break;
  }
  return n;
}

void RunViews::set(WorkerId w, EdgeId e, std::uint32_t blocks) {
  std::uint32_t& row = row_of_[e];
  if (row == kNone) {
    if (free_rows_.empty()) {
      row = static_cast<std::uint32_t>(holders_.size());
      holders_.push_back(0);
      cells_.resize(cells_.size() + workers_, 0);
    } else {
      row = free_rows_.back();
      free_rows_.pop_back();
    }
  }
  std::uint32_t& cell = cells_[std::size_t{row} * workers_ + w];
  if (cell == 0) {
    ++holders_[row];
    listed_[w].push_back(e);
  }
  cell = blocks;
}

void RunViews::insert(WorkerId w, EdgePath path) {
  for (const EdgeId e : path) set(w, e, tree_->edge(e).count);
}

void RunViews::replace(WorkerId w, std::span<const EdgeHead> heads) {
  clear(w);
  for (const EdgeHead& h : heads) set(w, h.edge, h.blocks);
}

void RunViews::clear(WorkerId w) {
  for (const EdgeId e : listed_[w]) {
    const std::uint32_t row = row_of_[e];
    cells_[std::size_t{row} * workers_ + w] = 0;
    if (--holders_[row] > 0) continue;
    free_rows_.push_back(row);
    row_of_[e] = kNone;
  }
  listed_[w].clear();
}

void RunViews::add_to(StateHash& hash, WorkerId w) const {
  each(w, [&hash](EdgeId e, std::uint32_t blocks) { hash.add((std::uint64_t{e} << 32) | blocks); });
}

}  // namespace blockyard
