// Record: one input of a live session. What a session is follows from its records in their order alone, so a recording
// is their list, and replaying it is the session once more. core/live/README.md, "Recording".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/live/truth/codes.h"
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

/// A heartbeat of a worker that posts them. Its index is the next one where it is not known: from now on it is.
struct BeatRecord {
  WorkerId worker = 0;
  std::string name;
  double load = 0;  ///< ms of work
  std::string url;  ///< where requests go from now on; empty: as before
  std::string why;  ///< what is wrong with the address that it names; empty: nothing
  bool operator==(const BeatRecord&) const = default;
};

/// All that such a worker holds. It makes it known too.
struct SyncRecord {
  WorkerId worker = 0;
  std::string name;
  std::vector<Digest> hashes;
  bool operator==(const SyncRecord&) const = default;
};

/// What such a worker holds no more.
struct EvictRecord {
  WorkerId worker = 0;
  std::string name;
  std::vector<Digest> hashes;
  bool operator==(const EvictRecord&) const = default;
};

/// Something about a worker that is not said by its stream.
enum class StateChange : std::uint8_t {
  kConnected,      ///< its stream is reached
  kDisconnected,   ///< and is not any more
  kGap,            ///< batches are missing
  kSettled,        ///< a replay is over
  kRestarted,      ///< another process answers there: what is known of it is void
  kUp,             ///< its health answers
  kDown,           ///< it does not
  kLost,           ///< nobody listens there any more: down, and what is known of it is void
  kNoStream,       ///< its blocks fit none of ours: the stream is left
  kBadFrame,       ///< a message of its stream has not the frames of one, and is left
  kBreakerOpen,    ///< too many requests in a row went wrong there: none goes there for a while
  kBreakerClosed,  ///< some went well again
  kRemoved,        ///< it belongs to the fleet no more; its index stays its own
};
inline constexpr std::string_view kStateChangeNames[] = {
    "connected", "disconnected", "gap",       "settled",      "restarted",      "up",     "down",
    "lost",      "no_stream",    "bad_frame", "breaker_open", "breaker_closed", "removed"};
struct StateRecord {
  WorkerId worker = 0;
  StateChange state = StateChange::kConnected;
  std::string why;
  bool operator==(const StateRecord&) const = default;
};

/// What a router saw of a worker as it chose.
struct WorkerSight {
  bool routable = false;
  std::uint32_t overlap = 0;  ///< leading unit blocks, in truth or expected
  double load = 0;
  std::uint32_t waiting = 0, in_use = 0, active = 0;
  std::uint64_t active_blocks = 0, pending_tokens = 0;
  bool operator==(const WorkerSight&) const = default;
};

/// A request of this router goes to a worker.
struct RouteRecord {
  WorkerId worker = 0;
  std::uint64_t request = 0;  ///< from 0
  std::uint32_t attempt = 0;
  bool chain = false;  ///< whether its tokens are known; else there are no codes
  Digest root = kRootDigest;
  std::vector<Code> codes;
  std::vector<Code> beats;  ///< the same blocks by the hashes of heartbeat workers, where there are such
  std::uint32_t prompt_tokens = 0;
  std::string strategy;
  std::vector<WorkerSight> sights;  ///< one a worker
  std::string reason;               ///< one sentence: the branch taken, and the tie-break
  bool operator==(const RouteRecord&) const = default;
};

enum class Outcome : std::uint8_t { kCompleted, kFailed, kCancelled };
inline constexpr std::string_view kOutcomeNames[] = {"completed", "failed", "cancelled"};

/// And has ended. Times are −1 where there is none.
struct RequestRecord {
  std::uint64_t request = 0;
  std::optional<WorkerId> served;  ///< the last it went to
  std::uint32_t attempts = 0;
  std::uint32_t http_status = 0;  ///< the client's; 0: it left before there was one
  Outcome outcome = Outcome::kCompleted;
  SimTime arrival = -1, routed = -1, sent = -1, head = -1, first_token = -1, finish = -1;
  std::uint32_t output_tokens = 0;
  std::optional<std::uint32_t> told_prompt_tokens, cached_tokens;  ///< by the engine's usage
  bool generates = true;                                           ///< of the kind that has a chain
  bool operator==(const RequestRecord&) const = default;
};

/// Somebody changed what the router does, or which workers there are.
enum class CommandKind : std::uint8_t { kRouter, kDrain, kResume, kAdd, kRemove };
inline constexpr std::string_view kCommandNames[] = {"router", "drain", "resume", "add", "remove"};
struct CommandRecord {
  CommandKind command = CommandKind::kRouter;
  std::optional<WorkerId> whom;  ///< of all but router; of add: the next index
  std::string router;            ///< of router: the section as JSON
  std::string added = {};        ///< of add: one worker as in a fleet file, as JSON
  bool operator==(const CommandRecord&) const = default;
};

/// The session ended in order.
struct EndRecord {
  std::uint64_t records = 0;  ///< before this one
  bool operator==(const EndRecord&) const = default;
};

struct Record {
  SimTime t = 0;  ///< µs since the session began; never falls
  std::variant<KvRecord, KvRawRecord, MetricsRecord, StateRecord, EndRecord, RouteRecord, RequestRecord, CommandRecord,
               BeatRecord, SyncRecord, EvictRecord>
      body;
  bool operator==(const Record&) const = default;
};

/// The index that a record gives to a worker that was not there; nothing where it gives none. `workers`: how many there
/// are before it.
inline std::optional<WorkerId> joins(const Record& record, std::uint32_t workers) {
  std::optional<WorkerId> out;
  if (const auto* beat = std::get_if<BeatRecord>(&record.body)) out = beat->worker;
  if (const auto* sync = std::get_if<SyncRecord>(&record.body)) out = sync->worker;
  const auto* command = std::get_if<CommandRecord>(&record.body);
  if (command != nullptr && command->command == CommandKind::kAdd) out = command->whom;
  return out && *out == workers ? out : std::nullopt;
}

/// The first line of a recording.
struct RecordingHead {
  std::string version;  ///< of the program
  std::string started;  ///< wall clock, RFC 3339
  std::string fleet;    ///< the fleet file as JSON, without keys
};

}  // namespace blockyard::live
