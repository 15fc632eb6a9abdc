// Passing over heartbeats and syncs that change nothing changes nothing: random runs with long pauses in them, once
// event by event and once in strides.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "core/experiment/sweep.h"
#include "core/io/perfetto.h"
#include "core/io/receipts.h"
#include "core/metrics/series.h"
#include "tests/core/laws/sparse_run.h"

namespace blockyard {
namespace {

using test::sparse_run;

void expect_equal(const Series& a, const Series& b) {
  ASSERT_EQ(a.width(), b.width());
  ASSERT_EQ(a.buckets().size(), b.buckets().size());
  for (std::size_t i = 0; i < a.buckets().size(); ++i) {
    const Series::Bucket &x = a.buckets()[i], &y = b.buckets()[i];
    ASSERT_EQ(x.arrivals, y.arrivals) << i;
    ASSERT_EQ(x.completed, y.completed) << i;
    ASSERT_EQ(x.phantom_blocks, y.phantom_blocks) << i;
    ASSERT_EQ(x.unknown_blocks, y.unknown_blocks) << i;
    ASSERT_EQ(x.load_ms, y.load_ms) << i;
    ASSERT_EQ(x.resident, y.resident) << i;
    ASSERT_EQ(x.in_use, y.in_use) << i;
  }
}

// The run by steps and by strides; how many of each it took is added.
template <class Run>
void runs_alike(const Run& run, std::uint64_t& steps, std::uint64_t& strides) {
  Simulation by_steps = run.simulation(), by_strides = run.simulation();
  while (by_steps.step()) ++steps;
  while (by_strides.stride()) ++strides;
  ASSERT_EQ(by_steps.events_handled(), by_strides.events_handled());
  ASSERT_EQ(by_steps.digest(), by_strides.digest());
  by_strides.check_laws();
}

TEST(Quiet, StridesGiveTheSameRunAsSteps) {
  std::uint64_t steps = 0, strides = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = sparse_run(seed);
    runs_alike(*run, steps, strides);
  }
  EXPECT_LT(strides * 2, steps) << "there was little to pass over";
}

TEST(Quiet, ASeriesSeesTheSame) {
  std::uint64_t steps = 0, strides = 0;
  for (std::uint64_t seed = 1000; seed < 1150; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = sparse_run(seed);
    Simulation by_steps = run->simulation(), by_strides = run->simulation();
    Series a(ms_to_us(5)), b(ms_to_us(5));
    while (by_steps.step(&a)) ++steps;
    while (by_strides.stride(&b)) ++strides;
    a.finish(by_steps);
    b.finish(by_strides);
    ASSERT_EQ(by_steps.digest(), by_strides.digest());
    expect_equal(a, b);
  }
  EXPECT_LT(strides, steps);
}

void finish(PerfettoWriter& writer, const Simulation& sim) { writer.finish(sim); }
void finish(ReceiptWriter& writer, const Simulation&) { writer.finish(); }

// What the writer makes of the run.
template <class Writer>
std::string written(const test::RandomRun& run, bool strides, std::uint64_t& handled) {
  const std::string path = testing::TempDir() + "quiet_" + std::to_string(::getpid());
  auto file = io::OutputFile::open(path);
  EXPECT_TRUE(file.has_value());
  Writer writer(*file);
  Simulation sim = run.simulation();
  while (strides ? sim.stride(&writer) : sim.step(&writer)) ++handled;
  finish(writer, sim);
  EXPECT_TRUE(file->commit().has_value());
  std::string bytes;
  {
    std::ifstream in(path);
    bytes.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  std::remove(path.c_str());
  return bytes;
}

TEST(Quiet, CountersOverTimeAreTheSame) {
  std::uint64_t steps = 0, strides = 0;
  for (std::uint64_t seed = 3000; seed < 3150; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = sparse_run(seed);
    ASSERT_EQ(written<PerfettoWriter>(*run, false, steps), written<PerfettoWriter>(*run, true, strides));
  }
  EXPECT_LT(strides, steps);
}

TEST(Quiet, ReceiptsAreTheSame) {
  std::uint64_t steps = 0, strides = 0;
  for (std::uint64_t seed = 4000; seed < 4100; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = sparse_run(seed);
    ASSERT_EQ(written<ReceiptWriter>(*run, false, steps), written<ReceiptWriter>(*run, true, strides));
  }
  EXPECT_LT(strides * 2, steps);
}

// Whatever a fault did, and when it was over: seen by steps and by strides, also where it is never over.
TEST(Quiet, TheAftermathOfAFaultIsTheSame) {
  std::uint64_t steps = 0, strides = 0, struck = 0, none = 0;
  for (std::uint64_t seed = 5000; seed < 5400; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = sparse_run(seed);
    Rng rng(seed, RngPurpose::kTest);
    if (rng.below(2) == 0) run->config.router.view_ttl = 0;
    for (Fault& f : run->config.faults) f.restart *= static_cast<SimTime>(1 + rng.below(9));
    AftermathWatch a, b;
    Simulation by_steps = run->simulation(), by_strides = run->simulation();
    while (by_steps.step(&a)) ++steps;
    while (by_strides.stride(&b)) ++strides;
    ASSERT_EQ(by_steps.digest(), by_strides.digest());
    const auto of_steps = a.finish(by_steps), of_strides = b.finish(by_strides);
    ASSERT_EQ(of_steps.has_value(), of_strides.has_value());
    if (!of_steps) {
      ++none;
      continue;
    }
    ++struck;
    ASSERT_EQ(of_steps->recovery_ms, of_strides->recovery_ms);
    ASSERT_EQ(of_steps->misled, of_strides->misled);
  }
  EXPECT_LT(strides * 2, steps);
  EXPECT_GT(struck, 100U);
  EXPECT_GT(none, 20U);
}

// At any moment, and not only in the end: all that is known by then, how old it is, and what comes of it.
TEST(Quiet, EveryMomentIsThatOfSteps) {
  test::EveryEvent all;
  for (std::uint64_t seed = 6000; seed < 6150; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = sparse_run(seed);
    Rng rng(seed, RngPurpose::kTest);
    Simulation by_steps = run->simulation(), by_strides = run->simulation();
    while (!by_steps.done()) {
      const SimTime t = by_steps.now() + static_cast<SimTime>(rng.below(rng.below(2) == 0 ? 3'000 : 300'000));
      by_steps.run_until(t, &all);
      by_strides.run_until(t);
      ASSERT_EQ(by_steps.digest(), by_strides.digest()) << t;
      ASSERT_FALSE(by_strides.within_stride());
      ASSERT_EQ(by_steps.next_event_time(), by_strides.next_event_time());
      for (std::uint32_t k = 0; k < by_steps.routers().size(); ++k) {
        for (WorkerId w = 0; w < by_steps.workers().size(); ++w)
          ASSERT_EQ(by_steps.figures(w, k).told_at, by_strides.figures(w, k).told_at);
      }
    }
  }
}

// Messages are lost as they would have been, one by one, whatever share of them and however the timers' beats lie.
TEST(Quiet, LossesAreThoseOfSteps) {
  std::uint64_t steps = 0, strides = 0;
  for (std::uint64_t seed = 2000; seed < 2200; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = sparse_run(seed);
    Rng rng(seed, RngPurpose::kTest);
    RouterConfig& router = run->config.router;
    router.message_loss = std::array{0.01, 0.3, 0.8}[rng.below(3)];
    router.heartbeat = rng.below(4) == 0 ? 0 : static_cast<SimTime>(200 + rng.below(9000));
    router.sync = rng.below(4) == 0 ? 0 : static_cast<SimTime>(rng.below(3) == 0 ? 1000 : 200 + rng.below(90000));
    router.message_delay = rng.below(2) == 0 ? 0 : static_cast<SimTime>(rng.below(9000));
    runs_alike(*run, steps, strides);
  }
  EXPECT_LT(strides * 2, steps) << "there was little to pass over";
}

// A hundred years of nothing cost no more than a second of it.
TEST(Quiet, EmptinessCostsNothing) {
  for (const auto& [pause, loss] : {std::pair(ms_to_us(1e3), 0.0), std::pair(ms_to_us(3.2e12), 0.0),
                                    std::pair(ms_to_us(1e3), 0.5), std::pair(ms_to_us(3.2e12), 0.5)}) {
    const auto run = test::random_run(4, EngineKind::kSlots);
    run->config.router.heartbeat = 1;
    run->config.router.sync = 1;
    run->config.router.message_loss = loss;
    run->config.router.message_delay = loss > 0 ? 0 : 20;
    run->config.faults.clear();
    run->config.cache.capacity_blocks = 60;
    SimTime t = 0;
    for (Request& r : run->workload.requests) r.arrival = t += pause;
    Simulation sim = run->simulation();
    std::uint64_t strides = 0;
    while (sim.stride() && strides < 50'000'000) ++strides;
    EXPECT_TRUE(sim.done()) << "a pause of " << pause << " µs, a loss of " << loss;
  }
}

}  // namespace
}  // namespace blockyard
