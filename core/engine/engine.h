// Engine: how a worker serves its requests: whom it admits, which hit it counts, what a step costs, what happens next.
//
// An engine has no state: it works on a worker's EngineState, so that workers stay values. There is one table of them;
// whoever needs to know how a request is treated asks engine_of(config), and nobody else looks at which engine it is.
// It asks its WorkerHost to schedule the next event and tells it what happened; it knows neither the router nor the
// event queue. Invariants: 1. a request is waiting, running or stuck, never two of them; 2. Σ references in the cache =
// blocks held by the running; 3. while the worker is down nothing runs and the cache is empty.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/cache/kv_cache.h"
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
  /// The cache evicted blocks. `r` is kNone for a whole step.
  virtual void evicted(RequestId r, const CacheChanges& changes) = 0;
  virtual void evicted(RequestId r, const SpanChanges& changes) = 0;
  /// One report's worth of what was evicted and stored.
  virtual void report(const CacheChanges& changes) = 0;
  /// Both, of a cache that is kept by runs.
  virtual void changed(RequestId r, const RunChanges& changes) = 0;
  virtual void first_token(RequestId r) = 0;
  virtual void finished(RequestId r) = 0;
  virtual void preempted(RequestId r) = 0;
};

/// A request that runs. Continuous: c, the tokens computed or about to be, is computed + scheduled + next.
struct Sequence {
  RequestId request = kNone;
  std::uint32_t prompt_tokens = 0;  ///< continuous
  std::uint32_t output_tokens = 0;  ///< continuous
  SimTime finish = 0;               ///< slots: when it will be done
  SimTime first_token = 0;          ///< slots
  std::uint32_t computed = 0;       ///< continuous: tokens computed as the last step's end left them
  std::uint32_t generated = 0;      ///< continuous: g
  std::uint32_t scheduled = 0;      ///< continuous: n of the running step
  std::uint32_t next = 0;           ///< continuous: n of the step that is scheduled behind it
  std::uint32_t hit = 0;            ///< continuous: blocks, as it was admitted
  bool gives = false;               ///< continuous: the running step gives it a token
  bool next_gives = false;          ///< continuous: the step behind it does
  bool began = false;               ///< continuous: the step that admitted it runs, or did
  bool resumed = false;             ///< continuous: it ran before and was preempted
  SimTime last_token = -1;          ///< continuous: when it gained its latest token
  Holding held;                     ///< continuous: its slots
};

struct WaitingRequest {
  RequestId request = kNone;
  SimTime estimate = 0;  ///< slots: service time as it joined
  std::uint32_t prompt_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::uint32_t generated = 0;  ///< continuous: tokens kept through preemption
  bool resumed = false;
  SimTime last_token = -1;
  bool in_flight = false;  ///< continuous: it was preempted while a step was giving it a token; passed over until then
};

/// A worker's queue, first come first served but for who comes back. Invariant: its totals are those of its requests.
class WaitingQueue {
 public:
  std::size_t size() const { return all_.size(); }
  bool empty() const { return all_.empty(); }
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }
  const WaitingRequest& front() const { return all_.front(); }
  const WaitingRequest& operator[](std::size_t i) const { return all_[i]; }
  /// Σ prompt tokens, and Σ tokens that are still to be handed out.
  std::int64_t prompt_tokens() const { return prompt_; }
  std::int64_t output_tokens() const { return output_; }
  /// How many were preempted while a step was giving them a token.
  std::uint32_t in_flight() const { return in_flight_; }

  void push_back(const WaitingRequest& w) {
    count(w, 1);
    all_.push_back(w);
  }
  void push_front(const WaitingRequest& w) {
    count(w, 1);
    all_.push_front(w);
  }
  void pop_front() {
    count(all_.front(), -1);
    all_.pop_front();
  }
  void erase(std::size_t i) {
    count(all_[i], -1);
    all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  void replace(std::size_t i, const WaitingRequest& w) {
    count(all_[i], -1);
    count(w, 1);
    all_[i] = w;
  }
  void clear() { *this = WaitingQueue(); }

 private:
  void count(const WaitingRequest& w, std::int64_t sign) {
    prompt_ += sign * w.prompt_tokens;
    output_ += sign * (static_cast<std::int64_t>(w.output_tokens) - static_cast<std::int64_t>(w.generated));
    if (w.in_flight) in_flight_ = static_cast<std::uint32_t>(in_flight_ + sign);
  }

  std::deque<WaitingRequest> all_;
  std::int64_t prompt_ = 0;
  std::int64_t output_ = 0;
  std::uint32_t in_flight_ = 0;
};

/// A step: its batch, and how many steps like it follow in which nothing else happens. Those are not events: they are
/// computed on demand, and cut short when somebody comes (see continuous.cpp).
struct StepInfo {
  SimTime began = 0;
  SimTime length = 0;
  std::uint32_t decodes = 0;
  std::uint32_t prefill_tokens = 0;
  std::uint32_t steps = 1;   ///< this one and those that follow alike
  std::uint32_t serial = 0;  ///< of the step end that is scheduled: an older one is void
  bool preempted = false;    ///< somebody was, as it was scheduled
  SimTime ends() const { return began + length * steps; }
  bool empty() const { return decodes + prefill_tokens == 0; }
  /// Of `steps`, those that are over at `now`, at most all but the last.
  std::uint32_t over(SimTime now, bool just_now) const {
    if (steps <= 1) return 0;
    const SimTime passed = (now - began - (just_now ? 0 : 1)) / length;
    return passed < steps ? static_cast<std::uint32_t>(passed) : steps - 1;
  }
};

/// What a worker's engine works on.
struct EngineState {
  explicit EngineState(KvCache memory) : cache(std::move(memory)) {}

  KvCache cache;
  std::vector<Sequence> running;  // in admission order
  WaitingQueue waiting;
  std::vector<Sequence> stuck_running;
  WaitingQueue stuck_waiting;
  bool up = true;
  SimTime waiting_estimate = 0;  // slots: Σ estimates of the waiting, stuck ones included
  SimTime busy = 0;
  SimTime busy_since = 0;
  TokenGaps gaps;
  std::uint64_t output_tokens = 0;
  // continuous: the step that runs, the one scheduled behind it, and what each of them changed in the cache
  bool stepping = false;
  bool next_ready = false;
  StepInfo step;
  StepInfo next;
  CacheChanges step_changes;
  CacheChanges next_changes;
  std::vector<Sequence> batch;  // scratch of a step's end

  void mark_running(SimTime now) {
    if (running.empty()) busy_since = now;
  }
  void mark_stopped(SimTime now) {
    if (running.empty()) busy += now - busy_since;
  }
};

class Engine {
 public:
  virtual ~Engine() = default;

  // What can be said without a worker.
  /// Slots of a worker's cache that requests can use.
  virtual std::uint32_t pool(const Config& config) const { return config.cache.capacity_blocks; }
  /// Slots that a request needs at most at one time. Above the pool it is rejected at arrival.
  virtual std::uint64_t most_blocks(const Config& config, const Request& r) const = 0;
  /// The hit that counts where so many leading blocks are resident.
  virtual std::uint32_t counted_hit(const Config& config, const Request& r, std::uint32_t leading) const = 0;
  /// Time that computing blocks [hit, expected) takes, which were expected to be hit; expected ≥ hit.
  virtual SimTime price(const Config& config, const Request& r, std::uint32_t hit, std::uint32_t expected) const = 0;
  /// Leading blocks of its known chain that a request leaves in a cache without limit.
  virtual std::uint32_t kept_blocks(const Config& config, const Request& r) const = 0;
  /// The cheapest way of keeping the cache that gives this config's results.
  virtual CacheKind fastest_cache(const Config& config) const = 0;

  /// Whether a block may be stored twice.
  virtual bool keeps_copies(const Config&) const { return false; }

  // At work.
  /// Time that a request would take from its start, as it joins the queue.
  virtual SimTime service_estimate(const EngineState& s, const WorkerWorld& host, const Request& r) const = 0;
  /// Starts whatever can start now.
  virtual void poke(EngineState& s, WorkerHost& host, SimTime now) const = 0;
  /// Request r is done.
  virtual void finish(EngineState&, WorkerHost&, RequestId, SimTime) const {}
  /// The running step is over.
  virtual void step_end(EngineState&, WorkerHost&, SimTime) const {}
  /// What was skipped over ends with the step that now runs.
  virtual void interrupt(EngineState&, WorkerHost&, SimTime) const {}
  /// Remaining work at `now`, µs (SPEC 4.2 and 4.3). Of a worker that is down: of what is stuck there.
  virtual SimTime remaining(const EngineState& s, const WorkerWorld& host, SimTime now) const = 0;
  /// Breaks where an invariant does not hold.
  virtual void check(const EngineState& s, const WorkerWorld& host) const = 0;
};

struct EngineRow {
  std::string_view id;
  std::string_view label;
  std::string_view help;
  const Engine& engine;
};

/// The table of engines, in the order of EngineKind.
std::span<const EngineRow> engine_table();
inline const Engine& engine_of(const Config& config) {
  return engine_table()[static_cast<std::size_t>(config.fleet.engine)].engine;
}

/// The engines, each in its file.
const Engine& slots_engine();
const Engine& continuous_engine();

}  // namespace blockyard
