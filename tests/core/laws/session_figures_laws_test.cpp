// Figures of sessions, against the records of their turns.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <set>

#include "core/experiment/run.h"
#include "core/metrics/live.h"
#include "core/metrics/series.h"
#include "core/metrics/summary.h"
#include "tests/core/laws/tiny_run.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

// What conversations came to, worked out again turn by turn.
TEST(Figures, OfSessionsAreThoseOfTheirTurns) {
  std::uint32_t moved = 0, followed = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Rng rng(seed, RngPurpose::kTest);
    const auto sessions = static_cast<std::uint32_t>(2 + rng.below(5));
    std::vector<std::uint32_t> turns(sessions, 0);
    run->workload.sessions.clear();
    for (std::uint32_t s = 0; s < sessions; ++s) run->workload.sessions.push_back(std::to_string(s));
    for (Request& r : run->workload.requests) {
      r.session = kNone;
      if (rng.below(5) == 0) continue;
      r.session = static_cast<std::uint32_t>(rng.below(sessions));
      r.turn = ++turns[r.session];
    }
    Simulation sim = run->simulation();
    sim.run();
    const auto figures = session_figures(sim);
    ASSERT_TRUE(figures);
    struct Turn {
      std::uint32_t requests = 0;
      std::uint64_t hit = 0, blocks = 0;
    };
    std::map<std::uint32_t, Turn> by_turn;
    std::map<std::uint32_t, std::map<std::uint32_t, RequestId>> done;  // by session and turn
    for (RequestId i = 0; i < sim.records().size(); ++i) {
      const Request& q = sim.request(i);
      if (q.session != kNone && sim.records()[i].status == RequestStatus::kCompleted) done[q.session][q.turn] = i;
    }
    std::uint32_t requests = 0, changed = 0, next = 0;
    double between = 0;
    for (const auto& [session, its_turns] : done) {
      const RequestRecord* before = nullptr;
      for (const auto& [turn, i] : its_turns) {
        const RequestRecord& r = sim.records()[i];
        Turn& t = by_turn[std::min(turn, SessionFigures::kMostTurns)];
        ++t.requests;
        t.hit += r.hit;
        t.blocks += sim.request(i).prompt_blocks;
        ++requests;
        if (before != nullptr) {
          ++next;
          changed += before->worker != r.worker ? 1 : 0;
          between += us_to_ms(r.arrival - before->finish);
        }
        before = &r;
      }
    }
    EXPECT_EQ(figures->requests, requests);
    EXPECT_EQ(figures->sessions, done.size());
    EXPECT_EQ(figures->followed, next);
    EXPECT_EQ(figures->moved, changed);
    EXPECT_LE(figures->evicted_turns, next - changed);
    ASSERT_EQ(figures->by_turn.size(), by_turn.size());
    std::size_t at = 0;
    for (const auto& [turn, t] : by_turn) {
      const SessionFigures::Turn& told = figures->by_turn[at++];
      EXPECT_EQ(told.turn, turn);
      EXPECT_EQ(told.requests, t.requests);
      EXPECT_EQ(told.hit_blocks, t.hit);
      EXPECT_EQ(told.prompt_blocks, t.blocks);
      EXPECT_FALSE(told.and_later && turn < SessionFigures::kMostTurns);
    }
    if (next > 0) {
      EXPECT_NEAR(figures->between->mean, between / next, 1e-6);
    }
    if (!done.empty()) {
      EXPECT_NEAR(figures->turns->mean, static_cast<double>(requests) / static_cast<double>(done.size()), 1e-9);
    }
    moved += changed;
    followed += next;
  }
  EXPECT_GT(moved, 100U);
  EXPECT_GT(followed, moved);
}

// Beyond a hundred turns they are told together, and it is said.
TEST(Figures, LateTurnsOfASessionAreOne) {
  test::TinyRun t;
  t.config.fleet.workers = 1;
  t.workload.sessions.emplace_back("s");
  for (std::uint32_t turn = 1; turn <= 103; ++turn) {
    Request& r = t.add(turn * 1000.0, 1, 1, 1);
    r.session = 0;
    r.turn = turn;
  }
  const Simulation sim = t.run();
  const auto figures = session_figures(sim);
  ASSERT_TRUE(figures);
  ASSERT_EQ(figures->by_turn.size(), 100U);
  for (std::uint32_t i = 0; i < 100; ++i) {
    EXPECT_EQ(figures->by_turn[i].turn, i + 1);
    EXPECT_EQ(figures->by_turn[i].requests, i == 99 ? 4U : 1U);
    EXPECT_EQ(figures->by_turn[i].and_later, i == 99);
  }
  EXPECT_EQ(figures->evicted_turns, 0U);
}

}  // namespace
}  // namespace blockyard
