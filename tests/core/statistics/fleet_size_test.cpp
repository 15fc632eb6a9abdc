// How many workers: the search finds the smallest size whatever it is, objectives are read or refused in one line, and
// the bound is one that no run beats.
#include "core/experiment/answers/fleet_size.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/io/experiments/fleet_plan.h"

namespace blockyard {
namespace {

const std::string kPresets = std::string(BLOCKYARD_ASSETS) + "/presets";

std::vector<Objective> wanted() { return *parse_objectives("ttft_p95=500"); }

// A fleet whose figure falls with its size: `value` at one worker.
FleetTrial trial(std::uint32_t workers, double value, double half) {
  FleetTrial t;
  t.workers = workers;
  Estimate e;
  e.value = value / workers;
  e.half = half;
  t.estimates = {e};
  return t;
}

TEST(FleetSearch, FindsTheSmallestThatKeepsTheObjective) {
  for (const double half : {0.0, 40.0}) {
    for (std::uint32_t need = 1; need <= 200; ++need) {
      for (const std::uint32_t first : {1U, 7U, 64U, 300U}) {
        // Just kept with `need` workers.
        const double value = (500 - half) * need;
        FleetSearch search(wanted(), first, 512);
        std::size_t tries = 0;
        while (const auto workers = search.next()) {
          ASSERT_LT(++tries, 60U);
          ASSERT_GE(*workers, 1U);
          ASSERT_LE(*workers, 512U);
          search.add(trial(*workers, value, half));
        }
        ASSERT_NE(search.smallest(), nullptr);
        EXPECT_EQ(search.smallest()->workers, need);
        ASSERT_NE(search.smallest_by_value(), nullptr);
        const auto by_value = static_cast<std::uint32_t>(std::ceil(value / 500 - 1e-9));
        EXPECT_EQ(search.smallest_by_value()->workers, std::max(1U, by_value));
      }
    }
  }
}

TEST(FleetSearch, EndsWhereNothingKeepsIt) {
  FleetSearch search(wanted(), 3, 100);
  while (const auto workers = search.next()) search.add(trial(*workers, 1e9, 0));
  EXPECT_EQ(search.smallest(), nullptr);
  ASSERT_NE(search.largest(), nullptr);
  EXPECT_EQ(search.largest()->workers, 100U);
  FleetTrial saturated = trial(1, 1, 0);
  saturated.saturation = Saturation{};
  EXPECT_FALSE(saturated.keeps(wanted())) << "a backlog keeps nothing, however short it still is";
}

TEST(Objectives, AreReadOrRefusedInOneLine) {
  const auto two = parse_objectives("ttft_p95=500,throughput=3");
  ASSERT_TRUE(two);
  EXPECT_EQ(objective_text((*two)[0]), "ttft_p95 ≤ 500 ms");
  EXPECT_EQ(objective_text((*two)[1]), "throughput ≥ 3 req/s");
  for (const char* wrong : {"", "ttft_p95", "ttft_p95=", "ttft_p95=fast", "ttft_p95=-1", "nonsense=3", "recovery=3",
                            "ttft_p95=1,ttft_p95=2", "ttft_p95=1,"}) {
    const auto o = parse_objectives(wrong);
    ASSERT_FALSE(o) << wrong;
    EXPECT_EQ(o.error().message.rfind("--slo", 0), 0U) << o.error().message;
    EXPECT_EQ(o.error().message.find('\n'), std::string::npos);
  }
}

TEST(Prices, AreThoseOfTheTableOrAsGiven) {
  auto prices = read_prices(kPresets);
  ASSERT_TRUE(prices) << prices.error().message;
  for (const auto& [gpu, price] : prices->by_gpu) {
    EXPECT_GT(price.per_hour, 0) << gpu;
    EXPECT_EQ(price.date.size(), 10U) << gpu;
    EXPECT_NE(price.source.find("https://"), std::string::npos) << gpu;
  }
  const std::vector<std::string> gpus{"a100-40gb", "l4-24gb"};
  ASSERT_TRUE(change_prices(*prices, "l4-24gb=0.5", gpus));
  EXPECT_EQ(prices->by_gpu.at("l4-24gb").per_hour, 0.5);
  ASSERT_TRUE(change_prices(*prices, "2", gpus));
  EXPECT_EQ(prices->by_gpu.at("a100-40gb").per_hour, 2);
  for (const char* wrong : {"l4-24gb", "l4-24gb=", "l4-24gb=-1", "h100-80gb=2", "free"})
    EXPECT_FALSE(change_prices(*prices, wrong, gpus)) << wrong;
}

// Work is never less than the bound: a fleet's workers are busy at least so long, summed over all of them.
TEST(WorkerBound, IsNotBeatenByAnyRun) {
  for (const char* engine : {"slots", "continuous"}) {
    for (const char* type : {"rag", "chat", "uniform"}) {
      SCOPED_TRACE(std::string(engine) + " " + type);
      const auto scenario =
          parse_scenario(std::string(R"({"cache": {"capacity_blocks": 900}, "fleet": {"workers": 4, "engine": ")") +
                             engine + R"("}, "workload": {"type": ")" + type + R"(", "requests": 300, "rate": 4}})",
                         "", kPresets);
      ASSERT_TRUE(scenario) << scenario.error().message;
      const auto prepared = prepare(*scenario);
      ASSERT_TRUE(prepared);
      const double bound = worker_bound(**prepared);
      ASSERT_TRUE(std::isfinite(bound));
      EXPECT_GT(bound, 0);
      Simulation sim = (*prepared)->simulation();
      while (sim.stride()) {
      }
      double busy = 0;
      for (const WorkerSummary& w : summarize(sim).workers) busy += w.busy_ms;
      const auto& requests = (*prepared)->workload.requests;
      const double span = us_to_ms(requests.back().arrival - requests.front().arrival);
      EXPECT_LE(bound * span, busy * scenario->config.fleet.slots * 1.0001);
    }
  }
}

}  // namespace
}  // namespace blockyard
