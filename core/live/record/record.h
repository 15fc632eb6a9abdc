// Record: one input of a live session. What a session is follows from its records in their order alone, so a recording
// is their list, and replaying it is the session once more. core/live/README.md, "Recording".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/live/truth/kv_event.h"
#include "core/live/wire/figures.h"

namespace blockyard::live {

/// A batch of a worker's stream.
struct KvRecord {
  WorkerId worker = 0;
  KvBatch batch;
  bool operator==(const KvRecord&) const = default;
};

/// The same with its payload as it came, token ids and all: only where somebody asked for it.
struct KvRawRecord {
  WorkerId worker = 0;
  std::uint64_t seq = 0;
  bool replayed = false;
  std::string payload;
  bool operator==(const KvRawRecord&) const = default;
};

/// A look at a worker's metrics, or why there was none.
struct MetricsRecord {
  WorkerId worker = 0;
  MetricsFigures figures;
  std::string error;
  bool operator==(const MetricsRecord&) const = default;
};

/// Something about a worker that is not said by its stream.
enum class StateChange : std::uint8_t {
  kConnected,     ///< its stream is reached
  kDisconnected,  ///< and is not any more
  kGap,           ///< batches are missing
  kSettled,       ///< a replay is over
  kRestarted,     ///< another process answers there: what is known of it is void
  kUp,            ///< its health answers
  kDown,          ///< it does not
  kLost,          ///< nobody listens there any more: down, and what is known of it is void
  kNoStream,      ///< its blocks fit none of ours: the stream is left
  kBadFrame,      ///< a message of its stream has not the frames of one, and is left
};
inline constexpr std::string_view kStateChangeNames[] = {"connected", "disconnected", "gap",  "settled",   "restarted",
                                                         "up",        "down",         "lost", "no_stream", "bad_frame"};
struct StateRecord {
  WorkerId worker = 0;
  StateChange state = StateChange::kConnected;
  std::string why;
  bool operator==(const StateRecord&) const = default;
};

/// The session ended in order.
struct EndRecord {
  std::uint64_t records = 0;  ///< before this one
  bool operator==(const EndRecord&) const = default;
};

struct Record {
  SimTime t = 0;  ///< µs since the session began; never falls
  std::variant<KvRecord, KvRawRecord, MetricsRecord, StateRecord, EndRecord> body;
  bool operator==(const Record&) const = default;
};

/// The first line of a recording.
struct RecordingHead {
  std::string version;  ///< of the program
  std::string started;  ///< wall clock, RFC 3339
  std::string fleet;    ///< the fleet file as JSON, without keys
};

}  // namespace blockyard::live
