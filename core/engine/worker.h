// Worker: one simulated GPU: a block cache, a queue and an engine (SPEC 4). What is true; the router never sees it.
//
// Both engines live on the same state: waiting requests, running sequences in admission order, the cache. Engine
// `slots` plans a request's whole life at its start; engine `continuous` goes step by step. The worker asks its Host to
// schedule its next event and tells it what happened; it knows neither the router nor the event queue. Invariants: 1. a
// request is waiting, running or stuck, never two of them; 2. Σ references in the cache = blocks held by the
// running; 3. while it is down nothing runs and the cache is empty.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/cache/block_cache.h"
#include "core/cache/run_cache.h"
#include "core/engine/token_gaps.h"
#include "core/settings/config.h"
#include "core/workload/workload.h"

namespace blockyard {

/// What a worker may ask of the world that it stands in.
class WorkerWorld {
 public:
  virtual ~WorkerWorld() = default;
  virtual const Workload& workload() const = 0;
  virtual const Config& config() const = 0;
  virtual const Request& request(RequestId r) const = 0;
  /// Whether a step of this worker that ends at `at` is over: of those that end right now, by the order of events.
  virtual bool step_is_over(SimTime at) const = 0;
};

/// And what it needs from whoever drives it.
class WorkerHost : public WorkerWorld {
 public:
  /// Engine slots: first token and finish of a request. Engine continuous: `r` is kNone and `finish` the step's end.
  virtual void schedule(RequestId r, SimTime first_token, SimTime finish) = 0;
  /// A request starts to run, with this hit (blocks). Resumed: it ran before and was preempted.
  virtual void started(RequestId r, std::uint32_t hit, bool resumed) = 0;
  /// The cache evicted and stored blocks: one report's worth. `r` is kNone for a whole step.
  virtual void changed(RequestId r, const CacheChanges& changes) = 0;
  /// The same of a cache that is kept by runs.
  virtual void changed(RequestId r, const RunChanges& changes) = 0;
  virtual void first_token(RequestId r) = 0;
  virtual void finished(RequestId r) = 0;
  virtual void preempted(RequestId r) = 0;
};

/// A request that runs.
struct Sequence {
  RequestId request = kNone;
  SimTime finish = 0;           ///< slots: when it will be done
  SimTime first_token = 0;      ///< slots
  std::uint32_t computed = 0;   ///< continuous: c, tokens computed
  std::uint32_t generated = 0;  ///< continuous: g
  std::uint32_t scheduled = 0;  ///< continuous: n of the running step
  SlotId partial = kNone;       ///< continuous: slot of its last, not full block
  SimTime last_token = -1;      ///< continuous: when it gained its latest token
};

struct WaitingRequest {
  RequestId request = kNone;
  SimTime estimate = 0;         ///< slots: service time as it joined
  std::uint32_t generated = 0;  ///< continuous: tokens kept through preemption
  bool resumed = false;
  SimTime last_token = -1;
};

/// The running step: its batch, and how many steps like it follow in which nothing else happens. Those are not
/// events: they are made up for when somebody looks, and cut short when somebody comes (see continuous.cpp).
struct StepInfo {
  SimTime began = 0;
  SimTime length = 0;
  std::uint32_t decodes = 0;
  std::uint32_t prefill_tokens = 0;
  std::uint32_t steps = 1;   ///< this one and those that follow alike
  std::uint32_t serial = 0;  ///< of the step end that is scheduled: an older one is void
  SimTime ends() const { return began + length * steps; }
  /// Of `steps`, those that are over at `now`, at most all but the last.
  std::uint32_t over(SimTime now, bool just_now) const {
    if (steps <= 1) return 0;
    const SimTime passed = (now - began - (just_now ? 0 : 1)) / length;
    return passed < steps ? static_cast<std::uint32_t>(passed) : steps - 1;
  }
};

class Worker {
 public:
  Worker(const Config& config, const Workload& workload, const RadixTree* tree, WorkerId id, CacheKind kind);

  /// A request is routed here.
  void enqueue(WorkerHost& host, RequestId r, SimTime now);
  /// Engine slots: request r is done.
  void finish(WorkerHost& host, RequestId r, SimTime now);
  /// Engine continuous: the running step is over.
  void step_end(WorkerHost& host, SimTime now);
  /// Starts whatever can start now: after settings changed in flight.
  void poke(WorkerHost& host, SimTime now);

  /// Before something changes from outside: what the worker was skipping over ends with the step that now runs.
  void interrupt(WorkerHost& host, SimTime now);
  void flush_idle(WorkerHost& host, SimTime now) {
    interrupt(host, now);
    runs_ ? runs_->flush_idle() : cache_.flush_idle();
  }
  /// Loses cache and engine; its requests are stuck until take_stuck().
  void crash(WorkerHost& host, SimTime now);
  void restart() { up_ = true; }
  /// The requests lost with the worker: first those that ran, in admission order, then those that waited.
  std::vector<RequestId> take_stuck();

  bool up() const { return up_; }
  /// Counts crashes: an event scheduled before a crash is void.
  std::uint32_t epoch() const { return epoch_; }
  /// The block cache, with its slots; empty where the cache is kept by runs.
  const BlockCache& cache() const { return cache_; }
  /// The cache by runs; nullptr where every block has its slot.
  const RunCache* run_cache() const { return runs_ ? &*runs_ : nullptr; }
  RunCache* run_cache() { return runs_ ? &*runs_ : nullptr; }
  /// Figures of whichever cache it is, in blocks.
  std::uint32_t capacity() const { return runs_ ? runs_->capacity() : cache_.capacity(); }
  std::uint32_t in_use() const { return runs_ ? runs_->in_use() : cache_.in_use(); }
  std::uint32_t taken() const { return runs_ ? runs_->taken() : cache_.taken(); }
  std::uint32_t peak_taken() const { return runs_ ? runs_->peak_taken() : cache_.peak_taken(); }
  std::uint32_t resident() const { return runs_ ? runs_->taken() : cache_.resident().count(); }
  std::uint64_t evictions() const { return runs_ ? runs_->evictions() : cache_.evictions(); }
  /// Number of leading blocks of the request's prompt that are resident.
  std::uint32_t hit(const Workload& workload, const Request& r) const;
  void set_eviction(EvictionPolicy policy) { cache_.set_policy(policy); }
  const std::vector<Sequence>& running() const { return running_; }
  const std::deque<WaitingRequest>& waiting() const { return waiting_; }
  /// Those lost with the worker, in the order of take_stuck(): until the router notices they are still its work.
  std::vector<RequestId> stuck() const;
  /// Requests that wait, stuck ones included.
  std::uint32_t queued() const { return static_cast<std::uint32_t>(waiting_.size() + stuck_waiting_.size()); }
  /// Requests that wait or run, stuck ones included.
  std::uint32_t queue_depth() const {
    return queued() + static_cast<std::uint32_t>(running_.size() + stuck_running_.size());
  }
  const StepInfo& step_info() const { return step_; }
  /// Time between output tokens, of all that were handed out so far (those of lost runs too).
  const TokenGaps& token_gaps() const { return gaps_; }
  /// Their sums, with `unbooked` steps more than are booked (Simulation::unbooked_steps).
  TokenTotals tokens(std::uint32_t unbooked = 0) const;
  /// Remaining work at `now`, µs (SPEC 4.2 and 4.3). Of a worker that is down: of what is stuck there.
  SimTime remaining(const WorkerWorld& host, SimTime now) const;
  /// Time with at least one request running, until `now`.
  SimTime busy(SimTime now) const { return busy_ + (running_.empty() ? 0 : now - busy_since_); }

  void add_to(StateHash& hash) const;
  /// Breaks where an invariant does not hold.
  void check(const WorkerWorld& host) const;

 private:
  // slots
  void start_waiting(WorkerHost& host, SimTime now);
  std::uint32_t counted_hit(const WorkerHost& host, const Request& r) const;
  EdgePath path_of(const Workload& workload, const Request& r) const { return tree_->path(workload.index_of(r)); }
  bool fits(const WorkerWorld& host, const Request& r) const;
  void acquire(WorkerHost& host, RequestId id, SimTime now);
  // continuous (continuous.cpp)
  struct Need {
    std::uint32_t slots = 0;  // slots to take
    std::uint32_t own_idle = 0;
    std::uint32_t given_back = 0;
  };
  void begin_step(WorkerHost& host, SimTime now);
  void schedule_running(WorkerHost& host, SimTime now, std::uint32_t& budget, bool& any_preempted);
  void admit_waiting(WorkerHost& host, SimTime now, std::uint32_t& budget);
  Need need(const WorkerHost& host, const Request& r, std::uint32_t from, std::uint32_t to, bool partial_held) const;
  bool fits(const Need& n) const {
    return n.slots <= cache_.free_slots() + (cache_.idle_blocks() - n.own_idle) + n.given_back;
  }
  void allocate(WorkerHost& host, Sequence& s, std::uint32_t to, SimTime now);
  void release_blocks(WorkerHost& host, Sequence& s, SimTime now);
  void report_step(WorkerHost& host);
  std::uint32_t steps_alike(const WorkerHost& host) const;
  void pass_steps(std::uint32_t steps);
  void gain_token(Sequence& s, SimTime now);

  void mark_running(SimTime now) {
    if (running_.empty()) busy_since_ = now;
  }
  void mark_stopped(SimTime now) {
    if (running_.empty()) busy_ += now - busy_since_;
  }

  EngineKind engine_;
  const RadixTree* tree_;
  BlockCache cache_;
  std::optional<RunCache> runs_;  // where there is one, cache_ stays empty
  std::vector<Sequence> running_;
  std::deque<WaitingRequest> waiting_;
  std::vector<Sequence> stuck_running_;
  std::deque<WaitingRequest> stuck_waiting_;
  bool up_ = true;
  bool stepping_ = false;
  std::uint32_t epoch_ = 0;
  SimTime waiting_estimate_ = 0;  // Σ estimates of the waiting, stuck ones included
  SimTime busy_ = 0;
  SimTime busy_since_ = 0;
  StepInfo step_;
  TokenGaps gaps_;
  std::uint64_t output_tokens_ = 0;
  CacheChanges changes_;  // of the start or step that is being made
  RunChanges run_changes_;
};

}  // namespace blockyard
