// What a routed fleet leaves behind: a record a request, what happened to it, and why each request went where it went.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/router/policy.h"

namespace blockyard {

/// Where a request is (law 1: always in exactly one place). Only a real one can fail.
enum class RequestStatus : std::uint8_t { kNotArrived, kParked, kWaiting, kRunning, kCompleted, kRejected, kFailed };

struct RequestRecord {
  SimTime arrival = 0;
  SimTime start = -1;  ///< of its last run; −1: not yet
  SimTime first_token = -1;
  SimTime finish = -1;
  WorkerId worker = kNone;  ///< of its last routing
  std::uint32_t predicted = 0;
  std::uint32_t hit = 0;
  std::uint32_t retries = 0;
  std::uint32_t preemptions = 0;
  std::uint16_t router = 0;  ///< that it came to
  RequestStatus status = RequestStatus::kNotArrived;
  bool counted = false;  ///< its router counts it among the active ones of its worker
  bool hit_told = true;  ///< `hit` is known: false of a real one until its engine has said so
};

enum class EventType : std::uint8_t {
  kArrive,
  kRoute,
  kReject,
  kStart,
  kEvict,
  kFirstToken,
  kFinish,
  kPreempt,
  kHeartbeat,
  kSync,
  kDeliver,
  kFault,
  kDetect,
  kRestart,  ///< of a worker, or of a router (which has no worker) that is back
  kChange,
  // Of a fleet that is observed. Its blocks go as kEvict; what a router that is watched says of its requests are
  // kArrive, kRoute and kFinish, and these:
  kFail,    ///< a request has failed
  kCancel,  ///< its client has left
  kDrain,   ///< a worker is sent no more requests
  kResume,  ///< and is again
  kStore,       ///< blocks that are held from now on; value: how many
  kClear,       ///< a worker says that it holds nothing any more
  kConnect,     ///< its stream is reached
  kDisconnect,  ///< and is not any more
  kUp,          ///< its health answers
  kDown,        ///< it does not
  kGap,         ///< batches of its stream are missing, and asked for where that can be
  kSettle,      ///< that is over
  kLose,        ///< batches that will not come; value: how many
  kLeaveOut,    ///< events of a batch that mean nothing here; value: how many
  kAnew         ///< another process answers: what was known of it is void
};

/// The name of an event type in events.jsonl.
std::string_view event_name(EventType type);

enum class MessageKind : std::uint8_t { kHeartbeat, kSync, kReport };

/// One worker's line in a decision: what the router saw, what was true, how it scored.
struct DecisionRow {
  WorkerFigures seen;
  std::uint32_t true_overlap = 0;
  double true_load = 0;  ///< by the load metric
  SimTime load_age = 0;  ///< how old the seen load is, µs
  CandidateScore score;
};

/// Why a request went where it went.
struct Decision {
  RequestId request = kNone;
  SimTime t = 0;
  std::uint32_t strategy = 0;
  std::uint32_t chain_blocks = 0;
  std::uint32_t router = 0;
  WorkerId chosen = kNone;
  std::vector<DecisionRow> rows;
  Explanation why;
};

struct Event {
  SimTime t = 0;
  EventType type = EventType::kArrive;
  RequestId request = kNone;
  WorkerId worker = kNone;
  std::uint32_t value = 0;  ///< route: predicted; start: hit; evict: blocks; fault: kind; deliver: message kind;
                            ///< restart: 1 where it also detects
  std::span<const BlockId> blocks{};   ///< evict, where the listener wants blocks
  const Decision* decision = nullptr;  ///< route, where the listener wants decisions
  std::uint32_t router = 0;            ///< deliver: to whom; fault and restart without a worker: whose
};

/// Heartbeats, syncs and their arrivals: said again and again though nothing has happened.
inline bool is_periodic(const Event& e) {
  return e.type == EventType::kHeartbeat || e.type == EventType::kSync ||
         (e.type == EventType::kDeliver && static_cast<MessageKind>(e.value) != MessageKind::kReport);
}

}  // namespace blockyard
