// Moving about in a run. The frontier is computed once, with everything recorded; any other moment is a copy of the
// nearest checkpoint before it, run on with the changes that lie between made again.
#include "core/replay/player.h"

#include <algorithm>

#include "core/base/check.h"

namespace blockyard {
namespace {

// Memory of one copy of a simulation, about: what grows with the workload and the fleet.
std::size_t copy_size(const Config& config, const Workload& workload) {
  const std::size_t ids = workload.id_count();
  const std::size_t worker = config.cache.capacity_blocks * (sizeof(SlotInfo) + 5 * sizeof(SlotId)) + ids / 2;
  return sizeof(Simulation) + workload.requests.size() * sizeof(RequestRecord) + config.fleet.workers * (worker + 1024);
}

class Recorder final : public EventSink {
 public:
  /// `handled`: of what is told, counted from what the simulation has handled before it.
  Recorder(EventLog& log, std::uint64_t handled, FrontierListener* listener, std::size_t most, bool& left_out)
      : log_(log), handled_(handled), listener_(listener), most_(most), left_out_(left_out) {}
  SimTime indifferent_until(const Simulation&) const override {
    if (log_.size() < most_) return 0;
    return listener_ == nullptr ? kNever : listener_->looks_at() + 1;
  }
  void on_event(const Event& e, const Simulation& sim) override {
    if (log_.size() >= most_ && is_periodic(e)) {
      left_out_ = true;
      return;
    }
    log_.push_back({e.t, e.request, e.worker, e.value, e.blocks.empty() ? kNone : e.blocks.front(),
                    (sim.events_handled() + handled_) & kMostHandled, e.type});
    if (listener_ != nullptr) listener_->on_event(e, sim);
  }

 private:
  static constexpr std::uint64_t kMostHandled = (std::uint64_t{1} << 56) - 1;
  EventLog& log_;
  std::uint64_t handled_;
  FrontierListener* listener_;
  std::size_t most_;
  bool& left_out_;
};

}  // namespace

Player::Player(const Config& config, const Workload& workload, const RadixTree& tree, FrontierListener* listener,
               std::size_t budget, std::uint64_t spacing, std::size_t most_logged)
    : listener_(listener),
      budget_(budget),
      copy_bytes_(copy_size(config, workload)),
      spacing_(spacing > 0 ? spacing : std::max<std::uint64_t>(512, copy_bytes_ / 4096)),
      cursor_(config, workload, &tree),
      frontier_(cursor_),
      most_logged_(most_logged) {
  checkpoints_.push_back({std::make_unique<Simulation>(cursor_), 0, 0});
}

bool Player::extend_step() {
  if (frontier_.done()) return false;
  Recorder recorder(log_, 1, listener_, most_logged_, messages_left_out_);
  if (listener_ != nullptr) listener_->on_quiet(frontier_, frontier_.next_event_time());
  frontier_.pass_over_quiet(&recorder);
  if (listener_ != nullptr) listener_->on_quiet(frontier_, frontier_.next_event_time());
  frontier_.step(&recorder);
  ++strides_;
  if (frontier_.done() && listener_ != nullptr) listener_->on_quiet(frontier_, frontier_.now() + 1);
  if (strides_ >= checkpoints_.back().strides + spacing_ && !frontier_.within_stride()) save_checkpoint();
  return true;
}

bool Player::look_ahead(std::uint32_t steps) {
  for (std::uint32_t i = 0; i < steps; ++i) {
    if (!extend_step()) return false;
  }
  return !frontier_.done();
}

void Player::look_ahead_all() {
  while (extend_step()) {
  }
}

void Player::extend_until(SimTime t) {
  while (!frontier_.done() && frontier_.next_event_time() <= t) extend_step();
}

void Player::save_checkpoint() {
  if ((checkpoints_.size() + 1) * copy_bytes_ > budget_) {
    // Every other one goes; what is left is spaced twice as far. The first is the start and stays.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < checkpoints_.size(); ++i) {
      if (i % 2 == 1) {
        spare_.push_back(std::move(checkpoints_[i].sim));
      } else if (const std::size_t to = kept++; to != i) {
        checkpoints_[to] = std::move(checkpoints_[i]);
      }
    }
    checkpoints_.resize(kept);
    spacing_ *= 2;
    if ((checkpoints_.size() + 1) * copy_bytes_ > budget_) return;
    if (strides_ < checkpoints_.back().strides + spacing_) return;
  }
  if (spare_.empty()) {
    checkpoints_.push_back({std::make_unique<Simulation>(frontier_), changes_.size(), strides_});
    return;
  }
  checkpoints_.push_back({std::move(spare_.back()), changes_.size(), strides_});
  spare_.pop_back();
  *checkpoints_.back().sim = frontier_;
}

void Player::drop_last_checkpoint() {
  spare_.push_back(std::move(checkpoints_.back().sim));
  checkpoints_.pop_back();
}

// The frontier has been set to somewhere behind the last checkpoint.
void Player::count_strides_anew() {
  const Checkpoint& last = checkpoints_.back();
  strides_ = last.strides + std::min(frontier_.events_handled() - last.sim->events_handled(), spacing_);
}

std::size_t Player::events_until(SimTime t) const {
  const auto end =
      std::upper_bound(log_.begin(), log_.end(), t, [](SimTime at, const LoggedEvent& e) { return at < e.t; });
  return static_cast<std::size_t>(end - log_.begin());
}

void Player::apply(const RunChange& change, Simulation& sim, EventSink* sink) const {
  if (const auto* config = std::get_if<Config>(&change.what)) {
    sim.change(*config, sink);
  } else {
    sim.change_arrival_rate(std::get<double>(change.what));
  }
}

void Player::advance(Simulation& sim, std::size_t& made, Target target) const {
  for (; made < std::min(changes_.size(), target.changes); ++made) {
    const RunChange& change = changes_[made];
    if (change.t > target.t || change.handled > target.handled) break;
    sim.run_before(change.t);
    while (sim.events_handled() < change.handled) sim.step();
    sim.run_until(change.t);  // moves the clock: nothing is due before
    BY_CHECK(sim.events_handled() == change.handled, "a replay does not come to where a change was made");
    apply(change, sim, nullptr);
  }
  if (target.handled == kAnyStep) {
    sim.run_until(target.t);
  } else {
    sim.run_before(target.from);
    while (sim.events_handled() < target.handled && sim.step()) {
    }
  }
}

bool Player::reaches(const Simulation& sim, std::size_t made, Target target) {
  return sim.now() <= target.t && sim.events_handled() <= target.handled && made <= target.changes;
}

const Player::Checkpoint& Player::checkpoint_before(Target target) const {
  const auto behind = std::partition_point(checkpoints_.begin(), checkpoints_.end(),
                                           [&](const Checkpoint& c) { return reaches(*c.sim, c.changes, target); });
  return behind == checkpoints_.begin() ? checkpoints_.front() : *std::prev(behind);
}

std::size_t Player::changes_before_event(std::size_t index) const {
  const auto end = std::upper_bound(changes_.begin(), changes_.end(), index,
                                    [](std::size_t i, const RunChange& c) { return i < c.log_begin; });
  return static_cast<std::size_t>(end - changes_.begin());
}

Player::Target Player::behind_event(std::size_t index) const {
  return {kNever, log_[index].handled, changes_before_event(index), log_[index].t};
}

Player::Target Player::before_event(std::size_t index) const {
  const std::size_t made = changes_before_event(index);
  const std::uint64_t handled = log_[index].handled;
  const SimTime t = log_[index].t;
  if (made > 0 && changes_[made - 1].handled == handled)
    return {kNever, handled, made - 1, t};  // logged by that change
  return {kNever, handled - 1, made, t};
}

void Player::go(Target target) {
  const Checkpoint& start = checkpoint_before(target);
  // Running on from where the cursor is beats a copy unless the checkpoint saves a good many steps.
  const std::uint64_t worth = 64 + copy_bytes_ / 4096;
  if (!reaches(cursor_, cursor_changes_, target) || start.sim->events_handled() > cursor_.events_handled() + worth) {
    cursor_ = *start.sim;
    cursor_changes_ = start.changes;
  }
  advance(cursor_, cursor_changes_, target);
  count_events();
  newest_ = std::max(newest_, cursor_.now());
}

void Player::count_events() {
  const std::uint64_t handled = cursor_.events_handled();
  const auto end = std::upper_bound(log_.begin(), log_.end(), handled,
                                    [](std::uint64_t h, const LoggedEvent& e) { return h < e.handled; });
  events_at_cursor_ = static_cast<std::size_t>(end - log_.begin());
  // Events of a change count as part of the step before it, but happen only with the change.
  if (cursor_changes_ < changes_.size()) {
    events_at_cursor_ = std::min(events_at_cursor_, changes_[cursor_changes_].log_begin);
  }
}

void Player::seek(SimTime t) {
  t = std::max<SimTime>(t, 0);
  extend_until(t);
  if (frontier_.done()) t = std::min(t, frontier_.now());
  go({t, kAnyStep});
}

bool Player::step_event() {
  const std::size_t before = events_at_cursor_;
  while (log_.size() <= before) {
    if (!extend_step()) return false;
  }
  go(behind_event(before));
  return true;
}

bool Player::step_back_event() {
  if (events_at_cursor_ == 0) return false;
  // Over the events of the same step (or change), to the one before them.
  std::size_t i = events_at_cursor_ - 1;
  const std::uint64_t handled = log_[i].handled;
  const std::size_t made = changes_before_event(i);
  while (i > 0 && log_[i - 1].handled == handled && changes_before_event(i - 1) == made) --i;
  if (i == 0) {
    go({0, 0, 0});
  } else {
    go(behind_event(i - 1));
  }
  return true;
}

bool Player::step_request() {
  std::size_t i = events_at_cursor_;
  while (true) {
    for (; i < log_.size(); ++i) {
      if (log_[i].type != EventType::kArrive) continue;
      go(behind_event(i));
      return true;
    }
    if (!extend_step()) return false;
  }
}

bool Player::step_back_request() {
  std::size_t i = events_at_cursor_;
  while (i > 0 && log_[i - 1].handled == cursor_.events_handled()) --i;  // the arrival that we stand at
  while (i > 0 && log_[i - 1].type != EventType::kArrive) --i;
  if (i == 0) {
    const bool moved = cursor_.events_handled() > 0;
    seek(0);
    return moved;
  }
  go(behind_event(i - 1));
  return true;
}

void Player::make(RunChange change) {
  change.t = cursor_.now();
  change.handled = cursor_.events_handled();
  change.log_begin = events_at_cursor_;
  while (checkpoints_.size() > 1 && (checkpoints_.back().sim->events_handled() > change.handled ||
                                     checkpoints_.back().changes > cursor_changes_)) {
    drop_last_checkpoint();
  }
  changes_.resize(cursor_changes_);
  log_.resize(events_at_cursor_);
  frontier_ = cursor_;
  if (listener_ != nullptr) {
    listener_->on_cut(change.t, log_.size());
    listener_->on_quiet(frontier_, change.t);
  }
  count_strides_anew();
  Recorder recorder(log_, 0, listener_, most_logged_, messages_left_out_);
  apply(change, frontier_, &recorder);
  changes_.push_back(std::move(change));
  cursor_ = frontier_;
  cursor_changes_ = changes_.size();
  events_at_cursor_ = log_.size();
  newest_ = cursor_.now();
}

void Player::change(const Config& config, std::string label) { make({0, 0, config, std::move(label), 0}); }

void Player::change_arrival_rate(double factor, std::string label) { make({0, 0, factor, std::move(label), 0}); }

void Player::drop_changes(std::size_t keep) {
  if (keep >= changes_.size()) return;
  const SimTime t = cursor_.now();
  const SimTime seen = newest_;
  const bool behind = cursor_changes_ > keep;
  const RunChange first = changes_[keep];
  changes_.resize(keep);
  while (checkpoints_.size() > 1 &&
         (checkpoints_.back().sim->events_handled() > first.handled || checkpoints_.back().changes > keep)) {
    drop_last_checkpoint();
  }
  log_.resize(first.log_begin);
  frontier_ = *checkpoints_.back().sim;
  std::size_t made = checkpoints_.back().changes;
  advance(frontier_, made, {kNever, first.handled, ~std::size_t{0}, first.t});
  frontier_.run_until(first.t);
  count_strides_anew();
  if (listener_ != nullptr) listener_->on_cut(frontier_.now(), log_.size());
  if (behind) {
    cursor_ = frontier_;
    cursor_changes_ = keep;
  }
  seek(t);
  newest_ = std::max(t, std::min(seen, frontier_.now()));
}

bool Player::adopt_change(RunChange change) {
  if (change.handled == kAnyStep) {
    seek(change.t);
    if (cursor_.now() < change.t) return false;
  } else {
    extend_until(change.t - 1);
    while (frontier_.events_handled() < change.handled && extend_step()) {
    }
    go({kNever, change.handled, ~std::size_t{0}, change.t});
    if (cursor_.events_handled() != change.handled) return false;
    cursor_.run_until(std::min(change.t, cursor_.next_event_time() - 1));
  }
  make(std::move(change));
  return true;
}

void Player::adopt_changes(std::vector<RunChange> changes) {
  const SimTime t = cursor_.now();
  for (RunChange& change : changes) {
    if (!adopt_change(std::move(change))) break;
  }
  settle_at(t);
}

void Player::settle_at(SimTime t) {
  seek(t);
  newest_ = t;
}

void Player::follow(const Simulation& leader) {
  const SimTime t = leader.now();
  if (leader.done() || leader.next_event_time() > t) return seek(t);
  extend_until(t);
  if (t == 0) {
    go({0, 0});
  } else {
    go({t - 1, kAnyStep});
  }
  while (cursor_.next_event_time() <= t && cursor_.arrived() < leader.arrived()) {
    go({kNever, cursor_.events_handled() + 1});
  }
  if (cursor_.next_event_time() > t) seek(t);
}

double Player::arrival_rate() const {
  for (std::size_t i = cursor_changes_; i > 0; --i) {
    if (const auto* rate = std::get_if<double>(&changes_[i - 1].what)) return *rate;
  }
  return 1;
}

}  // namespace blockyard
