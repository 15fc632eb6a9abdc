// The scenarios that are shipped: they read, run to their end, and first-look shows what it promises in time.
#include <gtest/gtest.h>

#include <filesystem>

#include "core/settings/scenario.h"
#include "core/sim/simulation.h"
#include "core/workload/make.h"

namespace blockyard {
namespace {

const std::string kAssets = BLOCKYARD_ASSETS;

Scenario read(const std::string& name) {
  auto s = read_scenario(kAssets + "/scenarios/" + name + ".json", kAssets + "/presets");
  EXPECT_TRUE(s) << s.error().message;
  return *s;
}

Workload make(const Scenario& s) {
  auto w = make_workload(s, s.config.cache.block_tokens);
  EXPECT_TRUE(w) << w.error().message;
  return std::move(*w);
}

TEST(Scenarios, AllReadRunAndSayWhatToWatch) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(kAssets + "/scenarios")) {
    if (file.path().extension() != ".json") continue;
    ++count;
    const Scenario s = read(file.path().stem().string());
    EXPECT_EQ(s.name, file.path().stem().string());
    EXPECT_GT(s.about.size(), 40U) << s.name;
    const Workload w = make(s);
    Simulation sim(s.config, w, nullptr);
    sim.run();
    std::uint64_t hits = 0;
    for (const RequestRecord& r : sim.records()) {
      EXPECT_EQ(r.status, RequestStatus::kCompleted) << s.name;
      hits += r.hit;
    }
    // Where there are several routers, what is to be watched is load.
    EXPECT_TRUE(hits > 0 || s.config.router.replicas > 1) << s.name;
  }
  EXPECT_GT(count, 0U);
}

// When things first happen, µs.
struct FirstTimes : EventSink {
  SimTime hit = kNever, eviction = kNever, phantom = kNever, overload = kNever;
  void on_event(const Event& e, const Simulation& sim) override {
    const auto first = [&e](SimTime& at) { at = std::min(at, e.t); };
    if (e.type == EventType::kEvict) first(eviction);
    if (e.type == EventType::kStart && e.value > 0) first(hit);
    if (e.type == EventType::kStart && sim.records()[e.request].predicted > e.value) first(phantom);
    std::size_t least = sim.records().size();
    std::size_t most = 0;
    for (const Worker& w : sim.workers()) {
      least = std::min(least, w.waiting().size() + w.running().size());
      most = std::max(most, w.waiting().size() + w.running().size());
    }
    if (most >= least + 4) first(overload);
  }
};

TEST(Scenarios, FirstLookIsAliveWithinSeconds) {
  const Scenario s = read("first-look");
  const Workload w = make(s);
  Simulation sim(s.config, w, nullptr);
  FirstTimes times;
  sim.run_until(10'000'000, &times);
  EXPECT_LE(times.hit, 3'000'000);
  EXPECT_LE(times.eviction, 10'000'000);
  EXPECT_LE(times.phantom, 10'000'000);
  EXPECT_LE(times.overload, 10'000'000);
}

TEST(Scenarios, TheDefaultWorkloadShowsHitsAndEvictions) {
  const auto s = parse_scenario("{}", "", kAssets + "/presets");
  ASSERT_TRUE(s) << s.error().message;
  const Workload w = make(*s);
  Simulation sim(s->config, w, nullptr);
  FirstTimes times;
  sim.run(&times);
  EXPECT_LE(times.hit, 5'000'000);
  EXPECT_LE(times.eviction, 60'000'000);
}

}  // namespace
}  // namespace blockyard
