// Which idle block goes first: the eviction policies of SPEC 4.1 as indices over the slots of one block cache.
//
// The cache keeps what every policy may ask about a slot (SlotInfo) and the idle order itself, a doubly linked list;
// `lru` needs nothing more. The other policies keep an index of their own, told of every slot that joins or leaves the
// idle order, each in O(log n) or better. All are values: copying a cache copies them.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/base/ids.h"
#include "core/base/rng.h"
#include "core/base/sim_time.h"
#include "core/cache/radix.h"

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

/// `fifo`: a heap of (store_seq, slot); a slot that left the idle order stays in it until it surfaces.
class FifoIndex {
 public:
  void join(std::span<const SlotInfo> slots, SlotId s);
  SlotId victim(std::span<const SlotInfo> slots);

 private:
  std::vector<std::pair<std::uint64_t, SlotId>> heap_;
  std::vector<std::uint64_t> queued_;  // per slot: the store_seq it is queued with, plus one; 0 = not queued
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
