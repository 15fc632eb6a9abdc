// The event queue: everything that is due, in the order of SPEC 7.
//
// Arrivals of open workloads are not in it (they are sorted already). Invariant: pop order is a total order that
// depends on the events alone, never on the order of pushing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/ids.h"
#include "core/base/sim_time.h"

namespace blockyard {

enum class QueuedKind : std::uint8_t {
  kFirstToken,
  kFinish,
  kStepEnd,
  kFault,
  kDetect,
  kRestart,
  kRouterBack,
  kHeartbeat,
  kSync,
  kDelivery,
  kArrival
};

struct QueuedEvent {
  SimTime t = 0;
  std::uint8_t rank = 0;  ///< class of SPEC 7: finish 0, fault 1, heartbeat 2, sync 3, delivery 4, arrival 5
  QueuedKind kind = QueuedKind::kFinish;
  std::uint32_t epoch = 0;    ///< of the worker (or of the timers): an older one makes the event void
  std::uint32_t subject = 0;  ///< request, fault index, or place of the message
  WorkerId worker = kNone;
  std::uint64_t key1 = 0;  ///< order among equals
  std::uint64_t key2 = 0;

  friend bool operator>(const QueuedEvent& a, const QueuedEvent& b) {
    if (a.t != b.t) return a.t > b.t;
    if (a.rank != b.rank) return a.rank > b.rank;
    if (a.key1 != b.key1) return a.key1 > b.key1;
    return a.key2 > b.key2;
  }
};

class EventQueue {
 public:
  bool empty() const { return others_.empty() && periodic_.empty(); }
  std::size_t size() const { return others_.size() + periodic_.size(); }
  const QueuedEvent& top() const { return periodic_is_next() ? periodic_.front() : others_.front(); }
  /// `periodic`: a timer of heartbeats or syncs, or what one has sent.
  void push(const QueuedEvent& e, bool periodic) {
    std::vector<QueuedEvent>& heap = periodic ? periodic_ : others_;
    heap.push_back(e);
    std::push_heap(heap.begin(), heap.end(), std::greater<>());
  }
  QueuedEvent pop() {
    std::vector<QueuedEvent>& heap = periodic_is_next() ? periodic_ : others_;
    std::pop_heap(heap.begin(), heap.end(), std::greater<>());
    const QueuedEvent e = heap.back();
    heap.pop_back();
    return e;
  }
  /// Calls f for each periodic event, in no order.
  template <class F>
  void each_periodic(F f) const {
    for (const QueuedEvent& e : periodic_) f(e);
  }
  /// The same; f may change when it is due.
  template <class F>
  void move_periodic(F f) {
    for (QueuedEvent& e : periodic_) f(e);
    std::make_heap(periodic_.begin(), periodic_.end(), std::greater<>());
  }
  /// When the next of the others is due; kNever where there is none.
  SimTime next_other() const { return others_.empty() ? kNever : others_.front().t; }

 private:
  bool periodic_is_next() const {
    return others_.empty() || (!periodic_.empty() && others_.front() > periodic_.front());
  }

  // Two heaps, so that it is known at once until when nothing but timers is due.
  std::vector<QueuedEvent> others_;
  std::vector<QueuedEvent> periodic_;
};

}  // namespace blockyard
