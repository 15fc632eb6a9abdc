// What passes between workers and router: heartbeats, syncs, reports; and what breaks: faults, detection, restart (SPEC
// 5, 6).
#include <algorithm>

#include "core/base/check.h"
#include "core/sim/host.h"

namespace blockyard {

Simulation::LoadFigures Simulation::load_of(WorkerId w) const {
  // Nobody was sent there, or all have finished: nothing runs, waits or is in use. Nearly all of a large fleet.
  if (figures_.active[w] == 0) return {};
  return {true_load(w), workers_[w].queued(), workers_[w].in_use()};
}

void Simulation::heartbeat(EventSink* sink) {
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    if (down_ > 0 && !workers_[w].up()) continue;
    if (sink != nullptr) emit(sink, {now_, EventType::kHeartbeat, kNone, w});
    const LoadFigures figures = load_of(w);
    if (config_.router.message_delay == 0) {  // as send() does it, without making a message
      if (!lost()) hear(w, figures, now_, sink);
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

// An oracle that keeps its truth by runs hears of every change of a cache at once.
void Simulation::see_truth(WorkerId w) {
  if (run_views_ && oracle()) run_views_->sync(w, *workers_[w].run_cache());
}

void Simulation::list_resident(const Worker& worker, Message& m) const {
  const RunCache* const runs = worker.run_cache();
  if (keeps_no_views()) return;
  if (runs == nullptr) {
    m.blocks = worker.cache().resident().runs();
  } else if (run_views_) {
    runs->each_held([&m](EdgeId e, std::uint32_t blocks) { m.heads.push_back({e, blocks}); });
  } else {
    runs->each_held([&](EdgeId e, std::uint32_t blocks) { m.blocks.push_back({tree_->edge(e).first, blocks}); });
  }
}

void Simulation::sync(EventSink* sink) {
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    if (!workers_[w].up()) continue;
    if (sink != nullptr) emit(sink, {now_, EventType::kSync, kNone, w});
    if (run_views_ && config_.router.message_delay == 0) {  // as send() does it, by what has changed alone
      if (lost()) continue;
      run_views_->sync(w, *workers_[w].run_cache());
      views_[w].blocks_at = now_;
      if (sink == nullptr) continue;
      emit(sink, {now_, EventType::kDeliver, kNone, w, static_cast<std::uint32_t>(MessageKind::kSync)});
      continue;
    }
    Message m;
    m.kind = MessageKind::kSync;
    m.worker = w;
    list_resident(workers_[w], m);
    send(std::move(m), sink);
  }
  push({now_ + config_.router.sync, 3, QueuedKind::kSync, timer_epoch_, 0, kNone, 0, 0});
}

bool Simulation::lost() { return config_.router.message_loss > 0 && loss_.uniform() < config_.router.message_loss; }

void Simulation::send(Message m, EventSink* sink) {
  m.sent = now_;
  if (lost()) return;
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
  // Deliveries at one time: by send time, then kind, then worker, then order of sending.
  const std::uint64_t order = (kind << 62) | (std::uint64_t{worker} << 40) | (message_seq_++ & ((1ULL << 40) - 1));
  push({now_ + config_.router.message_delay, 4, QueuedKind::kDelivery, 0, place, worker,
        static_cast<std::uint64_t>(now_), order});
}

void Simulation::hear(WorkerId w, const LoadFigures& figures, SimTime sent, EventSink* sink) {
  figures_.load[w] = figures.load;
  figures_.waiting[w] = figures.waiting;
  figures_.in_use[w] = figures.in_use;
  figures_.told_at[w] = sent;
  if (sink == nullptr) return;  // there are a great many of these
  emit(sink, {now_, EventType::kDeliver, kNone, w, static_cast<std::uint32_t>(MessageKind::kHeartbeat)});
}

void Simulation::deliver(const Message& m, EventSink* sink) {
  WorkerView& view = views_[m.worker];
  switch (m.kind) {
    case MessageKind::kHeartbeat:
      return hear(m.worker, m.figures, m.sent, sink);
    case MessageKind::kSync:
      if (!keeps_no_views()) {
        run_views_ ? run_views_->replace(m.worker, m.heads) : view.blocks.assign(m.blocks);
      }
      view.blocks_at = m.sent;
      break;
    case MessageKind::kReport:
      if (keeps_no_views()) break;
      for (const Span& run : m.removed) view.blocks.erase(run);
      for (const Span& run : m.blocks) view.blocks.insert(run);
      break;
  }
  emit(sink, {now_, EventType::kDeliver, kNone, m.worker, static_cast<std::uint32_t>(m.kind)});
}

void Simulation::apply_fault(std::uint32_t index, EventSink* sink) {
  const Fault& fault = config_.faults[index];
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
  figures_.set_routable(w, true);
  emit(sink, {now_, EventType::kRestart, kNone, w});
}

// The router learns that worker w lost everything: its view is cleared and its requests are routed again.
void Simulation::detect(WorkerId w, EventSink* sink) {
  WorkerView& view = views_[w];
  view.blocks.clear();
  if (run_views_) run_views_->clear(w);
  view.blocks_at = now_;
  figures_.set(w, {.routable = workers_[w].up(), .told_at = now_});
  emit(sink, {now_, EventType::kDetect, kNone, w});
  const std::vector<RequestId> lost = workers_[w].take_stuck();
  for (const RequestId r : lost) {
    RequestRecord& record = records_[r];
    record.start = record.first_token = -1;
    record.hit = 0;
    ++record.retries;
  }
  for (const RequestId r : lost) route(r, sink);
}

}  // namespace blockyard
