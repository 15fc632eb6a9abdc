// Engine continuous: steps begin, pass, many alike at once, and hand out their tokens.
#include "core/engine/continuous.h"

namespace blockyard {
namespace {

constexpr int kMostEmptySteps = 8;  // at one time; more would be for ever

}  // namespace

void ContinuousEngine::begin(EngineState& s, WorkerHost& host, SimTime now) const {
  const std::uint32_t serial = s.step.serial + 1;
  s.step = s.next;
  s.step.began = now;
  s.step.serial = serial;
  s.step_changes = std::move(s.next_changes);
  s.next_changes.clear();
  s.stepping = true;
  s.next_ready = false;
  for (Sequence& q : s.running) {
    q.scheduled = q.next;
    q.gives = q.next_gives;
    q.next = 0;
    q.next_gives = false;
    if (q.began) continue;
    q.began = true;
    host.started(q.request, q.hit, q.resumed);
  }
}

namespace {

void gain_token(EngineState& s, SimTime& last_token, std::uint32_t& generated, SimTime now) {
  if (last_token >= 0) s.gaps.add(now - last_token);
  last_token = now;
  ++generated;
  ++s.output_tokens;
}

}  // namespace

// The running step is over: its tokens go to whoever reached them, in order of admission.
void ContinuousEngine::hand_out(EngineState& s, WorkerHost& host, SimTime now) const {
  const Config& config = host.config();
  const bool async = config.fleet.async_scheduling;
  const std::uint32_t size = config.cache.block_tokens;
  s.stepping = false;
  s.cache.forget_changes();
  const bool all_stay = std::none_of(s.running.begin(), s.running.end(), [](const Sequence& q) {
    return q.gives && (q.generated == 0 || q.generated + 1 >= q.output_tokens);
  });
  const auto receive = [&](Sequence& q) {  // what the step gave it; whether it is done
    q.computed += q.scheduled;
    q.scheduled = 0;
    if (!q.gives) return false;
    q.gives = false;
    gain_token(s, q.last_token, q.generated, now);
    if (q.generated == 1) host.first_token(q.request);
    if (async) {
      const std::uint32_t sure = q.computed + q.next - (q.next_gives ? 1 : 0);
      const std::uint32_t named = std::min(sure, q.prompt_tokens + q.generated) / size;
      if (named > q.held.named) s.cache.name(host.workload().sequence(host.request(q.request)), q.held, named, now);
    }
    return q.generated >= q.output_tokens;
  };
  if (all_stay) {
    for (Sequence& q : s.running) receive(q);
  } else {
    s.batch.clear();
    s.batch.swap(s.running);
    for (Sequence& q : s.batch) {
      if (receive(q)) {
        s.cache.release(q.held, now);
        host.finished(q.request);
      } else {
        s.running.push_back(std::move(q));
      }
    }
    s.mark_stopped(now);
  }
  for (std::size_t i = 0; s.waiting.in_flight() > 0; ++i) {  // those preempted while this step gave them a token
    WaitingRequest w = s.waiting[i];
    if (!w.in_flight) continue;
    w.in_flight = false;
    gain_token(s, w.last_token, w.generated, now);
    s.waiting.replace(i, w);
    if (w.generated == 1) host.first_token(w.request);
    if (w.generated < w.output_tokens) continue;
    s.waiting.erase(i--);
    host.finished(w.request);
  }
  if (!async) return;
  const CacheChanges& named = s.cache.block_changes();
  s.step_changes.stored.insert(s.step_changes.stored.end(), named.stored.begin(), named.stored.end());
  if (!s.step_changes.evicted.empty() || !s.step_changes.stored.empty()) host.report(s.step_changes);
}

// Keeps as many steps in flight as the scheduler does, until time must pass.
void ContinuousEngine::advance(EngineState& s, WorkerHost& host, SimTime now) const {
  const std::size_t in_flight = host.config().fleet.async_scheduling ? 2 : 1;
  for (int empty = 0;; ++empty) {
    if (s.next_ready && !s.stepping) begin(s, host, now);
    while ((s.stepping ? 1U : 0U) + (s.next_ready ? 1U : 0U) < in_flight && !(s.running.empty() && s.waiting.empty())) {
      schedule(s, host, now);
    }
    if (!s.stepping) return;
    if (!s.step.empty()) break;
    BY_CHECK(empty < kMostEmptySteps, "steps without tokens follow each other");
    hand_out(s, host, now);  // a step without tokens takes no time
  }
  if (host.config().fleet.skip_steps) s.step.steps = steps_alike(s, host);
  host.schedule(kNone, s.step.ends(), s.step.ends());
}

// The running step and those behind it that will be like it: until before a block is filled or a slot taken, and until
// a sequence is done. Who waits goes on waiting: what it was refused for stays as it is (but for a preemption in this
// step, which keeps everybody out of this step only).
std::uint32_t ContinuousEngine::steps_alike(const EngineState& s, const WorkerWorld& host) const {
  const Config& config = host.config();
  const bool async = config.fleet.async_scheduling;
  const StepInfo& last = async ? s.next : s.step;  // scheduled last
  if (s.step.decodes != s.running.size() || s.step.length <= 0 || last.preempted || s.running.empty()) return 1;
  if (async) {
    if (!s.next_ready || s.next.decodes != s.running.size() || s.next.length != s.step.length) return 1;
    const auto none = [](const CacheChanges& c) { return c.evicted.empty() && c.stored.empty(); };
    if (config.router.reports != ReportMode::kOff && !(none(s.step_changes) && none(s.next_changes))) return 1;
    if (s.waiting.in_flight() > 0) return 1;
  }
  const std::uint32_t size = config.cache.block_tokens;
  std::int64_t steps = ~std::uint32_t{0};
  for (const Sequence& q : s.running) {
    // A sequence that is computed again, a token a step because others use up the budget, gains none.
    if (!q.gives || (async && !q.next_gives)) return 1;
    const std::int64_t known = std::int64_t{q.prompt_tokens} + q.generated;
    const std::int64_t output = std::max(q.output_tokens, 1U);
    if (async) {
      const std::int64_t until_named = (std::int64_t{q.held.named} + 1) * size - known;
      const std::int64_t until_slot = std::int64_t{q.held.blocks()} * size - known;
      steps = std::min({steps, until_named, until_slot, output - q.generated - 1});
    } else {
      const std::int64_t room = size - q.computed % size - 1;  // tokens until one fills the block
      steps = std::min({steps, room, output - q.generated});
    }
  }
  return static_cast<std::uint32_t>(std::max<std::int64_t>(steps, 1));
}

// The first of the steps that are alike are over.
void ContinuousEngine::pass_steps(EngineState& s, std::uint32_t steps) {
  if (steps == 0) return;
  for (Sequence& q : s.running) {
    gain_token(s, q.last_token, q.generated, s.step.began + s.step.length);
    s.gaps.add(s.step.length, steps - 1);
    q.last_token = s.step.began + s.step.length * steps;
    q.generated += steps - 1;
    q.computed += steps;
    s.output_tokens += steps - 1;
  }
  s.step.began += s.step.length * steps;
  s.step.steps -= steps;
}

}  // namespace blockyard
