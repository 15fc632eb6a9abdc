// IdleQueue: which slots of a cache are idle, in the order in which they became so (SPEC 4.1).
//
// A ring of slots in which who leaves leaves a gap, and not a list: whoever takes from the front sees who comes next,
// and has them fetched before it needs them. Invariants: 1. every idle slot is in the ring once, at place_; 2. the
// front is no gap; 3. the ring is a power of two larger than the number of slots by a third at least, so that closing
// the gaps where it is full costs O(1) a slot on average. A value.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"

namespace blockyard {

class IdleQueue {
 public:
  explicit IdleQueue(std::uint32_t slots)
      : ring_(std::bit_ceil(std::size_t{slots} * 3 / 2 + 2), kNone), place_(slots) {}

  std::uint32_t size() const { return size_; }
  /// Idle for longest; kNone where nobody is.
  SlotId front() const { return size_ == 0 ? kNone : at(head_); }
  /// About `n` behind the front; kNone: nobody known.
  SlotId ahead(std::uint32_t n) const { return at(head_ + n); }

  void push_back(SlotId s) {
    if (next_ - head_ == ring_.size()) close_gaps();
    at(next_) = s;
    place_[s] = next_++;
    ++size_;
  }
  /// The slot must be in it.
  void remove(SlotId s) {
    at(at(head_) == s ? head_ : place_[s]) = kNone;  // most often the front, without asking for its place
    --size_;
    while (head_ != next_ && at(head_) == kNone) ++head_;
  }

  /// Calls f(slot) in order.
  template <class F>
  void each(F f) const {
    for (std::uint32_t i = head_; i != next_; ++i) {
      if (at(i) != kNone) f(at(i));
    }
  }

 private:
  // Places count on for ever, and wrap around.
  SlotId at(std::uint32_t place) const { return ring_[place & (ring_.size() - 1)]; }
  SlotId& at(std::uint32_t place) { return ring_[place & (ring_.size() - 1)]; }
  void close_gaps() {
    std::uint32_t to = head_;
    for (std::uint32_t i = head_; i != next_; ++i) {
      const SlotId s = at(i);
      if (s == kNone) continue;
      at(i) = kNone;
      at(to) = s;
      place_[s] = to++;
    }
    next_ = to;
  }

  std::vector<SlotId> ring_;          // kNone: a gap
  std::vector<std::uint32_t> place_;  // by slot; of those that are in it
  std::uint32_t head_ = 0;
  std::uint32_t next_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace blockyard
