#include "core/cache/block_cache.h"

#include <algorithm>
#include <bit>

#include "core/base/check.h"

namespace blockyard {

BlockCache::BlockCache(std::uint32_t capacity, std::uint32_t ids, EvictionPolicy policy, const RadixTree* tree, Rng rng)
    : policy_(policy),
      tree_(tree),
      rng_(rng),
      slots_(capacity),
      slot_of_(ids),
      resident_(ids),
      idle_(ids),
      free_words_((capacity + 63) / 64, ~0ULL),
      free_count_(capacity) {
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
  idle_.insert(slot.block);
  switch (policy_) {
    case EvictionPolicy::kLru:
      break;
    case EvictionPolicy::kFifo:
      fifo_.join(slots_, s);
      break;
    case EvictionPolicy::kLfu:
      lfu_.join(slots_, s);
      break;
    case EvictionPolicy::kBelady:
      belady_.join(slots_, s);
      break;
    case EvictionPolicy::kRandom:
      random_.join(s);
      break;
  }
}

inline void BlockCache::leave_idle(SlotId s) {
  if (policy_ == EvictionPolicy::kLfu) lfu_.leave(s);
  if (policy_ == EvictionPolicy::kBelady) belady_.leave(slots_, s);
  if (policy_ == EvictionPolicy::kRandom) random_.leave(s);
  const SlotInfo& slot = slots_[s];
  (slot.prev == kNone ? idle_head_ : slots_[slot.prev].next) = slot.next;
  (slot.next == kNone ? idle_tail_ : slots_[slot.next].prev) = slot.prev;
  --idle_count_;
  idle_.erase(slot.block);
}

inline void BlockCache::label(SlotId s, BlockId block, SimTime now, CacheChanges* changes) {
  BY_CHECK(!resident_.contains(block), "stored twice");
  SlotInfo& slot = slots_[s];
  slot.block = block;
  slot.uses = 1;
  slot.store_seq = next_seq_++;
  slot.stored_at = slot.used_at = now;
  if (policy_ == EvictionPolicy::kFifo) fifo_.stored(slots_, s);
  slot_of_.insert(block, s);
  resident_.insert(block);
  if (changes != nullptr) changes->stored.push_back(block);
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

void BlockCache::ref(BlockId block, SimTime now) {
  const SlotId s = slot_of_[block];
  SlotInfo& slot = slots_[s];
  if (slot.refs == 0) leave_idle(s);
  ++slot.refs;
  ++slot.uses;
  slot.used_at = now;
}

void BlockCache::unref(BlockId block, SimTime now) {
  const SlotId s = slot_of_[block];
  SlotInfo& slot = slots_[s];
  BY_CHECK(resident_.contains(block) && slot.refs > 0, "released a block that is not held");
  slot.used_at = now;
  if (--slot.refs == 0) join_idle(s);
}

void BlockCache::store(BlockId block, SimTime now, CacheChanges* changes) {
  const SlotId s = take_slot(changes);
  label(s, block, now, changes);
  slots_[s].refs = 1;
}

SlotId BlockCache::take_partial(SimTime now, CacheChanges* changes) {
  const SlotId s = take_slot(changes);
  slots_[s].refs = 1;
  slots_[s].stored_at = slots_[s].used_at = now;
  return s;
}

void BlockCache::label_partial(SlotId slot, BlockId block, SimTime now, CacheChanges* changes) {
  label(slot, block, now, changes);
  slots_[slot].refs = 1;
}

void BlockCache::free_partial(SlotId slot) { free_slot(slot); }

SlotId BlockCache::take_slot(CacheChanges* changes) {
  if (free_count_ == 0) {  // the victim's slot is the only free one, and so the lowest
    const SlotId s = victim();
    SlotInfo& slot = slots_[s];
    BY_CHECK(slot.refs == 0 && slot.block != kNone, "dropped a block in use");
    if (changes != nullptr) changes->evicted.push_back(slot.block);
    leave_idle(s);
    resident_.erase(slot.block);
    slot_of_.erase(slot.block);
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
  resident_.erase(slots_[s].block);
  slot_of_.erase(slots_[s].block);
  free_slot(s);
}

SlotId BlockCache::victim() {
  BY_CHECK(idle_count_ > 0, "no idle block to evict");
  switch (policy_) {
    case EvictionPolicy::kLru:
      return idle_head_;
    case EvictionPolicy::kFifo:
      return fifo_.victim(slots_);
    case EvictionPolicy::kLfu:
      return lfu_.victim();
    case EvictionPolicy::kBelady:
      return belady_.victim();
    case EvictionPolicy::kRandom:
      return random_.victim(rng_);
  }
  BY_CHECK(false, "no such eviction policy");
}

void BlockCache::request_started(RequestId request) {
  max_started_ = std::max(max_started_, static_cast<std::int64_t>(request));
  if (policy_ == EvictionPolicy::kBelady) belady_.advance(request, slots_);
}

void BlockCache::flush_idle() {
  while (idle_head_ != kNone) drop(idle_head_);
}

void BlockCache::clear() {
  const std::uint64_t evictions = evictions_;
  const std::uint32_t peak = peak_;
  *this = BlockCache(capacity(), slot_of_.ids(), policy_, tree_, rng_);
  evictions_ = evictions;
  peak_ = peak;
}

void BlockCache::set_policy(EvictionPolicy policy) {
  policy_ = policy;
  rebuild_index();
}

void BlockCache::rebuild_index() {
  always_lru_ = always_lru_ && policy_ == EvictionPolicy::kLru;
  fifo_ = {};
  lfu_ = {};
  random_ = {};
  belady_ = {};
  if (policy_ == EvictionPolicy::kBelady) {
    belady_.set_tree(tree_);
    if (max_started_ >= 0) belady_.advance(static_cast<RequestId>(max_started_), slots_);
  }
  if (policy_ == EvictionPolicy::kFifo) {
    std::vector<SlotId> filled;
    for (SlotId s = 0; s < slots_.size(); ++s) {
      if (slots_[s].block != kNone) filled.push_back(s);
    }
    std::sort(filled.begin(), filled.end(),
              [this](SlotId a, SlotId b) { return slots_[a].store_seq < slots_[b].store_seq; });
    for (const SlotId s : filled) fifo_.stored(slots_, s);
  }
  for (SlotId s = idle_head_; s != kNone; s = slots_[s].next) {
    if (policy_ == EvictionPolicy::kLfu) lfu_.join(slots_, s);
    if (policy_ == EvictionPolicy::kBelady) belady_.join(slots_, s);
    if (policy_ == EvictionPolicy::kRandom) random_.join(s);
  }
}

std::vector<BlockId> BlockCache::next_victims(std::uint32_t n) const {
  BlockCache copy = *this;
  std::vector<BlockId> out;
  for (std::uint32_t i = 0; i < n && copy.idle_count_ > 0; ++i) {
    const SlotId s = copy.victim();
    out.push_back(copy.slots_[s].block);
    copy.drop(s);
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
  for (SlotId s = 0; s < slots_.size(); ++s) {
    const SlotInfo& slot = slots_[s];
    if (is_free(s)) {
      ++free;
      BY_CHECK(slot.block == kNone && slot.refs == 0, "a free slot holds something");
      continue;
    }
    BY_CHECK(slot.block != kNone || slot.refs == 1, "a slot without a block is not held");
    if (slot.block == kNone) continue;
    ++resident;
    BY_CHECK(resident_.contains(slot.block) && slot_of_[slot.block] == s, "a slot's block is not known");
    BY_CHECK(idle_.contains(slot.block) == (slot.refs == 0), "idle and reference count disagree");
    if (slot.refs == 0) ++idle;
  }
  BY_CHECK(free == free_count_ && idle == idle_count_, "counts of slots are wrong");
  BY_CHECK(resident == resident_.count(), "residents are not the complement of the free slots");
  std::uint32_t listed = 0;
  for (SlotId s = idle_head_; s != kNone; s = slots_[s].next) ++listed;
  BY_CHECK(listed == idle_count_, "the idle order misses a block");
}

}  // namespace blockyard
