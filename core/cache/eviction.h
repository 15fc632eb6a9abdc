// Which idle block goes first: the eviction policies of SPEC 4.1, one file and one row of eviction_table() each.
//
// A block cache keeps what every policy may ask about a slot (SlotInfo) and the idle order. A policy adds an index of
// its own, told of every slot that gets a block, joins the idle order or leaves it; `lru` needs nothing beyond the
// order itself. An index is a value: clone() copies it whole. Invariant: victim() names a slot of the idle order, and
// asking changes nothing that a later answer depends on (but for the generator of `random`).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/rng.h"
#include "core/base/sim_time.h"
#include "core/prefix/radix.h"

namespace blockyard {

/// A row of eviction_table(), by its place there. Only the default has a name: all others are found by their id.
enum class EvictionPolicy : std::uint8_t { kLru };

struct SlotInfo {
  BlockId block = kNone;             ///< kNone: free, or a block without identity
  std::uint32_t refs = 0;            ///< references; 0 and a block: idle
  std::uint32_t next_copy = kNone;   ///< the slot of the block's next copy, in the order in which they got it
  std::uint32_t uses : 31 = 0;       ///< acquisitions since the block took the slot
  std::uint32_t later_copy : 1 = 0;  ///< another slot got this block before
  std::uint64_t store_seq = 0;       ///< when the block got its identity in the slot
  SimTime stored_at = 0;
  SimTime used_at = 0;
};

/// All slots of a cache, and the front of its idle order.
struct IdleOrder {
  std::span<const SlotInfo> slots;
  SlotId front = kNone;
};

/// What one policy keeps about one cache.
class EvictionIndex {
 public:
  virtual ~EvictionIndex() = default;
  virtual std::unique_ptr<EvictionIndex> clone() const = 0;
  /// A block has got its identity in the slot.
  virtual void stored(const IdleOrder&, SlotId) {}
  /// The slot has joined the end of the idle order, or is about to leave it.
  virtual void joined(const IdleOrder&, SlotId) {}
  virtual void leaves(const IdleOrder&, SlotId) {}
  /// A request of this index has started on the worker.
  virtual void request_started(const IdleOrder&, RequestId) {}
  /// The slot whose block goes next. Requires that one is idle.
  virtual SlotId victim(const IdleOrder& idle, Rng& rng) = 0;
};

struct EvictionRow {
  std::string_view id;
  std::string_view label;
  std::string_view help;
  /// False: the idle order alone decides, and the index is told nothing.
  bool listens = true;
  /// True: it must be given the radix tree of the workload's chains, which it asks for next uses.
  bool needs_tree = false;
  /// False: nobody can say beforehand which block goes.
  bool foreseeable = true;
  std::unique_ptr<EvictionIndex> (*make)(const RadixTree* tree) = nullptr;
};

/// The table of policies: menus, scenario checking and help read it.
std::span<const EvictionRow> eviction_table();
/// The row of a policy.
const EvictionRow& eviction_row(EvictionPolicy policy);
/// The policy with this id, which must exist.
EvictionPolicy eviction_policy(std::string_view id);

/// An index that is copied with its owner.
class EvictionIndexValue {
 public:
  EvictionIndexValue() = default;
  explicit EvictionIndexValue(std::unique_ptr<EvictionIndex> index) : index_(std::move(index)) {}
  EvictionIndexValue(const EvictionIndexValue& o) : index_(o.index_ ? o.index_->clone() : nullptr) {}
  EvictionIndexValue(EvictionIndexValue&&) noexcept = default;
  EvictionIndexValue& operator=(EvictionIndexValue o) noexcept {
    index_ = std::move(o.index_);
    return *this;
  }
  EvictionIndex* operator->() const { return index_.get(); }

 private:
  std::unique_ptr<EvictionIndex> index_;
};

}  // namespace blockyard
