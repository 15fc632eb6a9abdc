// Engine slots and what both engines share. Engine continuous is in continuous.cpp.
#include "core/engine/worker.h"

#include <algorithm>

#include "core/base/check.h"

namespace blockyard {

Worker::Worker(const Config& config, const Workload& workload, const RadixTree* tree, WorkerId id, CacheKind kind)
    : engine_(config.fleet.engine),
      tree_(tree),
      cache_(kind == CacheKind::kRuns ? 0 : config.cache.capacity_blocks,
             kind == CacheKind::kRuns ? 0 : workload.id_count(), config.cache.eviction, tree,
             Rng(config.seed + 0x9e3779b97f4a7c15ULL * id, RngPurpose::kEviction)) {
  if (kind == CacheKind::kRuns) runs_.emplace(config.cache.capacity_blocks, tree);
}

void Worker::enqueue(WorkerHost& host, RequestId r, SimTime now) {
  const Request& request = host.request(r);
  interrupt(host, now);
  WaitingRequest w{r, 0, 0, false, -1};
  if (engine_ == EngineKind::kSlots) {
    const std::uint32_t hit = counted_hit(host, request);
    const LatencyModel& latency = host.config().latency;
    w.estimate = latency.prefill(request.prompt_blocks - hit) + latency.decode(request.output_tokens);
  }
  (up_ ? waiting_ : stuck_waiting_).push_back(w);
  waiting_estimate_ += w.estimate;
  poke(host, now);
}

void Worker::poke(WorkerHost& host, SimTime now) {
  if (!up_) return;
  if (engine_ == EngineKind::kSlots) {
    start_waiting(host, now);
  } else if (!stepping_) {
    begin_step(host, now);
  }
}

std::uint32_t Worker::hit(const Workload& workload, const Request& r) const {
  if (runs_) return runs_->hit(path_of(workload, r));
  std::uint32_t hit = 0;
  bool whole = true;
  workload.each_prompt_run(r, [&](Span run) {
    if (!whole) return;
    const std::uint32_t n = cache_.resident().leading(run);
    hit += n;
    whole = n == run.count;
  });
  return hit;
}

std::uint32_t Worker::counted_hit(const WorkerHost& host, const Request& r) const {
  const std::uint32_t n = hit(host.workload(), r);
  const bool whole = n * host.config().cache.block_tokens == r.prompt_tokens;
  return host.config().cache.recompute_last_block && whole && n > 0 ? n - 1 : n;
}

bool Worker::fits(const WorkerWorld& host, const Request& r) const {
  return runs_ ? runs_->fits(path_of(host.workload(), r)) : cache_.fits(host.workload().prompt_chain(r));
}

void Worker::acquire(WorkerHost& host, RequestId id, SimTime now) {
  const Request& r = host.request(id);
  if (runs_) {
    run_changes_.clear();
    runs_->acquire(path_of(host.workload(), r), run_changes_);
  } else {
    changes_.clear();
    cache_.request_started(id);
    cache_.acquire(host.workload().prompt_chain(r), now, &changes_);
  }
}

void Worker::start_waiting(WorkerHost& host, SimTime now) {
  while (!waiting_.empty() && running_.size() < host.config().fleet.slots) {
    const WaitingRequest next = waiting_.front();
    const Request& request = host.request(next.request);
    if (!fits(host, request)) return;
    const std::uint32_t hit = counted_hit(host, request);
    waiting_.pop_front();
    waiting_estimate_ -= next.estimate;
    acquire(host, next.request, now);
    const LatencyModel& latency = host.config().latency;
    mark_running(now);
    Sequence s;
    s.request = next.request;
    s.first_token = now + latency.prefill(request.prompt_blocks - hit);
    s.finish = s.first_token + latency.decode(request.output_tokens);
    running_.push_back(s);
    host.started(next.request, hit, false);
    if (runs_) {
      host.changed(next.request, run_changes_);
    } else {
      host.changed(next.request, changes_);
    }
    host.schedule(next.request, s.first_token, s.finish);
  }
}

void Worker::finish(WorkerHost& host, RequestId r, SimTime now) {
  const auto it = std::find_if(running_.begin(), running_.end(), [r](const Sequence& s) { return s.request == r; });
  BY_CHECK(it != running_.end(), "a request finished that does not run");
  const std::uint32_t tokens = host.request(r).output_tokens;
  output_tokens_ += tokens;
  if (tokens > 0) gaps_.add((it->finish - it->first_token + tokens / 2) / tokens, tokens);
  running_.erase(it);
  mark_stopped(now);
  if (runs_) {
    runs_->release(path_of(host.workload(), host.request(r)));
  } else {
    cache_.release(host.workload().prompt_chain(host.request(r)), now);
  }
  host.finished(r);
  start_waiting(host, now);
}

void Worker::crash(WorkerHost& host, SimTime now) {
  interrupt(host, now);
  const bool ran = !running_.empty();
  stuck_running_.swap(running_);
  stuck_waiting_.swap(waiting_);
  if (ran) mark_stopped(now);
  stepping_ = false;
  step_ = {.serial = step_.serial};
  up_ = false;
  ++epoch_;
  runs_ ? runs_->clear() : cache_.clear();
}

std::vector<RequestId> Worker::stuck() const {
  std::vector<RequestId> out;
  for (const Sequence& s : stuck_running_) out.push_back(s.request);
  for (const WaitingRequest& w : stuck_waiting_) out.push_back(w.request);
  return out;
}

std::vector<RequestId> Worker::take_stuck() {
  std::vector<RequestId> out = stuck();
  stuck_running_.clear();
  stuck_waiting_.clear();
  waiting_estimate_ = 0;
  return out;
}

SimTime Worker::remaining(const WorkerWorld& host, SimTime now) const {
  if (engine_ == EngineKind::kSlots) {
    SimTime sum = waiting_estimate_;
    for (const Sequence& s : running_) sum += s.finish - now;
    for (const Sequence& s : stuck_running_) sum += std::max<SimTime>(0, s.finish - now);
    return sum;
  }
  const LatencyModel& latency = host.config().latency;
  const double per_token = latency.prefill_per_block_ms / host.config().cache.block_tokens;
  double ms = 0;
  const auto add = [&](RequestId id, std::uint32_t computed, std::uint32_t generated) {
    const Request& r = host.request(id);
    const double prefill = computed < r.prompt_tokens ? r.prompt_tokens - computed : 0;
    const double decode = static_cast<double>(r.output_tokens) - static_cast<double>(generated);
    ms += per_token * prefill + latency.step_floor_ms * decode;
  };
  const std::uint32_t over = step_.over(now, host.step_is_over(now));
  for (const Sequence& s : running_) add(s.request, s.computed + over, s.generated + over);
  for (const WaitingRequest& w : waiting_) add(w.request, 0, w.generated);
  for (const Sequence& s : stuck_running_) add(s.request, s.computed, s.generated);
  for (const WaitingRequest& w : stuck_waiting_) add(w.request, 0, w.generated);
  return ms_to_us(ms);
}

void Worker::add_to(StateHash& hash) const {
  hash.add(std::uint64_t{up_} | (std::uint64_t{epoch_} << 8));
  hash.add(static_cast<std::uint64_t>(busy_));
  for (const Sequence& s : running_) {
    hash.add((std::uint64_t{s.request} << 32) | s.computed);
    hash.add((std::uint64_t{s.generated} << 32) | s.partial);
    hash.add(static_cast<std::uint64_t>(s.finish));
  }
  for (const WaitingRequest& w : waiting_) hash.add((std::uint64_t{w.request} << 32) | w.generated);
  for (const RequestId r : stuck()) hash.add(std::uint64_t{r});
  runs_ ? runs_->add_to(hash) : cache_.add_to(hash);
}

void Worker::check(const WorkerWorld& host) const {
  runs_ ? runs_->check() : cache_.check();
  BY_CHECK(up_ || (running_.empty() && waiting_.empty() && taken() == 0), "a worker that is down holds something");
  BY_CHECK(!up_ || (stuck_running_.empty() && stuck_waiting_.empty()), "something is stuck on a worker that is up");
  std::uint64_t held = 0;
  for (const Sequence& s : running_) {
    if (engine_ == EngineKind::kSlots) {
      held += host.request(s.request).prompt_blocks;
    } else {
      const std::uint32_t tokens = s.computed + (stepping_ ? s.scheduled : 0);
      held += (tokens + host.config().cache.block_tokens - 1) / host.config().cache.block_tokens;
    }
  }
  std::uint64_t refs = runs_ ? runs_->references() : 0;
  for (const SlotInfo& s : cache_.slots()) refs += s.refs;
  BY_CHECK(refs == held, "references and running requests disagree");
  if (cache_.always_lru() && engine_ == EngineKind::kSlots) {
    const PrefixTree& tree = host.workload().tree;
    for (const SlotInfo& s : cache_.slots()) {
      if (s.block == kNone || s.block >= tree.size()) continue;
      const BlockId parent = tree.parent(s.block);
      BY_CHECK(parent == kNone || cache_.resident().contains(parent), "a block is cached without its parent");
    }
  }
  // Law 8: nothing waits where it could run.
  if (up_ && engine_ == EngineKind::kSlots && !waiting_.empty() && running_.size() < host.config().fleet.slots) {
    BY_CHECK(!fits(host, host.request(waiting_.front().request)), "work waits on an idle worker");
  }
  BY_CHECK(!up_ || engine_ == EngineKind::kSlots || stepping_ || (waiting_.empty() && running_.empty()),
           "a continuous worker with work does not step");
}

}  // namespace blockyard
