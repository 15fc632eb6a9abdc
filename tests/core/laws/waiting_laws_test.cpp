// Why a request waits, against the queue itself: after every event of random runs.
#include <gtest/gtest.h>

#include "core/metrics/waiting.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

TEST(WaitingLaws, TheReasonIsThatOfTheQueue) {
  std::uint64_t behind = 0, full = 0, blocks = 0, passed_over = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation sim = run->simulation();
    const FleetConfig& fleet = run->config.fleet;
    const bool slots = fleet.engine == EngineKind::kSlots;
    std::uint64_t steps = 0;
    while (sim.step() && ++steps < 1500) {
      for (RequestId r = 0; r < sim.records().size(); ++r) {
        if (sim.records()[r].status != RequestStatus::kWaiting) {
          ASSERT_EQ(wait_of(sim, r).reason, WaitReason::kNotWaiting);
        }
      }
      for (const Worker& worker : sim.workers()) {
        for (const RequestId r : worker.stuck()) ASSERT_EQ(wait_of(sim, r).reason, WaitReason::kNotWaiting);
        std::uint32_t before = 0;
        for (const WaitingRequest& w : worker.waiting()) {
          const Wait wait = wait_of(sim, w.request);
          if (before > 0) {
            ASSERT_EQ(wait.reason, WaitReason::kBehind);
            ASSERT_EQ(wait.before, before);
            ++behind;
          } else if (worker.running().size() >= (slots ? fleet.slots : fleet.max_num_seqs)) {
            ASSERT_EQ(wait.reason, WaitReason::kBatchFull);
            ++full;
          } else if (slots) {
            ASSERT_EQ(wait.reason, WaitReason::kBlocks) << "law 8";
          } else {
            ASSERT_GE(wait.reason, WaitReason::kBlocks);
          }
          if (wait.reason == WaitReason::kBlocks || wait.reason == WaitReason::kPrompt) {
            ASSERT_GT(wait.needed, wait.room);
            ASSERT_LE(wait.room, worker.capacity());
            ASSERT_TRUE(wait.reason == WaitReason::kBlocks || fleet.reserve_full_prompt);
            ++blocks;
          } else {
            ASSERT_EQ(wait.needed + wait.room, 0U);
          }
          before += w.in_flight ? 0 : 1;
          passed_over += w.in_flight ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(behind, 100U);
  EXPECT_GT(full, 100U);
  EXPECT_GT(blocks, 100U);
  EXPECT_GT(passed_over, 0U) << "nobody was passed over";
}

// What a strategy would do is asked of the same beliefs as what it does: the overlap is that of the believed set.
TEST(DecisionLaws, AskingReadsWhatIsBelieved) {
  const std::uint32_t kv_cost = find_policy("kv_cost");
  std::uint64_t overlaps = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    if (run->config.router.view == ViewMode::kDecisions) continue;
    Simulation sim = run->simulation();
    for (int steps = 0; steps < 400 && sim.step(); ++steps) {
      if (steps % 20 != 0) continue;
      for (RequestId r = 0; r < sim.records().size(); r += 7) {
        const Request& q = sim.request(r);
        const std::vector<Span> chain = run->workload.prompt_chain(q);
        const Decision d = sim.decide(r, kv_cost);
        if (d.chosen == kNone) continue;
        for (WorkerId w = 0; w < sim.workers().size(); ++w) {
          if (!sim.routers()[d.router].figures.of(w).routable) continue;
          const std::uint32_t leading = sim.believed(w, d.router).leading(chain);
          ASSERT_EQ(d.rows[w].score.terms[0], q.prompt_blocks - leading) << "request " << r << ", worker " << w;
          overlaps += leading;
        }
      }
    }
  }
  EXPECT_GT(overlaps, 1000U);
}

}  // namespace
}  // namespace blockyard
