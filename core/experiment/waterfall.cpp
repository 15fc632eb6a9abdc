#include "core/experiment/waterfall.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/base/version.h"
#include "core/metrics/rejections.h"
#include "core/router/policy.h"
#include "core/workload/make.h"

namespace blockyard {
namespace {

constexpr std::uint64_t kMostUnits = 4'000'000;  // of a generated workload, which stores each; traces store runs

// Requests one after another, in an order, through one cache.
class OneByOne {
 public:
  OneByOne(const Workload& workload, const std::vector<RequestId>& order, const Config& config)
      : workload_(workload), order_(order), config_(config) {
    config_.cache.block_tokens = workload.block_tokens;  // the engine counts in this workload's units
  }

  /// Without limit. `by_token`: nothing that the engine computes again is taken off. `ran`, where given: the hits of
  /// these places of the order alone.
  std::optional<std::uint64_t> unlimited(bool by_token, const Cancelled& cancelled,
                                         const std::vector<bool>* ran = nullptr) const {
    BlockSet held(workload_.id_count());
    return walk(cancelled, [&](std::size_t place, const Request& r, Chain chain) {
      const std::uint32_t hit = held.leading(chain);
      for (const Span& run : chain) held.insert(run);
      if (ran != nullptr && !(*ran)[place]) return 0U;
      return by_token ? std::min(hit, r.prompt_blocks) : counted(r, hit);
    });
  }

  std::optional<std::uint64_t> limited(std::uint32_t capacity, EvictionPolicy policy,
                                       const Cancelled& cancelled) const {
    RadixTree tree;
    if (eviction_row(policy).needs_tree) {
      std::vector<std::vector<Span>> chains;
      for (const RequestId i : order_) chains.push_back(workload_.prompt_chain(workload_.requests[i]));
      tree = RadixTree::build(chains, workload_.id_count());
    }
    BlockCache cache(capacity, workload_.id_count(), policy, &tree, Rng(config_.seed, RngPurpose::kEviction));
    return walk(cancelled, [&](std::size_t place, const Request& r, Chain chain) {
      const std::uint32_t hit = counted(r, cache.hit(chain));
      cache.request_started(static_cast<RequestId>(place));
      if (cache.fits(chain)) {
        cache.acquire(chain, r.arrival, nullptr);
        cache.release(chain, r.arrival);
      }
      return hit;
    });
  }

 private:
  // The chain that a request leaves in a cache: its prompt and, where the engine caches answers, the known answer.
  std::vector<Span> chain_of(const Request& r) const {
    std::vector<Span> out;
    const std::uint32_t kept = engine_of(config_).kept_blocks(config_, r);
    workload_.sequence(r).each_run(0, kept, [&out](Span run) { out.push_back(run); });
    return out;
  }

  // The hit as the engine counts it.
  std::uint32_t counted(const Request& r, std::uint32_t hit) const {
    return engine_of(config_).counted_hit(config_, r, hit);
  }

  template <class F>
  std::optional<std::uint64_t> walk(const Cancelled& cancelled, F hit_of) const {
    std::uint64_t blocks = 0;
    for (std::size_t place = 0; place < order_.size(); ++place) {
      if (place % 256 == 0 && cancelled && cancelled()) return std::nullopt;
      const Request& r = workload_.requests[order_[place]];
      const std::vector<Span> chain = chain_of(r);
      blocks += hit_of(place, r, Chain(chain.data(), chain.size()));
    }
    return blocks * workload_.block_tokens;
  }

  const Workload& workload_;
  const std::vector<RequestId>& order_;
  Config config_;
};

// The workload's requests in the order that they arrived, and which of them ran.
struct Arrived {
  std::vector<RequestId> all, ran;
  std::vector<bool> runs;  // by place in `all`
  std::uint64_t prompt_tokens = 0;
  std::string rejected_reason;
};

// What is left of the run: tokens hit, and who arrived.
std::optional<std::uint64_t> simulate(const Prepared& prepared, const Config& config, const Cancelled& cancelled,
                                      Arrived* arrived = nullptr) {
  Simulation sim = prepared.simulation(config);
  if (!run_to_end(sim, nullptr, cancelled)) return std::nullopt;
  std::uint64_t blocks = 0;
  for (RequestId i = 0; i < sim.records().size(); ++i) {
    const bool ran = sim.records()[i].status == RequestStatus::kCompleted;
    if (ran) blocks += sim.records()[i].hit;
    if (arrived == nullptr) continue;
    const auto id = static_cast<RequestId>(&sim.request(i) - prepared.workload.requests.data());
    arrived->all.push_back(id);
    arrived->runs.push_back(ran);
    if (!ran) continue;
    arrived->ran.push_back(id);
    arrived->prompt_tokens += sim.request(i).prompt_tokens;
  }
  if (arrived != nullptr) arrived->rejected_reason = rejected_reason(rejections_of(sim));
  return blocks * config.cache.block_tokens;
}

}  // namespace

Result<LossWaterfall> loss_waterfall(const Scenario& scenario, const Cancelled& cancelled,
                                     const std::function<void(std::size_t, std::size_t)>& progress) {
  const auto made = prepare(scenario);
  if (!made) return made.error();
  const Prepared& prepared = **made;
  const Workload& workload = prepared.workload;
  const Config& real = scenario.config;
  LossWaterfall out;
  out.version = version();
  out.scenario = scenario;
  std::uint64_t all_tokens = 0;
  for (const Request& r : workload.requests) all_tokens += r.prompt_tokens;

  // The finest units that can be matched by: tokens, where memory allows.
  if (scenario.workload.type != WorkloadType::kTrace) {
    while (out.finest_tokens < real.cache.block_tokens && all_tokens / out.finest_tokens > kMostUnits)
      out.finest_tokens *= 2;
    if (real.cache.block_tokens % out.finest_tokens != 0) out.finest_tokens = real.cache.block_tokens;
  }
  const auto fine = make_workload(scenario, out.finest_tokens);
  if (!fine) return fine.error();
  BY_CHECK(fine->requests.size() == workload.requests.size(), "another block size made other requests");

  std::size_t total = real.faults.empty() ? 7 : 8;
  const auto add = [&](const char* id, const char* label, const char* help, std::optional<std::uint64_t> tokens) {
    if (!tokens) return false;
    out.steps.push_back({id, label, help, *tokens});
    if (progress) progress(out.steps.size(), total);
    return true;
  };
  Arrived arrived;
  const auto achieved = simulate(prepared, real, cancelled, &arrived);
  if (!achieved) return Error{"cancelled"};
  out.prompt_tokens = arrived.prompt_tokens;
  out.rejected_reason = arrived.rejected_reason;
  const bool all_ran = arrived.rejected_reason.empty();
  if (!all_ran) ++total;
  const OneByOne all(*fine, arrived.all, real), tokens(*fine, arrived.ran, real), blocks(workload, arrived.ran, real);
  const auto pooled = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      std::uint64_t{real.fleet.workers} * engine_of(real).pool(real), std::max(1U, workload.id_count())));
  Config calm = real;
  calm.faults.clear();
  Config follow = calm;
  follow.router.strategy = find_policy("cache_aware");
  follow.router.params.min_match_blocks = 1;
  Config omniscient = follow;
  omniscient.router.view = ViewMode::kOracle;

  const std::string too_long =
      fmt::format("One cache without limit for all requests: what those that ran would find. Not run: {}.",
                  arrived.rejected_reason);
  const bool whole =
      (all_ran ||
       add("too_long", "Too long for a worker", too_long.c_str(), all.unlimited(true, cancelled, &arrived.runs))) &&
      add("best", "Best possible", "One cache without limit for the requests that ran, matched token by token.",
          tokens.unlimited(true, cancelled)) &&
      add("granularity", "Whole blocks", "Only full blocks are matched, and the engine's own recomputation.",
          blocks.unlimited(false, cancelled)) &&
      add("capacity", "Finite memory", "All workers' blocks as one cache that evicts what is needed last (Belady).",
          blocks.limited(pooled, eviction_policy("belady"), cancelled)) &&
      add("eviction", "Eviction policy", "The same cache under the scenario's eviction policy.",
          blocks.limited(pooled, real.cache.eviction, cancelled)) &&
      add("split", "Split over workers", "A cache a worker; the router knows them all and follows the longest match.",
          simulate(prepared, omniscient, cancelled)) &&
      add("staleness", "Stale view", "The same routing by what messages tell the router.",
          simulate(prepared, follow, cancelled)) &&
      add("load", "Routing for load", "The scenario's strategy: matches given up for load, or never looked for.",
          simulate(prepared, calm, cancelled)) &&
      (real.faults.empty() || add("faults", "Faults", "Caches lost to crashes and flushes.", achieved));
  if (!whole) return Error{"cancelled"};
  return out;
}

}  // namespace blockyard
