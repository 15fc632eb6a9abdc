// Heartbeats and syncs that change nothing (SPEC 5). Where all that is due before a moment are timers and what they
// send, each of them says what the last one says again, and nobody looks in between: only the last whose message is
// there by that moment need be sent. So a run costs what happens in it, not how long nothing does.
//
// Nothing of a result can tell the difference: what a heartbeat brings replaces what the one before brought, so does
// what a sync brings, and neither reads what the other writes. A listener that samples the state over time says until
// when it does not look (EventSink::indifferent_until), and is told of the first event behind that as ever.
//
// Messages that may be lost each draw a number, in the order of sending. Numbers can be passed over too, and looked at
// ahead: so the last few beats are kept of either timer, as many as bring each message to each router at least once.
// (Where messages also take time, the numbers passed over are drawn, to count what would have been delivered.)
#include <algorithm>
#include <array>
#include <vector>

#include "core/base/math.h"
#include "core/sim/simulation.h"

namespace blockyard {
namespace {

bool is_timer(const QueuedEvent& e) { return e.kind == QueuedKind::kHeartbeat || e.kind == QueuedKind::kSync; }

// When a timer beats from now on; heartbeats come before syncs of the same time.
struct Beats {
  SimTime next = kNever;  // kNever: it is off
  SimTime interval = 0;

  bool on() const { return next != kNever; }
  std::uint64_t before(SimTime t) const {
    return !on() || next >= t ? 0 : static_cast<std::uint64_t>((t - 1 - next) / interval) + 1;
  }
  // The first of the last n beats before `end`, or the next one where there are fewer.
  SimTime first_of_last(std::uint64_t n, SimTime end) const {
    const std::uint64_t all = before(end);
    return next + static_cast<SimTime>(all > n ? all - n : 0) * interval;
  }
};
using Timers = std::array<Beats, 2>;  // heartbeats, syncs

// Beats of which all are lost for about a quarter of a message, among so many.
std::uint64_t likely_beats(double loss_rate, std::uint64_t messages) {
  if (loss_rate >= 1 || messages == 0) return 0;  // nothing ever comes
  return static_cast<std::uint64_t>(math::log(0.25 / static_cast<double>(messages)) / math::log(loss_rate)) + 1;
}

// Whether the last n beats before `end` bring each message at least once, of those timers of which earlier ones than
// `first_kept` are passed over, with the numbers that `loss` is about to give.
bool all_come(const Timers& timers, std::uint64_t n, SimTime first_kept, SimTime end, std::uint64_t messages,
              double loss_rate, Rng loss) {
  if (n == 0) return true;
  std::uint64_t drawn = 0;
  std::array<std::vector<bool>, 2> came = {std::vector<bool>(messages), std::vector<bool>(messages)};
  std::array<SimTime, 2> at = {timers[0].first_of_last(n, end), timers[1].first_of_last(n, end)};
  for (;;) {
    std::size_t which = 2;
    for (std::size_t i : {1U, 0U}) {
      if (timers[i].on() && at[i] < end && (which == 2 || at[i] <= at[which])) which = i;
    }
    if (which == 2) break;
    const SimTime t = at[which];
    // What is drawn before this beat: by both timers' earlier beats, and by a heartbeat of the same time.
    const std::uint64_t beats = timers[0].before(which == 0 ? t : t + 1) + timers[1].before(t);
    loss.skip(beats * messages - drawn);
    drawn = (beats + 1) * messages;
    for (std::uint64_t m = 0; m < messages; ++m) {
      if (loss.uniform() >= loss_rate) came[which][m] = true;
    }
    at[which] += timers[which].interval;
  }
  for (std::size_t i = 0; i < timers.size(); ++i) {
    if (timers[i].before(first_kept) > 0 && std::find(came[i].begin(), came[i].end(), false) != came[i].end())
      return false;
  }
  return true;
}

}  // namespace

bool Simulation::is_periodic(const QueuedEvent& e) const {
  return is_timer(e) || (e.kind == QueuedKind::kDelivery && messages_[e.subject].kind != MessageKind::kReport);
}

void Simulation::pass_over_quiet(const EventSink* sink, SimTime limit) {
  if (queue_.empty()) return;
  const QueuedEvent timer = queue_.top();
  if (!is_timer(timer) || timer.epoch != timer_epoch_) return;
  const SimTime interval = interval_of(timer.kind);
  const SimTime delay = config_.router.message_delay;
  // When something else may happen, or somebody look.
  SimTime until = std::min({next_arrival(), queue_.next_other(), limit});
  if (sink != nullptr) until = std::min(until, sink->indifferent_until(*this));
  // In this order, so that nothing runs over.
  if (until == kNever || until <= timer.t || until - timer.t <= delay) return;
  if (config_.router.message_loss > 0) return pass_over_losses(until);
  const auto passed = static_cast<std::uint64_t>((until - 1 - delay - timer.t) / interval);
  if (passed == 0) return;
  QueuedEvent next = queue_.pop();
  next.t += static_cast<SimTime>(passed) * interval;
  push(next);
  strides_until_ = std::max(strides_until_, until);
  // As if they had been handled: the timer, and each message to each router.
  const std::uint64_t messages = delay > 0 ? (workers_.size() - down_) * routers_.size() : 0;
  handled_ += passed * (1 + messages);
}

void Simulation::pass_over_losses(SimTime until) {
  const SimTime delay = config_.router.message_delay, end = until - delay;
  Timers timers;
  queue_.each_periodic([&](const QueuedEvent& e) {
    if (!is_timer(e) || e.epoch != timer_epoch_) return;
    timers[e.kind == QueuedKind::kHeartbeat ? 0 : 1] = {e.t, interval_of(e.kind)};
  });
  const std::uint64_t messages = (workers_.size() - down_) * routers_.size();
  std::uint64_t passed = 0;
  SimTime first_kept = end;
  for (std::uint64_t kept = likely_beats(config_.router.message_loss, messages);; kept *= 2) {
    first_kept = end;
    for (const Beats& beats : timers) {
      if (beats.on()) first_kept = std::min(first_kept, beats.first_of_last(kept, end));
    }
    passed = timers[0].before(first_kept) + timers[1].before(first_kept);
    if (passed == 0 || passed < 4 * kept) return;  // looking ahead costs as much as handling them
    if (all_come(timers, kept, first_kept, end, messages, config_.router.message_loss, loss_)) break;
  }
  handled_ += passed;
  strides_until_ = std::max(strides_until_, until);
  if (delay == 0) {
    loss_.skip(passed * messages);
  } else {
    for (std::uint64_t i = 0; i < passed * messages; ++i) handled_ += lost() ? 0 : 1;
  }
  queue_.move_periodic([&](QueuedEvent& e) {
    if (!is_timer(e) || e.epoch != timer_epoch_) return;
    const Beats& beats = timers[e.kind == QueuedKind::kHeartbeat ? 0 : 1];
    e.t += static_cast<SimTime>(beats.before(first_kept)) * beats.interval;
  });
}

bool Simulation::stride(EventSink* sink) {
  if (!done()) pass_over_quiet(sink);
  return step(sink);
}

void Simulation::run_before(SimTime t, EventSink* sink) {
  while (!done() && next_event_time() < t) {
    pass_over_quiet(sink, t);
    if (next_event_time() < t) step(sink);  // unless all that was due was passed over
  }
}

void Simulation::run(EventSink* sink) {
  while (stride(sink)) {
  }
}

}  // namespace blockyard
