#include "core/router/run_views.h"

#include <algorithm>

namespace blockyard {

RunViews::RunViews(std::uint32_t workers, const RadixTree* tree)
    : workers_(workers), tree_(tree), row_of_(tree->edges().size(), kNone), views_(workers) {
  // Address space, not memory: rows that are never needed are never touched.
  constexpr std::size_t kCells = std::size_t{1} << 22;
  cells_.reserve(std::min(kCells / workers, tree->edges().size()) * workers);
}

void RunViews::overlaps(EdgePath path, std::span<std::uint32_t> overlap) const {
  std::fill(overlap.begin(), overlap.end(), 0U);
  // Whoever holds all down to an edge has its depth as overlap so far; nobody else is looked at again.
  std::uint32_t depth = 0;
  for (const EdgeId e : path) {
    if (row_of_[e] == kNone) return;
    const std::uint32_t* const row = cells_.data() + std::size_t{row_of_[e]} * workers_;
    const std::uint32_t count = tree_->edge(e).count;
    std::uint32_t whole = 0;
    for (WorkerId w = 0; w < workers_; ++w) {  // without branches: several at once
      const std::uint32_t blocks = overlap[w] == depth ? row[w] & kBlocks : 0;
      overlap[w] += blocks;
      whole |= static_cast<std::uint32_t>(blocks == count);
    }
    if (whole == 0) return;
    depth += count;
  }
}

std::uint32_t RunViews::overlap(WorkerId w, EdgePath path) const {
  std::uint32_t n = 0;
  for (const EdgeId e : path) {
    if (row_of_[e] == kNone) break;
    const std::uint32_t blocks = cell(w, e) & kBlocks;
    n += blocks;
    if (blocks < tree_->edge(e).count) break;
  }
  return n;
}

void RunViews::set(WorkerId w, EdgeId e, std::uint32_t blocks) {
  std::uint32_t& row = row_of_[e];
  if (row == kNone) {
    if (blocks == 0) return;
    if (free_rows_.empty()) {
      row = static_cast<std::uint32_t>(holders_.size());
      holders_.push_back(0);
      cells_.resize(cells_.size() + workers_, 0);
    } else {
      row = free_rows_.back();
      free_rows_.pop_back();
    }
  }
  std::uint32_t& c = cell(w, e);
  View& view = views_[w];
  if (c == 0) {
    if (blocks == 0) return;
    ++holders_[row];
    view.listed.push_back(e);
  } else {
    view.empty += static_cast<std::uint32_t>(blocks == 0) - static_cast<std::uint32_t>(c == kListed);
  }
  c = blocks | kListed;
}

void RunViews::unlist(WorkerId w, EdgeId e) {
  const std::uint32_t row = row_of_[e];
  cell(w, e) = 0;
  if (--holders_[row] > 0) return;
  free_rows_.push_back(row);
  row_of_[e] = kNone;
}

void RunViews::drop_empty(WorkerId w) {
  View& view = views_[w];
  std::erase_if(view.listed, [&](EdgeId e) {
    if (cell(w, e) != kListed) return false;
    unlist(w, e);
    return true;
  });
  view.empty = 0;
}

void RunViews::insert(WorkerId w, EdgePath path) {
  View& view = views_[w];
  for (const EdgeId e : path) {
    const std::uint32_t count = tree_->edge(e).count;
    if (row_of_[e] != kNone && cell(w, e) == (count | kListed)) continue;
    set(w, e, count);
    if (!view.differs_everywhere) view.gained.push_back(e);
  }
  if (view.gained.size() <= view.listed.size()) return;
  view.gained.clear();
  view.differs_everywhere = true;
}

void RunViews::replace(WorkerId w, std::span<const EdgeHead> heads) {
  clear(w);
  for (const EdgeHead& h : heads) set(w, h.edge, h.blocks);
}

void RunViews::sync(WorkerId w, RunCache& truth) {
  View& view = views_[w];
  const std::vector<EdgeId>* const changed = truth.changed();
  if (changed == nullptr || view.differs_everywhere) {
    clear(w);
    truth.each_held([&](EdgeId e, std::uint32_t blocks) { set(w, e, blocks); });
  } else {
    for (const EdgeId e : *changed) set(w, e, truth.held_of(e));
    for (const EdgeId e : view.gained) set(w, e, truth.held_of(e));
  }
  view.gained.clear();
  view.differs_everywhere = false;
  truth.forget_changes();
  if (view.empty > view.listed.size() / 2) drop_empty(w);
}

void RunViews::clear(WorkerId w) {
  View& view = views_[w];
  for (const EdgeId e : view.listed) unlist(w, e);
  view.listed.clear();
  view.empty = 0;
  view.gained.clear();
  view.differs_everywhere = true;
}

void RunViews::add_to(StateHash& hash, WorkerId w) const {
  each(w, [&hash](EdgeId e, std::uint32_t blocks) { hash.add((std::uint64_t{e} << 32) | blocks); });
}

}  // namespace blockyard
