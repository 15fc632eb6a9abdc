// fifo: the block that took its slot first (SPEC 4.1).
//
// A queue of the slots as they were filled, and a heap of those that were in use when their turn came and are idle now.
// So a block costs a push and a pop, and O(log n) only where it was passed over.
#include <deque>
#include <functional>
#include <vector>

#include "core/base/check.h"
#include "core/cache/eviction/rows.h"

namespace blockyard::eviction {
namespace {

class Fifo : public EvictionIndex {
 public:
  std::unique_ptr<EvictionIndex> clone() const override { return std::make_unique<Fifo>(*this); }

  void stored(const IdleOrder& idle, SlotId s) override {
    // Blocks that were dropped and not evicted leave their entries behind.
    if (queue_.size() > 2 * idle.slots.size() + 64)
      std::erase_if(queue_, [&](const Entry& e) { return !there(idle, e); });
    queue_.push_back({idle.slots[s].store_seq, s});
  }

  void joined(const IdleOrder& idle, SlotId s) override {
    if (s >= passed_.size() || passed_[s] != idle.slots[s].store_seq) return;
    passed_[s] = 0;
    heap_.push_back({idle.slots[s].store_seq, s});
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  SlotId victim(const IdleOrder& idle, Rng&) override {
    const auto pass_over = [&](const Entry& e) {
      at_least(passed_, idle.slots.size());
      passed_[e.slot] = e.store_seq;
    };
    while (!heap_.empty()) {
      const Entry e = heap_.front();
      const bool is_there = there(idle, e);
      if (is_there && idle.slots[e.slot].refs == 0) return e.slot;
      if (is_there) pass_over(e);  // in use again
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
      heap_.pop_back();
    }
    for (; !queue_.empty(); queue_.pop_front()) {
      const Entry& e = queue_.front();
      if (!there(idle, e)) continue;
      if (idle.slots[e.slot].refs == 0) return e.slot;
      pass_over(e);
    }
    BY_CHECK(false, "no idle block");
  }

 private:
  struct Entry {
    std::uint64_t store_seq = 0;
    SlotId slot = kNone;
    friend bool operator>(const Entry& a, const Entry& b) { return a.store_seq > b.store_seq; }
  };
  static bool there(const IdleOrder& idle, const Entry& e) {
    return idle.slots[e.slot].block != kNone && idle.slots[e.slot].store_seq == e.store_seq;
  }

  std::deque<Entry> queue_;            // ascending; some are gone
  std::vector<Entry> heap_;            // all before those of the queue
  std::vector<std::uint64_t> passed_;  // per slot: the store_seq with which it was passed over while in use
};

}  // namespace

const EvictionRow kFifo{
    .id = "fifo",
    .label = "FIFO",
    .help = "The idle block that took its slot first, however often it was used since.",
    .make = make<Fifo>,
};

}  // namespace blockyard::eviction
