// What passes between workers and router: heartbeats, syncs, reports; and what breaks: faults, detection, restart (SPEC
// 5, 6).
#include <algorithm>

#include "core/base/check.h"
#include "core/sim/host.h"

namespace blockyard {

Simulation::LoadFigures Simulation::load_of(WorkerId w) const {
  // Nobody was sent there, or all have finished: nothing runs, waits or is in use. Nearly all of a large fleet.
  if (present_[w] == 0) return {};
  return {true_load(w), workers_[w].queued(), workers_[w].in_use()};
}

void Simulation::heartbeat(EventSink* sink) {
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    if (down_ > 0 && !workers_[w].up()) continue;
    if (sink != nullptr) emit(sink, {now_, EventType::kHeartbeat, kNone, w});
    const LoadFigures figures = load_of(w);
    if (config_.router.message_delay == 0) {  // as send() does it, without making a message
      for (std::uint32_t k = 0; k < routers_.size(); ++k) {
        if (!lost() && routers_[k].up) hear(k, w, figures, now_, sink);
      }
      continue;
    }
    Message m;
    m.kind = MessageKind::kHeartbeat;
    m.worker = w;
    m.figures = figures;
    send(std::move(m), sink);
  }
  push({now_ + config_.router.heartbeat, 2, QueuedKind::kHeartbeat, timer_epoch_, 0, kNone, 0, 0});
}

void Simulation::sync(EventSink* sink) {
  const bool at_once = config_.router.message_delay == 0;
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    if (!workers_[w].up()) continue;
    if (sink != nullptr) emit(sink, {now_, EventType::kSync, kNone, w});
    Message m;
    m.kind = MessageKind::kSync;
    m.worker = w;
    if (at_once && routers_.size() == 1) {  // as send() does it, where possible by what has changed alone
      if (lost() || !routers_[0].up) continue;
      Worker& worker = workers_[w];
      if (routers_[0].belief.sync_in_place(w, worker.run_cache(), worker.span_cache(), worker.cache().resident(),
                                           now_)) {
        if (sink == nullptr) continue;
        emit(sink, {now_, EventType::kDeliver, kNone, w, static_cast<std::uint32_t>(MessageKind::kSync)});
        continue;
      }
      m.sent = now_;
      routers_[0].belief.list(truth_of(w), m.told);
      deliver(m, sink);
      continue;
    }
    routers_[0].belief.list(truth_of(w), m.told);
    send(std::move(m), sink);
  }
  push({now_ + config_.router.sync, 3, QueuedKind::kSync, timer_epoch_, 0, kNone, 0, 0});
}

bool Simulation::lost() { return config_.router.message_loss > 0 && loss_.uniform() < config_.router.message_loss; }

void Simulation::send(Message m, EventSink* sink) {
  m.sent = now_;
  const auto routers = static_cast<std::uint32_t>(routers_.size());
  for (std::uint32_t k = 0; k + 1 < routers; ++k) {
    if (!lost()) send_to(k, Message(m), sink);
  }
  if (!lost()) send_to(routers - 1, std::move(m), sink);
}

void Simulation::send_to(std::uint32_t router, Message&& m, EventSink* sink) {
  m.router = router;
  if (config_.router.message_delay == 0) {
    deliver(m, sink);
    return;
  }
  std::uint32_t place = 0;
  const auto kind = static_cast<std::uint64_t>(m.kind);
  const WorkerId worker = m.worker;
  if (free_messages_.empty()) {
    place = static_cast<std::uint32_t>(messages_.size());
    messages_.push_back(std::move(m));
  } else {
    place = free_messages_.back();
    free_messages_.pop_back();
    messages_[place] = std::move(m);
  }
  // Deliveries at one time: by send time, then kind, then worker, then order of sending, then router.
  const std::uint64_t order = (kind << 62) | (std::uint64_t{worker} << 40) | (message_seq_++ & ((1ULL << 40) - 1));
  push({now_ + config_.router.message_delay, 4, QueuedKind::kDelivery, 0, place, worker,
        static_cast<std::uint64_t>(now_), order});
}

void Simulation::hear(std::uint32_t router, WorkerId w, const LoadFigures& told, SimTime sent, EventSink* sink) {
  FleetFigures& figures = routers_[router].figures;
  figures.load[w] = told.load;
  figures.waiting[w] = told.waiting;
  figures.in_use[w] = told.in_use;
  figures.told_at[w] = sent;
  if (sink == nullptr) return;  // there are a great many of these
  Event e{now_, EventType::kDeliver, kNone, w, static_cast<std::uint32_t>(MessageKind::kHeartbeat)};
  e.router = router;
  emit(sink, e);
}

void Simulation::deliver(const Message& m, EventSink* sink) {
  Router& router = routers_[m.router];
  if (!router.up) return;  // lost to it
  switch (m.kind) {
    case MessageKind::kHeartbeat:
      return hear(m.router, m.worker, m.figures, m.sent, sink);
    case MessageKind::kSync:
      router.belief.hear_sync(m.worker, m.told, m.sent);
      break;
    case MessageKind::kReport:
      router.belief.hear_report(m.worker, m.told);
      break;
  }
  Event e{now_, EventType::kDeliver, kNone, m.worker, static_cast<std::uint32_t>(m.kind)};
  e.router = m.router;
  emit(sink, e);
}

void Simulation::apply_fault(std::uint32_t index, EventSink* sink) {
  const Fault& fault = config_.faults[index];
  if (fault.kind == FaultKind::kRouterRestart) return restart_router(fault, sink);
  Worker& worker = workers_[fault.worker];
  if (!worker.up()) return;
  Host host(*this, fault.worker, sink);
  emit(sink, {now_, EventType::kFault, kNone, fault.worker, static_cast<std::uint32_t>(fault.kind)});
  if (fault.kind == FaultKind::kCacheFlush) {
    worker.flush_idle(host, now_);
    see_truth(fault.worker);
    return;
  }
  worker.crash(host, now_);
  ++down_;
  see_truth(fault.worker);
  for (const RequestId r : worker.stuck()) records_[r].status = RequestStatus::kWaiting;
  const SimTime detection = oracle() ? 0 : fault.detect;
  if (fault.restart <= detection) {
    push({now_ + fault.restart, 1, QueuedKind::kRestart, 0, 1, fault.worker, fault_seq_++, 0});
    return;
  }
  push({now_ + detection, 1, QueuedKind::kDetect, 0, 0, fault.worker, fault_seq_++, 0});
  push({now_ + fault.restart, 1, QueuedKind::kRestart, 0, 0, fault.worker, fault_seq_++, 0});
}

void Simulation::restart(WorkerId w, EventSink* sink) {
  workers_[w].restart();
  --down_;
  for (Router& r : routers_) r.figures.set_routable(w, true);
  emit(sink, {now_, EventType::kRestart, kNone, w});
}

// A router loses all that it knows and remembers, and is away for a while. What it routed before goes on at the
// workers, and it no longer counts it.
void Simulation::restart_router(const Fault& fault, EventSink* sink) {
  Router& router = routers_[fault.router];
  if (!router.up) return;
  router.up = false;
  FleetFigures figures(workers_.size());
  figures.routable = router.figures.routable;
  router.figures = std::move(figures);
  router.memory.forget();
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    router.belief.clear(w, now_);
    if (router.active.counts()) router.active.clear(w);
    each_request_at(w, [&](RequestId r) {
      if (records_[r].router == fault.router) records_[r].counted = false;
    });
  }
  Event e{now_, EventType::kFault, kNone, kNone, static_cast<std::uint32_t>(fault.kind)};
  e.router = fault.router;
  emit(sink, e);
  push({now_ + fault.down, 1, QueuedKind::kRouterBack, 0, fault.router, kNone, fault_seq_++, 0});
}

// All routers learn that worker w lost everything: its view is cleared and its requests are routed again, each by the
// router that it came to.
void Simulation::detect(WorkerId w, EventSink* sink) {
  for (Router& r : routers_) {
    r.belief.clear(w, now_);
    r.figures.set(w, {.routable = workers_[w].up(), .told_at = now_});
    if (r.active.counts()) r.active.clear(w);
  }
  present_[w] = 0;
  emit(sink, {now_, EventType::kDetect, kNone, w});
  const std::vector<RequestId> lost = workers_[w].take_stuck();
  for (const RequestId r : lost) {
    RequestRecord& record = records_[r];
    record.start = record.first_token = -1;
    record.hit = 0;
    record.counted = false;
    ++record.retries;
  }
  for (const RequestId r : lost) route(r, sink);
}

}  // namespace blockyard
