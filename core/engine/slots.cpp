// Engine slots (SPEC 4.2): at most so many requests at once, first come, first served; a request's whole life is
// planned at its start.
#include <algorithm>

#include "core/base/check.h"
#include "core/engine/engine.h"

namespace blockyard {
namespace {

class SlotsEngine : public Engine {
 public:
  std::uint64_t most_blocks(const Config&, const Request& r) const override { return r.prompt_blocks; }

  std::uint32_t counted_hit(const Config& config, const Request& r, std::uint32_t leading) const override {
    const bool whole = std::uint64_t{leading} * config.cache.block_tokens == r.prompt_tokens;
    return config.cache.recompute_last_block && whole && leading > 0 ? leading - 1 : leading;
  }

  SimTime price(const Config& config, const Request& r, std::uint32_t hit, std::uint32_t expected) const override {
    return prefill(config, r.prompt_blocks - hit) - prefill(config, r.prompt_blocks - counted_hit(config, r, expected));
  }

  std::uint32_t kept_blocks(const Config&, const Request& r) const override { return r.prompt_blocks; }

  CacheKind fastest_cache(const Config& config) const override {
    return config.cache.eviction == EvictionPolicy::kLru ? CacheKind::kRuns : CacheKind::kBlocks;
  }

  SimTime service_estimate(const EngineState& s, const WorkerWorld& host, const Request& r) const override {
    const Config& config = host.config();
    const std::uint32_t hit = counted_hit(config, r, s.cache.hit(host.workload().sequence(r)));
    return prefill(config, r.prompt_blocks - hit) + config.latency.decode(r.output_tokens);
  }

  void poke(EngineState& s, WorkerHost& host, SimTime now) const override {
    const Config& config = host.config();
    while (!s.waiting.empty() && s.running.size() < config.fleet.slots) {
      const WaitingRequest next = s.waiting.front();
      const Request& r = host.request(next.request);
      const BlockSequence seq = host.workload().sequence(r);
      if (!s.cache.fits(seq)) return;
      const std::uint32_t hit = counted_hit(config, r, s.cache.hit(seq));
      s.waiting.pop_front();
      s.waiting_estimate -= next.estimate;
      s.cache.forget_changes();
      s.cache.request_started(next.request);
      s.cache.acquire(seq, now);
      s.mark_running(now);
      Sequence run;
      run.request = next.request;
      run.first_token = now + prefill(config, r.prompt_blocks - hit);
      run.finish = run.first_token + config.latency.decode(r.output_tokens);
      s.running.push_back(run);
      host.started(next.request, hit, false);
      if (s.cache.edges() != nullptr) {
        host.changed(next.request, s.cache.run_changes());
      } else {
        host.evicted(next.request, s.cache.block_changes());
        host.report(s.cache.block_changes());
      }
      host.schedule(next.request, run.first_token, run.finish);
    }
  }

  void finish(EngineState& s, WorkerHost& host, RequestId r, SimTime now) const override {
    const auto it = std::find_if(s.running.begin(), s.running.end(), [r](const Sequence& q) { return q.request == r; });
    BY_CHECK(it != s.running.end(), "a request finished that does not run");
    const std::uint32_t tokens = host.request(r).output_tokens;
    s.output_tokens += tokens;
    if (tokens > 0) s.gaps.add((it->finish - it->first_token + tokens / 2) / tokens, tokens);
    s.running.erase(it);
    s.mark_stopped(now);
    s.cache.release(host.workload().sequence(host.request(r)), now);
    host.finished(r);
    poke(s, host, now);
  }

  SimTime remaining(const EngineState& s, const WorkerWorld&, SimTime now) const override {
    SimTime sum = s.waiting_estimate;
    for (const Sequence& q : s.running) sum += q.finish - now;
    for (const Sequence& q : s.stuck_running) sum += std::max<SimTime>(0, q.finish - now);
    return sum;
  }

  void check(const EngineState& s, const WorkerWorld& host) const override {
    std::uint64_t held = 0;
    for (const Sequence& q : s.running) held += host.request(q.request).prompt_blocks;
    BY_CHECK(s.cache.references() == held, "references and running requests disagree");
    if (s.cache.blocks().always_lru()) {
      const PrefixTree& tree = host.workload().tree;
      for (const SlotInfo& slot : s.cache.slots()) {
        if (slot.block == kNone || slot.block >= tree.size()) continue;
        const BlockId parent = tree.parent(slot.block);
        BY_CHECK(parent == kNone || s.cache.resident().contains(parent), "a block is cached without its parent");
      }
    }
    // Law 8: nothing waits where it could run.
    if (s.up && !s.waiting.empty() && s.running.size() < host.config().fleet.slots) {
      BY_CHECK(!s.cache.fits(host.workload().sequence(host.request(s.waiting.front().request))),
               "work waits on an idle worker");
    }
  }

 private:
  static SimTime prefill(const Config& config, std::uint32_t compute) {
    return config.latency.prefill(compute, config.cache.block_tokens);
  }
};

}  // namespace

const Engine& slots_engine() {
  static const SlotsEngine engine;
  return engine;
}

}  // namespace blockyard
