// Engine continuous: who gets what in a step.
#include "core/engine/continuous.h"

namespace blockyard {

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
      // At most so many slots, and so many idle blocks that become its own: where they fit, nothing need be counted.
      const std::uint32_t most = std::max(to.blocks, to.named) - std::min(q.held.blocks(), to.blocks) +
                                 (to.named > q.held.named ? to.named - q.held.named : 0);
      const bool surely = most <= s.cache.free_slots() + s.cache.idle_blocks();
      bool self = false;
      while (!surely && !self && !s.cache.fits(s.cache.need(seq, q.held, to))) {
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
    // The net change of the step; what happened is told below. What was stored is there: only those behind whoever grows
    // are preempted, and they have not grown yet.
    if (!config.fleet.block_copies) {
      std::erase_if(s.next_changes.evicted, [&](BlockId b) { return s.cache.resident().contains(b); });
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

const Engine& continuous_engine() {
  static const ContinuousEngine engine;
  return engine;
}

}  // namespace blockyard
