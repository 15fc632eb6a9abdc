// BlockCache: the physical KV block slots of one worker (SPEC 4.1): reference counts, an idle order, eviction.
//
// A slot is free, in use (refs ≥ 1, or a partial block), or idle (refs 0, still cached, evictable).
// Invariants: 1. a block occupies at most one slot, unless copies are allowed; resident() is exactly the set of blocks
// with a slot, and slot_of() names the copy that got its block first; idle() are the blocks whose first copy is idle;
// 2. an in-use slot is never evicted; 3. free + idle + in use = capacity; 4. under lru the resident set is closed under
// prefixes. A value: copying it copies the whole cache. It never decides who may run: callers test fits() first.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/base/rng.h"
#include "core/base/sim_time.h"
#include "core/cache/eviction.h"
#include "core/cache/idle_queue.h"
#include "core/cache/slot_map.h"
#include "core/prefix/block_set.h"

namespace blockyard {

/// What an allocation did; appended to.
struct CacheChanges {
  std::vector<BlockId> evicted;
  std::vector<BlockId> stored;
  void clear() {
    evicted.clear();
    stored.clear();
  }
};

class BlockCache {
 public:
  /// `ids`: number of block ids of the workload. `tree` is read by `belady` alone and must outlive the cache.
  /// `copies`: a block may be stored twice.
  BlockCache(std::uint32_t capacity, std::uint32_t ids, EvictionPolicy policy, const RadixTree* tree, Rng rng,
             bool copies = false);

  std::uint32_t capacity() const { return static_cast<std::uint32_t>(slots_.size()); }
  std::uint32_t free_slots() const { return free_count_; }
  std::uint32_t idle_blocks() const { return idle_order_.size(); }
  /// Slots in use, partial blocks included.
  std::uint32_t in_use() const { return capacity() - free_count_ - idle_order_.size(); }
  /// Slots taken: idle or in use.
  std::uint32_t taken() const { return capacity() - free_count_; }
  std::uint64_t evictions() const { return evictions_; }
  std::uint32_t peak_taken() const { return peak_; }
  EvictionPolicy policy() const { return policy_; }
  /// True while `lru` alone has ever chosen victims, so that invariant 4 holds.
  bool always_lru() const { return always_lru_; }

  const BlockSet& resident() const { return resident_; }
  const BlockSet& idle() const { return idle_; }
  /// Number of leading blocks of the chain that are resident.
  std::uint32_t hit(Chain chain) const { return resident_.leading(chain); }
  /// True when the chain's missing blocks fit: free slots + idle blocks that are not its own.
  bool fits(Chain chain) const;

  /// Every resident block of the chain gets one more reference; then each missing one, in order, takes the lowest free
  /// slot or a victim's. Requires fits(chain).
  void acquire(Chain chain, SimTime now, CacheChanges* changes);
  /// From the last block to the first, one reference less; at 0 a block joins the end of the idle order.
  void release(Chain chain, SimTime now);

  // By slots, as engine continuous holds them; all of one stretch together.
  /// One more reference to the first copies of these blocks, which must be resident. Their slots are added to `held`,
  /// where there is one.
  void ref(Span run, SimTime now, std::vector<SlotId>* held);
  /// One reference less to the blocks in these slots, from the last to the first.
  void unref(std::span<const SlotId> slots, SimTime now);
  /// Takes `n` slots for blocks without identity yet, the lowest free ones or else those of victims; they are in use,
  /// and added to `held`. Requires so many free slots or idle blocks.
  void take(std::uint32_t n, SimTime now, CacheChanges* changes, std::vector<SlotId>& held);
  /// The blocks in these slots are full now, and known as those of the run; unless copies are allowed none of them may
  /// be resident. As many slots as blocks.
  void name(std::span<const SlotId> slots, Span run, SimTime now, CacheChanges* changes);
  // As an observer hears of it, who knows no reference and no order of eviction.
  /// The block, which must not be resident, is held in the lowest free slot, of which there must be one.
  void observe_stored(BlockId block, SimTime now);
  /// The block, which must be resident and not used, is gone.
  void observe_gone(BlockId block);
  /// One request more, or less, uses the block, which must be resident.
  void observe_used(BlockId block, bool more, SimTime now);
  /// Room for so many slots and block ids, neither less than before. What is held stays where it is.
  void grow(std::uint32_t capacity, std::uint32_t ids);

  /// Gives a slot without identity back.
  void give_back(SlotId s) { free_slot(s); }

  /// A request of this index starts (only `belady` listens).
  void request_started(RequestId request);
  /// Drops all idle blocks: fault cache_flush.
  void flush_idle();
  /// Drops everything: fault crash. Counters of the whole run stay.
  void clear();
  /// Changes the policy in flight; what is cached stays.
  void set_policy(EvictionPolicy policy);

  const std::vector<SlotInfo>& slots() const { return slots_; }
  /// Slots that hold a block which an older copy holds too.
  std::uint32_t second_copies() const { return second_copies_; }
  /// The slot of a resident block, of its first copy where there are several; kNone of any other.
  SlotId slot_of(BlockId block) const { return slot_of_[block]; }
  bool is_free(SlotId slot) const { return (free_words_[slot >> 6] >> (slot & 63)) & 1U; }
  /// The slots of the next `n` victims in order, were nothing else to happen: whatever the policy, as its own index
  /// answers on a copy. O(capacity).
  std::vector<SlotId> next_victims(std::uint32_t n) const;

  void add_to(StateHash& hash) const;
  /// Breaks (BY_CHECK) where an invariant does not hold. O(capacity + ids).
  void check() const;

 private:
  SlotId lowest_free();
  void evict(std::uint32_t n, SimTime now, CacheChanges* changes, std::vector<SlotId>& held);
  void free_slot(SlotId s);
  void forget(SlotId s);
  void drop(SlotId s);
  IdleOrder order() const { return {slots_, idle_order_.front()}; }
  bool is_first(SlotId s) const { return slots_[s].later_copy == 0; }
  void append_idle(SlotId s);
  void unlink_idle(SlotId s);
  void leave_idle(SlotId s);
  void rebuild_index();

  EvictionPolicy policy_;
  bool always_lru_ = true;
  const RadixTree* tree_;
  Rng rng_;
  std::vector<SlotInfo> slots_;
  SlotMap slot_of_;
  BlockSet resident_;
  BlockSet idle_;
  std::vector<std::uint64_t> free_words_;
  std::size_t free_hint_ = 0;  // no free slot in a word before this one
  std::uint32_t free_count_;
  IdleQueue idle_order_;
  std::uint64_t next_seq_ = 1;
  std::int64_t max_started_ = -1;  // highest index of a request that started since the last clear()
  std::uint64_t evictions_ = 0;
  std::uint32_t peak_ = 0;
  bool copies_;
  std::uint32_t second_copies_ = 0;
  bool listens_ = false;  // the policy wants to be told
  std::vector<SlotId> scratch_;
  EvictionIndexValue index_;
};

}  // namespace blockyard
