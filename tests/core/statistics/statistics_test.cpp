// How sure a figure is: Student's t against its integral, MSER-5 on known transients, and the laws of intervals: on
// queues whose means are known, 95 % intervals hold about 95 times in a hundred.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/base/rng.h"
#include "core/experiment/answers/ranking.h"
#include "core/experiment/statistics/estimate.h"
#include "core/metrics/saturation.h"
#include "core/metrics/student_t.h"
#include "tests/core/statistics/queues.h"

namespace blockyard {
namespace {

// The density of Student's t, integrated by Simpson's rule from 0 to t: an independent way to the same number.
double integrated(double t, int degrees) {
  const double scale = std::exp(std::lgamma((degrees + 1) / 2.0) - std::lgamma(degrees / 2.0)) /
                       std::sqrt(degrees * 3.14159265358979323846);
  const auto density = [&](double x) { return scale * std::pow(1 + x * x / degrees, -(degrees + 1) / 2.0); };
  constexpr int kSteps = 20000;
  const double h = t / kSteps;
  double sum = density(0) + density(t);
  for (int i = 1; i < kSteps; ++i) sum += (i % 2 == 1 ? 4 : 2) * density(i * h);
  return 0.5 + sum * h / 3;
}

TEST(StudentT, IsTheIntegralOfItsDensity) {
  for (const int degrees : {1, 2, 3, 4, 5, 7, 9, 10, 19, 24, 50, 99, 399}) {
    for (const double t : {0.1, 0.7, 1.5, 2.0, 3.3, 8.0}) {
      EXPECT_NEAR(student_t_below(t, static_cast<std::uint32_t>(degrees)), integrated(t, degrees), 1e-9)
          << degrees << ' ' << t;
      EXPECT_NEAR(student_t_below(-t, static_cast<std::uint32_t>(degrees)), 1 - integrated(t, degrees), 1e-9);
    }
  }
}

TEST(StudentT, GivesThePrintedTable) {
  // Any textbook's: two-sided 95 % and 99 %.
  const std::pair<std::uint32_t, std::pair<double, double>> kRows[] = {
      {1, {12.7062, 63.6567}}, {2, {4.3027, 9.9248}},  {4, {2.7764, 4.6041}},   {9, {2.2622, 3.2498}},
      {19, {2.0930, 2.8609}},  {30, {2.0423, 2.7500}}, {120, {1.9799, 2.6174}}, {4000, {1.9606, 2.5775}}};
  for (const auto& [degrees, points] : kRows) {
    EXPECT_NEAR(student_t_two_sided(0.95, degrees), points.first, degrees > 1000 ? 2e-3 : 6e-5) << degrees;
    EXPECT_NEAR(student_t_two_sided(0.99, degrees), points.second, degrees > 1000 ? 4e-3 : 6e-5) << degrees;
  }
  for (std::uint32_t degrees = 1; degrees < 60; ++degrees) {
    for (const double level : {0.5, 0.9, 0.95, 0.999}) {
      const double t = student_t_two_sided(level, degrees);
      EXPECT_NEAR(2 * student_t_below(t, degrees) - 1, level, 1e-9);
      EXPECT_GT(t, student_t_two_sided(level, degrees + 1)) << "more values, less doubt";
    }
  }
}

TEST(Mser5, FindsWhereATransientEnds) {
  Rng rng(7, RngPurpose::kTest);
  std::vector<double> values;
  for (int i = 0; i < 2000; ++i) values.push_back(100 + rng.normal() + (i < 300 ? 40.0 * (300 - i) / 300 : 0));
  const Truncation found = mser5(values);
  EXPECT_TRUE(found.settled);
  EXPECT_GT(found.values, 200U);
  EXPECT_LT(found.values, 400U);
  // What rises to the end never settles.
  std::iota(values.begin(), values.end(), 0.0);
  EXPECT_FALSE(mser5(values).settled);
  // Nothing to drop where all is alike, and nothing is said of next to nothing.
  EXPECT_EQ(mser5(std::vector<double>(500, 3.0)).values, 0U);
  EXPECT_EQ(mser5(std::vector<double>(7, 3.0)).values, 0U);
}

RunBatches only_ttft(const Simulation& sim) {
  static const std::vector<std::string> kWanted{"ttft_mean", "queue_mean"};
  return batches_of(request_samples(sim), kWanted);
}

std::size_t row_of(std::string_view id) { return static_cast<std::size_t>(find_metric(id) - metric_table().data()); }

struct Coverage {
  int runs = 0, held = 0, none = 0;
  double mean = 0;  // of all runs' means
  double part() const { return static_cast<double>(held) / (runs - none); }
};

// 400 fleets of one worker: how often the interval of the mean wait, by batches of one run, holds the true one.
Coverage cover(const test::Queue& queue, double truth) {
  Coverage out;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto run = test::queue_run(queue, seed);
    Simulation sim = run->simulation();
    while (sim.stride()) {
    }
    const RunBatches batches = only_ttft(sim);
    FleetRuns fleet{{summarize(sim).queue->mean}, {&batches}, false};
    const FleetRuns fleets[] = {fleet};
    const Estimate e = estimate(fleet, row_of("queue_mean"), IntervalFrom::kBatches, common_warmup(fleets));
    ++out.runs;
    out.mean += summarize(sim).queue->mean / 400;
    if (!e.has_interval()) {
      ++out.none;
    } else if (std::abs(e.value - truth) <= e.half) {
      ++out.held;
    }
  }
  return out;
}

// M/M/1: W = ρ / (μ − λ).
TEST(BatchMeans, CoverTheWaitOfAnMM1Queue) {
  const test::Queue queue{.requests = 6000, .service_ms = 10, .load = 0.5, .exponential = true};
  const double truth = queue.load * queue.service_ms / (1 - queue.load);
  const Coverage c = cover(queue, truth);
  RecordProperty("covered", std::to_string(c.part()));
  EXPECT_NEAR(c.mean, truth, 0.03 * truth);
  EXPECT_GE(c.part(), 0.90) << c.held << " of " << c.runs - c.none;
  EXPECT_LE(c.part(), 0.98);
  EXPECT_LT(c.none, 40);
}

// M/D/1: half of that (Pollaczek and Khinchine).
TEST(BatchMeans, CoverTheWaitOfAnMD1Queue) {
  const test::Queue queue{.requests = 4000, .service_ms = 10, .load = 0.6, .exponential = false};
  const double truth = queue.load * queue.service_ms / (1 - queue.load) / 2;
  const Coverage c = cover(queue, truth);
  RecordProperty("covered", std::to_string(c.part()));
  EXPECT_NEAR(c.mean, truth, 0.03 * truth);
  EXPECT_GE(c.part(), 0.90) << c.held << " of " << c.runs - c.none;
  EXPECT_LE(c.part(), 0.98);
  EXPECT_LT(c.none, 40);
}

// A fleet whose router throws dice is as many such queues; intervals over seeds hold as often.
TEST(SeedIntervals, CoverTheWaitOfAFleetOfMM1Queues) {
  const test::Queue queue{.requests = 1500, .service_ms = 10, .load = 0.5, .exponential = true, .workers = 4};
  const double truth = queue.load * queue.service_ms / (1 - queue.load);
  int held = 0;
  constexpr int kTimes = 100, kSeeds = 5;
  for (std::uint64_t time = 0; time < kTimes; ++time) {
    FleetRuns fleet;
    std::vector<RunBatches> kept(kSeeds);
    for (std::uint64_t k = 0; k < kSeeds; ++k) {
      const auto run = test::queue_run(queue, 1000 + time * kSeeds + k);
      Simulation sim = run->simulation();
      while (sim.stride()) {
      }
      kept[k] = only_ttft(sim);
      fleet.values.push_back(summarize(sim).queue->mean);
      fleet.batches.push_back(&kept[k]);
    }
    const Estimate e = estimate(fleet, row_of("queue_mean"), IntervalFrom::kSeeds, 1);
    ASSERT_TRUE(e.has_interval());
    if (std::abs(e.value - truth) <= e.half) ++held;
  }
  EXPECT_GE(held, 88);
}

// Two fleets that differ in nothing but the dice of their routers: a difference is told about once in twenty times.
TEST(Differences, AreNotToldWhereThereAreNone) {
  const test::Queue queue{.requests = 3000, .service_ms = 10, .load = 0.5, .exponential = true, .workers = 2};
  int told = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto run = test::queue_run(queue, seed);
    std::vector<RunBatches> kept(2);
    std::vector<FleetRuns> fleets(2);
    for (std::size_t i = 0; i < 2; ++i) {
      Config config = run->config;
      config.seed += 5000 * (i + 1);
      Simulation sim(config, run->workload, &run->tree);
      while (sim.stride()) {
      }
      kept[i] = only_ttft(sim);
      fleets[i] = {{summarize(sim).queue->mean}, {&kept[i]}, false};
    }
    const FleetRanking ranking =
        rank_fleets(fleets, row_of("queue_mean"), IntervalFrom::kBatches, common_warmup(fleets));
    if (ranking.rivals[0].told()) ++told;
  }
  EXPECT_LE(told, 20);
}

// And a difference that is there is: one worker more.
TEST(Differences, AreToldWhereTheyAre) {
  const test::Queue queue{.requests = 3000, .service_ms = 10, .load = 0.7, .exponential = true, .workers = 2};
  const auto run = test::queue_run(queue, 3);
  std::vector<RunBatches> kept(2);
  std::vector<FleetRuns> fleets(2);
  for (std::size_t i = 0; i < 2; ++i) {
    Config config = run->config;
    config.fleet.workers = static_cast<std::uint32_t>(3 - i);
    Simulation sim(config, run->workload, &run->tree);
    while (sim.stride()) {
    }
    kept[i] = only_ttft(sim);
    fleets[i] = {{summarize(sim).queue->mean}, {&kept[i]}, false};
  }
  const FleetRanking ranking = rank_fleets(fleets, row_of("queue_mean"), IntervalFrom::kBatches, common_warmup(fleets));
  EXPECT_EQ(ranking.best(), 0U);
  ASSERT_TRUE(ranking.rivals[0].told());
  const std::string names[] = {"three", "two"};
  const std::vector<std::string> says = verdict(ranking, names);
  ASSERT_EQ(says.size(), 1U);
  EXPECT_EQ(says[0].find("three is better than two by "), 0U) << says[0];
  EXPECT_NE(says[0].find(" ± "), std::string::npos) << says[0];
}

TEST(Saturation, IsToldOfAFleetThatIsOfferedTooMuchAndOfNoOther) {
  int stable = 0, over = 0;
  double times = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    for (const double load : {0.7, 1.5}) {
      const auto run =
          test::queue_run({.requests = 1000, .service_ms = 10, .load = load, .exponential = true, .workers = 2}, seed);
      Simulation sim = run->simulation();
      while (sim.stride()) {
      }
      const auto s = saturation_of(sim);
      if (load < 1) {
        stable += s ? 1 : 0;
      } else if (s) {
        ++over;
        times += s->times();
        EXPECT_NEAR(s->growth, load - 1, 0.25) << "waiting grows by the load less one";
      }
    }
  }
  EXPECT_LE(stable, 2);
  EXPECT_EQ(over, 200);
  EXPECT_NEAR(times / over, 1.5, 0.05);
}

TEST(Saturation, SaysHowMuchOfWhatWouldHelp) {
  Saturation s;
  s.offered_rps = 12.3;
  s.served_rps = 3.84;
  s.growth = 2.2;
  EXPECT_EQ(
      saturation_text(s).find("offered 3.2 × what it serves (12.3 against 3.84 requests per s): waiting grows by"), 0U)
      << saturation_text(s);
  Scenario scenario;
  scenario.config.fleet.workers = 8;
  scenario.workload.type = WorkloadType::kTrace;
  const std::string remedy = saturation_remedy(s, scenario);
  EXPECT_EQ(remedy.find("at least 26 workers instead of 8"), 0U) << remedy;
  EXPECT_NE(remedy.find("workload.time_scale 3.4 instead of 1"), std::string::npos) << remedy;
}

// Never an interval where it would mean nothing.
TEST(Estimates, HaveNoIntervalWhereItWouldMeanNothing) {
  const auto run = test::queue_run({.requests = 1000, .service_ms = 10, .load = 0.5, .exponential = true}, 1);
  Simulation sim = run->simulation();
  while (sim.stride()) {
  }
  const RunBatches batches = batches_of(request_samples(sim));
  const FleetRuns sure{{1.0}, {&batches}, false}, saturated{{1.0}, {&batches}, true};
  const auto why = [&](const FleetRuns& fleet, std::string_view id) {
    return estimate(fleet, row_of(id), IntervalFrom::kBatches, 0).why_none;
  };
  EXPECT_EQ(why(sure, "ttft_mean"), NoInterval::kThereIsOne);
  EXPECT_EQ(why(saturated, "ttft_mean"), NoInterval::kSaturated);
  EXPECT_EQ(why(sure, "evictions"), NoInterval::kNotRequests);
  const std::vector<RequestSample> few(50);
  const RunBatches short_run = batches_of(few);
  EXPECT_EQ(why({{1.0}, {&short_run}, false}, "ttft_mean"), NoInterval::kFewRequests);
  EXPECT_EQ(estimate({{1.0, 2.0}, {&batches, &batches}, true}, row_of("ttft_mean"), IntervalFrom::kSeeds, 0).why_none,
            NoInterval::kSaturated);
  // A whole run is the summary's figure.
  EXPECT_EQ(batches.metrics[row_of("ttft_p95")].after[0], summarize(sim).ttft->p95);
  EXPECT_EQ(batches.metrics[row_of("queue_mean")].after[0], summarize(sim).queue->mean);
  EXPECT_EQ(batches.metrics[row_of("block_hit_rate")].after.size(), RunBatches::kMostWarmup + 1U);
}

}  // namespace
}  // namespace blockyard
