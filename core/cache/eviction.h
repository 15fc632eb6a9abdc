// Which idle block goes first: the eviction policies of SPEC 4.1 as indices over the slots of one block cache.
//
// The cache keeps what every policy may ask about a slot (SlotInfo) and the idle order itself, a doubly linked list;
// `lru` needs nothing more. The other policies keep an index of their own, told of every slot that joins or leaves the
// idle order, each in O(log n) or better. All are values: copying a cache copies them.
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/base/ids.h"
#include "core/base/rng.h"
#include "core/base/sim_time.h"
#include "core/prefix/radix.h"

namespace blockyard {

enum class EvictionPolicy : std::uint8_t { kLru, kFifo, kLfu, kBelady, kRandom };

struct EvictionRow {
  EvictionPolicy policy;
  std::string_view id;
  std::string_view label;
  std::string_view help;
};

/// The table of policies: menus, scenario checking and help read it.
std::span<const EvictionRow> eviction_table();

struct SlotInfo {
  BlockId block = kNone;       ///< kNone: free, or a partial block without identity
  std::uint32_t refs = 0;      ///< references; 0 and a block: idle
  std::uint32_t prev = kNone;  ///< neighbours in the idle order
  std::uint32_t next = kNone;
  std::uint32_t uses = 0;       ///< acquisitions since the block took the slot
  std::uint64_t idle_seq = 0;   ///< when it joined the idle order
  std::uint64_t store_seq = 0;  ///< when the block got its identity in the slot
  SimTime stored_at = 0;
  SimTime used_at = 0;
};

/// `fifo`: a queue of the slots as they were filled, and a heap of those that were in use when their turn came and are
/// idle now. So a block costs a push and a pop, and O(log n) only where it was passed over.
class FifoIndex {
 public:
  /// A block has got its identity in the slot.
  void stored(std::span<const SlotInfo> slots, SlotId s);
  void join(std::span<const SlotInfo> slots, SlotId s);
  SlotId victim(std::span<const SlotInfo> slots);

 private:
  struct Entry {
    std::uint64_t store_seq = 0;
    SlotId slot = kNone;
    friend bool operator>(const Entry& a, const Entry& b) { return a.store_seq > b.store_seq; }
  };
  static bool there(std::span<const SlotInfo> slots, const Entry& e) {
    return slots[e.slot].block != kNone && slots[e.slot].store_seq == e.store_seq;
  }
  std::deque<Entry> queue_;            // ascending; some are gone
  std::vector<Entry> heap_;            // all before those of the queue
  std::vector<std::uint64_t> passed_;  // per slot: the store_seq with which it was passed over while in use
};

/// `lfu`: one list per acquisition count, each in idle order, and a bitmap of the lists that are not empty.
class LfuIndex {
 public:
  void join(std::span<const SlotInfo> slots, SlotId s);
  void leave(SlotId s);
  SlotId victim() const;

 private:
  struct Link {
    SlotId prev = kNone;
    SlotId next = kNone;
    std::uint32_t list = kNone;
  };
  struct List {
    SlotId head = kNone;
    SlotId tail = kNone;
  };
  std::vector<Link> links_;
  std::vector<List> lists_;           // by count
  std::vector<std::uint64_t> words_;  // bit c: list c is not empty
};

/// `belady`: idle blocks by the edge of the radix tree they belong to (an edge's blocks share their next use), edges
/// ordered by (farthest next use, nearest the front of the idle order).
class BeladyIndex {
 public:
  void set_tree(const RadixTree* tree);
  /// A request of this index has started on the worker.
  void advance(RequestId started, std::span<const SlotInfo> slots);
  void join(std::span<const SlotInfo> slots, SlotId s);
  void leave(std::span<const SlotInfo> slots, SlotId s);
  SlotId victim() const;

 private:
  struct Link {
    SlotId prev = kNone;
    SlotId next = kNone;
    std::uint32_t list = kNone;
  };
  struct List {
    SlotId head = kNone;
    SlotId tail = kNone;
    RequestId next_use = kNone;
  };
  using Key = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>;  // (kNone − next use, idle_seq, list)
  Key key(std::span<const SlotInfo> slots, std::uint32_t list) const;
  std::uint32_t list_of(BlockId block) const;

  const RadixTree* tree_ = nullptr;
  std::int64_t started_ = -1;
  std::vector<Link> links_;
  std::vector<List> lists_;  // one per edge, one more for blocks that no prompt holds
  std::set<Key> order_;
};

/// `random`: the idle slots in an array.
class RandomIndex {
 public:
  void join(SlotId s);
  void leave(SlotId s);
  SlotId victim(Rng& rng) const { return idle_[rng.below(idle_.size())]; }

 private:
  std::vector<SlotId> idle_;
  std::vector<std::uint32_t> place_;
};

}  // namespace blockyard
