// EventLog: what has happened to a fleet, in the order handled, compactly: what the tables of events and evictions show.
//
// The Player writes it once, at the frontier; going back does not touch it: at a cursor, the first n entries have
// happened. Invariant: entries ascend in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/fleet/records.h"

namespace blockyard {

struct LoggedEvent {
  SimTime t = 0;
  RequestId request = kNone;
  WorkerId worker = kNone;
  std::uint32_t value = 0;  ///< as Event::value: route: predicted; start: hit; evict: blocks; fault: kind; …
  BlockId block = kNone;    ///< evict, store: the first of its blocks; lost batches: the first one's number
  /// Number of the step of the simulation that it was part of, counted from 1: above 2^32 where much was passed over.
  std::uint64_t handled : 56 = 0;
  EventType type : 8 = EventType::kArrive;
};
static_assert(sizeof(LoggedEvent) == 32, "there are millions of them");

using EventLog = std::vector<LoggedEvent>;

}  // namespace blockyard
