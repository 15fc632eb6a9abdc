// Heartbeats and syncs that change nothing (SPEC 5). Where all that is due before a moment are timers and what they
// send, each of them says what the last one says again, and nobody looks in between: only the last whose message is
// there by that moment need be sent. So a run costs what happens in it, not how long nothing does.
//
// Nothing of a result can tell the difference: what a heartbeat brings replaces what the one before brought, so does
// what a sync brings, and neither reads what the other writes. Messages that may be lost are sent one by one, since
// each draws a number. A listener that samples the state over time says until when it does not look
// (EventSink::indifferent_until), and is told of the first event behind that as ever.
#include <algorithm>

#include "core/sim/simulation.h"

namespace blockyard {
namespace {

bool is_timer(const QueuedEvent& e) { return e.kind == QueuedKind::kHeartbeat || e.kind == QueuedKind::kSync; }

}  // namespace

bool Simulation::is_periodic(const QueuedEvent& e) const {
  return is_timer(e) || (e.kind == QueuedKind::kDelivery && messages_[e.subject].kind != MessageKind::kReport);
}

void Simulation::pass_over_quiet(const EventSink* sink) {
  if (queue_.empty() || config_.router.message_loss > 0) return;
  const QueuedEvent timer = queue_.top();
  if (!is_timer(timer) || timer.epoch != timer_epoch_) return;
  const SimTime interval = timer.kind == QueuedKind::kHeartbeat ? config_.router.heartbeat : config_.router.sync;
  const SimTime delay = config_.router.message_delay;
  SimTime until = std::min(next_arrival(), queue_.next_other());  // when something else may happen, or somebody look
  if (sink != nullptr) until = std::min(until, sink->indifferent_until(*this));
  // In this order, so that nothing runs over.
  if (until == kNever || until <= timer.t || until - timer.t <= delay) return;
  const auto passed = static_cast<std::uint64_t>((until - 1 - delay - timer.t) / interval);
  if (passed == 0) return;
  QueuedEvent next = queue_.pop();
  next.t += static_cast<SimTime>(passed) * interval;
  push(next);
  // As if they had been handled: the timer, and each message to each router.
  const std::uint64_t messages = delay > 0 ? (workers_.size() - down_) * routers_.size() : 0;
  handled_ += passed * (1 + messages);
}

bool Simulation::stride(EventSink* sink) {
  if (!done()) pass_over_quiet(sink);
  return step(sink);
}

void Simulation::run(EventSink* sink) {
  while (stride(sink)) {
  }
}

}  // namespace blockyard
