// Player: a run as something to move about in. It holds the simulation at a cursor and another one at the frontier (the
// furthest computed), the log of all that happened up to there, and checkpoints: copies of the simulation from which
// any moment is replayed. Changes made in flight are kept as a list and applied again on every replay.
//
// The workload and the tree are the caller's and must outlive it. It knows no wall clock: whoever calls decides how
// much to look ahead. Invariants: 1. cursor() equals a run from the start to that moment, with the same changes, to the
// digest; 2. events()[0, events_at_cursor()) have happened at the cursor; 3. a change in the past of the frontier cuts
// off everything behind it; 4. checkpoints ascend, and together stay within the budget (except the first).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/fleet/event_log.h"
#include "core/sim/simulation.h"

namespace blockyard {

/// A change made in flight.
struct RunChange {
  SimTime t = 0;
  std::uint64_t handled = 0;          ///< steps before it
  std::variant<Config, double> what;  ///< settings, or the arrival rate's factor
  std::string label;                  ///< "sync 5000 → 500 ms", for the timeline
  std::size_t log_begin = 0;          ///< the Player's: events before it
};

/// Told of everything at the frontier, once; told where it is cut off.
class FrontierListener {
 public:
  virtual ~FrontierListener() = default;
  virtual void on_event(const Event& event, const Fleet& fleet) = 0;
  /// Nothing happens before `until`: `fleet` is the state at every moment from its last event to there.
  virtual void on_quiet(const Fleet& fleet, SimTime until) = 0;
  /// The moment at whose end it looks at the state next: what heartbeats and syncs say again before is passed over where
  /// they are not logged.
  virtual SimTime looks_at() const = 0;
  /// All that was told behind the first `events` events is void; the state now is that of time t.
  virtual void on_cut(SimTime t, std::size_t events) = 0;
  /// Nothing before t is kept any more; what was told of it may be forgotten.
  virtual void on_forget(SimTime) {}
};

/// A routing, and what each strategy would have done in its place.
struct RoutingStudy {
  Decision used;  ///< by the strategy that routed it
  std::vector<Decision>
      strategies;  ///< by each row of policy_table(), on the same state; [used.strategy] equals `used`
};

class Player {
 public:
  /// As RunChange::handled: by its time alone.
  static constexpr std::uint64_t kAnyStep = ~std::uint64_t{0};
  static constexpr std::size_t kDefaultBudget = std::size_t{256} << 20;

  /// Heartbeats, syncs and their arrivals are logged (and told) while the log is shorter than that, so that memory and
  /// time follow what happens and not how often nothing is said.
  static constexpr std::size_t kMostLogged = 8'000'000;

  /// `listener` may be nullptr. `budget`: bytes for checkpoints. `spacing`: steps between them at first; 0: as the size
  /// of a copy suggests.
  Player(const Config& config, const Workload& workload, const RadixTree& tree, FrontierListener* listener = nullptr,
         std::size_t budget = kDefaultBudget, std::uint64_t spacing = 0, std::size_t most_logged = kMostLogged);

  const Simulation& cursor() const { return cursor_; }
  SimTime now() const { return cursor_.now(); }
  /// The furthest time the cursor has been at since the last change.
  SimTime newest() const { return newest_; }
  /// How far the run is computed; the end of the run where complete().
  SimTime frontier() const { return frontier_.now(); }
  bool complete() const { return frontier_.done(); }
  const Simulation& frontier_state() const { return frontier_; }
  const EventLog& events() const { return log_; }
  /// Whether the log lacks heartbeats, syncs and their arrivals, from somewhere on.
  bool leaves_messages_out() const { return messages_left_out_; }
  std::size_t events_at_cursor() const { return events_at_cursor_; }
  /// The number of logged events at or before t.
  std::size_t events_until(SimTime t) const;
  const std::vector<RunChange>& changes() const { return changes_; }

  /// Computes on at the frontier: at most `steps` steps. False when the run is complete.
  bool look_ahead(std::uint32_t steps);
  /// To the end of the run.
  void look_ahead_all();

  /// The state at time t (not beyond the end of the run): all events up to and including t.
  void seek(SimTime t);
  /// The same, and nothing behind it counts as seen.
  void settle_at(SimTime t);
  /// To the moment of another run of the same requests. Where that one stands within a moment (events of its time are
  /// still to come), no further: as many requests have arrived here as there.
  void follow(const Simulation& leader);
  /// Behind the next event that is logged (and all that happens in the same step); false at the end of the run.
  bool step_event();
  /// Right behind the event before the last; false at the start.
  bool step_back_event();
  /// To the next arrival of a request, handled; false where none is left.
  bool step_request();
  /// To the arrival before; false where there is none.
  bool step_back_request();

  /// Changes settings at the cursor; what was computed behind it is void. Fields that restart the run must be as they
  /// were.
  void change(const Config& config, std::string label);
  /// From the cursor on requests arrive `factor` times as fast as the workload says. Not for closed loops.
  void change_arrival_rate(double factor, std::string label);
  /// Drops the changes from `keep` on, and what was computed behind the first of them.
  void drop_changes(std::size_t keep);
  /// Makes the changes of another run of the same workload again, in order, and stays where it is. Those behind the end
  /// of the run are left out.
  void adopt_changes(std::vector<RunChange> changes);
  /// One of them, and stays right behind it; false (and nothing is changed) where the run ends before.
  bool adopt_change(RunChange change);
  /// The arrival rate's factor at the cursor.
  double arrival_rate() const;

  /// The last routing of r up to the cursor, studied; empty where it has not been routed yet. Replays to it.
  std::optional<RoutingStudy> routing_of(RequestId r) const;

  std::size_t checkpoints() const { return checkpoints_.size(); }
  /// The memory they take, about.
  std::size_t checkpoint_bytes() const { return (checkpoints_.size() + spare_.size()) * copy_bytes_; }

 private:
  struct Checkpoint {
    std::unique_ptr<Simulation> sim;
    std::size_t changes = 0;    // of changes_, made in it
    std::uint64_t strides = 0;  // of the frontier, up to it
  };
  /// Where to go: to a time, all its events handled, or behind a number of steps and of changes.
  struct Target {
    SimTime t = kNever;
    std::uint64_t handled = kAnyStep;
    std::size_t changes = ~std::size_t{0};  // at most so many are made
    SimTime from = 0;                       // the steps before it are over by there
  };

  bool extend_step();
  void extend_until(SimTime t);
  void save_checkpoint();
  void count_strides_anew();
  void drop_last_checkpoint();
  /// Runs `sim`, in which the first `made` changes are made, to the target, and makes those on the way.
  void advance(Simulation& sim, std::size_t& made, Target target) const;
  static bool reaches(const Simulation& sim, std::size_t made, Target target);
  /// Right behind the step (or the change) that logged this event, and right before it.
  Target behind_event(std::size_t index) const;
  Target before_event(std::size_t index) const;
  std::size_t changes_before_event(std::size_t index) const;
  const Checkpoint& checkpoint_before(Target target) const;
  void go(Target target);
  void apply(const RunChange& change, Simulation& sim, EventSink* sink) const;
  void make(RunChange change);
  void count_events();

  FrontierListener* listener_;
  std::size_t budget_;
  std::size_t copy_bytes_;  // of one checkpoint, about
  std::uint64_t spacing_;   // strides between checkpoints; doubles when the budget is full
  std::uint64_t strides_ = 0;
  Simulation cursor_;
  std::size_t cursor_changes_ = 0;  // of changes_, made at the cursor; at the frontier all of them are
  Simulation frontier_;
  SimTime newest_ = 0;
  std::size_t most_logged_;
  bool messages_left_out_ = false;
  EventLog log_;
  std::size_t events_at_cursor_ = 0;
  std::vector<RunChange> changes_;
  std::vector<Checkpoint> checkpoints_;
  std::vector<std::unique_ptr<Simulation>> spare_;  // of dropped ones: their memory is written again, and not fetched
};

}  // namespace blockyard
