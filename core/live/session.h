// LiveSession: a live fleet at one moment, as its records so far have made it. The counterpart of Simulation: that one
// is moved by a model, this one by what was observed.
//
// Invariants: 1. its state follows from the fleet and the records in their order, and from nothing else: no clock, no
// socket, no file; so a recording that is fed again gives the same state, to the byte; 2. time never falls; 3. a
// worker's index is never given twice.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/sim_time.h"
#include "core/live/fleet_file.h"
#include "core/live/heartbeat/held_set.h"
#include "core/live/reading.h"
#include "core/live/record/record.h"
#include "core/live/routing/request_figures.h"
#include "core/live/routing/view.h"
#include "core/live/truth/worker_truth.h"

namespace blockyard::live {

/// How a worker is, in one word; the first that holds.
enum class WorkerState : std::uint8_t {
  kDown,      ///< its health does not answer
  kNoStream,  ///< its blocks fit none of ours
  kStale,     ///< its stream or its metrics are not reached any more
  kGap,       ///< batches are missing and asked for
  kJoining,   ///< nothing has come from it yet
  kPartial,   ///< blocks from before are not known
  kLive,
  kDraining,     ///< it is sent no more requests
  kBreakerOpen,  ///< too many of them went wrong there
  kRemoved,      ///< it belongs to the fleet no more
};
inline constexpr std::string_view kWorkerStateNames[] = {"down",    "no stream", "stale",    "gap",          "joining",
                                                         "partial", "live",      "draining", "breaker open", "removed"};

struct LiveWorker {
  LiveWorker(const WorkerSetup& s, Forest& forest, const LiveFleet& fleet);

  WorkerSetup setup;
  WorkerTruth truth;
  StreamReading raw;  ///< of payloads as they came
  std::string why;    ///< what was last said of its state

  HeldSet held;             ///< of a heartbeat worker: its set
  SimTime heard = -1;       ///< when its last post came; -1: none
  double beat_load = 0;     ///< ms of work, by its last heartbeat
  std::uint64_t beats = 0;  ///< heartbeats that have come

  SimTime last_batch = -1;  ///< when; -1: none yet
  double last_ts = 0;       ///< the engine's own time of it
  std::uint64_t gaps = 0, bad_frames = 0;
  bool connected = false, was_connected = false, gap = false;
  bool up = true, health_known = false;
  bool draining = false, breaker_open = false;
  std::uint32_t active = 0;         ///< requests of this router that are there
  std::uint64_t active_blocks = 0;  ///< in their chains
  std::uint32_t sent_since = 0;     ///< of them, those sent since the metrics were last read

  SimTime figures_at = -1;   ///< when the metrics were last read
  std::uint32_t misses = 0;  ///< in a row
  MetricsFigures figures;
  std::vector<double> totals;  ///< of counters since the session began, by row of figure_rows(); resets are bridged

  WorkerState state() const;
  /// Whether it tells what it holds: by a stream, or by posts.
  bool tells_blocks() const { return !setup.events.empty() || setup.heartbeat || truth.counts().batches > 0; }
  /// Unit blocks that it can hold: as configured, by its metrics, or the most that were seen. 0: unknown.
  std::uint32_t capacity_blocks(std::uint32_t block_tokens) const;
};

inline constexpr std::uint32_t kMissesUntilStale = 3;

class LiveSession {
 public:
  explicit LiveSession(const LiveFleet& fleet);
  /// A copy is a session of its own: both go on apart, and it tells nobody of requests that end.
  LiveSession(const LiveSession& other);
  LiveSession& operator=(const LiveSession&) = delete;

  /// From now on each worker's truth (WorkerTruth::changes) and the view keep what changes, until it is forgotten.
  void keep_changes();
  void forget_changes(WorkerId w) { workers_[w].truth.forget_changes(); }
  void forget_view_changes() { view_->forget_changes(); }

  /// One input. A time that falls is taken as the latest so far.
  void apply(const Record& record);

  const LiveFleet& fleet() const { return fleet_; }
  SimTime now() const { return now_; }
  std::uint64_t records() const { return records_; }
  const std::vector<LiveWorker>& workers() const { return workers_; }
  const Forest& forest() const { return *forest_; }
  const RouterView& view() const { return *view_; }
  const RequestFigures& requests() const { return requests_; }
  /// Whether any worker is known by its posts.
  bool has_heartbeats() const { return heartbeats_ > 0; }
  /// The leading unit blocks of a chain that each worker is believed to hold: by truth, or expected. `beats`: the same
  /// blocks as heartbeat workers name them, as far as that is known.
  std::vector<std::uint32_t> overlaps(const Digest& root, std::span<const Code> codes,
                                      std::span<const Code> beats = {}) const;
  /// Told of every request that ends, before apply() returns.
  std::function<void(const EndedRequest&)> ended;
  /// SHA-256 over the sorted digests of a worker's resident unit blocks: what it holds, for comparing with others.
  Digest resident_digest(WorkerId w) const;
  /// The whole state in one number.
  std::uint64_t hash() const;

 private:
  void apply(const KvRecord& r);
  void apply(const KvRawRecord& r);
  void apply(const MetricsRecord& r);
  void apply(const StateRecord& r);
  void apply(const EndRecord&) {}
  void apply(const RouteRecord& r);
  void apply(const RequestRecord& r);
  void apply(const CommandRecord& r);
  void apply(const BeatRecord& r);
  void apply(const SyncRecord& r);
  void apply(const EvictRecord& r);
  void join(const WorkerSetup& setup);
  LiveWorker* heard(WorkerId w, const std::string& name);
  void told(WorkerId w, KvBatch batch);
  void forget(WorkerId w);
  void batch(LiveWorker& w, const KvBatch& batch);

  LiveFleet fleet_;
  struct Open {
    WorkerId worker = 0;
    bool chain = false;
    std::uint32_t blocks = 0, tokens = 0, predicted = 0;
  };
  void let_go(const Open& open);

  std::unique_ptr<Forest> forest_;  // the workers point to it
  std::unique_ptr<RouterView> view_;
  RequestFigures requests_;
  KnownChains known_;
  std::uint32_t heartbeats_ = 0;  // workers that are known by their posts
  bool keeps_changes_ = false;
  std::unordered_map<std::uint64_t, Open> open_;  // by request
  std::vector<LiveWorker> workers_;
  SimTime now_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace blockyard::live
