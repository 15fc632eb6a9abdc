// Simulation: moves a routed fleet by the model; a value that can be copied, compared and run on.
//
// What it is at a moment is the Fleet that it is (fleet/); here is what makes the next moment out of it: the queue of
// events, messages on their way, faults, arrivals. Same workload, same config, same calls: same digest, whatever the
// machine. Belief (inside Router) and truth (Worker) meet only in messages. Invariants: the laws of DESIGN.md;
// check_laws() breaks where one does not hold.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/fleet/fleet.h"
#include "core/sim/event_queue.h"
#include "core/sim/event_sink.h"

namespace blockyard {

/// The cheapest way of keeping the caches that gives this config's results.
CacheKind fastest_cache(const Config& config);

class Simulation final : public Fleet {
 public:
  /// `tree` may be nullptr unless (now or later) eviction is belady, the cache is not kept in slots, the view is one of
  /// decisions or the strategy counts different blocks. Both must outlive the simulation and its copies. Other than in
  /// slots: as fastest_cache() says; change() is not allowed then.
  Simulation(const Config& config, const Workload& workload, const RadixTree* tree,
             CacheKind cache = CacheKind::kBlocks);

  /// Handles the next event. False when the run is over (and nothing was done).
  bool step(EventSink* sink = nullptr);
  /// The same, after passing over heartbeats and syncs that change nothing: the results are those of step(), and
  /// events_handled() counts what was passed over.
  bool stride(EventSink* sink = nullptr);
  /// The first half of a stride: passes over what changes nothing and is due before `limit`, and handles nothing.
  void pass_over_quiet(const EventSink* sink, SimTime limit = kNever);
  /// Handles every event up to and including time t, in strides; the clock then stands at t (or at the end of the run).
  void run_until(SimTime t, EventSink* sink = nullptr);
  /// Handles every event before t, in strides; the clock stands at the last of them.
  void run_before(SimTime t, EventSink* sink = nullptr);
  /// Handles all events.
  void run(EventSink* sink = nullptr);

  bool done() const { return unfinished_ == 0; }
  /// Time of the next event; kNever when the run is over.
  SimTime next_event_time() const;
  /// Whether messages are missing that steps would have sent or brought by now, since what a stride passes over is made
  /// up for by its end only. False: the state is one that steps lead to.
  bool within_stride() const { return next_event_time() < strides_until_; }

  /// Changes settings in flight, from now on. Fields that say "restarts the run" must be as they were.
  void change(const Config& config, EventSink* sink = nullptr);
  /// From now on requests arrive `factor` times as fast as the workload says. Not for closed loops.
  void change_arrival_rate(double factor);

  /// What any strategy would choose for this request right now at its router, and why. Changes nothing.
  Decision decide(RequestId r, std::uint32_t strategy) const;

  /// A digest of all state: equal states, equal digests.
  std::uint64_t digest() const;
  /// Breaks (BY_CHECK) where a law does not hold. O(state).
  void check_laws() const;

 private:
  class Host;
  /// What a heartbeat says.
  struct LoadFigures {
    double load = 0;
    std::uint32_t waiting = 0;
    std::uint32_t in_use = 0;
  };
  struct Message {
    MessageKind kind = MessageKind::kHeartbeat;
    WorkerId worker = 0;
    SimTime sent = 0;
    LoadFigures figures;
    Told told;  // sync: the set; report: what was lost and stored
    std::uint32_t router = 0;
  };
  // What a decision is made from; kept so that routing allocates nothing.
  struct RouteScratch {
    FleetFigures truth;  // oracle
    std::vector<std::uint32_t> overlap, distinct, fresh;
    std::vector<Span> chain;
  };

  void handle(const QueuedEvent& e, EventSink* sink);
  void arrive(RequestId r, EventSink* sink);
  void route(RequestId r, EventSink* sink);
  static constexpr std::uint32_t kEveryRouter = kNone;
  /// Routes what is parked and can be routed, of one router or of all; the rest keeps its place.
  void route_parked(std::uint32_t router, EventSink* sink);
  struct Wanted {
    bool overlap = true;
    bool distinct = true;
  };
  void fill_input(RequestId r, Wanted wanted, RouteScratch& scratch, RouteInput& in) const;
  Prompt prompt_of(RequestId r, Chain chain) const;
  std::uint32_t believed_overlap(const Router& router, WorkerId w, RequestId r, const Prompt& prompt) const;
  Decision describe(RequestId r, std::uint32_t strategy, const RouteInput& in) const;
  void count(RequestId r);
  void uncount(RequestId r);
  void count_distinct();
  std::uint64_t pending_of(RequestId r) const;
  /// Calls f for every request at worker w: running, waiting or stuck there.
  template <class F>
  void each_request_at(WorkerId w, F f) const {
    for (const Sequence& s : workers_[w].running()) f(s.request);
    for (const WaitingRequest& q : workers_[w].waiting()) f(q.request);
    for (const RequestId r : workers_[w].stuck()) f(r);
  }
  void check_worker(WorkerId w) const;
  EdgePath path_of(RequestId r) const { return tree_->path(workload_->index_of(request(r))); }
  void apply_fault(std::uint32_t index, EventSink* sink);
  void detect(WorkerId w, EventSink* sink);
  void restart(WorkerId w, EventSink* sink);
  void restart_router(const Fault& fault, EventSink* sink);
  /// To every router, each lost by itself.
  void send(Message message, EventSink* sink);
  void send_to(std::uint32_t router, Message&& message, EventSink* sink);
  bool lost();
  LoadFigures load_of(WorkerId w) const;
  double grown(double load) const;
  void hear(std::uint32_t router, WorkerId w, const LoadFigures& figures, SimTime sent, EventSink* sink);
  void deliver(const Message& m, EventSink* sink);
  bool is_periodic(const QueuedEvent& e) const;
  SimTime interval_of(QueuedKind timer) const {
    return timer == QueuedKind::kHeartbeat ? config_.router.heartbeat : config_.router.sync;
  }
  void pass_over_losses(SimTime until);
  void heartbeat(EventSink* sink);
  void sync(EventSink* sink);
  void see_truth(WorkerId w) { routers_[0].belief.mirror(w, workers_[w].run_cache()); }
  void forget_expired() {
    if (config_.router.view != ViewMode::kDecisions) return;
    for (Router& r : routers_) r.belief.expire(now_);
  }
  void list_resident(const Worker& worker, Message& m) const;
  void request_over(RequestId r, EventSink* sink);
  void begin_recorded();
  void recorded_over(RequestId r, EventSink* sink);
  void send_next(std::uint32_t user, SimTime due);
  void user_over(std::uint32_t user);
  void start_next_user();
  void emit(EventSink* sink, const Event& e) const {
    if (sink != nullptr) sink->on_event(e, *this);
  }
  void push(QueuedEvent e) { queue_.push(e, is_periodic(e)); }
  bool rejected_at_arrival(const Request& r) const;
  SimTime scaled_arrival(SimTime original) const;
  SimTime next_arrival() const;

  EventQueue queue_;
  std::vector<std::uint32_t> present_;  // requests at each worker, whoever routed them
  std::uint32_t down_ = 0;              // workers that are not up
  Rng loss_;
  std::vector<Message> messages_;  // in flight; free places are listed in free_messages_
  std::vector<std::uint32_t> free_messages_;
  std::uint64_t message_seq_ = 0;
  std::uint64_t fault_seq_ = 0;
  std::uint32_t unfinished_ = 0;
  SimTime strides_until_ = 0;  // what was passed over is made up for by the events before it
  std::uint32_t timer_epoch_ = 0;  // heartbeats and syncs queued before a change of their interval are void
  // Arrivals in flight: original time a arrives at warp_to_ + (a − warp_from_) / warp_rate_.
  SimTime warp_from_ = 0;
  SimTime warp_to_ = 0;
  double warp_rate_ = 1;
  // Closed loop: where each user stands.
  std::vector<std::vector<RequestId>> script_;
  std::vector<std::uint32_t> script_at_;
  // Recorded loop: how many sessions each user's next request still waits for and when it is due otherwise; whom each
  // user's end is awaited by; who has not begun.
  std::vector<std::uint32_t> owed_;
  std::vector<SimTime> due_;
  std::vector<std::uint8_t> user_done_;
  std::uint32_t next_user_ = 0;
  RouteScratch scratch_;
};

}  // namespace blockyard
