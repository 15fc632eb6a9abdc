#include "core/cache/run_cache.h"

#include <algorithm>

#include "core/base/check.h"

namespace blockyard {
namespace {

constexpr int kFirstTableBits = 6;
constexpr std::size_t kFewChanges = 64;

}  // namespace

RunCache::RunCache(std::uint32_t capacity, const RadixTree* tree)
    : tree_(tree),
      capacity_(capacity),
      table_(std::size_t{1} << kFirstTableBits, kNone),
      shift_(64 - kFirstTableBits) {}

std::uint32_t RunCache::find(EdgeId e) const {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = home(e);; at = (at + 1) & mask) {
    const std::uint32_t place = table_[at];
    if (place == kNone || held_[place].edge == e) return place;
  }
}

void RunCache::grow() {
  table_.assign(table_.size() * 2, kNone);
  --shift_;
  const std::size_t mask = table_.size() - 1;
  for (std::uint32_t place = 0; place < held_.size(); ++place) {
    if (held_[place].edge == kNone) continue;
    std::size_t at = home(held_[place].edge);
    while (table_[at] != kNone) at = (at + 1) & mask;
    table_[at] = place;
  }
}

std::uint32_t RunCache::add(EdgeId e) {
  if ((held_.size() - free_.size() + 1) * 2 > table_.size()) grow();
  std::uint32_t place = static_cast<std::uint32_t>(held_.size());
  if (free_.empty()) {
    held_.emplace_back();
  } else {
    place = free_.back();
    free_.pop_back();
  }
  held_[place] = Held{};
  held_[place].edge = e;
  const std::size_t mask = table_.size() - 1;
  std::size_t at = home(e);
  while (table_[at] != kNone) at = (at + 1) & mask;
  table_[at] = place;
  return place;
}

void RunCache::remove(std::uint32_t place) {
  const std::size_t mask = table_.size() - 1;
  std::size_t gap = home(held_[place].edge);
  while (table_[gap] != place) gap = (gap + 1) & mask;
  // What follows moves up where the gap lies on its way from home: so no search is cut short.
  for (std::size_t at = (gap + 1) & mask; table_[at] != kNone; at = (at + 1) & mask) {
    const std::size_t from_home = (at - home(held_[table_[at]].edge)) & mask;
    if (((at - gap) & mask) > from_home) continue;
    table_[gap] = table_[at];
    gap = at;
  }
  table_[gap] = kNone;
  held_[place].edge = kNone;
  free_.push_back(place);
}

std::uint32_t RunCache::hit(EdgePath path) const {
  std::uint32_t n = 0;
  for (const EdgeId e : path) {
    const std::uint32_t place = find(e);
    if (place == kNone) break;
    n += held_[place].blocks;
    if (held_[place].blocks < tree_->edge(e).count) break;
  }
  return n;
}

std::uint32_t RunCache::held_of(EdgeId e) const {
  const std::uint32_t place = find(e);
  return place == kNone ? 0 : held_[place].blocks;
}

bool RunCache::fits(EdgePath path) const {
  std::uint32_t missing = 0;
  std::uint32_t own_idle = 0;
  for (const EdgeId e : path) {
    const std::uint32_t place = find(e);
    const std::uint32_t blocks = place == kNone ? 0 : held_[place].blocks;
    missing += tree_->edge(e).count - blocks;
    if (place != kNone && held_[place].refs == 0) own_idle += blocks;
  }
  return missing <= capacity_ - taken_ + (idle_ - own_idle);
}

void RunCache::acquire(EdgePath path, RunChanges& changes) {
  // Two passes, as the contract says: what is resident leaves the idle order before anything is evicted.
  std::uint32_t missing = 0;
  places_.clear();
  for (const EdgeId e : path) {
    const std::uint32_t place = find(e);
    places_.push_back(place);
    const std::uint32_t blocks = place == kNone ? 0 : held_[place].blocks;
    missing += tree_->edge(e).count - blocks;
    if (place == kNone) continue;
    if (held_[place].refs++ == 0) leave_idle(place);
  }
  if (missing == 0) return;
  const std::uint32_t free = capacity_ - taken_;
  if (missing > free) evict(missing - free, changes);
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::uint32_t count = tree_->edge(path[i]).count;
    std::uint32_t place = places_[i];
    if (place == kNone) {
      place = add(path[i]);
      held_[place].refs = 1;
    }
    Held& h = held_[place];
    if (h.blocks == count) continue;
    changes.stored.push_back({path[i], h.blocks, count});
    note_change(path[i]);
    h.blocks = count;
  }
  taken_ += missing;
  peak_ = std::max(peak_, taken_);
}

void RunCache::evict(std::uint32_t blocks, RunChanges& changes) {
  BY_CHECK(blocks <= idle_, "no idle block to evict");
  evictions_ += blocks;
  taken_ -= blocks;
  idle_ -= blocks;
  while (blocks > 0) {
    const std::uint32_t place = idle_head_;
    Held& h = held_[place];
    const std::uint32_t n = std::min(blocks, h.blocks);
    changes.evicted.push_back({h.edge, h.blocks - n, h.blocks});
    note_change(h.edge);
    h.blocks -= n;
    blocks -= n;
    if (h.blocks > 0) break;
    idle_head_ = h.next;
    (h.next == kNone ? idle_tail_ : held_[h.next].prev) = kNone;
    remove(place);
  }
}

void RunCache::note_change(EdgeId e) {
  if (all_changed_) return;
  if (changed_.size() < held_.size() + kFewChanges) {
    changed_.push_back(e);
  } else {
    all_changed_ = true;
    changed_.clear();
  }
}

void RunCache::forget_changes() {
  all_changed_ = false;
  changed_.clear();
}

void RunCache::release(EdgePath path) {
  for (std::size_t i = path.size(); i-- > 0;) {
    const std::uint32_t place = find(path[i]);
    BY_CHECK(place != kNone && held_[place].refs > 0, "released blocks that are not held");
    if (--held_[place].refs == 0) join_idle(place);
  }
}

void RunCache::join_idle(std::uint32_t place) {
  Held& h = held_[place];
  h.prev = idle_tail_;
  h.next = kNone;
  (idle_tail_ == kNone ? idle_head_ : held_[idle_tail_].next) = place;
  idle_tail_ = place;
  idle_ += h.blocks;
}

void RunCache::leave_idle(std::uint32_t place) {
  const Held& h = held_[place];
  (h.prev == kNone ? idle_head_ : held_[h.prev].next) = h.next;
  (h.next == kNone ? idle_tail_ : held_[h.next].prev) = h.prev;
  idle_ -= h.blocks;
}

void RunCache::flush_idle() {
  all_changed_ = true;
  changed_.clear();
  taken_ -= idle_;
  idle_ = 0;
  for (std::uint32_t place = idle_head_; place != kNone;) {
    const std::uint32_t next = held_[place].next;
    remove(place);
    place = next;
  }
  idle_head_ = idle_tail_ = kNone;
}

void RunCache::clear() {
  const std::uint64_t evictions = evictions_;
  const std::uint32_t peak = peak_;
  *this = RunCache(capacity_, tree_);
  evictions_ = evictions;
  peak_ = peak;
}

std::uint64_t RunCache::references() const {
  std::uint64_t n = 0;
  for (const Held& h : held_) n += h.edge == kNone ? 0 : std::uint64_t{h.refs} * h.blocks;
  return n;
}

void RunCache::add_to(StateHash& hash) const {
  hash.add((std::uint64_t{taken_} << 32) | idle_);
  hash.add(evictions_);
  for (const Held& h : held_) {
    hash.add((std::uint64_t{h.edge} << 32) | h.refs);
    hash.add((std::uint64_t{h.blocks} << 32) | h.next);
  }
}

void RunCache::check() const {
  std::uint32_t taken = 0;
  std::uint32_t idle = 0;
  for (std::uint32_t place = 0; place < held_.size(); ++place) {
    const Held& h = held_[place];
    if (h.edge == kNone) continue;
    const RadixEdge& edge = tree_->edge(h.edge);
    BY_CHECK(find(h.edge) == place, "an edge that is held cannot be found");
    BY_CHECK(h.blocks > 0 && h.blocks <= edge.count, "an edge is held without blocks, or more than all of it");
    BY_CHECK(h.refs == 0 || h.blocks == edge.count, "an edge in use is not whole");
    BY_CHECK(edge.parent == kNone || held_of(edge.parent) == tree_->edge(edge.parent).count,
             "a block is cached without its parent");
    taken += h.blocks;
    if (h.refs == 0) idle += h.blocks;
  }
  BY_CHECK(taken == taken_ && idle == idle_ && taken_ <= capacity_, "counts of blocks are wrong");
  std::uint32_t listed = 0;
  for (std::uint32_t place = idle_head_; place != kNone; place = held_[place].next) listed += held_[place].blocks;
  BY_CHECK(listed == idle_, "the idle order misses a block");
}

}  // namespace blockyard
