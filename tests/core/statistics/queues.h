// Fleets that are textbook queues: no shared blocks, an exponential or a fixed service time, Poisson arrivals, a router
// that throws dice: each worker an M/M/1 or M/D/1 queue whose means are known.
#pragma once

#include <memory>

#include "core/base/rng.h"
#include "core/metrics/summary.h"
#include "core/router/policy.h"
#include "core/sim/simulation.h"

namespace blockyard::test {

struct Queue {
  std::uint32_t requests = 1000;
  double service_ms = 10;
  double load = 0.5;  ///< arrivals × service time ÷ workers
  bool exponential = true;
  std::uint32_t workers = 1;
};

struct QueueRun {
  Config config;
  Workload workload;
  RadixTree tree;
  Simulation simulation() const { return Simulation(config, workload, &tree); }
};

inline std::unique_ptr<QueueRun> queue_run(const Queue& queue, std::uint64_t seed) {
  auto run = std::make_unique<QueueRun>();
  Rng rng(seed, RngPurpose::kTest);
  // A token is a µs of decode: service times are whole µs, far finer than what is compared.
  constexpr double kTokenMs = 0.001;
  Config& c = run->config;
  c.seed = seed;
  c.cache.capacity_blocks = 4;
  c.fleet.workers = queue.workers;
  c.fleet.engine = EngineKind::kSlots;
  c.fleet.slots = 1;
  c.latency.full_hit_ms = 0;
  c.latency.prefill_base_ms = 0;
  c.latency.decode_per_token_ms = kTokenMs;
  c.router.strategy = find_policy("random");
  c.router.heartbeat = c.router.sync = 0;
  double at = 0;
  for (std::uint32_t r = 0; r < queue.requests; ++r) {
    at += rng.exponential(queue.service_ms / queue.load / queue.workers);
    Request q;
    q.arrival = ms_to_us(at);
    const double service = queue.exponential ? rng.exponential(queue.service_ms) : queue.service_ms;
    q.output_tokens = static_cast<std::uint32_t>(service / kTokenMs + 0.5);
    q.user = r;
    run->workload.requests.push_back(q);
  }
  run->workload.number_private_blocks();
  run->tree = RadixTree::build(run->workload.prompt_chains(), run->workload.tree.size());
  return run;
}

}  // namespace blockyard::test
