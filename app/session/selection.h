// What a person points at: the selection, and (the same type) what hovers. A plain value made of ids, never of
// pointers, so that it survives going back in time and is drawn as "not there yet" where its subject does not exist.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "core/base/ids.h"
#include "core/base/sim_time.h"

namespace blockyard {

struct SelectedRequest {
  RequestId request = kNone;
  friend bool operator==(const SelectedRequest&, const SelectedRequest&) = default;
};
/// A block on one worker (worker kNone: wherever it is).
struct SelectedBlock {
  BlockId block = kNone;
  WorkerId worker = kNone;
  friend bool operator==(const SelectedBlock&, const SelectedBlock&) = default;
};
struct SelectedWorker {
  WorkerId worker = kNone;
  friend bool operator==(const SelectedWorker&, const SelectedWorker&) = default;
};
/// An edge of the radix tree: a stretch of a prefix.
struct SelectedEdge {
  EdgeId edge = kNone;
  friend bool operator==(const SelectedEdge&, const SelectedEdge&) = default;
};
/// The routing of a request: its last one up to the cursor.
struct SelectedDecision {
  RequestId request = kNone;
  friend bool operator==(const SelectedDecision&, const SelectedDecision&) = default;
};
/// A conversation: all of its turns.
struct SelectedSession {
  std::uint32_t session = kNone;  ///< into Workload::sessions
  friend bool operator==(const SelectedSession&, const SelectedSession&) = default;
};
/// A place in the event log.
struct SelectedEvent {
  std::size_t index = 0;
  friend bool operator==(const SelectedEvent&, const SelectedEvent&) = default;
};
struct SelectedTime {
  SimTime t = 0;
  friend bool operator==(const SelectedTime&, const SelectedTime&) = default;
};

/// monostate: nothing.
using Selection = std::variant<std::monostate, SelectedRequest, SelectedBlock, SelectedWorker, SelectedEdge,
                               SelectedDecision, SelectedSession, SelectedEvent, SelectedTime>;

inline bool is_selected(const Selection& s) { return !std::holds_alternative<std::monostate>(s); }
/// The request that is meant, directly or by its decision; kNone otherwise.
inline RequestId selected_request(const Selection& s) {
  if (const auto* r = std::get_if<SelectedRequest>(&s)) return r->request;
  if (const auto* d = std::get_if<SelectedDecision>(&s)) return d->request;
  return kNone;
}
/// The worker that is meant, directly or by one of its blocks; kNone otherwise.
inline WorkerId selected_worker(const Selection& s) {
  if (const auto* w = std::get_if<SelectedWorker>(&s)) return w->worker;
  if (const auto* b = std::get_if<SelectedBlock>(&s)) return b->worker;
  return kNone;
}

}  // namespace blockyard
