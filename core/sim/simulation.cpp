// The event loop: which event comes next, and what it does to workers and requests. What the router does about it is in
// routing.cpp; faults and messages are in messages.cpp.
#include "core/sim/simulation.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/sim/host.h"

namespace blockyard {
namespace {

constexpr std::uint8_t kArrivalRank = 5;  // the last class of SPEC 7

}  // namespace

CacheKind fastest_cache(const Config& config) { return engine_of(config).fastest_cache(config); }

Simulation::Simulation(const Config& config, const Workload& workload, const RadixTree* tree, CacheKind cache)
    : Fleet(config, workload, tree),
      present_(config.fleet.workers, 0),
      loss_(config.seed, RngPurpose::kMessageLoss) {
  BY_CHECK(config.fleet.workers > 0 && config.cache.capacity_blocks > 0, "a fleet without workers or slots");
  BY_CHECK(config.cache.block_tokens == workload.block_tokens, "workload and cache disagree on the block size");
  const bool runs = cache == CacheKind::kRuns;
  BY_CHECK(cache == CacheKind::kBlocks || (tree != nullptr && fastest_cache(config) == cache),
           "the cache must be kept in slots here");
  workers_.reserve(config.fleet.workers);
  for (WorkerId w = 0; w < config.fleet.workers; ++w) workers_.emplace_back(config_, workload, tree, w, cache);
  const Belief::World world{config.fleet.workers, workload.id_count(), tree, runs};
  for (std::uint32_t k = 0; k < std::max(1U, config.router.replicas); ++k) {
    routers_.push_back({Belief(config.router, world), FleetFigures(config.fleet.workers), RouterMemory(config.seed, k),
                        ActiveBlocks(), true});
  }
  count_distinct();
  records_.resize(workload.requests.size());
  unfinished_ = static_cast<std::uint32_t>(workload.requests.size());
  if (workload.closed.users > 0) {
    content_.reserve(workload.requests.size());
    script_.resize(workload.closed.users);
    script_at_.assign(workload.closed.users, 0);
    for (RequestId r = 0; r < workload.requests.size(); ++r) script_[workload.requests[r].user].push_back(r);
    if (workload.closed.recorded) {
      begin_recorded();
    } else {
      for (std::uint32_t u = 0; u < workload.closed.users; ++u) {
        if (script_[u].empty()) continue;
        push({workload.requests[script_[u][0]].arrival, 5, QueuedKind::kArrival, 0, u, kNone, u, 0});
      }
    }
  } else {
    for (RequestId r = 0; r < records_.size(); ++r) records_[r].arrival = workload.requests[r].arrival;
  }
  for (std::uint32_t i = 0; i < config.faults.size(); ++i) {
    push({config.faults[i].t, 1, QueuedKind::kFault, 0, i, config.faults[i].worker, fault_seq_++, 0});
  }
  if (config.router.heartbeat > 0) push({config.router.heartbeat, 2, QueuedKind::kHeartbeat, 0, 0, kNone, 0, 0});
  if (config.router.sync > 0) push({config.router.sync, 3, QueuedKind::kSync, 0, 0, kNone, 0, 0});
}

SimTime Simulation::scaled_arrival(SimTime original) const {
  if (warp_rate_ == 1.0 && warp_from_ == warp_to_) return original;
  return warp_to_ + std::llround(static_cast<double>(original - warp_from_) / warp_rate_);
}

SimTime Simulation::next_arrival() const {
  if (workload_->closed.users > 0 || arrived_ >= workload_->requests.size()) return kNever;
  // Rounding where the rate changed may put an arrival a microsecond into the past.
  return std::max(now_, scaled_arrival(workload_->requests[arrived_].arrival));
}

SimTime Simulation::next_event_time() const {
  if (done()) return kNever;
  return std::min(next_arrival(), queue_.empty() ? kNever : queue_.top().t);
}

bool Simulation::step(EventSink* sink) {
  if (done()) return false;
  const SimTime arrival = next_arrival();
  if (!queue_.empty() && queue_.top().t <= arrival) {
    const QueuedEvent e = queue_.pop();
    BY_CHECK(e.t >= now_, "time went back");
    now_ = e.t;
    forget_expired();
    last_rank_ = e.rank;
    last_worker_ = e.worker;
    handle(e, sink);
  } else {
    BY_CHECK(arrival != kNever && arrival >= now_, "requests are left but nothing is due");
    now_ = arrival;
    forget_expired();
    last_rank_ = kArrivalRank;
    arrive(arrived_++, sink);
  }
  ++handled_;
#ifdef BLOCKYARD_CHECK_LAWS
  // A check costs as much as the state is large: large fleets are looked at now and then.
  const std::uint64_t state = std::uint64_t{config_.cache.capacity_blocks} * workers_.size() + records_.size();
  if (handled_ % (1 + state / 1024) == 0) check_laws();
#endif
  return true;
}

void Simulation::run_until(SimTime t, EventSink* sink) {
  run_before(t == kNever ? kNever : t + 1, sink);
  if (done() || t < now_) return;
  now_ = t;
  forget_expired();
  last_rank_ = kArrivalRank;  // nothing is left to do at t
}

void Simulation::handle(const QueuedEvent& e, EventSink* sink) {
  switch (e.kind) {
    case QueuedKind::kFirstToken:
    case QueuedKind::kFinish:
    case QueuedKind::kStepEnd: {
      Worker& worker = workers_[e.worker];
      if (e.epoch != worker.epoch()) return;  // the worker crashed meanwhile
      Host host(*this, e.worker, sink);
      if (e.kind == QueuedKind::kFirstToken) host.first_token(e.subject);
      if (e.kind == QueuedKind::kFinish) worker.finish(host, e.subject, now_);
      if (e.kind == QueuedKind::kStepEnd && e.subject == worker.step_info().serial) worker.step_end(host, now_);
      return;
    }
    case QueuedKind::kFault:
      return apply_fault(e.subject, sink);
    case QueuedKind::kDetect:
      return detect(e.worker, sink);
    case QueuedKind::kRestart:
      restart(e.worker, sink);
      if (e.subject != 0) detect(e.worker, sink);  // back before the router missed it: it learns of both at once
      return route_parked(kEveryRouter, sink);
    case QueuedKind::kRouterBack: {
      routers_[e.subject].up = true;
      Event back{now_, EventType::kRestart};
      back.router = e.subject;
      emit(sink, back);
      if (routers_[e.subject].figures.routable.empty()) return;
      return route_parked(e.subject, sink);
    }
    case QueuedKind::kHeartbeat:
      if (e.epoch == timer_epoch_) heartbeat(sink);
      return;
    case QueuedKind::kSync:
      if (e.epoch == timer_epoch_) sync(sink);
      return;
    case QueuedKind::kDelivery: {
      const Message m = std::move(messages_[e.subject]);
      free_messages_.push_back(e.subject);
      return deliver(m, sink);
    }
    case QueuedKind::kArrival: {
      const std::uint32_t user = e.subject;
      content_.push_back(script_[user][script_at_[user]++]);
      records_[arrived_].arrival = now_;
      return arrive(arrived_++, sink);
    }
  }
}

bool Simulation::rejected_at_arrival(const Request& r) const {
  const Engine& engine = engine_of(config_);
  return engine.most_blocks(config_, r) > engine.pool(config_);
}

void Simulation::arrive(RequestId r, EventSink* sink) {
  RequestRecord& record = records_[r];
  record.arrival = now_;
  record.router = static_cast<std::uint16_t>(router_of(r));
  emit(sink, {now_, EventType::kArrive, r});
  if (rejected_at_arrival(request(r))) {
    record.status = RequestStatus::kRejected;
    emit(sink, {now_, EventType::kReject, r});
    request_over(r, sink);
    return;
  }
  route(r, sink);
}

void Simulation::request_over(RequestId r, EventSink* sink) {
  --unfinished_;
  if (workload_->closed.users == 0) return;
  if (workload_->closed.recorded) return recorded_over(r, sink);
  const std::uint32_t user = request(r).user;
  if (script_at_[user] >= script_[user].size()) return;
  const SimTime think = workload_->requests[script_[user][script_at_[user]]].arrival;
  push({now_ + think, 5, QueuedKind::kArrival, 0, user, kNone, user, 0});
}

void Simulation::change(const Config& next, EventSink* sink) {
  BY_CHECK(next.seed == config_.seed && next.cache.block_tokens == config_.cache.block_tokens &&
               next.cache.capacity_blocks == config_.cache.capacity_blocks &&
               next.fleet.workers == config_.fleet.workers && next.fleet.engine == config_.fleet.engine &&
               next.fleet.block_copies == config_.fleet.block_copies &&
               next.fleet.async_scheduling == config_.fleet.async_scheduling &&
               next.fleet.null_block == config_.fleet.null_block && next.router.replicas == config_.router.replicas &&
               next.router.replica_choice == config_.router.replica_choice,
           "this setting restarts the run");
  BY_CHECK(workers_[0].cache().has_slots(), "settings change in flight only where every block has its slot");
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    Host host(*this, w, sink);
    workers_[w].interrupt(host, now_);
  }
  const Config before = config_;
  config_ = next;
  config_.faults = before.faults;
  for (Router& r : routers_) {
    r.belief.obey(config_.router);
    r.belief.expire(now_);
  }
  count_distinct();
  if (next.cache.eviction != before.cache.eviction) {
    for (Worker& w : workers_) w.set_eviction(next.cache.eviction);
  }
  if (next.router.heartbeat != before.router.heartbeat || next.router.sync != before.router.sync) {
    ++timer_epoch_;
    const auto due = [this](SimTime interval) { return (now_ / interval + 1) * interval; };
    if (next.router.heartbeat > 0)
      push({due(next.router.heartbeat), 2, QueuedKind::kHeartbeat, timer_epoch_, 0, kNone, 0, 0});
    if (next.router.sync > 0) push({due(next.router.sync), 3, QueuedKind::kSync, timer_epoch_, 0, kNone, 0, 0});
  }
  emit(sink, {now_, EventType::kChange});
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    Host host(*this, w, sink);
    workers_[w].poke(host, now_);
  }
}

void Simulation::change_arrival_rate(double factor) {
  BY_CHECK(workload_->closed.users == 0 && factor > 0, "the rate of a closed loop follows from its users");
  // The stretch of original time that lies behind us stays as it was; what is left is played at the new rate.
  const double played = static_cast<double>(now_ - warp_to_) * warp_rate_;
  warp_from_ += std::llround(played);
  warp_to_ = now_;
  warp_rate_ = factor;
}

std::uint64_t Simulation::digest() const {
  StateHash h;
  h.add(static_cast<std::uint64_t>(now_));
  h.add(handled_);
  h.add((std::uint64_t{arrived_} << 32) | unfinished_);
  for (const Worker& w : workers_) w.add_to(h);
  for (const Router& router : routers_) {
    for (WorkerId w = 0; w < workers_.size(); ++w) {
      const WorkerFigures v = router.figures.of(w);
      h.add(v.load);
      h.add((std::uint64_t{v.waiting} << 32) | v.in_use);
      h.add((v.active_blocks << 32) | (std::uint64_t{v.active} << 1) | static_cast<std::uint64_t>(v.routable));
      h.add(v.pending_tokens);
      router.belief.add_to(h, w);
    }
    h.add((std::uint64_t{router.memory.cursor} << 32) | router.memory.next_round_robin);
    Rng copy = router.memory.rng;
    h.add(copy.next());
    h.add(static_cast<std::uint64_t>(router.up));
  }
  for (const RequestRecord& r : records_) {
    h.add((std::uint64_t{r.worker} << 32) | r.hit);
    h.add((std::uint64_t{r.predicted} << 32) | (r.retries << 8) | static_cast<std::uint64_t>(r.status));
    h.add(static_cast<std::uint64_t>(r.start));
    h.add(static_cast<std::uint64_t>(r.first_token));
    h.add(static_cast<std::uint64_t>(r.finish));
  }
  return h.value();
}

void Simulation::check_laws() const {
  std::uint32_t open = 0;
  std::vector<std::uint8_t> places(records_.size(), 0);
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    check_worker(w);
    for (const Sequence& s : workers_[w].running()) ++places[s.request];
    for (const WaitingRequest& q : workers_[w].waiting()) ++places[q.request];
    for (const RequestId r : workers_[w].stuck()) ++places[r];
  }
  for (const RequestId r : parked_) ++places[r];
  std::vector<std::uint32_t> present(workers_.size(), 0);
  std::vector<FleetFigures> counted(routers_.size(), FleetFigures(workers_.size()));
  std::vector<ActiveBlocks> blocks(routers_.size());
  for (ActiveBlocks& b : blocks) {
    if (tree_ != nullptr) b = ActiveBlocks(config_.fleet.workers, tree_);
  }
  for (RequestId r = 0; r < records_.size(); ++r) {
    const RequestRecord& record = records_[r];
    const bool somewhere = record.status == RequestStatus::kParked || record.status == RequestStatus::kWaiting ||
                           record.status == RequestStatus::kRunning;
    BY_CHECK(places[r] == (somewhere ? 1 : 0), "a request is not in exactly one place");
    if (record.status != RequestStatus::kCompleted && record.status != RequestStatus::kRejected) ++open;
    if (record.status == RequestStatus::kWaiting || record.status == RequestStatus::kRunning) ++present[record.worker];
    if (record.counted) {
      BY_CHECK(record.status == RequestStatus::kWaiting || record.status == RequestStatus::kRunning,
               "a router counts a request that is not at a worker");
      FleetFigures& f = counted[record.router];
      ++f.active[record.worker];
      f.active_blocks[record.worker] += request(r).prompt_blocks;
      f.pending_tokens[record.worker] += pending_of(r);
      if (tree_ != nullptr) blocks[record.router].add(record.worker, path_of(r));
    }
    if (record.status == RequestStatus::kCompleted) {
      BY_CHECK(
          record.arrival <= record.start && record.start <= record.first_token && record.first_token <= record.finish,
          "a request's times are out of order");
    }
  }
  BY_CHECK(open == unfinished_, "a request got lost");
  std::uint32_t down = 0;
  for (const Worker& w : workers_) down += w.up() ? 0 : 1;
  BY_CHECK(down == down_, "workers that are down are miscounted");
  BY_CHECK(present == present_, "requests at the workers are miscounted");
  for (std::size_t k = 0; k < routers_.size(); ++k) {
    const Router& router = routers_[k];
    BY_CHECK(router.figures.active == counted[k].active && router.figures.active_blocks == counted[k].active_blocks &&
                 router.figures.pending_tokens == counted[k].pending_tokens,
             "a router miscounts what it has at its workers");
    BY_CHECK(router.figures.routable == routers_[0].figures.routable, "routers disagree on who is routable");
    router.belief.check();
    if (!router.active.counts()) continue;
    for (WorkerId w = 0; w < workers_.size(); ++w) {
      BY_CHECK(router.active.distinct(w) == blocks[k].distinct(w), "a router miscounts different active blocks");
    }
  }
}

}  // namespace blockyard
