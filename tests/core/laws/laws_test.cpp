// The laws of the simulation, on random scenarios and against runs made another way.
#include <gtest/gtest.h>

#include "core/io/results.h"
#include "core/metrics/rejections.h"
#include "core/metrics/summary.h"
#include "core/sim/simulation.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

constexpr std::uint64_t kRandomScenarios = 1000;

TEST(Laws, HoldAfterEveryEventOfRandomScenarios) {
  for (std::uint64_t seed = 0; seed < kRandomScenarios; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation sim = run->simulation();
    SimTime before = 0;
    sim.check_laws();
    while (sim.step()) {
      ASSERT_GE(sim.now(), before);
      before = sim.now();
      sim.check_laws();
    }
    const Summary s = summarize(sim);
    ASSERT_EQ(s.completed + s.rejected, s.requests) << "every request ends exactly once";
    ASSERT_LE(s.hit_blocks, s.prompt_blocks);
  }
}

TEST(Laws, CopyThenRunIsRun) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation whole = run->simulation();
    whole.run();
    Simulation first = run->simulation();
    for (std::uint64_t i = 0; i < whole.events_handled() / 2; ++i) first.step();
    Simulation copy = first;
    ASSERT_EQ(copy.digest(), first.digest());
    first.run();
    copy.run();
    ASSERT_EQ(first.digest(), whole.digest());
    ASSERT_EQ(copy.digest(), whole.digest());
  }
}

TEST(Laws, ListeningChangesNothing) {
  struct Sink : EventSink {
    std::uint64_t events = 0;
    bool wants_decisions() const override { return true; }
    void on_event(const Event& e, const Simulation& sim) override {
      ++events;
      if (e.type == EventType::kRoute) {
        ASSERT_NE(e.decision, nullptr);
        EXPECT_EQ(e.decision->chosen, e.worker) << "the explanation explains another choice";
        EXPECT_EQ(sim.records()[e.request].predicted, e.decision->rows[e.worker].seen.overlap);
      }
    }
  };
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation quiet = run->simulation();
    quiet.run();
    Simulation heard = run->simulation();
    Sink sink;
    heard.run(&sink);
    ASSERT_EQ(quiet.digest(), heard.digest());
    ASSERT_GT(sink.events, 0U);
  }
}

TEST(Laws, AnOracleIsNeverWrongWhereWorkStartsAtOnce) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto run = test::random_run(seed, EngineKind::kSlots);
    run->config.router.view = ViewMode::kOracle;
    run->config.cache.recompute_last_block = false;
    run->config.fleet.slots = 1000;
    run->config.cache.capacity_blocks = 5000;
    run->config.faults.clear();
    Simulation sim = run->simulation();
    sim.run();
    const Summary s = summarize(sim);
    EXPECT_EQ(s.false_hits, 0U);
    EXPECT_EQ(s.missed_hits, 0U);
  }
}

TEST(Laws, SettingsChangedInFlightKeepTheLaws) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    const auto other = test::random_run(seed + 1'000'000);
    Simulation sim = run->simulation();
    for (int i = 0; sim.step(); ++i) {
      sim.check_laws();
      if (i % 17 != 5) continue;
      Config next = sim.config();
      next.router = other->config.router;
      next.router.replicas = sim.config().router.replicas;
      next.router.replica_choice = sim.config().router.replica_choice;
      next.latency.decode_per_token_ms = 7;
      next.fleet.slots = other->config.fleet.slots;
      next.cache.eviction = i % 2 == 0 ? other->config.cache.eviction : run->config.cache.eviction;
      sim.change(next);
      sim.change_arrival_rate(i % 2 == 0 ? 2.0 : 0.5);
      sim.check_laws();
    }
    const Summary s = summarize(sim);
    ASSERT_EQ(s.completed + s.rejected, s.requests);
  }
}

// Everything that a run tells: its events, its requests, its figures.
struct Transcript : EventSink {
  std::vector<std::uint64_t> events;
  Series series;
  void on_event(const Event& e, const Simulation& sim) override {
    series.on_event(e, sim);
    for (const std::uint64_t v : {static_cast<std::uint64_t>(e.t), static_cast<std::uint64_t>(e.type),
                                  std::uint64_t{e.request}, std::uint64_t{e.worker}, std::uint64_t{e.value}}) {
      events.push_back(v);
    }
  }
  std::string figures(const Simulation& sim) {
    series.finish(sim);
    return results_json(collect_results(Scenario{}, sim, series)) + requests_csv(sim);
  }
};

TEST(Continuous, SkippingStepsThatAreAlikeChangesNothing) {
  std::uint64_t steps = 0, events = 0;
  for (std::uint64_t seed = 0; seed < kRandomScenarios; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed, EngineKind::kContinuous);
    const auto other = test::random_run(seed + 1'000'000);
    Transcript told[2];
    std::string figures[2];
    for (int skip = 0; skip < 2; ++skip) {
      run->config.fleet.skip_steps = skip == 1;
      Simulation sim = run->simulation();
      // Looking and changing in the middle of a stretch, at times that are no step's.
      for (SimTime t = 31'007; !sim.done(); t += 97'003) {
        sim.run_until(t, &told[skip]);
        for (WorkerId w = 0; w < sim.workers().size(); ++w) {
          told[skip].events.push_back(static_cast<std::uint64_t>(sim.true_load(w) * 1000));
          const TokenTotals tokens = sim.workers()[w].tokens(sim.unbooked_steps(w, sim.now()));
          for (const auto v : {tokens.handed_out, tokens.gaps, static_cast<std::uint64_t>(tokens.gap_time)})
            told[skip].events.push_back(v);
        }
        if (t % 4 != 0) continue;
        Config next = sim.config();
        next.latency.step_floor_ms = 3 + static_cast<double>(t % 19);
        next.fleet.max_num_seqs = other->config.fleet.max_num_seqs;
        sim.change(next, &told[skip]);
      }
      (skip == 0 ? steps : events) += sim.events_handled();
      figures[skip] = told[skip].figures(sim);
    }
    ASSERT_EQ(told[0].events, told[1].events);
    ASSERT_EQ(figures[0], figures[1]);
  }
  EXPECT_LT(events, steps * 9 / 10) << "nothing was skipped";
}

TEST(Summary, FalseHitsAndTheirPriceAreThoseOfTheSeries) {
  double price = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation sim = run->simulation();
    Transcript told;
    sim.run(&told);
    const Summary s = summarize(sim);
    SimTime us = 0;
    std::uint32_t requests = 0;
    for (const Series::Bucket& b : told.series.buckets()) us += b.false_hit_us, requests += b.false_hits;
    ASSERT_EQ(us_to_ms(us), s.false_hit_ms);
    ASSERT_EQ(requests, s.false_hits);
    ASSERT_TRUE(s.false_hits > 0 || us == 0);
    price += s.false_hit_ms;
  }
  EXPECT_GT(price, 0);
}

}  // namespace
}  // namespace blockyard
