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
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  const QueuedEvent& top() const { return heap_.front(); }
  void push(const QueuedEvent& e) {
    heap_.push_back(e);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }
  QueuedEvent pop() {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    const QueuedEvent e = heap_.back();
    heap_.pop_back();
    return e;
  }
  const std::vector<QueuedEvent>& items() const { return heap_; }

 private:
  std::vector<QueuedEvent> heap_;
};

}  // namespace blockyard
