// Simulation: the laws of DESIGN.md on random scenarios, and small cases worked out by hand.
#include "core/sim/simulation.h"

#include <gtest/gtest.h>

#include "core/io/results.h"
#include "core/metrics/rejections.h"
#include "core/metrics/summary.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

// Requests of whole blocks, all alike or all different, by hand.
struct Tiny {
  Config config;
  Workload workload;
  void add(double at_ms, std::uint32_t blocks, std::uint32_t output, std::uint64_t key) {
    Request r;
    r.arrival = ms_to_us(at_ms);
    r.prompt_tokens = blocks * 16;
    r.prompt_blocks = r.known_blocks = blocks;
    r.output_tokens = output;
    std::vector<Span> chain;
    workload.tree.extend(kNone, key, blocks, chain);
    r.runs_begin = static_cast<std::uint32_t>(workload.runs.size());
    r.runs_count = static_cast<std::uint32_t>(chain.size());
    workload.runs.insert(workload.runs.end(), chain.begin(), chain.end());
    workload.requests.push_back(r);
  }
  Simulation run() {
    workload.number_private_blocks();
    Simulation sim(config, workload, nullptr);
    sim.run();
    return sim;
  }
};

TEST(Slots, TimesOfAMissAQueuedFullHitAndAWait) {
  Tiny t;
  t.config.fleet.workers = 1;
  t.add(0, 4, 10, 1);   // prefill 5 + 2.5·4 = 15 ms, decode 150 ms: done at 165
  t.add(1, 4, 2, 1);    // waits, then a full hit: 165.5, decode 30: 195.5
  t.add(500, 4, 0, 2);  // idle worker, a miss: 515
  const Simulation sim = t.run();
  EXPECT_EQ(sim.records()[0].first_token, 15000);
  EXPECT_EQ(sim.records()[0].finish, 165000);
  EXPECT_EQ(sim.records()[1].start, 165000);
  EXPECT_EQ(sim.records()[1].hit, 4U);
  EXPECT_EQ(sim.records()[1].first_token, 165500);
  EXPECT_EQ(sim.records()[1].finish, 195500);
  EXPECT_EQ(sim.records()[2].finish, 515000);
  const Summary s = summarize(sim);
  EXPECT_DOUBLE_EQ(s.block_hit_rate, 4.0 / 12.0);
  EXPECT_DOUBLE_EQ(s.queue->max, 164.0);
  EXPECT_DOUBLE_EQ(s.workers[0].busy_ms, 210.5);
  EXPECT_DOUBLE_EQ(s.makespan_ms, 515.0);
}

TEST(Slots, RecomputeLastBlockCountsAWholeHitOneLess) {
  Tiny t;
  t.config.fleet.workers = 1;
  t.config.cache.recompute_last_block = true;
  t.add(0, 3, 0, 1);
  t.add(100, 3, 0, 1);
  EXPECT_EQ(t.run().records()[1].hit, 2U);
}

TEST(Slots, ARequestLargerThanTheCacheIsRejected) {
  Tiny t;
  t.config.cache.capacity_blocks = 3;
  t.add(0, 4, 5, 1);
  t.add(0, 3, 5, 2);
  const Simulation sim = t.run();
  EXPECT_EQ(sim.records()[0].status, RequestStatus::kRejected);
  EXPECT_EQ(sim.records()[1].status, RequestStatus::kCompleted);
  EXPECT_EQ(summarize(sim).rejected_reason, "1 of 2 requests needs more than a worker's 3 blocks: 4");
}

// Of random runs: who is rejected is who needs more than there is, and the sentence says the longest of them.
TEST(Rejections, TheReasonIsTheRuleThatTheSimulationApplies) {
  std::uint32_t seen = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    auto run = test::random_run(seed);
    run->config.cache.capacity_blocks = 6;
    run->workload.closed = {};
    Simulation sim = run->simulation();
    sim.run();
    const Rejections r = rejections_of(sim);
    std::uint32_t rejected = 0;
    std::uint64_t longest = 0;
    for (RequestId i = 0; i < sim.records().size(); ++i) {
      const std::uint64_t needed = blocks_needed(sim.config(), sim.request(i));
      const bool is = sim.records()[i].status == RequestStatus::kRejected;
      ASSERT_EQ(is, needed > sim.workers()[0].capacity()) << "seed " << seed << ", request " << i;
      if (is) ++rejected, longest = std::max(longest, needed);
    }
    EXPECT_EQ(r.rejected, rejected);
    EXPECT_EQ(r.too_long, rejected);
    EXPECT_EQ(r.longest_blocks, longest);
    EXPECT_EQ(rejected_reason(r).empty(), rejected == 0);
    seen += rejected;
  }
  EXPECT_GT(seen, 0U);
  EXPECT_EQ(rejected_reason({12'031, 8'443, 8'443, 924, 7'912}),
            "8,443 of 12,031 requests need more than a worker's 924 blocks; the longest needs 7,912");
}

TEST(Faults, ACrashIsNoticedLateAndTheLostAreRoutedAgain) {
  Tiny t;
  t.config.fleet.workers = 2;
  t.config.router.strategy = find_policy("round_robin");
  t.config.faults.push_back({ms_to_us(10), 0, FaultKind::kCrash, ms_to_us(100'000), ms_to_us(3000)});
  t.add(0, 4, 10, 1);   // to worker 0, lost at 10 ms, back at 3010 ms
  t.add(20, 4, 10, 2);  // to worker 1
  t.add(30, 4, 10, 3);  // to worker 0, which is down unnoticed: stuck
  const Simulation sim = t.run();
  EXPECT_EQ(sim.records()[0].retries, 1U);
  EXPECT_EQ(sim.records()[0].worker, 1U);
  EXPECT_EQ(sim.records()[0].start, 3'010'000);
  EXPECT_EQ(sim.records()[2].retries, 1U);
  EXPECT_EQ(sim.records()[2].start, sim.records()[0].finish);
}

TEST(Continuous, StepsOfOneRequestByHand) {
  Tiny t;
  t.config.fleet.workers = 1;
  t.config.fleet.engine = EngineKind::kContinuous;
  t.config.fleet.max_batched_tokens = 32;
  t.add(0, 4, 3, 1);
  const Simulation sim = t.run();
  // Two chunks of 32 tokens: max(15, 5 + 2.5/16·32) = 15 ms each; then two decodes of 15.05 ms.
  EXPECT_EQ(sim.records()[0].first_token, 30000);
  EXPECT_EQ(sim.records()[0].finish, 60100);
}

TEST(Continuous, WhatIsComputedAgainTokenByTokenGainsNone) {
  Tiny t;
  t.config.fleet.workers = 1;
  t.config.fleet.engine = EngineKind::kContinuous;
  t.config.fleet.max_batched_tokens = 2;
  t.config.fleet.reserve_full_prompt = t.config.fleet.block_copies = false;  // the plain scheduler
  t.config.fleet.async_scheduling = t.config.fleet.null_block = false;
  t.config.cache = {.block_tokens = 3, .capacity_blocks = 9, .eviction = eviction_policy("fifo")};
  t.config.latency = {.prefill_base_ms = 0, .prefill_per_block_ms = 0, .step_floor_ms = 1, .decode_per_seq_ms = 0};
  t.workload.block_tokens = 3;
  for (std::uint64_t key : {1U, 2U}) {
    t.add(0, 0, 21, key);
    t.workload.requests.back().prompt_tokens = 1;
  }
  const Simulation sim = t.run();
  // The second is preempted at 13 ms with 12 tokens generated, and comes back at 15 ms without its blocks. The first
  // takes half of the budget until it is done at 21 ms: 6 tokens are computed again by then, 12 at 24 ms, 13 at 25 ms.
  // The 13th generated token comes then, the other 8 one a ms.
  EXPECT_EQ(sim.records()[0].finish, 21'000);
  EXPECT_EQ(sim.records()[1].preemptions, 1U);
  EXPECT_EQ(sim.records()[1].finish, 33'000);
}

TEST(Routing, EqualLoadsAreEqualHoweverTheyWereSummed) {
  Tiny t;
  t.config.fleet.workers = 2;
  t.config.router.strategy = find_policy("least_loaded");
  t.config.router.heartbeat = 1000;
  t.config.latency.full_hit_ms = 0.604;
  t.config.latency.decode_per_token_ms = 1;
  t.add(0, 0, 3502, 1);
  t.add(0, 0, 4102, 2);
  for (int i = 0; i < 13; ++i) t.add(1.5, 0, 1, 3);
  const Simulation sim = t.run();
  // 3501.604 ms + 12 · 50 ms = 4101.604 ms: a tie after twelve, and the cursor stands at worker 1.
  for (RequestId r = 2; r < 14; ++r) EXPECT_EQ(sim.records()[r].worker, 0U);
  EXPECT_EQ(sim.records()[14].worker, 1U);
}

TEST(Faults, AnOracleSeesTheWorkThatIsStuckOnAWorkerNotYetMissed) {
  Tiny t;
  t.config.fleet.workers = 3;
  t.config.router.strategy = find_policy("least_loaded");
  t.config.router.view = ViewMode::kOracle;
  for (const WorkerId w : {0U, 1U}) t.config.faults.push_back({ms_to_us(10), w, FaultKind::kCrash, ms_to_us(500), 0});
  for (std::uint64_t key = 1; key <= 6; ++key) t.add(0, 1, 3, key);
  const Simulation sim = t.run();
  // Both crash before the first is missed: each worker has 95 ms of work then. The first of the lost goes to worker 1
  // by the cursor, and is lost again; the second finds more work there than on worker 2.
  EXPECT_EQ(sim.records()[0].retries, 2U);
  EXPECT_EQ(sim.records()[3].retries, 1U);
  EXPECT_EQ(sim.records()[3].start, 105'000);
}

TEST(Summary, SpreadsOfCountsAreSpreadsOfTheirValues) {
  Rng rng(5, RngPurpose::kTest);
  for (int round = 0; round < 200; ++round) {
    TokenGaps gaps;
    std::vector<double> values;
    for (std::uint64_t i = rng.below(300); i > 0; --i) {
      const auto gap = static_cast<SimTime>(rng.below(40) * 250);
      const std::uint64_t times = rng.below(4);
      gaps.add(gap, times);
      for (std::uint64_t k = 0; k < times; ++k) values.push_back(us_to_ms(gap));
    }
    ASSERT_EQ(gaps.tokens(), values.size());
    const auto counted = spread_of_counts(gaps.sorted()), plain = spread_of(values);
    ASSERT_EQ(counted.has_value(), plain.has_value());
    if (!plain) continue;
    EXPECT_NEAR(counted->mean, plain->mean, 1e-9);
    for (const auto& [a, b] : {std::pair{counted->p50, plain->p50},
                               {counted->p95, plain->p95},
                               {counted->p99, plain->p99},
                               {counted->max, plain->max}}) {
      EXPECT_DOUBLE_EQ(a, b);
    }
  }
}

TEST(Summary, GoodputCountsRequestsThatKeptBothPromises) {
  Tiny t;
  t.config.fleet.workers = 1;
  for (int i = 0; i < 3; ++i) t.add(0, 10, 11, static_cast<std::uint64_t>(i));  // prefill 30 ms, decode 165 ms, queue
  EXPECT_FALSE(summarize(t.run()).goodput.has_value());
  t.config.slo.ttft_ms = 30;
  EXPECT_EQ(summarize(t.run()).goodput->requests, 1U) << "the others wait 195 and 390 ms";
  t.config.slo.ttft_ms = 225;
  EXPECT_EQ(summarize(t.run()).goodput->requests, 2U);
  t.config.slo.tpot_ms = 16.5;
  EXPECT_EQ(summarize(t.run()).goodput->requests, 2U) << "165 ms over ten further tokens";
  t.config.slo.tpot_ms = 16.4;
  const Summary s = summarize(t.run());
  EXPECT_EQ(s.goodput->requests, 0U);
  EXPECT_DOUBLE_EQ(s.tpot->mean, 16.5);
  EXPECT_DOUBLE_EQ(s.itl->p50, 15);
  EXPECT_DOUBLE_EQ(s.output_tokens_per_s, 33 / 0.585);
}

TEST(Summary, PercentilesInterpolateBetweenClosestRanks) {
  EXPECT_DOUBLE_EQ(percentile<double>({1, 2, 3, 4}, 50), 2.5);
  EXPECT_DOUBLE_EQ(percentile<double>({10}, 99), 10);
  EXPECT_DOUBLE_EQ(percentile<double>({0, 10}, 95), 9.5);
  EXPECT_FALSE(spread_of({}).has_value());
}

}  // namespace
}  // namespace blockyard
