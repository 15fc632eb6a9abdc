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
//
// Scheduling is in continuous.cpp, the passing of steps in continuous_steps.cpp. Private to this room.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/engine/engine.h"

namespace blockyard {

inline constexpr double kExactBelow = 0x1p28;

// Whether sums of multiples of v that stay below kExactBelow are exact: v is a multiple of 2^-24.
inline bool sums_exactly(double v) { return v < kExactBelow && v * 0x1p24 == std::floor(v * 0x1p24); }

inline std::uint32_t blocks_of(std::uint32_t tokens, std::uint32_t block_tokens) {
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

}  // namespace blockyard
