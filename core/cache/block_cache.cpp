#include "core/cache/block_cache.h"

#include <algorithm>
#include <bit>

#include "core/base/check.h"

namespace blockyard {

BlockCache::BlockCache(std::uint32_t capacity, std::uint32_t ids, EvictionPolicy policy, const RadixTree* tree, Rng rng,
                       bool copies)
    : policy_(policy),
      tree_(tree),
      rng_(rng),
      slots_(capacity),
      slot_of_(ids),
      resident_(ids),
      idle_(ids),
      free_words_((capacity + 63) / 64, ~0ULL),
      free_count_(capacity),
      copies_(copies) {
  if (capacity % 64 != 0) free_words_.back() = (1ULL << (capacity % 64)) - 1;
  rebuild_index();
}

// The steps of every reference, inline wherever they are made.
inline void BlockCache::join_idle(SlotId s) {
  SlotInfo& slot = slots_[s];
  slot.idle_seq = next_seq_++;
  slot.prev = idle_tail_;
  slot.next = kNone;
  (idle_tail_ == kNone ? idle_head_ : slots_[idle_tail_].next) = s;
  idle_tail_ = s;
  ++idle_count_;
  if (is_first(s)) idle_.insert(slot.block);
  if (listens_) index_->joined(order(), s);
}

inline void BlockCache::leave_idle(SlotId s) {
  if (listens_) index_->leaves(order(), s);
  const SlotInfo& slot = slots_[s];
  (slot.prev == kNone ? idle_head_ : slots_[slot.prev].next) = slot.next;
  (slot.next == kNone ? idle_tail_ : slots_[slot.next].prev) = slot.prev;
  --idle_count_;
  if (is_first(s)) idle_.erase(slot.block);
}

void BlockCache::name(SlotId s, BlockId block, SimTime now, CacheChanges* changes) {
  SlotInfo& slot = slots_[s];
  slot.block = block;
  slot.refs = 1;
  slot.uses = 1;
  slot.store_seq = next_seq_++;
  slot.stored_at = slot.used_at = now;
  if (listens_) index_->stored(order(), s);
  if (resident_.contains(block)) {
    BY_CHECK(copies_, "stored twice");
    SlotId last = slot_of_[block];
    while (slots_[last].next_copy != kNone) last = slots_[last].next_copy;
    slots_[last].next_copy = s;
    ++second_copies_;
  } else {
    slot_of_.insert(block, s);
    resident_.insert(block);
  }
  if (changes != nullptr) changes->stored.push_back(block);
}

// The block in this slot, which is not idle any more, is no longer there; another copy of it may be.
inline void BlockCache::forget(SlotId s) {
  const BlockId block = slots_[s].block;
  const SlotId first = slot_of_[block];
  const SlotId next = slots_[s].next_copy;
  if (first != s) {
    SlotId before = first;
    while (slots_[before].next_copy != s) before = slots_[before].next_copy;
    slots_[before].next_copy = next;
    --second_copies_;
  } else if (next != kNone) {
    slot_of_.replace(block, next);
    if (slots_[next].refs == 0) idle_.insert(block);
    --second_copies_;
  } else {
    resident_.erase(block);
    slot_of_.erase(block);
  }
}

bool BlockCache::fits(Chain chain) const {
  std::uint32_t missing = 0;
  std::uint32_t own_idle = 0;
  for (const Span& run : chain) {
    missing += run.count - resident_.count(run);
    own_idle += idle_.count(run);
  }
  return missing <= free_count_ + (idle_count_ - own_idle);
}

void BlockCache::acquire(Chain chain, SimTime now, CacheChanges* changes) {
  // Two passes, as the contract says: were a missing block stored first, it could evict a later block of the same
  // chain.
  for (const Span& run : chain) {
    if (resident_.count(run) == 0) continue;
    for (BlockId b = run.first; b < run.first + run.count; ++b) {
      if (resident_.contains(b)) ref(b, now);
    }
  }
  for (const Span& run : chain) {
    if (resident_.count(run) == run.count) continue;
    for (BlockId b = run.first; b < run.first + run.count; ++b) {
      if (!resident_.contains(b)) store(b, now, changes);
    }
  }
}

void BlockCache::release(Chain chain, SimTime now) {
  for (auto run = chain.rbegin(); run != chain.rend(); ++run) {
    for (BlockId b = run->first + run->count; b-- > run->first;) unref(b, now);
  }
}

void BlockCache::ref(BlockId block, SimTime now) { ref_slot(slot_of_[block], now); }

void BlockCache::unref(BlockId block, SimTime now) {
  BY_CHECK(resident_.contains(block), "released a block that is not held");
  unref_slot(slot_of_[block], now);
}

void BlockCache::ref_slot(SlotId s, SimTime now) {
  SlotInfo& slot = slots_[s];
  if (slot.refs == 0) leave_idle(s);
  ++slot.refs;
  ++slot.uses;
  slot.used_at = now;
}

void BlockCache::unref_slot(SlotId s, SimTime now) {
  SlotInfo& slot = slots_[s];
  BY_CHECK(slot.refs > 0, "released a block that is not held");
  slot.used_at = now;
  if (--slot.refs == 0) join_idle(s);
}

void BlockCache::store(BlockId block, SimTime now, CacheChanges* changes) {
  name(take_slot(changes), block, now, changes);
}

SlotId BlockCache::take(SimTime now, CacheChanges* changes) {
  const SlotId s = take_slot(changes);
  slots_[s].refs = 1;
  slots_[s].stored_at = slots_[s].used_at = now;
  return s;
}

SlotId BlockCache::take_slot(CacheChanges* changes) {
  if (free_count_ == 0) {  // the victim's slot is the only free one, and so the lowest
    BY_CHECK(idle_count_ > 0, "no idle block to evict");
    const SlotId s = index_->victim(order(), rng_);
    SlotInfo& slot = slots_[s];
    BY_CHECK(slot.refs == 0 && slot.block != kNone, "dropped a block in use");
    if (changes != nullptr) changes->evicted.push_back(slot.block);
    leave_idle(s);
    forget(s);
    slot = SlotInfo{};
    ++evictions_;
    return s;
  }
  while (free_words_[free_hint_] == 0) ++free_hint_;
  const auto s =
      static_cast<SlotId>(free_hint_ * 64 + static_cast<std::size_t>(std::countr_zero(free_words_[free_hint_])));
  free_words_[s >> 6] &= ~(1ULL << (s & 63));
  --free_count_;
  peak_ = std::max(peak_, taken());
  return s;
}

void BlockCache::free_slot(SlotId s) {
  slots_[s] = SlotInfo{};
  free_words_[s >> 6] |= 1ULL << (s & 63);
  free_hint_ = std::min<std::size_t>(free_hint_, s >> 6);
  ++free_count_;
}

void BlockCache::drop(SlotId s) {
  BY_CHECK(slots_[s].refs == 0 && slots_[s].block != kNone, "dropped a block in use");
  leave_idle(s);
  forget(s);
  free_slot(s);
}

void BlockCache::request_started(RequestId request) {
  max_started_ = std::max(max_started_, static_cast<std::int64_t>(request));
  if (listens_) index_->request_started(order(), request);
}

void BlockCache::flush_idle() {
  while (idle_head_ != kNone) drop(idle_head_);
}

void BlockCache::clear() {
  const std::uint64_t evictions = evictions_;
  const std::uint32_t peak = peak_;
  *this = BlockCache(capacity(), slot_of_.ids(), policy_, tree_, rng_, copies_);
  evictions_ = evictions;
  peak_ = peak;
}

void BlockCache::set_policy(EvictionPolicy policy) {
  policy_ = policy;
  rebuild_index();
}

void BlockCache::rebuild_index() {
  always_lru_ = always_lru_ && policy_ == EvictionPolicy::kLru;
  const EvictionRow& row = eviction_row(policy_);
  listens_ = row.listens;
  index_ = EvictionIndexValue(row.make(tree_));
  if (!listens_) return;
  // It hears, in the order in which it would have, of all that is there.
  if (max_started_ >= 0) index_->request_started(order(), static_cast<RequestId>(max_started_));
  std::vector<SlotId> filled;
  for (SlotId s = 0; s < slots_.size(); ++s) {
    if (slots_[s].block != kNone) filled.push_back(s);
  }
  std::sort(filled.begin(), filled.end(),
            [this](SlotId a, SlotId b) { return slots_[a].store_seq < slots_[b].store_seq; });
  for (const SlotId s : filled) index_->stored(order(), s);
  for (SlotId s = idle_head_; s != kNone; s = slots_[s].next) index_->joined(order(), s);
}

std::vector<SlotId> BlockCache::next_victims(std::uint32_t n) const {
  std::vector<SlotInfo> slots = slots_;
  EvictionIndexValue index = index_;
  Rng rng = rng_;
  IdleOrder left{slots, idle_head_};
  std::vector<SlotId> out;
  for (std::uint32_t idle = idle_count_; out.size() < n && idle > 0; --idle) {
    const SlotId s = index->victim(left, rng);
    out.push_back(s);
    if (listens_) index->leaves(left, s);
    SlotInfo& slot = slots[s];
    (slot.prev == kNone ? left.front : slots[slot.prev].next) = slot.next;
    if (slot.next != kNone) slots[slot.next].prev = slot.prev;
    slot = SlotInfo{};
  }
  return out;
}

void BlockCache::add_to(StateHash& hash) const {
  hash.add(std::uint64_t{free_count_});
  hash.add(evictions_);
  for (const SlotInfo& s : slots_) {
    hash.add((std::uint64_t{s.block} << 32) | s.refs);
    if (s.block != kNone && s.refs == 0) hash.add(s.idle_seq);
  }
}

void BlockCache::check() const {
  std::uint32_t free = 0;
  std::uint32_t idle = 0;
  std::uint32_t resident = 0;
  std::uint32_t second = 0;
  std::uint32_t listed_copies = 0;
  for (SlotId s = 0; s < slots_.size(); ++s) {
    const SlotInfo& slot = slots_[s];
    if (is_free(s)) {
      ++free;
      BY_CHECK(slot.block == kNone && slot.refs == 0, "a free slot holds something");
      continue;
    }
    BY_CHECK(slot.block != kNone || slot.refs == 1, "a slot without a block is not held");
    if (slot.block == kNone) continue;
    BY_CHECK(resident_.contains(slot.block), "a slot's block is not known");
    if (slot.refs == 0) ++idle;
    if (slot_of_[slot.block] != s) {
      ++second;
      continue;
    }
    ++resident;
    BY_CHECK(idle_.contains(slot.block) == (slot.refs == 0), "idle and reference count disagree");
    std::uint64_t named = 0;
    for (SlotId c = s; c != kNone; c = slots_[c].next_copy) {
      BY_CHECK(slots_[c].block == slot.block && slots_[c].store_seq > named, "copies are not listed as they came");
      named = slots_[c].store_seq;
      ++listed_copies;
    }
  }
  BY_CHECK(free == free_count_ && idle == idle_count_, "counts of slots are wrong");
  BY_CHECK(resident == resident_.count(), "residents are not the complement of the free slots");
  BY_CHECK(second == second_copies_ && listed_copies == resident + second, "a second copy is not listed");
  BY_CHECK(second == 0 || copies_, "a block is stored twice");
  std::uint32_t listed = 0;
  for (SlotId s = idle_head_; s != kNone; s = slots_[s].next) ++listed;
  BY_CHECK(listed == idle_count_, "the idle order misses a block");
}

}  // namespace blockyard
