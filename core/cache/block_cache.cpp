#include "core/cache/block_cache.h"

#include <algorithm>
#include <bit>

#include "core/base/check.h"

namespace blockyard {
namespace {

constexpr std::size_t kAhead = 24;  // slots are fetched so many before they are needed

}  // namespace

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
      idle_order_(capacity),
      copies_(copies) {
  if (capacity % 64 != 0) free_words_.back() = (1ULL << (capacity % 64)) - 1;
  rebuild_index();
}

// The steps of every reference, inline wherever they are made. Who makes them tells idle_ for a whole stretch at once.
inline void BlockCache::append_idle(SlotId s) {
  idle_order_.push_back(s);
  if (listens_) index_->joined(order(), s);
}

inline void BlockCache::unlink_idle(SlotId s) {
  if (listens_) index_->leaves(order(), s);
  idle_order_.remove(s);
}

inline void BlockCache::leave_idle(SlotId s) {
  unlink_idle(s);
  if (is_first(s)) idle_.erase(slots_[s].block);
}

namespace {

// Blocks, gathered to stretches of consecutive ids and handed on as such.
template <class F>
class Gather {
 public:
  explicit Gather(F f) : f_(f) {}
  ~Gather() { hand_on(); }
  Gather(const Gather&) = delete;
  Gather& operator=(const Gather&) = delete;
  void add(BlockId block) {
    if (run_.count > 0 && block + 1 == run_.first) {
      --run_.first;
    } else if (block != run_.first + run_.count) {
      hand_on();
      run_ = {block, 0};
    }
    ++run_.count;
  }

 private:
  void hand_on() {
    if (run_.count > 0) f_(run_);
  }
  F f_;
  Span run_;
};

}  // namespace

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
    slots_[next].later_copy = 0;
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
  return missing <= free_count_ + (idle_order_.size() - own_idle);
}

void BlockCache::acquire(Chain chain, SimTime now, CacheChanges* changes) {
  // Two passes, as the contract says: were a missing block stored first, it could evict a later block of the same
  // chain.
  for (const Span& run : chain) {
    resident_.each_stretch(run, [&](Span part, bool there) {
      if (there) ref(part, now, nullptr);
    });
  }
  for (const Span& run : chain) {
    resident_.each_stretch(run, [&](Span part, bool there) {
      if (there) return;
      scratch_.clear();
      take(part.count, now, changes, scratch_);
      name(scratch_, part, now, changes);
    });
  }
}

void BlockCache::release(Chain chain, SimTime now) {
  for (auto run = chain.rbegin(); run != chain.rend(); ++run) {
    BY_CHECK(resident_.count(*run) == run->count, "released a block that is not held");
    scratch_.clear();
    slot_of_.list(run->first, run->count, scratch_);
    unref(scratch_, now);
  }
}

void BlockCache::ref(Span run, SimTime now, std::vector<SlotId>* held) {
  if (held == nullptr) {
    scratch_.clear();
    held = &scratch_;
  }
  const std::size_t before = held->size();
  slot_of_.list(run.first, run.count, *held);
  const std::uint32_t idle = idle_order_.size();
  for (std::size_t i = before; i < held->size(); ++i) {
    const SlotId s = (*held)[i];
    if (i + kAhead < held->size()) __builtin_prefetch(&slots_[(*held)[i + kAhead]], 1);
    SlotInfo& slot = slots_[s];
    if (slot.refs == 0) unlink_idle(s);
    ++slot.refs;
    ++slot.uses;
    slot.used_at = now;
  }
  if (idle != idle_order_.size()) idle_.erase(run);
}

void BlockCache::unref(std::span<const SlotId> slots, SimTime now) {
  Gather idle([this](Span run) { idle_.insert(run); });
  for (std::size_t i = slots.size(); i-- > 0;) {
    if (i >= kAhead) __builtin_prefetch(&slots_[slots[i - kAhead]], 1);
    SlotInfo& slot = slots_[slots[i]];
    BY_CHECK(slot.refs > 0 && slot.block != kNone, "released a block that is not held");
    slot.used_at = now;
    if (--slot.refs > 0) continue;
    append_idle(slots[i]);
    if (is_first(slots[i])) idle.add(slot.block);
  }
}

void BlockCache::take(std::uint32_t n, SimTime now, CacheChanges* changes, std::vector<SlotId>& held) {
  const std::uint32_t free = std::min(n, free_count_);
  for (std::uint32_t i = 0; i < free; ++i) {
    const SlotId s = lowest_free();
    slots_[s].refs = 1;
    slots_[s].stored_at = slots_[s].used_at = now;
    held.push_back(s);
  }
  peak_ = std::max(peak_, taken());
  if (n > free) evict(n - free, now, changes, held);
}

// A victim's slot would be the only free one, and so the lowest: it goes to whoever takes it at once.
void BlockCache::evict(std::uint32_t n, SimTime now, CacheChanges* changes, std::vector<SlotId>& held) {
  BY_CHECK(n <= idle_order_.size(), "no idle block to evict");
  Gather gone([this](Span run) {
    idle_.erase(run);
    resident_.erase(run);
    slot_of_.erase(run.first, run.count);
  });
  evictions_ += n;
  for (; n > 0; --n) {
    const SlotId s = index_->victim(order(), rng_);
    if (const SlotId later = idle_order_.ahead(kAhead); later != kNone) __builtin_prefetch(&slots_[later], 1);
    SlotInfo& slot = slots_[s];
    const BlockId block = slot.block;
    BY_CHECK(slot.refs == 0 && block != kNone, "dropped a block in use");
    if (changes != nullptr) changes->evicted.push_back(block);
    if (slot.next_copy == kNone && is_first(s)) {  // the only one
      unlink_idle(s);
      gone.add(block);
    } else {
      leave_idle(s);
      forget(s);
    }
    slot = SlotInfo{};
    slot.refs = 1;
    slot.stored_at = slot.used_at = now;
    held.push_back(s);
  }
}

SlotId BlockCache::lowest_free() {
  while (free_words_[free_hint_] == 0) ++free_hint_;
  const auto s =
      static_cast<SlotId>(free_hint_ * 64 + static_cast<std::size_t>(std::countr_zero(free_words_[free_hint_])));
  free_words_[s >> 6] &= ~(1ULL << (s & 63));
  --free_count_;
  return s;
}

void BlockCache::name(std::span<const SlotId> slots, Span run, SimTime now, CacheChanges* changes) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    SlotInfo& slot = slots_[slots[i]];
    slot.block = run.first + static_cast<BlockId>(i);
    slot.refs = 1;
    slot.uses = 1;
    slot.store_seq = next_seq_++;
    slot.stored_at = slot.used_at = now;
    if (listens_) index_->stored(order(), slots[i]);
    if (changes != nullptr) changes->stored.push_back(slot.block);
  }
  resident_.each_stretch(run, [&](Span part, bool there) {
    const std::span<const SlotId> own = slots.subspan(part.first - run.first, part.count);
    if (!there) {
      slot_of_.insert(part.first, own);
      resident_.insert(part);
      return;
    }
    BY_CHECK(copies_, "stored twice");
    for (const SlotId s : own) {
      SlotId last = slot_of_[slots_[s].block];
      while (slots_[last].next_copy != kNone) last = slots_[last].next_copy;
      slots_[last].next_copy = s;
      slots_[s].later_copy = 1;
    }
    second_copies_ += part.count;
  });
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
  while (idle_order_.size() > 0) drop(idle_order_.front());
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
  idle_order_.each([this](SlotId s) { index_->joined(order(), s); });
}

std::vector<SlotId> BlockCache::next_victims(std::uint32_t n) const {
  std::vector<SlotInfo> slots = slots_;
  EvictionIndexValue index = index_;
  Rng rng = rng_;
  IdleQueue left = idle_order_;
  std::vector<SlotId> out;
  while (out.size() < n && left.size() > 0) {
    const SlotId s = index->victim({slots, left.front()}, rng);
    out.push_back(s);
    if (listens_) index->leaves({slots, left.front()}, s);
    left.remove(s);
    slots[s] = SlotInfo{};
  }
  return out;
}

void BlockCache::add_to(StateHash& hash) const {
  hash.add(std::uint64_t{free_count_});
  hash.add(evictions_);
  for (const SlotInfo& s : slots_) hash.add((std::uint64_t{s.block} << 32) | s.refs);
  idle_order_.each([&hash](SlotId s) { hash.add(std::uint64_t{s}); });
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
    BY_CHECK((slot_of_[slot.block] != s) == (slot.later_copy != 0), "it is not known which copy came first");
    if (slot.later_copy != 0) {
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
  BY_CHECK(free == free_count_ && idle == idle_order_.size(), "counts of slots are wrong");
  BY_CHECK(resident == resident_.count(), "residents are not the complement of the free slots");
  BY_CHECK(second == second_copies_ && listed_copies == resident + second, "a second copy is not listed");
  BY_CHECK(second == 0 || copies_, "a block is stored twice");
  std::uint32_t listed = 0;
  idle_order_.each([&](SlotId s) {
    BY_CHECK(slots_[s].block != kNone && slots_[s].refs == 0, "the idle order lists a block in use");
    ++listed;
  });
  BY_CHECK(listed == idle, "the idle order misses a block");
}

}  // namespace blockyard
