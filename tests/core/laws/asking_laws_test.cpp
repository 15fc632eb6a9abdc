// What can be asked of a run as it stands (why a request waits, what a strategy or a prompt would find, how much work
// is left), against the state itself: after events of random runs.
#include <gtest/gtest.h>

#include "core/metrics/waiting.h"
#include "core/sim/probe.h"
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

// A prompt that nobody has sent finds what the same prompt finds that is sent now.
TEST(ProbeLaws, AProbeSeesWhatARequestWouldFind) {
  std::uint64_t asked = 0, idle = 0, busy = 0;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    if (run->config.router.view == ViewMode::kDecisions || run->workload.closed.users > 0) continue;
    Simulation sim = run->simulation();
    const FleetConfig& fleet = run->config.fleet;
    const bool slots = fleet.engine == EngineKind::kSlots;
    for (int steps = 0; steps < 600 && sim.step(); ++steps) {
      const RequestId r = sim.arrived();
      if (steps % 15 != 0 || r >= sim.records().size()) continue;
      const Request& q = sim.request(r);
      const std::vector<Span> chain = run->workload.prompt_chain(q);
      const ProbePrompt prompt{chain, q.prompt_tokens, &run->workload.tree};
      const Probe probe(sim, prompt);
      for (std::uint32_t s = 0; s < policy_table().size(); ++s) {
        if (policy_table()[s].id.find("session") != std::string_view::npos) continue;  // a probe is of none
        if (sim.router_asked(r) != probe.decide(s).router) continue;
        const Decision a = probe.decide(s), b = sim.decide(r, s);
        ASSERT_EQ(a.chosen, b.chosen) << policy_table()[s].id;
        for (WorkerId w = 0; w < a.rows.size(); ++w) {
          ASSERT_EQ(a.rows[w].score.terms, b.rows[w].score.terms) << policy_table()[s].id;
          ASSERT_EQ(a.rows[w].seen.load, b.rows[w].seen.load);
        }
        ++asked;
      }
      for (WorkerId w = 0; w < sim.workers().size(); ++w) {
        const Worker& worker = sim.workers()[w];
        const ProbeWorker& found = probe.workers()[w];
        EXPECT_EQ(found.held, worker.cache().resident().leading(chain));
        const std::uint32_t places = slots ? fleet.slots : fleet.max_num_seqs;
        if (worker.queued() == 0 && worker.running().size() < places) {
          ASSERT_EQ(found.wait, 0) << "there is room";
          idle += worker.running().empty() ? 0 : 1;
        } else if (found.wait > 0) {
          ++busy;
        }
      }
    }
  }
  EXPECT_GT(asked, 1000U);
  EXPECT_GT(idle, 20U) << "nobody worked and had room";
  EXPECT_GT(busy, 20U);
}

// Engine continuous: remaining work is the sum of what the sequences have left, each added in its turn, to the
// microsecond also where the prices are no binary fractions.
TEST(RemainingWork, IsSummedSequenceBySequence) {
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed, EngineKind::kContinuous);
    run->config.router.load_metric = LoadMetric::kRemainingMs;
    run->config.latency.prefill_per_block_ms = 0.0071 * 16;
    run->config.latency.step_floor_ms = 0.0013;
    Simulation sim = run->simulation();
    const double per_token = run->config.latency.prefill_per_token();
    for (int steps = 0; steps < 800 && sim.step(); ++steps) {
      for (WorkerId w = 0; w < sim.workers().size(); ++w) {
        const Worker& worker = sim.workers()[w];
        if (!worker.up()) continue;
        const std::uint32_t over = sim.unbooked_steps(w, sim.now());
        double ms = 0;
        const auto add = [&](std::uint32_t prompt, std::uint32_t output, std::uint32_t computed, std::uint32_t made) {
          const double prefill = computed < prompt ? prompt - computed : 0;
          ms += per_token * prefill + run->config.latency.step_floor_ms * (static_cast<double>(output) - made);
        };
        for (const Sequence& q : worker.running())
          add(q.prompt_tokens, q.output_tokens, q.computed + over, q.generated + over);
        for (const WaitingRequest& q : worker.waiting()) add(q.prompt_tokens, q.output_tokens, 0, q.generated);
        ASSERT_EQ(sim.true_load(w), us_to_ms(ms_to_us(ms))) << w;
        compared += ms > 0 ? 1 : 0;
      }
    }
  }
  EXPECT_GT(compared, 1000U);
}

}  // namespace
}  // namespace blockyard
