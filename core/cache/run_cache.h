// RunCache: what a worker has cached under `lru`, by edges of the radix tree instead of by blocks (SPEC 4.1).
//
// It does what a BlockCache does, to the block and in the same order, without slots: for whoever needs no map of them.
// Why an edge is enough: a request acquires and releases all of an edge or none of it. So its blocks share one
// reference count; they join the idle order together, last block first; and as victims are the front of that order,
// what is left of an edge is always its first blocks. Invariants: 1. resident of an edge are its first Held::blocks
// blocks, all of them while it is in use; 2. the idle order lists the edges that are held and not in use, the next
// victim's first;
// 3. taken = Σ blocks ≤ capacity. A value: copying it copies the whole cache. The tree must outlive it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/prefix/radix.h"

namespace blockyard {

/// Blocks [from, to) of an edge, counted from its first.
struct EdgePiece {
  EdgeId edge = kNone;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t count() const { return to - from; }
};

/// What an acquisition did; appended to.
struct RunChanges {
  std::vector<EdgePiece> evicted;  ///< in the order evicted; of each piece the last block went first
  std::vector<EdgePiece> stored;   ///< in chain order
  void clear() {
    evicted.clear();
    stored.clear();
  }
};

class RunCache {
 public:
  /// An edge of which something is held.
  struct Held {
    EdgeId edge = kNone;
    std::uint32_t blocks = 0;  ///< its first so many are resident
    std::uint32_t refs = 0;
    std::uint32_t prev = kNone;  ///< neighbours in the idle order, as places in the list of the held
    std::uint32_t next = kNone;
  };

  RunCache(std::uint32_t capacity, const RadixTree* tree);

  std::uint32_t capacity() const { return capacity_; }
  std::uint32_t in_use() const { return taken_ - idle_; }
  std::uint32_t taken() const { return taken_; }
  std::uint32_t idle_blocks() const { return idle_; }
  std::uint64_t evictions() const { return evictions_; }
  std::uint32_t peak_taken() const { return peak_; }
  /// Edges of which blocks came or went since forget_changes(), some named twice; nullptr where they are too many to be
  /// worth telling.
  const std::vector<EdgeId>* changed() const { return all_changed_ ? nullptr : &changed_; }
  void forget_changes();

  /// Number of leading blocks of the chain that are resident.
  std::uint32_t hit(EdgePath path) const;
  /// Number of resident blocks of the edge.
  std::uint32_t held_of(EdgeId e) const;
  /// True when the chain's missing blocks fit: free slots + idle blocks that are not its own.
  bool fits(EdgePath path) const;
  /// One more reference to the chain's blocks; the missing ones are stored, for victims where no slot is free. Requires
  /// fits(path).
  void acquire(EdgePath path, RunChanges& changes);
  /// One reference less, from the last block to the first; at 0 they join the end of the idle order.
  void release(EdgePath path);

  /// Drops all idle blocks: fault cache_flush.
  void flush_idle();
  /// Drops everything: fault crash. Counters of the whole run stay.
  void clear();

  /// Calls f(edge, blocks) for every edge of which something is resident, in no particular order.
  template <class F>
  void each_held(F f) const {
    for (const Held& h : held_) {
      if (h.edge != kNone) f(h.edge, h.blocks);
    }
  }
  /// Σ references over blocks.
  std::uint64_t references() const;

  void add_to(StateHash& hash) const;
  /// Breaks (BY_CHECK) where an invariant does not hold. O(held).
  void check() const;

 private:
  std::size_t home(EdgeId e) const { return (std::uint64_t{e} * 0x9e3779b97f4a7c15ULL) >> shift_; }
  std::uint32_t find(EdgeId e) const;  // its place in held_, or kNone
  std::uint32_t add(EdgeId e);
  void remove(std::uint32_t place);
  void grow();
  void join_idle(std::uint32_t place);
  void leave_idle(std::uint32_t place);
  void evict(std::uint32_t blocks, RunChanges& changes);
  void note_change(EdgeId e);

  const RadixTree* tree_;
  std::uint32_t capacity_;
  std::uint32_t taken_ = 0;
  std::uint32_t idle_ = 0;
  std::uint32_t peak_ = 0;
  std::uint32_t idle_head_ = kNone;
  std::uint32_t idle_tail_ = kNone;
  std::uint64_t evictions_ = 0;
  std::vector<Held> held_;             // those that are free have no edge
  std::vector<std::uint32_t> free_;    // places in held_
  std::vector<std::uint32_t> table_;   // open addressing by edge: places in held_, kNone = empty
  int shift_ = 64;                     // 64 − log2(size of table_)
  std::vector<std::uint32_t> places_;  // of the path that is being acquired
  std::vector<EdgeId> changed_;
  bool all_changed_ = true;
};

}  // namespace blockyard
