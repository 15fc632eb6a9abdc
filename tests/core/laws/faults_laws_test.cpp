// Faults and messages (SPEC 5 to 7), by examples that one can work out on paper, and the laws behind them.
#include <gtest/gtest.h>

#include "core/metrics/summary.h"
#include "tests/core/laws/tiny_run.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

using test::MessageLog;
using test::TinyRun;

TEST(FaultLaws, ACrashEndsBusyTime) {
  for (const EngineKind engine : {EngineKind::kSlots, EngineKind::kContinuous}) {
    TinyRun t;
    t.config.fleet.workers = 1;
    t.config.fleet.engine = engine;
    t.add(0, 4, 100, 1);
    t.crash(10, 0, 1000, 0);
    const Simulation sim = t.run();
    const double served = engine == EngineKind::kSlots ? 15 + 1500 : us_to_ms(sim.records()[0].finish) - 1010;
    EXPECT_EQ(sim.records()[0].start, ms_to_us(1010));
    EXPECT_DOUBLE_EQ(summarize(sim).workers[0].busy_ms, 10 + served) << "not while it was down";
  }
}

// Busy time is the time with a request running: watched from outside, event by event.
TEST(FaultLaws, BusyTimeIsTimeWithARequestRunning) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation sim = run->simulation();
    std::vector<SimTime> busy(sim.workers().size(), 0);
    SimTime before = 0;
    while (!sim.done()) {
      const SimTime next = sim.next_event_time();
      for (WorkerId w = 0; w < busy.size(); ++w) {
        if (!sim.workers()[w].running().empty()) busy[w] += next - before;
      }
      before = next;
      sim.step();
      for (WorkerId w = 0; w < busy.size(); ++w) ASSERT_EQ(sim.workers()[w].busy(sim.now()), busy[w]) << w;
    }
    for (WorkerId w = 0; w < busy.size(); ++w) ASSERT_EQ(sim.workers()[w].busy(sim.now()), busy[w]) << w;
  }
}

TEST(FaultLaws, RemainingWorkIsNeverBelowNothing) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    run->config.router.load_metric = LoadMetric::kRemainingMs;
    Simulation sim = run->simulation();
    do {
      for (WorkerId w = 0; w < sim.workers().size(); ++w) ASSERT_GE(sim.true_load(w), 0) << w;
    } while (sim.step());
    for (WorkerId w = 0; w < sim.workers().size(); ++w) ASSERT_EQ(sim.true_load(w), 0) << "all is done";
  }
}

// Stuck requests are work until the router has noticed; of one that ran, what its run would still have taken.
TEST(FaultLaws, StuckWorkIsNotNegativeHoweverLongItIsStuck) {
  TinyRun t;
  t.config.fleet.workers = 1;
  t.add(0, 4, 10, 1);  // would have finished at 165 ms
  t.crash(10, 0, 5000, 4000);
  Simulation sim = t.begin();
  for (double ms = 20; ms < 4000; ms += 130) {
    sim.run_until(ms_to_us(ms));
    EXPECT_GE(sim.true_load(0), 0) << ms;
  }
}

TEST(FaultLaws, AWorkerThatIsDownSendsNothing) {
  TinyRun t;
  t.config.fleet.workers = 2;
  t.config.router.heartbeat = ms_to_us(100);
  t.config.router.sync = ms_to_us(150);
  t.add(0, 4, 40, 1);
  t.add(1, 4, 40, 2);
  t.crash(120, 1, 200, 50);  // down from 120 to 320 ms
  MessageLog log;
  t.run(&log);
  std::uint32_t from_up = 0;
  for (const std::string& line : log.lines) {
    const SimTime at = std::stoll(line);
    const bool of_one = line.find("heartbeat 1") != std::string::npos || line.find("sync 1") != std::string::npos;
    if (of_one) {
      EXPECT_TRUE(at < ms_to_us(120) || at >= ms_to_us(320)) << line;
      ++from_up;
    }
  }
  EXPECT_GT(from_up, 2U);
}

// The same of random runs: who is down when a round of messages begins sends none in it.
TEST(FaultLaws, DownWorkersAreSilentInRandomRuns) {
  struct Watch : EventSink {
    std::uint64_t down = 0;
    void on_event(const Event& e, const Simulation& sim) override {
      for (const Worker& w : sim.workers()) down += w.up() ? 0 : 1;
      if (e.type == EventType::kHeartbeat || e.type == EventType::kSync) {
        ASSERT_TRUE(sim.workers()[e.worker].up()) << e.t;
      }
    }
  } watch;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto run = test::random_run(seed);
    Simulation sim = run->simulation();
    while (sim.step(&watch)) {
    }
  }
  EXPECT_GT(watch.down, 0U);
}

// Of one µs, deliveries come by send time, then heartbeat, sync, report, then worker.
TEST(FaultLaws, DeliveriesOfOneTimeComeByKindThenWorker) {
  TinyRun t;
  t.config.fleet.workers = 2;
  t.config.router.heartbeat = t.config.router.sync = ms_to_us(20);
  t.config.router.message_delay = ms_to_us(5);
  t.config.router.reports = ReportMode::kAll;
  t.add(20, 4, 40, 1);  // starts at 20 ms, as heartbeats and syncs are sent: its report is sent then as well
  MessageLog log;
  t.run(&log);
  std::vector<std::string> at_25;
  for (const std::string& line : log.lines) {
    if (line.starts_with("25000 ")) at_25.push_back(line);
  }
  EXPECT_EQ(at_25, (std::vector<std::string>{"25000 deliver 0 0", "25000 deliver 1 0", "25000 deliver 0 1",
                                             "25000 deliver 1 1", "25000 deliver 0 2"}));
}

TEST(FaultLaws, DeliveriesAreInOrderInRandomRuns) {
  struct Watch : EventSink {
    std::vector<std::array<std::uint64_t, 3>> same;  // of one time and send time: kind, worker
    SimTime t = -1;
    std::uint64_t pairs = 0;
    void on_event(const Event& e, const Simulation& sim) override {
      if (e.type != EventType::kDeliver || sim.config().router.message_delay == 0) return;
      if (e.t != t) same.clear();
      t = e.t;
      same.push_back({e.value, e.worker, e.router});
      const std::size_t n = same.size();
      if (n < 2) return;
      ++pairs;
      ASSERT_LE((std::array{same[n - 2][0], same[n - 2][1]}), (std::array{same[n - 1][0], same[n - 1][1]})) << e.t;
    }
  } watch;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation sim = run->simulation();
    watch.t = -1;
    while (sim.step(&watch)) {
    }
  }
  EXPECT_GT(watch.pairs, 100U);
}

// An oracle reads the workers themselves, their blocks in use too: whoever routes by them sees what is.
TEST(FaultLaws, AnOracleSeesWhatIs) {
  struct Watch : EventSink {
    std::uint64_t in_use = 0;
    bool wants_decisions() const override { return true; }
    void on_event(const Event& e, const Simulation& sim) override {
      if (e.type != EventType::kRoute) return;
      for (WorkerId w = 0; w < sim.workers().size(); ++w) {
        // The chosen one has taken the request by now.
        if (w == e.worker) continue;
        const WorkerFigures& seen = e.decision->rows[w].seen;
        ASSERT_EQ(seen.in_use, sim.workers()[w].in_use());
        ASSERT_EQ(seen.waiting, sim.workers()[w].queued());
        in_use += seen.in_use;
      }
    }
  } watch;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    const auto run = test::random_run(seed);
    run->config.router.view = ViewMode::kOracle;
    run->config.faults.clear();
    run->config.fleet.workers = 3;
    run->config.router.strategy = find_policy("llmd_weighted");
    Simulation sim = run->simulation();
    while (sim.step(&watch)) {
    }
  }
  EXPECT_GT(watch.in_use, 0U);
}

}  // namespace
}  // namespace blockyard
