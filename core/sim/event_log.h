// EventLog: what has happened in a run, in the order handled, compactly: what the tables of events and evictions show.
//
// The Player writes it once, at the frontier; going back does not touch it: at a cursor, the first n entries have
// happened. Invariant: entries ascend in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/sim/records.h"

namespace blockyard {

struct LoggedEvent {
  SimTime t = 0;
  RequestId request = kNone;
  WorkerId worker = kNone;
  std::uint32_t value = 0;    ///< as Event::value: route: predicted; start: hit; evict: blocks; fault: kind; …
  BlockId block = kNone;      ///< evict: the first block evicted
  std::uint32_t handled = 0;  ///< number of the step of the simulation that it was part of, counted from 1
  EventType type = EventType::kArrive;
};

using EventLog = std::vector<LoggedEvent>;

}  // namespace blockyard
