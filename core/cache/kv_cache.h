// KvCache: the memory of one worker, and the only door to it (SPEC 4.1).
//
// Behind it the blocks are kept in slots (BlockCache: what maps, reports and every policy can be asked of) or, under
// `lru` where nobody looks at slots, in what costs less: by edges of the radix tree (RunCache) or by stretches of ids
// (SpanCache). All do the same to the block and in the same order. Whoever holds blocks does so through a request's
// whole prompt (engine slots: acquire, release; in slots or by edges) or through a Holding that grows (engine
// continuous; in slots or by stretches). A value. Invariant: where there are edges or stretches, there are no slots.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/cache/block_cache.h"
#include "core/cache/run_cache.h"
#include "core/cache/span_cache.h"
#include "core/prefix/block_sequence.h"

namespace blockyard {

/// How a cache is kept: every block in its slot, by edges, or by stretches of ids. All give the same results; the
/// latter two cost less (the engine says where which of them will do).
enum class CacheKind : std::uint8_t { kBlocks, kRuns, kSpans };

/// The slots of one running request, in order of its sequence; the first `named` hold blocks with an identity.
struct Holding {
  std::vector<SlotId> slots;
  std::uint32_t named = 0;
  std::uint32_t counted = 0;    ///< by stretches: so many slots
  std::uint32_t maker = 0;      ///< by stretches: of the copies that it named
  std::uint32_t tail = kNone;   ///< by stretches: the last of them
  std::vector<HeldSpan> spans;  ///< by stretches: the blocks with an identity, in order
  std::uint32_t blocks() const { return static_cast<std::uint32_t>(slots.size()) + counted; }
};

/// How far a holding is to grow, in blocks from its first.
struct Growth {
  std::uint32_t shared = 0;  ///< the first so many are resident, and are shared
  std::uint32_t named = 0;   ///< so many will be full, and get their identity
  std::uint32_t blocks = 0;  ///< so many slots are needed in all
};

/// What a holding would take in order to grow.
struct Need {
  std::uint32_t slots = 0;       ///< to be taken
  std::uint32_t own_idle = 0;    ///< idle blocks that it would hold itself
  std::uint32_t given_back = 0;  ///< slots that it has and would not need any more
};

class KvCache {
 public:
  struct Shape {
    CacheKind kind = CacheKind::kBlocks;
    std::uint32_t capacity = 0;
    EvictionPolicy eviction = EvictionPolicy::kLru;
    bool copies = false;  ///< a block may be stored twice (holdings only)
  };
  /// `ids`: number of block ids of the workload. `tree` must outlive the cache; edges and some policies need it.
  KvCache(const Shape& shape, std::uint32_t ids, const RadixTree* tree, Rng rng);

  // In blocks, however they are kept.
  std::uint32_t capacity() const {
    return runs_ ? runs_->capacity() : spans_ ? spans_->capacity() : blocks_.capacity();
  }
  std::uint32_t in_use() const { return runs_ ? runs_->in_use() : spans_ ? spans_->in_use() : blocks_.in_use(); }
  std::uint32_t taken() const { return runs_ ? runs_->taken() : spans_ ? spans_->taken() : blocks_.taken(); }
  std::uint32_t peak_taken() const {
    return runs_ ? runs_->peak_taken() : spans_ ? spans_->peak_taken() : blocks_.peak_taken();
  }
  std::uint32_t resident_blocks() const { return runs_ ? runs_->taken() : resident().count(); }
  std::uint64_t evictions() const {
    return runs_ ? runs_->evictions() : spans_ ? spans_->evictions() : blocks_.evictions();
  }
  /// Number of leading blocks of the request's prompt that are resident.
  std::uint32_t hit(const BlockSequence& seq) const;

  // By whole prompts.
  bool fits(const BlockSequence& seq) const;
  void acquire(const BlockSequence& seq, SimTime now);
  void release(const BlockSequence& seq, SimTime now);

  // By holdings; in slots or by stretches.
  /// Number of leading blocks of the request's whole sequence that are resident, at most `limit`.
  std::uint32_t leading(const BlockSequence& seq, std::uint32_t limit) const;
  Need need(const BlockSequence& seq, const Holding& held, const Growth& to) const;
  bool fits(const Need& n) const { return n.slots <= free_slots() + (idle_blocks() - n.own_idle) + n.given_back; }
  /// Requires that its need fits.
  void grow(const BlockSequence& seq, Holding& held, const Growth& to, SimTime now);
  /// The first `named` blocks are full now.
  void name(const BlockSequence& seq, Holding& held, std::uint32_t named, SimTime now);
  /// From the last block to the first.
  void release(Holding& held, SimTime now);

  // As an observer hears of it (BlockCache); in slots.
  void observe_stored(BlockId block, SimTime now) { blocks_.observe_stored(block, now); }
  void observe_gone(BlockId block) { blocks_.observe_gone(block); }
  void observe_used(BlockId block, bool more, SimTime now) { blocks_.observe_used(block, more, now); }
  void grow(std::uint32_t capacity, std::uint32_t ids) { blocks_.grow(capacity, ids); }

  void request_started(RequestId r) {
    if (has_slots()) blocks_.request_started(r);
  }
  void flush_idle() { runs_ ? runs_->flush_idle() : spans_ ? spans_->flush_idle() : blocks_.flush_idle(); }
  void clear() { runs_ ? runs_->clear() : spans_ ? spans_->clear() : blocks_.clear(); }
  void set_policy(EvictionPolicy policy) { blocks_.set_policy(policy); }

  /// What was evicted and stored since forget_changes(): by blocks, by edges, or by stretches.
  const CacheChanges& block_changes() const { return block_changes_; }
  const RunChanges& run_changes() const { return run_changes_; }
  const SpanChanges& span_changes() const { return span_changes_; }
  void forget_changes() {
    block_changes_.clear();
    run_changes_.clear();
    span_changes_.clear();
  }

  /// The blocks that are there, and those whose first copy is idle. Empty where the cache is kept by edges.
  const BlockSet& resident() const { return spans_ ? spans_->resident() : blocks_.resident(); }
  const BlockSet& idle() const { return spans_ ? spans_->idle() : blocks_.idle(); }
  std::uint32_t free_slots() const { return spans_ ? spans_->free_slots() : blocks_.free_slots(); }

  /// Whether every block has its slot.
  bool has_slots() const { return !runs_ && !spans_; }
  // For whoever looks at slots; empty where there are none.
  const BlockCache& blocks() const { return blocks_; }
  const std::vector<SlotInfo>& slots() const { return blocks_.slots(); }
  SlotId slot_of(BlockId block) const { return blocks_.slot_of(block); }
  bool is_free(SlotId slot) const { return blocks_.is_free(slot); }
  std::uint32_t idle_blocks() const {
    return runs_ ? runs_->idle_blocks() : spans_ ? spans_->idle_blocks() : blocks_.idle_blocks();
  }
  EvictionPolicy policy() const { return blocks_.policy(); }
  std::vector<SlotId> next_victims(std::uint32_t n) const { return blocks_.next_victims(n); }
  std::uint32_t hit(Chain chain) const { return blocks_.hit(chain); }
  /// The cache by edges; nullptr where it is kept otherwise.
  const RunCache* edges() const { return runs_ ? &*runs_ : nullptr; }
  RunCache* edges() { return runs_ ? &*runs_ : nullptr; }
  /// The cache by stretches; nullptr where it is kept otherwise.
  SpanCache* stretches() { return spans_ ? &*spans_ : nullptr; }

  /// Σ references, slots without identity included.
  std::uint64_t references() const;
  void add_to(StateHash& hash) const {
    runs_ ? runs_->add_to(hash) : spans_ ? spans_->add_to(hash) : blocks_.add_to(hash);
  }
  /// Breaks (BY_CHECK) where an invariant does not hold.
  void check() const { runs_ ? runs_->check() : spans_ ? spans_->check() : blocks_.check(); }

 private:
  void take_up_to(std::uint32_t blocks, Holding& held, SimTime now);
  void name_shared(const BlockSequence& seq, Holding& held, std::uint32_t named, SimTime now);
  void grow_spans(const BlockSequence& seq, Holding& held, const Growth& to);
  void share_or_name(const BlockSequence& seq, Holding& held, const Growth& to);

  const RadixTree* tree_;
  bool copies_;
  BlockCache blocks_;
  std::optional<RunCache> runs_;
  std::optional<SpanCache> spans_;
  CacheChanges block_changes_;
  RunChanges run_changes_;
  SpanChanges span_changes_;
  struct Stretch {
    Span blocks;
    bool resident = false;
  };
  std::vector<Stretch> stretches_;  // scratch
  std::vector<HeldSpan> shared_;
  std::vector<SlotId> own_;
  std::vector<SlotId> taken_;
};

}  // namespace blockyard
