// Worker: one simulated GPU: a block cache, a queue and an engine (SPEC 4). What is true; the router never sees it.
//
// It is an EngineState with the rules that hold whatever the engine: how requests come, what a crash takes, what can be
// asked. How they are served is its Engine's. A value: copying it copies the whole worker.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/base/hash.h"
#include "core/engine/engine.h"

namespace blockyard {

class Worker {
 public:
  Worker(const Config& config, const Workload& workload, const RadixTree* tree, WorkerId id, CacheKind kind);

  /// A request is routed here.
  void enqueue(WorkerHost& host, RequestId r, SimTime now);
  /// Engine slots: request r is done.
  void finish(WorkerHost& host, RequestId r, SimTime now) { engine_->finish(s_, host, r, now); }
  /// Engine continuous: the running step is over.
  void step_end(WorkerHost& host, SimTime now) { engine_->step_end(s_, host, now); }
  /// Starts whatever can start now: after settings changed in flight.
  void poke(WorkerHost& host, SimTime now) {
    if (s_.up) engine_->poke(s_, host, now);
  }

  /// Before something changes from outside: what the worker was skipping over ends with the step that now runs.
  void interrupt(WorkerHost& host, SimTime now) { engine_->interrupt(s_, host, now); }
  void flush_idle(WorkerHost& host, SimTime now) {
    interrupt(host, now);
    s_.cache.flush_idle();
  }
  /// Loses cache and engine; its requests are stuck until take_stuck().
  void crash(WorkerHost& host, SimTime now);
  void restart() { s_.up = true; }
  /// The requests lost with the worker: first those that ran, in admission order, then those that waited.
  std::vector<RequestId> take_stuck();

  // Of a worker that is observed, and serves nothing here.
  KvCache& observed_cache() { return s_.cache; }
  void observe_up(bool up) { s_.up = up; }

  bool up() const { return s_.up; }
  /// Counts crashes: an event scheduled before a crash is void.
  std::uint32_t epoch() const { return epoch_; }
  const KvCache& cache() const { return s_.cache; }
  /// The cache by runs; nullptr where every block has its slot.
  const RunCache* run_cache() const { return s_.cache.edges(); }
  RunCache* run_cache() { return s_.cache.edges(); }
  /// The cache by stretches; nullptr where it is kept otherwise.
  SpanCache* span_cache() { return s_.cache.stretches(); }
  std::uint32_t capacity() const { return s_.cache.capacity(); }
  std::uint32_t in_use() const { return s_.cache.in_use(); }
  std::uint32_t taken() const { return s_.cache.taken(); }
  std::uint32_t peak_taken() const { return s_.cache.peak_taken(); }
  std::uint32_t resident() const { return s_.cache.resident_blocks(); }
  std::uint64_t evictions() const { return s_.cache.evictions(); }
  /// Number of leading blocks of the request's prompt that are resident.
  std::uint32_t hit(const Workload& workload, const Request& r) const { return s_.cache.hit(workload.sequence(r)); }
  void set_eviction(EvictionPolicy policy) { s_.cache.set_policy(policy); }
  const std::vector<Sequence>& running() const { return s_.running; }
  const WaitingQueue& waiting() const { return s_.waiting; }
  /// Those lost with the worker, in the order of take_stuck(): until the router notices they are still its work.
  std::vector<RequestId> stuck() const;
  /// Requests that wait, stuck ones included.
  std::uint32_t queued() const { return static_cast<std::uint32_t>(s_.waiting.size() + s_.stuck_waiting.size()); }
  /// Requests that wait or run, stuck ones included.
  std::uint32_t queue_depth() const {
    return queued() + static_cast<std::uint32_t>(s_.running.size() + s_.stuck_running.size());
  }
  /// Engine continuous: the step that runs, and the one scheduled behind it, if there is one.
  const StepInfo& step_info() const { return s_.step; }
  const StepInfo* next_step() const { return s_.next_ready ? &s_.next : nullptr; }
  /// Time between output tokens, of all that were handed out so far (those of lost runs too).
  const TokenGaps& token_gaps() const { return s_.gaps; }
  /// Their sums, with `unbooked` steps more than are booked (Simulation::unbooked_steps).
  TokenTotals tokens(std::uint32_t unbooked = 0) const;
  /// Remaining work at `now`, µs (SPEC 4.2 and 4.3). Of a worker that is down: of what is stuck there.
  SimTime remaining(const WorkerWorld& host, SimTime now) const { return engine_->remaining(s_, host, now); }
  /// Time with at least one request running, until `now`.
  SimTime busy(SimTime now) const { return s_.busy + (s_.running.empty() ? 0 : now - s_.busy_since); }

  void add_to(StateHash& hash) const;
  /// Breaks where an invariant does not hold.
  void check(const WorkerWorld& host) const;

 private:
  const Engine* engine_;
  std::uint32_t epoch_ = 0;
  EngineState s_;
};

}  // namespace blockyard
