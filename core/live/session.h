// LiveSession: a live fleet at one moment, as its records so far have made it. The counterpart of Simulation: that one
// is moved by a model, this one by what was observed.
//
// Invariants: 1. its state follows from the fleet and the records in their order, and from nothing else: no clock, no
// socket, no file; so a recording that is fed again gives the same state, to the byte; 2. time never falls; 3. a
// worker's index is never given twice.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/sim_time.h"
#include "core/live/fleet_file.h"
#include "core/live/reading.h"
#include "core/live/record/record.h"
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
};
inline constexpr std::string_view kWorkerStateNames[] = {"down",    "no stream", "stale", "gap",
                                                         "joining", "partial",   "live"};

struct LiveWorker {
  LiveWorker(const WorkerSetup& s, Forest& forest, const LiveFleet& fleet);

  WorkerSetup setup;
  WorkerTruth truth;
  StreamReading raw;  ///< of payloads as they came
  std::string why;    ///< what was last said of its state

  SimTime last_batch = -1;  ///< when; -1: none yet
  double last_ts = 0;       ///< the engine's own time of it
  std::uint64_t gaps = 0, bad_frames = 0;
  bool connected = false, was_connected = false, gap = false;
  bool up = true, health_known = false;

  SimTime figures_at = -1;   ///< when the metrics were last read
  std::uint32_t misses = 0;  ///< in a row
  MetricsFigures figures;
  std::vector<double> totals;  ///< of counters since the session began, by row of figure_rows(); resets are bridged

  WorkerState state() const;
  /// Unit blocks that it can hold: as configured, by its metrics, or the most that were seen. 0: unknown.
  std::uint32_t capacity_blocks(std::uint32_t block_tokens) const;
};

inline constexpr std::uint32_t kMissesUntilStale = 3;

class LiveSession {
 public:
  explicit LiveSession(const LiveFleet& fleet);
  /// A copy is a session of its own: both go on apart.
  LiveSession(const LiveSession& other);
  LiveSession& operator=(const LiveSession&) = delete;

  /// From now on each worker's truth keeps what changes (WorkerTruth::changes), until forget_changes().
  void keep_changes();
  void forget_changes(WorkerId w) { workers_[w].truth.forget_changes(); }

  /// One input. A time that falls is taken as the latest so far.
  void apply(const Record& record);

  const LiveFleet& fleet() const { return fleet_; }
  SimTime now() const { return now_; }
  std::uint64_t records() const { return records_; }
  const std::vector<LiveWorker>& workers() const { return workers_; }
  const Forest& forest() const { return *forest_; }
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
  void batch(LiveWorker& w, const KvBatch& batch);

  LiveFleet fleet_;
  std::unique_ptr<Forest> forest_;  // the workers point to it
  std::vector<LiveWorker> workers_;
  SimTime now_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace blockyard::live
