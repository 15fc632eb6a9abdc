// Engine continuous (SPEC 4.3): vLLM v1's step loop. One step: give every running request its next tokens, preempting
// from the back where slots run out; then admit from the queue while nobody had to be preempted; then let time pass;
// then hand out tokens. The plain scheduler does all of this for one step at a time. The asynchronous one schedules a
// step while the one before it runs, from what is known by then: tokens that are under way count as if they had come,
// but have no value yet, so that their block has no identity.
//
// Most steps of a long decode are alike: the same sequences gain a token each, nobody comes or goes, no slot is taken
// and no block filled. A step says how many like it follow (steps_alike) and only the end of the last one is scheduled.
// Whoever looks in between is told what would be so (StepInfo::over); whoever changes anything first brings the worker
// to the step that runs by then (interrupt), whose end is scheduled anew. So skipping changes no figure.
#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/engine/engine.h"

namespace blockyard {
namespace {

constexpr int kMostEmptySteps = 8;  // at one time; more would be for ever
constexpr double kExactBelow = 0x1p28;

// Whether sums of multiples of v that stay below kExactBelow are exact: v is a multiple of 2^-24.
bool sums_exactly(double v) { return v < kExactBelow && v * 0x1p24 == std::floor(v * 0x1p24); }

std::uint32_t blocks_of(std::uint32_t tokens, std::uint32_t block_tokens) {
  return tokens / block_tokens + (tokens % block_tokens == 0 ? 0 : 1);
}

class ContinuousEngine : public Engine {
 public:
  std::uint32_t pool(const Config& config) const override {
    return config.cache.capacity_blocks - (config.fleet.null_block ? 1 : 0);
  }

  std::uint64_t most_blocks(const Config& config, const Request& r) const override {
    const std::uint64_t tokens = most_tokens(r);
    return (tokens + config.cache.block_tokens - 1) / config.cache.block_tokens;
  }

  std::uint32_t counted_hit(const Config& config, const Request& r, std::uint32_t leading) const override {
    return std::min(leading, (std::max(r.prompt_tokens, 1U) - 1) / config.cache.block_tokens);
  }

  SimTime price(const Config& config, const Request& r, std::uint32_t hit, std::uint32_t expected) const override {
    expected = counted_hit(config, r, expected);
    if (expected <= hit) return 0;
    return ms_to_us(config.latency.per_blocks(expected - hit, config.cache.block_tokens));
  }

  std::uint32_t kept_blocks(const Config& config, const Request& r) const override {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(r.known_blocks, most_tokens(r) / config.cache.block_tokens));
  }

  // Reports tell single blocks, in the order in which slots came and went.
  CacheKind fastest_cache(const Config& config) const override {
    const bool spans = config.cache.eviction == EvictionPolicy::kLru && config.router.reports == ReportMode::kOff;
    return spans ? CacheKind::kSpans : CacheKind::kBlocks;
  }
  bool keeps_copies(const Config& config) const override { return config.fleet.block_copies; }

  SimTime service_estimate(const EngineState&, const WorkerWorld&, const Request&) const override { return 0; }

  void poke(EngineState& s, WorkerHost& host, SimTime now) const override {
    if (!s.stepping) advance(s, host, now);
  }

  void step_end(EngineState& s, WorkerHost& host, SimTime now) const override {
    pass_steps(s, s.step.steps - 1);
    hand_out(s, host, now);
    advance(s, host, now);
  }

  void interrupt(EngineState& s, WorkerHost& host, SimTime now) const override {
    if (!s.stepping || s.step.steps == 1) return;
    pass_steps(s, s.step.over(now, host.step_is_over(now)));
    if (s.step.steps == 1) return;
    s.step.steps = 1;
    ++s.step.serial;
    host.schedule(kNone, s.step.ends(), s.step.ends());
  }

  SimTime remaining(const EngineState& s, const WorkerWorld& host, SimTime now) const override {
    const LatencyModel& latency = host.config().latency;
    const double per_token = latency.prefill_per_token();
    const std::uint32_t over = s.step.over(now, host.step_is_over(now));
    // Where every sum is exact its order is nobody's affair, and tokens may be counted first.
    if (sums_exactly(per_token) && sums_exactly(latency.step_floor_ms) && s.up) {
      std::int64_t prefill = s.waiting.prompt_tokens();
      std::int64_t decode = s.waiting.output_tokens();
      for (const Sequence& q : s.running) {
        const std::uint32_t computed = q.computed + over;
        prefill += computed < q.prompt_tokens ? q.prompt_tokens - computed : 0;
        decode += static_cast<std::int64_t>(q.output_tokens) - q.generated - over;
      }
      const double ms = per_token * static_cast<double>(prefill) + latency.step_floor_ms * static_cast<double>(decode);
      if (ms < kExactBelow) return ms_to_us(ms);
    }
    double ms = 0;
    const auto add = [&](RequestId id, std::uint32_t computed, std::uint32_t generated) {
      const Request& r = host.request(id);
      const double prefill = computed < r.prompt_tokens ? r.prompt_tokens - computed : 0;
      const double decode = static_cast<double>(r.output_tokens) - static_cast<double>(generated);
      ms += per_token * prefill + latency.step_floor_ms * decode;
    };
    for (const Sequence& q : s.running) add(q.request, q.computed + over, q.generated + over);
    for (const WaitingRequest& w : s.waiting) add(w.request, 0, w.generated);
    for (const Sequence& q : s.stuck_running) add(q.request, q.computed, q.generated);
    for (const WaitingRequest& w : s.stuck_waiting) add(w.request, 0, w.generated);
    return ms_to_us(ms);
  }

  void check(const EngineState& s, const WorkerWorld& host) const override {
    const std::uint32_t size = host.config().cache.block_tokens;
    std::uint64_t held = 0;
    for (const Sequence& q : s.running) {
      held += q.held.blocks();
      BY_CHECK(q.held.blocks() == blocks_of(q.computed + q.scheduled + q.next, size),
               "a sequence holds other slots than its tokens need");
      BY_CHECK(q.held.named <= q.held.blocks() && q.held.named >= q.computed / size,
               "a computed block has no identity");
      for (std::uint32_t k = 0; k < q.held.slots.size(); ++k) {
        const SlotInfo& slot = s.cache.slots()[q.held.slots[k]];
        const BlockId block = k < q.held.named ? host.workload().block_at(host.request(q.request), k) : kNone;
        BY_CHECK(slot.refs > 0 && slot.block == block, "a sequence's slot holds another block");
      }
    }
    BY_CHECK(s.cache.references() == held, "references and running requests disagree");
    BY_CHECK(!s.up || s.stepping || (s.waiting.empty() && s.running.empty()),
             "a continuous worker with work does not step");
    BY_CHECK(host.config().fleet.async_scheduling || !s.next_ready, "the plain scheduler looked ahead");
  }

 private:
  // Tokens that a request computes at most: its last one is only handed out.
  static std::uint64_t most_tokens(const Request& r) {
    return std::uint64_t{r.prompt_tokens} + std::max(r.output_tokens, 1U) - 1;
  }

  void advance(EngineState& s, WorkerHost& host, SimTime now) const;
  void schedule(EngineState& s, WorkerHost& host, SimTime now) const;
  void schedule_running(EngineState& s, WorkerHost& host, SimTime now, std::uint32_t& budget) const;
  void preempt_last(EngineState& s, WorkerHost& host, SimTime now) const;
  void admit_waiting(EngineState& s, WorkerHost& host, SimTime now, std::uint32_t& budget) const;
  void begin(EngineState& s, WorkerHost& host, SimTime now) const;
  void hand_out(EngineState& s, WorkerHost& host, SimTime now) const;
  std::uint32_t steps_alike(const EngineState& s, const WorkerWorld& host) const;
  static void pass_steps(EngineState& s, std::uint32_t steps);
};

void ContinuousEngine::preempt_last(EngineState& s, WorkerHost& host, SimTime now) const {
  Sequence& last = s.running.back();
  s.cache.release(last.held, now);
  WaitingRequest back;
  back.request = last.request;
  back.prompt_tokens = last.prompt_tokens;
  back.output_tokens = last.output_tokens;
  back.generated = last.generated;
  back.resumed = true;
  back.last_token = last.last_token;
  back.in_flight = last.gives;
  s.waiting.push_front(back);
  s.next.preempted = true;
  const RequestId r = last.request;
  s.running.pop_back();
  host.preempted(r);
}

void ContinuousEngine::schedule_running(EngineState& s, WorkerHost& host, SimTime now, std::uint32_t& budget) const {
  const std::uint32_t size = host.config().cache.block_tokens;
  for (std::size_t i = 0; i < s.running.size(); ++i) {
    Sequence& q = s.running[i];
    const std::uint32_t known = q.prompt_tokens + q.generated;
    const std::uint32_t under_way = q.gives ? 1 : 0;
    const std::uint32_t c = q.computed + q.scheduled;
    // Its last token is under way: there is nothing left to compute.
    if (q.gives && std::uint64_t{c} + 1 >= std::uint64_t{q.prompt_tokens} + q.output_tokens) continue;
    const std::uint32_t n = std::min(known + under_way - c, budget);
    if (n == 0) continue;
    const Growth to{0, std::min(c + n, known) / size, blocks_of(c + n, size)};
    if (to.named > q.held.named || to.blocks > q.held.blocks()) {
      const BlockSequence seq = host.workload().sequence(host.request(q.request));
      bool self = false;
      while (!self && !s.cache.fits(s.cache.need(seq, q.held, to))) {
        self = s.running.size() - 1 == i;
        preempt_last(s, host, now);
      }
      if (self) break;
      s.cache.grow(seq, q.held, to, now);
    }
    q.next = n;
    q.next_gives = c + n >= known + under_way;
    budget -= n;
  }
}

void ContinuousEngine::admit_waiting(EngineState& s, WorkerHost& host, SimTime now, std::uint32_t& budget) const {
  const Config& config = host.config();
  const std::uint32_t size = config.cache.block_tokens;
  for (std::size_t at = 0; at < s.waiting.size() && s.running.size() < config.fleet.max_num_seqs && budget > 0;) {
    const WaitingRequest next = s.waiting[at];
    if (next.in_flight) {  // passed over until its token has come
      ++at;
      continue;
    }
    const Request& r = host.request(next.request);
    const BlockSequence seq = host.workload().sequence(r);
    const std::uint32_t known = r.prompt_tokens + next.generated;
    const std::uint32_t hit = s.cache.leading(seq, known == 0 ? 0 : (known - 1) / size);
    const std::uint32_t n = std::min(known - hit * size, budget);
    Sequence q;
    const Growth to{hit, (hit * size + n) / size, blocks_of(hit * size + n, size)};
    if (!s.cache.fits(s.cache.need(seq, q.held, to))) return;
    if (config.fleet.reserve_full_prompt) {
      const Growth all{hit, known / size, blocks_of(known, size)};
      if (!s.cache.fits(s.cache.need(seq, q.held, all))) return;
    }
    s.waiting.erase(at);
    s.cache.request_started(next.request);
    s.mark_running(now);
    q.request = next.request;
    q.prompt_tokens = r.prompt_tokens;
    q.output_tokens = r.output_tokens;
    q.generated = next.generated;
    q.resumed = next.resumed;
    q.last_token = next.last_token;
    q.hit = hit;
    q.computed = hit * size;
    q.next = n;
    q.next_gives = hit * size + n >= known;
    s.cache.grow(seq, q.held, to, now);
    s.running.push_back(std::move(q));
    budget -= n;
  }
}

// One more step, behind the one that runs; where none runs it begins at once.
void ContinuousEngine::schedule(EngineState& s, WorkerHost& host, SimTime now) const {
  const Config& config = host.config();
  s.cache.forget_changes();
  s.next = {};
  std::uint32_t budget = config.fleet.max_batched_tokens;
  schedule_running(s, host, now, budget);
  if (!s.next.preempted) admit_waiting(s, host, now, budget);
  for (const Sequence& q : s.running) {
    const bool decodes = q.next == 1 && q.computed + q.scheduled >= q.prompt_tokens;
    if (decodes) {
      ++s.next.decodes;
    } else {
      s.next.prefill_tokens += q.next;
    }
  }
  if (!s.next.empty()) s.next.length = config.latency.step(s.next.decodes, s.next.prefill_tokens);
  if (s.cache.has_slots()) {
    s.next_changes = s.cache.block_changes();
    if (!config.fleet.block_copies) {  // the net change of the step; what happened is told below
      const BlockSet& resident = s.cache.resident();
      std::erase_if(s.next_changes.evicted, [&](BlockId b) { return resident.contains(b); });
      std::erase_if(s.next_changes.stored, [&](BlockId b) { return !resident.contains(b); });
    }
  }
  s.next_ready = true;
  const bool at_once = !s.stepping;
  if (at_once) begin(s, host, now);
  if (!s.cache.has_slots()) return host.evicted(kNone, s.cache.span_changes());
  const CacheChanges& made = at_once ? s.step_changes : s.next_changes;
  host.evicted(kNone, s.cache.block_changes());
  if (!config.fleet.async_scheduling && (!made.evicted.empty() || !made.stored.empty())) host.report(made);
}

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

}  // namespace

const Engine& continuous_engine() {
  static const ContinuousEngine engine;
  return engine;
}

}  // namespace blockyard
