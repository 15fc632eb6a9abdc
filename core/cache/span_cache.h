// SpanCache: what a worker has cached under `lru`, by stretches of consecutive block ids instead of by blocks
// (SPEC 4.1, 4.3): for holdings that grow, as engine continuous has them, where nobody looks at slots.
//
// It does what a BlockCache does, to the block and in the same order. Its ids are cut into cells; a cell's blocks have
// the same copies, and all blocks of one copy the same references, so that they join the idle order together, last
// block first. Whoever holds part of a cell cuts it in two. Slots whose block has no identity yet are only counted.
// Invariants: 1. cells do not overlap, and cover exactly resident(); 2. a cell lists its copies as they got their
// identity; idle() are the blocks whose first copy is idle; 3. whoever holds a block of a copy holds all of the copy;
// 4. the idle order lists the copies without references, the next victim's first, of each the last block first;
// 5. taken = Σ blocks of all copies + slots without identity ≤ capacity. A value: copying it copies the whole cache.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/prefix/block_set.h"

namespace blockyard {

/// Part of what a request holds: the copies of these blocks that this maker made.
struct HeldSpan {
  Span blocks;
  std::uint32_t maker = 0;
};

/// What an allocation did; appended to.
struct SpanChanges {
  std::vector<Span> evicted;  ///< in the order evicted; of each the last block went first
  std::vector<Span> stored;   ///< as they got their identity
  void clear() {
    evicted.clear();
    stored.clear();
  }
};

class SpanCache {
 public:
  /// `ids`: number of block ids of the workload. `copies`: a block may be stored twice.
  SpanCache(std::uint32_t capacity, std::uint32_t ids, bool copies);

  std::uint32_t capacity() const { return capacity_; }
  std::uint32_t free_slots() const { return capacity_ - taken_; }
  std::uint32_t idle_blocks() const { return idle_count_; }
  std::uint32_t in_use() const { return taken_ - idle_count_; }
  std::uint32_t taken() const { return taken_; }
  std::uint32_t peak_taken() const { return peak_; }
  std::uint64_t evictions() const { return evictions_; }
  const BlockSet& resident() const { return resident_; }
  const BlockSet& idle() const { return idle_; }

  /// Who names blocks: a number for each holding, so that it finds its own copies again. 0 where there are no copies.
  std::uint32_t new_maker() { return copies_ ? ++makers_ : 0; }
  /// Adds to what is held; what follows on from the last part by the same maker becomes part of it.
  static void hold(std::vector<HeldSpan>& held, Span blocks, std::uint32_t maker);
  /// One more reference to the first copies of these blocks, which must be resident; they are added to `held`.
  void share(Span run, std::vector<HeldSpan>& held);
  /// Takes so many slots for blocks without identity, of victims where none is free. Requires that they fit.
  void take(std::uint32_t slots, SpanChanges& changes);
  /// Gives so many slots without identity back.
  void give_back(std::uint32_t slots) {
    taken_ -= slots;
    unnamed_ -= slots;
  }
  /// These blocks, in slots without identity, are full now; they are added to `held`. Unless copies are allowed none of
  /// them may be resident. `tail`: the holding's own, kNone at first.
  void name(Span run, std::uint32_t maker, std::vector<HeldSpan>& held, std::uint32_t& tail, SpanChanges& changes);
  /// One reference less, from the last block to the first; at 0 they join the end of the idle order.
  void release(std::vector<HeldSpan>& held);

  /// Drops all idle blocks: fault cache_flush.
  void flush_idle();
  /// Drops everything: fault crash. Counters of the whole run stay.
  void clear();

  /// Stretches of which blocks came or went since forget_changes(), some named twice; nullptr where they are too many
  /// to be worth telling.
  const std::vector<Span>* changed() const { return all_changed_ ? nullptr : &changed_; }
  void forget_changes() {
    all_changed_ = false;
    changed_.clear();
  }

  /// The resident blocks as stretches of ids, ascending.
  std::vector<Span> runs() const;
  /// Calls f(Span, resident) for the stretches of the run that are resident or not, in order.
  template <class F>
  void each_stretch(Span run, F f) const;
  /// Σ references over blocks, slots without identity included.
  std::uint64_t references() const;
  void add_to(StateHash& hash) const;
  /// Breaks (BY_CHECK) where an invariant does not hold. O(ids + copies).
  void check() const;

 private:
  using CopyId = std::uint32_t;
  /// One copy of a cell's blocks.
  struct Copy {
    Span blocks;
    std::uint32_t refs = 0;
    std::uint32_t maker = 0;
    CopyId prev = kNone;  // neighbours in the idle order
    CopyId next = kNone;
    CopyId next_copy = kNone;
  };
  using Cells = std::map<BlockId, CopyId>;  // by the first block: the first copy

  CopyId add(Span blocks, std::uint32_t refs, std::uint32_t maker);
  /// Cuts the cell in two where `at` lies inside it. The second part's place.
  Cells::iterator cut(Cells::iterator cell, BlockId at);
  /// The cell that begins with this block, which is resident: cut there where none does.
  Cells::iterator cell_at(BlockId at);
  void join_idle(CopyId c);
  void leave_idle(CopyId c);
  void unlink_idle(CopyId c);
  void forget(CopyId c);
  void note_change(Span blocks);
  bool is_first(CopyId c) const { return second_copies_ == 0 || cells_.find(copy_[c].blocks.first)->second == c; }

  std::uint32_t capacity_;
  bool copies_;
  std::uint32_t taken_ = 0;
  std::uint32_t idle_count_ = 0;
  std::uint32_t unnamed_ = 0;
  std::uint32_t peak_ = 0;
  std::uint64_t evictions_ = 0;
  std::uint32_t makers_ = 0;
  std::uint32_t second_copies_ = 0;  // blocks of copies that are not the first
  CopyId idle_head_ = kNone;
  CopyId idle_tail_ = kNone;
  Cells cells_;
  std::vector<Copy> copy_;
  std::vector<CopyId> unused_;
  BlockSet resident_;
  BlockSet idle_;
  std::vector<Span> changed_;
  bool all_changed_ = true;
};

template <class F>
void SpanCache::each_stretch(Span run, F f) const {
  const BlockId end = run.first + run.count;
  for (BlockId at = run.first; at < end;) {
    auto next = cells_.upper_bound(at);
    BlockId to = next == cells_.end() ? end : next->first < end ? next->first : end;
    bool inside = false;
    if (next != cells_.begin()) {
      const Span cell = copy_[std::prev(next)->second].blocks;
      if (at < cell.first + cell.count) {
        inside = true;
        to = cell.first + cell.count < end ? cell.first + cell.count : end;
      }
    }
    f(Span{at, to - at}, inside);
    at = to;
  }
}

}  // namespace blockyard
