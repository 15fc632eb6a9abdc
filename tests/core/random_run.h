// A random small fleet under random traffic: every strategy, eviction, engine, staleness and fault that there is.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "core/base/rng.h"
#include "core/sim/simulation.h"

namespace blockyard::test {

struct RandomRun {
  Config config;
  Workload workload;
  RadixTree tree;
  Simulation simulation() const { return Simulation(config, workload, &tree); }
};

/// Looks at everything: nothing is passed over for it.
struct EveryEvent : EventSink {
  void on_event(const Event&, const Simulation&) override {}
};

/// The same seed gives the same run. Held by pointer: simulations refer to it.
inline std::unique_ptr<RandomRun> random_run(std::uint64_t seed, std::optional<EngineKind> engine = std::nullopt) {
  auto run = std::make_unique<RandomRun>();
  Rng rng(seed, RngPurpose::kTest);
  const auto pick = [&rng](std::uint64_t low, std::uint64_t high) {
    return static_cast<std::uint32_t>(low + rng.below(high - low + 1));
  };
  Config& c = run->config;
  c.seed = seed;
  const std::uint32_t block = pick(0, 1) == 0 ? 4 : 16;
  c.cache.block_tokens = block;
  c.cache.capacity_blocks = pick(12, 60);
  c.cache.eviction = static_cast<EvictionPolicy>(rng.below(eviction_table().size()));
  c.cache.recompute_last_block = rng.below(2) == 0;
  c.fleet.workers = pick(1, 5);
  c.fleet.engine = engine.value_or(static_cast<EngineKind>(rng.below(2)));
  c.fleet.slots = pick(1, 4);
  c.fleet.max_num_seqs = pick(1, 8);
  c.fleet.max_batched_tokens = pick(1, 64);
  c.router.strategy = static_cast<std::uint32_t>(rng.below(policy_table().size()));
  c.router.view = static_cast<ViewMode>(std::array{0, 0, 0, 1, 1, 2}[rng.below(6)]);
  c.router.view_ttl = ms_to_us(pick(0, 2) * 200.0);
  c.router.view_max_blocks = pick(0, 2) * 20;
  c.router.replicas = pick(0, 1) == 0 ? 1 : pick(2, 4);
  c.router.replica_choice = static_cast<ReplicaChoice>(rng.below(2));
  c.router.params.session_ttl_ms = pick(0, 2) * 150;
  c.router.params.session_load_bound = pick(0, 1) * 1.25;
  c.router.params.max_penalty_ms = pick(0, 5);
  c.router.heartbeat = ms_to_us(static_cast<double>(rng.below(3)) * 70);
  c.router.sync = ms_to_us(static_cast<double>(rng.below(3)) * 130);
  c.router.reports = static_cast<ReportMode>(rng.below(3));
  c.router.message_delay = ms_to_us(static_cast<double>(rng.below(3)) * 40);
  c.router.message_loss = rng.below(3) == 0 ? 0.3 : 0;
  c.router.speculative_insert = rng.below(2) == 0;
  c.router.load_metric = static_cast<LoadMetric>(rng.below(2));
  c.router.params.prefix_tokens = pick(0, 40);
  c.router.params.temperature = rng.below(2) == 0 ? 0 : 0.5;
  c.router.params.imbalance_abs = pick(0, 4);
  c.router.params.balance_abs = pick(0, 4);
  // Now and then long answers in little room, with a budget of about a token each: much is preempted, and computed
  // again token by token.
  const bool tight = rng.below(3) == 0;
  if (tight) {
    c.cache.capacity_blocks = pick(6, 14);
    c.fleet.max_num_seqs = pick(2, 4);
    c.fleet.max_batched_tokens = pick(1, c.fleet.max_num_seqs + 1);
  }
  // The switches of today's vLLM, from a stream of their own: all of them, none, or any.
  Rng switches(seed + 0x5eed, RngPurpose::kTest);
  const bool alike = switches.below(3) != 0;
  const bool all = switches.below(2) == 0;
  for (bool* on : {&c.fleet.reserve_full_prompt, &c.fleet.block_copies, &c.fleet.async_scheduling, &c.fleet.null_block})
    *on = alike ? all : switches.below(2) == 0;
  const std::uint32_t faults = pick(0, 6);
  for (std::uint32_t i = 0; i < faults; ++i) {
    Fault f;
    f.t = ms_to_us(pick(0, 2000));
    f.worker = pick(0, c.fleet.workers - 1);
    f.kind = static_cast<FaultKind>(rng.below(3));
    f.router = pick(0, c.router.replicas - 1);
    f.down = ms_to_us(pick(0, 3) * 150);
    f.restart = ms_to_us(pick(0, 900));
    f.detect = ms_to_us(pick(0, 600));
    c.faults.push_back(f);
  }
  Workload& w = run->workload;
  w.block_tokens = block;
  std::vector<std::vector<Span>> chains;
  SimTime t = 0;
  const std::uint32_t requests = pick(1, 60);
  for (int i = 0; i < 5; ++i) w.sessions.push_back(std::to_string(i));
  for (std::uint32_t i = 0; i < requests; ++i) {
    t += ms_to_us(pick(0, 1) * pick(0, 60));
    Request r;
    r.arrival = t;
    r.prompt_tokens = tight ? pick(1, 2 * block) : pick(1, 70);
    r.output_tokens = tight ? pick(0, 5 * block) : pick(0, 20);
    r.prompt_blocks = r.known_blocks = r.prompt_tokens / block;
    if (rng.below(3) > 0) r.session = pick(0, 4);
    r.runs_begin = static_cast<std::uint32_t>(w.runs.size());
    std::vector<Span> chain;
    PrefixTree::NodeId node = kNone;
    for (std::uint32_t left = r.prompt_blocks; left > 0;) {
      const std::uint32_t n = std::min(left, 4U);
      node = w.tree.extend(node, rng.below(3), n, chain);
      left -= n;
    }
    r.runs_count = static_cast<std::uint32_t>(chain.size());
    w.runs.insert(w.runs.end(), chain.begin(), chain.end());
    w.requests.push_back(r);
    chains.push_back(chain);
  }
  w.number_private_blocks();
  run->tree = RadixTree::build(chains, w.id_count());
  return run;
}

}  // namespace blockyard::test
