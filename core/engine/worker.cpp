#include "core/engine/worker.h"

#include "core/base/check.h"

namespace blockyard {

Worker::Worker(const Config& config, const Workload& workload, const RadixTree* tree, WorkerId id, CacheKind kind)
    : engine_(&engine_of(config)),
      s_(KvCache({kind, engine_->pool(config), config.cache.eviction, engine_->keeps_copies(config)},
                 workload.id_count(), tree, Rng(config.seed + 0x9e3779b97f4a7c15ULL * id, RngPurpose::kEviction))) {}

void Worker::enqueue(WorkerHost& host, RequestId r, SimTime now) {
  interrupt(host, now);
  WaitingRequest w;
  w.request = r;
  w.prompt_tokens = host.request(r).prompt_tokens;
  w.output_tokens = host.request(r).output_tokens;
  w.estimate = engine_->service_estimate(s_, host, host.request(r));
  (s_.up ? s_.waiting : s_.stuck_waiting).push_back(w);
  s_.waiting_estimate += w.estimate;
  poke(host, now);
}

void Worker::crash(WorkerHost& host, SimTime now) {
  interrupt(host, now);
  const bool ran = !s_.running.empty();
  s_.stuck_running.swap(s_.running);
  std::swap(s_.stuck_waiting, s_.waiting);
  if (ran) s_.mark_stopped(now);
  s_.stepping = s_.next_ready = false;
  s_.step = {.serial = s_.step.serial};
  s_.step_changes.clear();
  s_.next_changes.clear();
  s_.up = false;
  ++epoch_;
  s_.cache.clear();
}

std::vector<RequestId> Worker::stuck() const {
  std::vector<RequestId> out;
  for (const Sequence& q : s_.stuck_running) out.push_back(q.request);
  for (const WaitingRequest& w : s_.stuck_waiting) out.push_back(w.request);
  return out;
}

std::vector<RequestId> Worker::take_stuck() {
  std::vector<RequestId> out = stuck();
  s_.stuck_running.clear();
  s_.stuck_waiting.clear();
  s_.waiting_estimate = 0;
  return out;
}

TokenTotals Worker::tokens(std::uint32_t unbooked) const {
  TokenTotals t{s_.output_tokens, s_.gaps.tokens(), s_.gaps.total()};
  if (unbooked == 0) return t;
  t.handed_out += std::uint64_t{unbooked} * s_.running.size();
  for (const Sequence& q : s_.running) {
    if (q.last_token < 0) continue;
    t.gaps += unbooked;
    t.gap_time += s_.step.began + s_.step.length * unbooked - q.last_token;
  }
  return t;
}

void Worker::add_to(StateHash& hash) const {
  hash.add(std::uint64_t{s_.up} | (std::uint64_t{epoch_} << 8));
  hash.add(static_cast<std::uint64_t>(s_.busy));
  for (const Sequence& q : s_.running) {
    hash.add((std::uint64_t{q.request} << 32) | q.computed);
    const bool partial = q.held.named < q.held.slots.size();
    hash.add((std::uint64_t{q.generated} << 32) | (partial ? q.held.slots.back() : kNone));
    hash.add(static_cast<std::uint64_t>(q.finish));
  }
  for (const WaitingRequest& w : s_.waiting) hash.add((std::uint64_t{w.request} << 32) | w.generated);
  for (const RequestId r : stuck()) hash.add(std::uint64_t{r});
  s_.cache.add_to(hash);
}

void Worker::check(const WorkerWorld& host) const {
  s_.cache.check();
  BY_CHECK(s_.up || (s_.running.empty() && s_.waiting.empty() && taken() == 0),
           "a worker that is down holds something");
  BY_CHECK(!s_.up || (s_.stuck_running.empty() && s_.stuck_waiting.empty()),
           "something is stuck on a worker that is up");
  engine_->check(s_, host);
}

}  // namespace blockyard
