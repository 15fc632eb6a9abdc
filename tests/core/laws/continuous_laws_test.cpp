// Engine continuous in its corners (SPEC 4.3): examples that one can work out on paper, and laws over random runs.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/core/laws/tiny_run.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

using test::TinyRun;

TinyRun one_continuous_worker(std::uint32_t capacity) {
  TinyRun t;
  t.config.fleet.workers = 1;
  t.config.fleet.engine = EngineKind::kContinuous;
  t.config.cache.capacity_blocks = capacity;
  return t;
}

// ceil((prompt + output − 1) / 16) blocks: the last token is handed out and never stored.
TEST(ContinuousLaws, WhatIsRejectedAtTheBoundary) {
  for (const bool null_block : {false, true}) {
    TinyRun t = one_continuous_worker(null_block ? 4 : 3);  // a pool of 3 either way
    t.config.fleet.null_block = null_block;
    t.add(0, 2, 17, 1);  // 32 + 16 = 48 tokens
    t.add(0, 2, 18, 2);  // 49
    t.add(0, 3, 1, 3);   // 48
    t.add(0, 3, 0, 4);   // 48: asking for nothing computes the prompt
    t.add(0, 3, 2, 5);   // 49
    const Simulation sim = t.run();
    std::vector<bool> rejected;
    for (const RequestRecord& r : sim.records()) rejected.push_back(r.status == RequestStatus::kRejected);
    EXPECT_EQ(rejected, (std::vector<bool>{false, true, false, false, true})) << null_block;
  }
}

// A report holds the net change of a step: what was evicted in it and stored again is neither. Here the third block of
// one prompt makes room for another request, and is then stored again for a third, in one step.
TEST(ContinuousLaws, AReportIsTheNetChangeOfItsStep) {
  TinyRun t = one_continuous_worker(7);
  t.config.router.reports = ReportMode::kEvictions;
  t.add(0, 3, 1, 1);   // a1 a2 a3, done at 15 ms; a3 is the first to go
  t.add(20, 1, 1, 2);  // d1, done at 35 ms
  t.add(40, 1, 8, 3);  // e1 and a partial block: a step ends at 70.05 ms
  t.add(60, 2, 1, 4);  // c1 c2: the last free slot, and a3's
  t.add(60, 3, 1, 1);  // a1 a2 are hits; a3 again, in d1's slot
  Simulation sim = t.begin();
  sim.run_until(ms_to_us(71));
  ASSERT_EQ(sim.records()[4].hit, 2U);
  ASSERT_EQ(sim.workers()[0].evictions(), 2U) << "a3 and d1";
  const Divergence d = sim.divergence(0);
  EXPECT_EQ(d.unknown, 0U) << "a3 is there, and believed to be";
  EXPECT_EQ(d.phantom, 0U) << "d1 is gone, and known to be";
}

// Everything reported at once, and nothing else: the router believes exactly what is.
TEST(ContinuousLaws, ReportsOfAllKeepBeliefExact) {
  std::uint64_t looked = 0;
  for (std::uint64_t seed = 0; seed < 250; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed, EngineKind::kContinuous);
    RouterConfig& router = run->config.router;
    router.view = ViewMode::kSynced;
    router.reports = ReportMode::kAll;
    router.speculative_insert = false;
    router.message_delay = router.sync = 0;
    router.message_loss = 0;
    router.replicas = 1;
    run->config.fleet.block_copies = run->config.fleet.async_scheduling = false;
    run->config.faults.clear();
    Simulation sim = run->simulation();
    while (sim.step()) {
      for (WorkerId w = 0; w < sim.workers().size(); ++w) {
        const Divergence d = sim.divergence(w);
        ASSERT_EQ(d.phantom + d.unknown, 0U);
        looked += sim.workers()[w].resident();
      }
    }
  }
  EXPECT_GT(looked, 10'000U);
}

// A request whose partial block turns out to be resident gives its slot back, and may count on it in the same fit test:
// with three slots, the first fills the block behind its prompt (16 tokens of a known answer) in the very step in which
// the second, which holds a partial copy of it, needs one slot more.
TEST(ContinuousLaws, ASlotGivenBackCountsInTheSameStep) {
  TinyRun t = one_continuous_worker(3);
  t.config.fleet.max_batched_tokens = 13;
  Request first;
  first.prompt_tokens = 16;
  first.prompt_blocks = 1;
  first.output_tokens = 17;
  t.add(first, 2, 1);
  // The first takes 2 steps for its prompt (13 and 3 tokens, 15 ms each), then 15.05 ms a token: its block is full in
  // the 18th. The second comes during the 16th, is admitted in the 17th with 12 tokens, and needs its third block now.
  t.add(15 * 2 + 15.05 * 13 + 7, 3, 1, 1);
  Simulation sim = t.begin();
  bool held_partial = false;
  while (sim.step()) {
    sim.check_laws();
    for (const Sequence& s : sim.workers()[0].running())
      held_partial = held_partial || (s.request == 1 && s.held.blocks() == 2 && s.held.named == 1);
  }
  EXPECT_TRUE(held_partial) << "the example is not the one that is meant";
  EXPECT_EQ(sim.records()[0].preemptions + sim.records()[1].preemptions, 0U);
}

// Nobody is admitted in a step in which somebody was preempted.
TEST(ContinuousLaws, AStepThatPreemptsAdmitsNobody) {
  struct Watch : EventSink {
    std::vector<RequestId> preempted;
    void on_event(const Event& e, const Simulation&) override {
      if (e.type == EventType::kPreempt) preempted.push_back(e.request);
    }
  } watch;
  std::uint64_t preempting = 0, waited = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed, EngineKind::kContinuous);
    run->config.fleet.async_scheduling = false;  // so that an event schedules one step
    run->config.fleet.workers = 1;
    run->config.faults.clear();
    run->config.router.replicas = 1;
    Simulation sim = run->simulation();
    while (!sim.done()) {
      std::vector<RequestId> before;
      for (const Sequence& s : sim.workers()[0].running()) before.push_back(s.request);
      watch.preempted.clear();
      sim.step(&watch);
      if (watch.preempted.empty()) continue;
      ++preempting;
      waited += sim.workers()[0].waiting().size() > 1 ? 1 : 0;
      for (const RequestId r : watch.preempted) std::erase(before, r);  // nor is who was preempted admitted again
      for (const Sequence& s : sim.workers()[0].running())
        ASSERT_NE(std::find(before.begin(), before.end(), s.request), before.end()) << "admitted beside a preemption";
    }
  }
  EXPECT_GT(preempting, 100U);
  EXPECT_GT(waited, 20U);
}

}  // namespace
}  // namespace blockyard
