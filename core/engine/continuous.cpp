// Engine continuous (SPEC 4.3): vLLM v1's step loop. One step: give every running request its next tokens, preempting
// from the back where slots run out; then admit from the queue while nobody had to be preempted; then let time pass;
// then hand out tokens. A block gets its identity as soon as a step is scheduled that fills it.
//
// Most steps of a long decode are alike: the same sequences gain a token each, nobody comes or goes, no slot is taken
// and no block filled. A step says how many like it follow (steps_alike) and only the end of the last one is scheduled.
// Whoever looks in between is told what would be so (StepInfo::over); whoever changes anything first brings the worker
// to the step that runs by then (interrupt), whose end is scheduled anew. So skipping changes no figure.
#include <algorithm>

#include "core/base/check.h"
#include "core/engine/worker.h"

namespace blockyard {

// What holding `to` tokens takes beyond holding `from`, of which blocks from/block_tokens on are looked at.
Worker::Need Worker::need(const WorkerHost& host, const Request& r, std::uint32_t from, std::uint32_t to,
                          bool partial_held) const {
  const std::uint32_t size = host.config().cache.block_tokens;
  const std::uint32_t first = from / size;
  const std::uint32_t full = to / size;
  Need n;
  for (std::uint32_t k = first; k < full; ++k) {
    const BlockId b = host.workload().block_at(r, k);
    const bool converts = partial_held && k == first;  // its partial block becomes this one
    if (cache_.resident().contains(b)) {
      if (cache_.idle().contains(b)) ++n.own_idle;
      if (converts) ++n.given_back;
    } else if (!converts) {
      ++n.slots;
    }
  }
  if (to % size != 0 && !(partial_held && full == first)) ++n.slots;
  return n;
}

void Worker::allocate(WorkerHost& host, Sequence& s, std::uint32_t to, SimTime now) {
  const Request& r = host.request(s.request);
  const std::uint32_t size = host.config().cache.block_tokens;
  const std::uint32_t first = s.computed / size;
  const std::uint32_t full = to / size;
  const bool had_partial = s.partial != kNone;
  // Residents first: what is about to be shared must not be evicted for what is about to be stored.
  std::vector<BlockId> missing;
  for (std::uint32_t k = first; k < full; ++k) {
    const BlockId b = host.workload().block_at(r, k);
    if (cache_.resident().contains(b)) {
      cache_.ref(b, now);
      if (k == first && had_partial) {
        cache_.free_partial(s.partial);
        s.partial = kNone;
      }
    } else {
      missing.push_back(b);
    }
  }
  for (const BlockId b : missing) {
    if (s.partial != kNone) {  // had_partial, and the first block of the stretch is not resident: it is this one
      cache_.label_partial(s.partial, b, now, &changes_);
      s.partial = kNone;
    } else {
      cache_.store(b, now, &changes_);
    }
  }
  if (to % size != 0 && s.partial == kNone) s.partial = cache_.take_partial(now, &changes_);
}

void Worker::release_blocks(WorkerHost& host, Sequence& s, SimTime now) {
  if (s.partial != kNone) {
    cache_.free_partial(s.partial);
    s.partial = kNone;
  }
  const Request& r = host.request(s.request);
  for (std::uint32_t k = s.computed / host.config().cache.block_tokens; k-- > 0;) {
    cache_.unref(host.workload().block_at(r, k), now);
  }
}

void Worker::schedule_running(WorkerHost& host, SimTime now, std::uint32_t& budget, bool& any_preempted) {
  for (std::size_t i = 0; i < running_.size(); ++i) {
    const Request& r = host.request(running_[i].request);
    const std::uint32_t target = r.prompt_tokens + running_[i].generated;
    const std::uint32_t n = std::min(target - running_[i].computed, budget);
    running_[i].scheduled = n;
    if (n == 0) continue;
    bool self = false;
    while (!self &&
           !fits(need(host, r, running_[i].computed, running_[i].computed + n, running_[i].partial != kNone))) {
      Sequence last = running_.back();
      self = running_.size() - 1 == i;
      running_.pop_back();
      release_blocks(host, last, now);
      waiting_.push_front({last.request, 0, last.generated, true, last.last_token});
      any_preempted = true;
      host.preempted(last.request);
    }
    if (self) break;
    allocate(host, running_[i], running_[i].computed + n, now);
    budget -= n;
  }
}

void Worker::admit_waiting(WorkerHost& host, SimTime now, std::uint32_t& budget) {
  const std::uint32_t size = host.config().cache.block_tokens;
  while (!waiting_.empty() && running_.size() < host.config().fleet.max_num_seqs && budget > 0) {
    const WaitingRequest next = waiting_.front();
    const Request& r = host.request(next.request);
    const std::uint32_t target = r.prompt_tokens + next.generated;
    const std::uint32_t limit = target == 0 ? 0 : (target - 1) / size;
    std::uint32_t hit = 0;
    while (hit < limit && cache_.resident().contains(host.workload().block_at(r, hit))) ++hit;
    const std::uint32_t n = std::min(target - hit * size, budget);
    const Need all = need(host, r, 0, hit * size + n, false);
    if (!fits(all)) return;
    waiting_.pop_front();
    cache_.request_started(next.request);
    mark_running(now);
    Sequence s;
    s.request = next.request;
    s.generated = next.generated;
    s.last_token = next.last_token;
    allocate(host, s, hit * size + n, now);
    s.computed = hit * size;
    s.scheduled = n;
    running_.push_back(s);
    budget -= n;
    host.started(next.request, hit, next.resumed);
  }
}

// One report a step: its net change.
void Worker::report_step(WorkerHost& host) {
  const BlockSet& resident = cache_.resident();
  std::erase_if(changes_.evicted, [&](BlockId b) { return resident.contains(b); });
  std::erase_if(changes_.stored, [&](BlockId b) { return !resident.contains(b); });
  if (!changes_.evicted.empty() || !changes_.stored.empty()) host.changed(kNone, changes_);
}

void Worker::begin_step(WorkerHost& host, SimTime now) {
  if (running_.empty() && waiting_.empty()) return;
  changes_.clear();
  std::uint32_t budget = host.config().fleet.max_batched_tokens;
  bool any_preempted = false;
  schedule_running(host, now, budget, any_preempted);
  if (!any_preempted) admit_waiting(host, now, budget);
  step_ = {.began = now, .serial = step_.serial + 1};
  for (const Sequence& s : running_) {
    const bool decodes = s.scheduled == 1 && s.computed >= host.request(s.request).prompt_tokens;
    if (decodes) {
      ++step_.decodes;
    } else {
      step_.prefill_tokens += s.scheduled;
    }
  }
  stepping_ = true;
  report_step(host);
  step_.length = host.config().latency.step(step_.decodes, step_.prefill_tokens, host.config().cache.block_tokens);
  if (host.config().fleet.skip_steps && !any_preempted) step_.steps = steps_alike(host);
  host.schedule(kNone, step_.ends(), step_.ends());
}

// This step and those behind it that will be like it: until before a block is filled or a slot taken, and until a
// sequence is done. Who waits goes on waiting: what it was refused for stays as it is (but for a preemption in this
// step, which keeps everybody out of this step only).
std::uint32_t Worker::steps_alike(const WorkerHost& host) const {
  if (step_.decodes != running_.size() || step_.length <= 0) return 1;
  const std::uint32_t size = host.config().cache.block_tokens;
  std::uint32_t steps = ~std::uint32_t{0};
  for (const Sequence& s : running_) {
    const Request& r = host.request(s.request);
    // A sequence that is computed again, a token a step because others use up the budget, gains none.
    if (s.computed + s.scheduled != r.prompt_tokens + s.generated) return 1;
    const std::uint32_t room = size - s.computed % size - 1;  // tokens until one fills the block
    const std::uint32_t output = std::max(r.output_tokens, 1U);
    steps = std::min({steps, room, output > s.generated ? output - s.generated : 1});
  }
  return running_.empty() ? 1 : std::max(steps, 1U);
}

void Worker::gain_token(Sequence& s, SimTime now) {
  if (s.last_token >= 0) gaps_.add(now - s.last_token);
  s.last_token = now;
  ++s.generated;
  ++output_tokens_;
}

// The first of the steps that are alike are over.
void Worker::pass_steps(std::uint32_t steps) {
  if (steps == 0) return;
  for (Sequence& s : running_) {
    gain_token(s, step_.began + step_.length);
    gaps_.add(step_.length, steps - 1);
    s.last_token = step_.began + step_.length * steps;
    s.generated += steps - 1;
    s.computed += steps;
    output_tokens_ += steps - 1;
  }
  step_.began += step_.length * steps;
  step_.steps -= steps;
}

TokenTotals Worker::tokens(std::uint32_t unbooked) const {
  TokenTotals t{output_tokens_, gaps_.tokens(), gaps_.total()};
  if (unbooked == 0) return t;
  t.handed_out += std::uint64_t{unbooked} * running_.size();
  for (const Sequence& s : running_) {
    if (s.last_token < 0) continue;
    t.gaps += unbooked;
    t.gap_time += step_.began + step_.length * unbooked - s.last_token;
  }
  return t;
}

void Worker::interrupt(WorkerHost& host, SimTime now) {
  if (!stepping_ || step_.steps == 1) return;
  pass_steps(step_.over(now, host.step_is_over(now)));
  if (step_.steps == 1) return;
  step_.steps = 1;
  ++step_.serial;
  host.schedule(kNone, step_.ends(), step_.ends());
}

void Worker::step_end(WorkerHost& host, SimTime now) {
  pass_steps(step_.steps - 1);
  stepping_ = false;
  std::vector<Sequence> batch;
  batch.swap(running_);
  for (Sequence& s : batch) {
    s.computed += s.scheduled;
    s.scheduled = 0;
    const Request& r = host.request(s.request);
    if (s.computed == r.prompt_tokens + s.generated) {
      gain_token(s, now);
      if (s.generated == 1) host.first_token(s.request);
      if (s.generated >= r.output_tokens) {
        release_blocks(host, s, now);
        host.finished(s.request);
        continue;
      }
    }
    running_.push_back(s);
  }
  if (!batch.empty()) mark_stopped(now);
  begin_step(host, now);
}

}  // namespace blockyard
