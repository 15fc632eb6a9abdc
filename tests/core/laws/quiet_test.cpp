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

#include "core/io/perfetto.h"
#include "core/metrics/series.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

// Requests far apart, or in bursts far apart, and timers that are quick against that.
std::unique_ptr<test::RandomRun> sparse_run(std::uint64_t seed) {
  auto run = test::random_run(seed);
  Rng rng(seed + 77, RngPurpose::kTest);
  const auto far = static_cast<SimTime>(1 + rng.below(40));
  SimTime shift = 0;
  for (Request& r : run->workload.requests) {
    if (rng.below(4) == 0) shift += ms_to_us(static_cast<double>(rng.below(2000)));
    r.arrival = r.arrival * far + shift;
  }
  RouterConfig& router = run->config.router;
  router.heartbeat = static_cast<SimTime>(rng.below(3)) * ms_to_us(1 + static_cast<double>(rng.below(30)));
  router.sync = static_cast<SimTime>(rng.below(3)) * ms_to_us(1 + static_cast<double>(rng.below(30)));
  router.message_delay = static_cast<SimTime>(rng.below(3)) * ms_to_us(static_cast<double>(rng.below(90)));
  router.message_loss = rng.below(4) == 0 ? 0.3 : 0;
  return run;
}

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

std::string perfetto_of(const test::RandomRun& run, bool strides, std::uint64_t& handled) {
  const std::string path = testing::TempDir() + "quiet_perfetto_" + std::to_string(::getpid()) + ".json";
  auto file = io::OutputFile::open(path);
  EXPECT_TRUE(file.has_value());
  PerfettoWriter writer(*file);
  Simulation sim = run.simulation();
  while (strides ? sim.stride(&writer) : sim.step(&writer)) ++handled;
  writer.finish(sim);
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
    ASSERT_EQ(perfetto_of(*run, false, steps), perfetto_of(*run, true, strides));
  }
  EXPECT_LT(strides, steps);
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
