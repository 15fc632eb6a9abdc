#include "core/cache/span_cache.h"

#include <algorithm>
#include <iterator>

#include "core/base/check.h"

namespace blockyard {
namespace {

constexpr std::size_t kFewChanges = 64;
constexpr std::size_t kLookBack = 8;  // changes in which a new one may go on: as many requests decode in turn

}  // namespace

void SpanCache::hold(std::vector<HeldSpan>& held, Span blocks, std::uint32_t maker) {
  if (!held.empty()) {
    HeldSpan& last = held.back();
    if (last.maker == maker && last.blocks.first + last.blocks.count == blocks.first) {
      last.blocks.count += blocks.count;
      return;
    }
  }
  held.push_back({blocks, maker});
}

SpanCache::SpanCache(std::uint32_t capacity, std::uint32_t ids, bool copies)
    : capacity_(capacity), copies_(copies), resident_(ids), idle_(ids) {}

SpanCache::CopyId SpanCache::add(Span blocks, std::uint32_t refs, std::uint32_t maker) {
  auto c = static_cast<CopyId>(copy_.size());
  if (unused_.empty()) {
    copy_.emplace_back();
  } else {
    c = unused_.back();
    unused_.pop_back();
  }
  copy_[c] = Copy{blocks, refs, maker, kNone, kNone, kNone};
  return c;
}

SpanCache::Cells::iterator SpanCache::cut(Cells::iterator cell, BlockId at) {
  const Span whole = copy_[cell->second].blocks;
  if (at == whole.first) return cell;
  const Span head{whole.first, at - whole.first};
  const Span tail{at, whole.count - head.count};
  CopyId first = kNone;
  CopyId last = kNone;
  for (CopyId c = cell->second; c != kNone; c = copy_[c].next_copy) {
    const CopyId t = add(tail, copy_[c].refs, copy_[c].maker);
    copy_[c].blocks = head;
    (last == kNone ? first : copy_[last].next_copy) = t;
    last = t;
    if (copy_[c].refs > 0) continue;
    // The later blocks were released first: they stand before the others in the idle order.
    copy_[t].next = c;
    copy_[t].prev = copy_[c].prev;
    (copy_[t].prev == kNone ? idle_head_ : copy_[copy_[t].prev].next) = t;
    copy_[c].prev = t;
  }
  return cells_.emplace_hint(std::next(cell), at, first);
}

SpanCache::Cells::iterator SpanCache::cell_at(BlockId at) {
  auto next = cells_.upper_bound(at);
  BY_CHECK(next != cells_.begin(), "a block is held that is not there");
  return cut(std::prev(next), at);
}

void SpanCache::join_idle(CopyId c) {
  Copy& copy = copy_[c];
  copy.prev = idle_tail_;
  copy.next = kNone;
  (idle_tail_ == kNone ? idle_head_ : copy_[idle_tail_].next) = c;
  idle_tail_ = c;
  idle_count_ += copy.blocks.count;
  if (is_first(c)) idle_.insert(copy.blocks);
}

void SpanCache::unlink_idle(CopyId c) {
  const Copy& copy = copy_[c];
  (copy.prev == kNone ? idle_head_ : copy_[copy.prev].next) = copy.next;
  (copy.next == kNone ? idle_tail_ : copy_[copy.next].prev) = copy.prev;
}

void SpanCache::leave_idle(CopyId c) {
  unlink_idle(c);
  idle_count_ -= copy_[c].blocks.count;
  if (is_first(c)) idle_.erase(copy_[c].blocks);
}

void SpanCache::share(Span run, std::vector<HeldSpan>& held) {
  const BlockId end = run.first + run.count;
  auto cell = cell_at(run.first);
  for (BlockId at = run.first; at < end; ++cell) {
    BY_CHECK(cell != cells_.end() && cell->first == at, "a block is shared that is not there");
    if (end < at + copy_[cell->second].blocks.count) cut(cell, end);
    const CopyId c = cell->second;
    if (copy_[c].refs == 0) leave_idle(c);
    ++copy_[c].refs;
    hold(held, copy_[c].blocks, copy_[c].maker);
    at += copy_[c].blocks.count;
  }
}

// The copy, which is in no idle order any more, is gone; another one of its cell may be there.
void SpanCache::forget(CopyId c) {
  const Copy gone = copy_[c];
  unused_.push_back(c);
  const auto cell = cells_.find(gone.blocks.first);
  if (cell->second == c && gone.next_copy == kNone) {
    cells_.erase(cell);
    resident_.erase(gone.blocks);
    note_change(gone.blocks);
    return;
  }
  second_copies_ -= gone.blocks.count;
  if (cell->second == c) {
    cell->second = gone.next_copy;
    if (copy_[gone.next_copy].refs == 0) idle_.insert(gone.blocks);
    return;
  }
  CopyId before = cell->second;
  while (copy_[before].next_copy != c) before = copy_[before].next_copy;
  copy_[before].next_copy = gone.next_copy;
}

void SpanCache::take(std::uint32_t slots, SpanChanges& changes) {
  const std::uint32_t free = free_slots();
  std::uint32_t lost = slots > free ? slots - free : 0;
  BY_CHECK(lost <= idle_count_, "no idle block to evict");
  evictions_ += lost;
  taken_ += slots - lost;
  unnamed_ += slots;
  peak_ = std::max(peak_, taken_);
  while (lost > 0) {
    CopyId c = idle_head_;
    const Span blocks = copy_[c].blocks;
    if (lost < blocks.count) {
      const BlockId at = blocks.first + (blocks.count - lost);
      if (second_copies_ == 0) {  // nobody else has these blocks: the copy is shortened
        const Span tail{at, lost};
        copy_[c].blocks.count -= lost;
        idle_count_ -= lost;
        idle_.erase(tail);
        resident_.erase(tail);
        note_change(tail);
        changes.evicted.push_back(tail);
        return;
      }
      cut(cells_.find(blocks.first), at);
      c = idle_head_;
    }
    leave_idle(c);
    lost -= copy_[c].blocks.count;
    changes.evicted.push_back(copy_[c].blocks);
    forget(c);
  }
}

void SpanCache::note_change(Span blocks) {
  if (all_changed_) return;
  const std::size_t few = std::min(kLookBack, changed_.size());
  for (std::size_t i = changed_.size(); i-- > changed_.size() - few;) {
    Span& before = changed_[i];
    if (before.first + before.count == blocks.first) {
      before.count += blocks.count;
      return;
    }
    if (blocks.first + blocks.count == before.first) {
      before.first = blocks.first;
      before.count += blocks.count;
      return;
    }
  }
  if (changed_.size() < cells_.size() + kFewChanges) {
    changed_.push_back(blocks);
  } else {
    all_changed_ = true;
    changed_.clear();
  }
}

std::vector<Span> SpanCache::runs() const {
  std::vector<Span> out;
  for (const auto& cell : cells_) {
    const Span blocks = copy_[cell.second].blocks;
    if (!out.empty() && out.back().first + out.back().count == blocks.first) {
      out.back().count += blocks.count;
    } else {
      out.push_back(blocks);
    }
  }
  return out;
}

void SpanCache::name(Span run, std::uint32_t maker, std::vector<HeldSpan>& held, std::uint32_t& tail,
                     SpanChanges& changes) {
  changes.stored.push_back(run);
  unnamed_ -= run.count;
  note_change(run);
  if (tail != kNone && second_copies_ == 0) {
    // Most often they go on from what the holding named last, which nobody shares.
    Copy& last = copy_[tail];
    if (last.blocks.first + last.blocks.count == run.first && last.refs == 1 && last.maker == maker &&
        resident_.count(run) == 0) {
      last.blocks.count += run.count;
      resident_.insert(run);
      hold(held, run, maker);
      return;
    }
  }
  const BlockId end = run.first + run.count;
  auto next = cells_.upper_bound(run.first);
  for (BlockId at = run.first; at < end;) {
    while (next != cells_.end() && next->first <= at) ++next;  // the first cell behind `at`
    const auto before = next == cells_.begin() ? cells_.end() : std::prev(next);
    const BlockId known = before == cells_.end() ? 0 : before->first + copy_[before->second].blocks.count;
    if (before == cells_.end() || known <= at) {
      const BlockId to = next == cells_.end() ? end : std::min(end, next->first);
      const Span blocks{at, to - at};
      resident_.insert(blocks);
      Copy* const last = before == cells_.end() || known != at ? nullptr : &copy_[before->second];
      if (last != nullptr && last->next_copy == kNone && last->refs == 1 && last->maker == maker && !held.empty() &&
          held.back().maker == maker && held.back().blocks.first + held.back().blocks.count == at) {
        last->blocks.count += blocks.count;  // this holding's own, and nobody else's
        tail = before->second;
      } else {
        tail = add(blocks, 1, maker);
        cells_.emplace_hint(next, at, tail);
      }
      hold(held, blocks, maker);
      at = to;
      continue;
    }
    BY_CHECK(copies_, "stored twice");
    auto cell = cut(before, at);
    if (end < at + copy_[cell->second].blocks.count) cut(cell, end);
    const Span blocks = copy_[cell->second].blocks;
    CopyId last = cell->second;
    while (copy_[last].next_copy != kNone) last = copy_[last].next_copy;
    const CopyId mine = add(blocks, 1, maker);
    copy_[last].next_copy = mine;
    tail = kNone;
    second_copies_ += blocks.count;
    hold(held, blocks, maker);
    at += blocks.count;
    next = std::next(cell);
  }
}

void SpanCache::release(std::vector<HeldSpan>& held) {
  while (!held.empty()) {
    const HeldSpan part = held.back();
    held.pop_back();
    auto cell = cells_.lower_bound(part.blocks.first + part.blocks.count);
    do {
      BY_CHECK(cell != cells_.begin(), "released blocks that are not held");
      --cell;
      CopyId c = cell->second;
      while (c != kNone && copy_[c].maker != part.maker) c = copy_[c].next_copy;
      BY_CHECK(c != kNone && copy_[c].refs > 0, "released blocks that are not held");
      if (--copy_[c].refs == 0) join_idle(c);
    } while (cell->first > part.blocks.first);
  }
}

void SpanCache::flush_idle() {
  while (idle_head_ != kNone) {
    const CopyId c = idle_head_;
    taken_ -= copy_[c].blocks.count;
    leave_idle(c);
    forget(c);
  }
}

void SpanCache::clear() {
  cells_.clear();
  copy_.clear();
  unused_.clear();
  resident_.clear();
  idle_.clear();
  all_changed_ = true;
  changed_.clear();
  taken_ = idle_count_ = unnamed_ = second_copies_ = 0;
  idle_head_ = idle_tail_ = kNone;
}

std::uint64_t SpanCache::references() const {
  std::uint64_t n = unnamed_;
  for (const auto& cell : cells_) {
    for (CopyId c = cell.second; c != kNone; c = copy_[c].next_copy)
      n += std::uint64_t{copy_[c].refs} * copy_[c].blocks.count;
  }
  return n;
}

void SpanCache::add_to(StateHash& hash) const {
  hash.add((std::uint64_t{taken_} << 32) | idle_count_);
  hash.add(evictions_);
  for (const auto& [first, head] : cells_) {
    for (CopyId c = head; c != kNone; c = copy_[c].next_copy) {
      hash.add((std::uint64_t{first} << 32) | copy_[c].blocks.count);
      hash.add((std::uint64_t{copy_[c].refs} << 32) | copy_[c].maker);
    }
  }
  for (CopyId c = idle_head_; c != kNone; c = copy_[c].next) hash.add(std::uint64_t{copy_[c].blocks.first});
}

void SpanCache::check() const {
  std::uint32_t named = 0;
  std::uint32_t idle = 0;
  std::uint32_t second = 0;
  BlockId known = 0;
  BlockSet resident = resident_;
  BlockSet first_idle = idle_;
  for (const auto& [first, head] : cells_) {
    const Span blocks = copy_[head].blocks;
    BY_CHECK(first == blocks.first && first >= known && blocks.count > 0, "cells overlap");
    known = first + blocks.count;
    BY_CHECK(resident.count(blocks) == blocks.count, "a cell is not known");
    resident.erase(blocks);
    BY_CHECK(first_idle.count(blocks) == (copy_[head].refs == 0 ? blocks.count : 0), "idle and references disagree");
    first_idle.erase(blocks);
    for (CopyId c = head; c != kNone; c = copy_[c].next_copy) {
      BY_CHECK(copy_[c].blocks == blocks, "copies of a cell differ");
      named += blocks.count;
      if (c != head) second += blocks.count;
      if (copy_[c].refs == 0) idle += blocks.count;
    }
  }
  BY_CHECK(resident.count() == 0 && first_idle.count() == 0, "blocks are known that no cell holds");
  BY_CHECK(named + unnamed_ == taken_ && taken_ <= capacity_ && idle == idle_count_, "counts of blocks are wrong");
  BY_CHECK(second == second_copies_ && (second == 0 || copies_), "second copies are miscounted");
  std::uint32_t listed = 0;
  for (CopyId c = idle_head_; c != kNone; c = copy_[c].next) {
    BY_CHECK(copy_[c].refs == 0, "the idle order lists a block in use");
    listed += copy_[c].blocks.count;
  }
  BY_CHECK(listed == idle_count_, "the idle order misses a block");
}

}  // namespace blockyard
