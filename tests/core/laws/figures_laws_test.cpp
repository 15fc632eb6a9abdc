// Figures against their definitions (SPEC 8), worked out again from the records of random runs, and by hand.
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

TEST(Figures, AreThoseOfTheRecords) {
  std::uint32_t false_hits = 0, missed = 0, rejected = 0, idle = 0, retries = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    run->config.slo.ttft_ms = 40;
    run->config.slo.tpot_ms = 16;
    if (seed % 3 == 0) run->config.cache.capacity_blocks = 9;
    Simulation sim = run->simulation();
    sim.run();
    const Summary s = summarize(sim);
    std::vector<double> on(sim.workers().size(), 0);
    std::uint32_t done = 0, good = 0, hits = 0;
    std::uint64_t hit_blocks = 0, blocks = 0, tokens = 0;
    double e2e = 0;
    SimTime makespan = 0;
    Summary own;
    for (RequestId i = 0; i < sim.records().size(); ++i) {
      const RequestRecord& r = sim.records()[i];
      const Request& q = sim.request(i);
      if (r.status == RequestStatus::kRejected) ++own.rejected;
      if (r.status != RequestStatus::kCompleted) continue;
      ++done;
      ++on[r.worker];
      own.false_hits += r.predicted > r.hit ? 1 : 0;
      own.missed_hits += r.hit > r.predicted ? 1 : 0;
      own.retries += r.retries;
      hits += r.hit > 0 ? 1 : 0;
      hit_blocks += r.hit;
      blocks += q.prompt_blocks;
      tokens += q.prompt_tokens;
      e2e += us_to_ms(r.finish - r.arrival);
      makespan = std::max(makespan, r.finish);
      const bool first = us_to_ms(r.first_token - r.arrival) <= 40;
      const bool rest = q.output_tokens < 2 || us_to_ms(r.finish - r.first_token) / (q.output_tokens - 1) <= 16;
      good += first && rest ? 1 : 0;
    }
    EXPECT_EQ(s.completed, done);
    EXPECT_EQ(s.rejected, own.rejected);
    EXPECT_EQ(s.false_hits, own.false_hits);
    EXPECT_EQ(s.missed_hits, own.missed_hits);
    EXPECT_EQ(s.retries, own.retries);
    EXPECT_EQ(s.hit_requests, hits);
    EXPECT_EQ(s.makespan_ms, us_to_ms(makespan));
    const auto ratio = [](double a, double b) { return b == 0 ? 0 : a / b; };
    EXPECT_DOUBLE_EQ(s.request_hit_rate, ratio(hits, done));
    EXPECT_DOUBLE_EQ(s.block_hit_rate, ratio(static_cast<double>(hit_blocks), static_cast<double>(blocks)));
    EXPECT_DOUBLE_EQ(s.token_hit_rate, ratio(static_cast<double>(hit_blocks * sim.config().cache.block_tokens),
                                             static_cast<double>(tokens)));
    ASSERT_TRUE(s.goodput.has_value());
    EXPECT_EQ(s.goodput->requests, good);
    EXPECT_DOUBLE_EQ(s.goodput->share, ratio(good, s.requests)) << "of all requests, rejected ones too";
    EXPECT_DOUBLE_EQ(s.goodput->requests_per_s, ratio(good, us_to_ms(makespan) / 1000));
    double sum = 0, squares = 0, most = 0;
    for (const double n : on) sum += n, squares += n * n, most = std::max(most, n), idle += n == 0 ? 1 : 0;
    EXPECT_DOUBLE_EQ(s.jain_index, ratio(sum * sum, static_cast<double>(on.size()) * squares)) << "over all workers";
    EXPECT_DOUBLE_EQ(s.imbalance, ratio(most * static_cast<double>(on.size()), sum));
    if (done > 0) {
      EXPECT_NEAR(s.e2e->mean, e2e / done, 1e-9 * e2e);
    }
    for (const WorkerSummary& w : s.workers) {
      EXPECT_LE(w.busy_ms, us_to_ms(sim.now()));
      EXPECT_DOUBLE_EQ(w.utilization, ratio(w.busy_ms, s.makespan_ms));
    }
    false_hits += s.false_hits, missed += s.missed_hits, rejected += s.rejected, retries += own.retries > 0 ? 1 : 0;
  }
  EXPECT_TRUE(false_hits > 0 && missed > 0 && rejected > 0 && idle > 0 && retries > 0) << "an example of each";
}

TEST(Figures, OfFourWorkersOneOfThemIdle) {
  test::TinyRun t;
  t.config.fleet.workers = 4;
  t.config.router.strategy = find_policy("round_robin");
  t.config.slo.ttft_ms = 20;
  t.config.cache.capacity_blocks = 4;
  t.add(0, 4, 0, 1);   // 15 ms
  t.add(0, 9, 0, 2);   // too long
  t.add(0, 4, 0, 3);   // 15 ms
  t.add(0, 2, 10, 4);  // 10 ms
  const Summary s = summarize(t.run());
  EXPECT_DOUBLE_EQ(s.jain_index, 9.0 / (4 * 3));
  EXPECT_DOUBLE_EQ(s.imbalance, 4.0 / 3);
  EXPECT_DOUBLE_EQ(s.goodput->share, 3.0 / 4);
}

// Whatever the width of its buckets has become, a series adds up to the figures of the run.
TEST(SeriesLaws, CountsAddUpAndGaugesAreTheLast) {
  std::uint64_t halved = 0, phantoms = 0, false_hits = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation sim = run->simulation();
    Series fine(1'000), coarse(ms_to_us(1e6));  // one that halves again and again, one of a single bucket
    struct Both : EventSink {
      Series &a, &b;
      Both(Series& first, Series& second) : a(first), b(second) {}
      void on_event(const Event& e, const Simulation& s) override { a.on_event(e, s), b.on_event(e, s); }
    } both(fine, coarse);
    while (sim.step(&both)) {
      for (std::size_t i = 0; i < fine.buckets().size(); ++i) {
        phantoms += fine.buckets()[i].phantom_blocks;
      }
    }
    fine.finish(sim);
    coarse.finish(sim);
    ASSERT_EQ(coarse.buckets().size(), 1U);
    ASSERT_LE(fine.buckets().size(), Series::kMost);
    halved += fine.width() > 1'000 ? 1 : 0;
    Series::Bucket sum;
    for (const Series::Bucket& b : fine.buckets()) {
      sum.arrivals += b.arrivals;
      sum.completed += b.completed;
      sum.hit_requests += b.hit_requests;
      sum.hit_blocks += b.hit_blocks;
      sum.prompt_blocks += b.prompt_blocks;
      sum.predicted_blocks += b.predicted_blocks;
      sum.false_hits += b.false_hits;
      sum.false_hit_us += b.false_hit_us;
      sum.evictions += b.evictions;
    }
    const Series::Bucket& one = coarse.buckets()[0];
    const Summary s = summarize(sim);
    EXPECT_EQ(sum.arrivals, one.arrivals);
    EXPECT_EQ(sum.arrivals, s.requests);
    EXPECT_EQ(sum.completed, s.completed);
    EXPECT_EQ(sum.hit_requests, s.hit_requests);
    EXPECT_EQ(sum.hit_blocks, s.hit_blocks);
    EXPECT_EQ(sum.prompt_blocks, s.prompt_blocks);
    EXPECT_EQ(sum.predicted_blocks, s.predicted_blocks);
    EXPECT_EQ(sum.false_hits, s.false_hits);
    EXPECT_EQ(us_to_ms(sum.false_hit_us), s.false_hit_ms);
    EXPECT_EQ(sum.evictions, s.evictions);
    const Series::Bucket& last = fine.buckets().back();
    EXPECT_EQ(last.phantom_blocks, one.phantom_blocks);
    EXPECT_EQ(last.unknown_blocks, one.unknown_blocks);
    EXPECT_EQ(last.load_ms, one.load_ms);
    EXPECT_EQ(last.resident, one.resident);
    EXPECT_EQ(last.in_use, one.in_use);
    false_hits += s.false_hits;
  }
  EXPECT_TRUE(halved > 50 && phantoms > 0 && false_hits > 0);
}

// Bucket i covers [i, i + 1) × width: what happens on a boundary belongs to the bucket that begins there. And two
// buckets that become one keep the later one's gauges.
TEST(SeriesLaws, BoundariesAndHalving) {
  test::TinyRun t;
  t.config.fleet.workers = 1;
  t.add(0, 4, 0, 1);   // starts at 0, its 4 blocks are there from 0 on, finishes at 15 ms
  t.add(20, 4, 0, 2);  // on a boundary of 10 ms: finishes at 35
  t.add(40, 4, 0, 3);  // finishes at 55
  t.add(599.999, 1, 0, 4);
  Series s(ms_to_us(10));
  const Simulation sim = t.run(&s);
  s.finish(sim);
  ASSERT_EQ(s.width(), ms_to_us(10));
  EXPECT_EQ(s.buckets()[0].arrivals, 1U);
  EXPECT_EQ(s.buckets()[1].arrivals, 0U);
  EXPECT_EQ(s.buckets()[1].completed, 1U);
  EXPECT_EQ(s.buckets()[2].arrivals, 1U);
  EXPECT_EQ(s.buckets()[59].arrivals, 1U);
  EXPECT_EQ(s.buckets()[0].resident, std::vector<std::uint32_t>{4});
  EXPECT_EQ(s.buckets()[1].in_use, std::vector<std::uint32_t>{0}) << "at the first event behind it, 20 ms: before";
  // 600 buckets of 1 ms are as many as there may be; the finish at 607.5 ms makes them 2 ms wide.
  Series narrow(ms_to_us(1));
  Simulation again = t.config.faults.empty() ? Simulation(t.config, t.workload, &t.tree) : t.begin();
  while (again.step(&narrow)) {
  }
  EXPECT_EQ(narrow.width(), ms_to_us(2));
  EXPECT_EQ(narrow.buckets()[0].arrivals, 1U);
  EXPECT_EQ(narrow.buckets()[7].completed, 1U) << "15 ms lie in [14, 16)";
  EXPECT_EQ(narrow.buckets()[10].arrivals, 1U);
  EXPECT_EQ(narrow.buckets()[299].arrivals, 1U);
}

TEST(SeriesLaws, AHalvedSeriesKeepsFalseHitsAndPhantoms) {
  test::TinyRun t;
  t.config.fleet.workers = 1;
  t.config.router.speculative_insert = true;
  t.config.cache.capacity_blocks = 6;
  t.add(0, 4, 0, 1);
  t.add(50, 4, 0, 2);   // evicts two blocks of the first, which the router goes on believing in
  t.add(100, 4, 0, 1);  // predicted 4, found fewer
  t.add(2000, 1, 0, 9);
  Series s(ms_to_us(1));
  const Simulation sim = t.run(&s);
  s.finish(sim);
  ASSERT_GE(s.width(), ms_to_us(4)) << "halved twice";
  std::uint32_t false_hits = 0;
  for (const Series::Bucket& b : s.buckets()) false_hits += b.false_hits;
  EXPECT_EQ(false_hits, 1U);
  EXPECT_GT(s.buckets()[200].phantom_blocks, 0U);
  EXPECT_EQ(s.buckets()[200].phantom_blocks, s.buckets()[300].phantom_blocks);
}

// The distributions that results keep, against the records: how many, the least and the greatest, the bins.
TEST(Figures, DistributionsAreThoseOfTheRecords) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    Simulation sim = run->simulation();
    Series series;
    while (sim.step(&series)) {
    }
    series.finish(sim);
    Scenario scenario;
    scenario.config = run->config;
    const RunResults results = collect_results(scenario, sim, series);
    std::array<std::vector<double>, 5> values;
    for (const RequestRecord& r : sim.records()) {
      if (r.status != RequestStatus::kCompleted) continue;
      values[r.hit > 0 ? 0 : 1].push_back(us_to_ms(r.first_token - r.arrival));
      values[r.hit > 0 ? 2 : 3].push_back(us_to_ms(r.finish - r.arrival));
      values[4].push_back(us_to_ms(r.start - r.arrival));
    }
    const LatencyDistributions& d = results.latencies;
    const std::array<const Distribution*, 5> told = {&d.ttft_hit, &d.ttft_miss, &d.e2e_hit, &d.e2e_miss, &d.queue};
    for (std::size_t i = 0; i < told.size(); ++i) {
      std::sort(values[i].begin(), values[i].end());
      std::uint32_t n = 0;
      for (const auto& [bin, count] : told[i]->bins) {
        const double low = bin == Distribution::kLowestBin ? 0 : std::pow(10.0, bin / 10.0) * (1 - 1e-12);
        const double high = std::pow(10.0, (bin + 1) / 10.0) * (1 + 1e-12);
        const auto within =
            std::count_if(values[i].begin(), values[i].end(), [&](double v) { return v >= low && v <= high; });
        EXPECT_LE(count, within) << i;
        n += count;
      }
      ASSERT_EQ(n, values[i].size()) << i;
      if (n == 0) continue;
      EXPECT_EQ(told[i]->quantiles.front(), values[i].front()) << i;
      EXPECT_EQ(told[i]->quantiles.back(), values[i].back()) << i;
      EXPECT_EQ(told[i]->quantiles[100], percentile(values[i], 50)) << i;
    }
  }
}

// What falls on the very end of all buckets there may be makes them wider, and not one more.
TEST(SeriesLaws, AreNeverMoreThanTheirMost) {
  for (const SimTime late : {-1, 0, 1}) {
    test::TinyRun t;
    t.config.fleet.workers = 1;
    t.config.cache.capacity_blocks = 8;
    t.add(0, 1, 1, 1);
    const SimTime width = 1000;
    t.add(us_to_ms(static_cast<SimTime>(Series::kMost) * width + late), 9, 1, 2);  // too long: nothing comes after it
    Simulation sim = t.begin();
    Series series(width);
    while (sim.step(&series)) {
    }
    series.finish(sim);
    EXPECT_LE(series.buckets().size(), Series::kMost) << late;
    EXPECT_EQ(series.width(), late < 0 ? width : 2 * width) << late;
  }
}

// Every bucket has the gauges of every worker; where nothing happens they are those of the bucket before.
TEST(SeriesLaws, NothingKeepsItsGauges) {
  std::uint64_t empty = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    const SimTime width = 1000;
    Series series(width);
    Simulation sim = run->simulation();
    std::set<SimTime> busy;  // periods with an event
    while (!sim.done()) {
      busy.insert(sim.next_event_time());
      sim.step(&series);
    }
    series.finish(sim);
    const auto& buckets = series.buckets();
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      const Series::Bucket& b = buckets[i];
      ASSERT_EQ(b.resident.size(), sim.workers().size()) << i;
      ASSERT_EQ(b.in_use.size(), sim.workers().size()) << i;
      ASSERT_EQ(b.load_ms.size(), sim.workers().size()) << i;
      const SimTime begin = static_cast<SimTime>(i) * series.width();
      const auto first = busy.lower_bound(begin);
      if (i == 0 || i + 1 == buckets.size() || (first != busy.end() && *first < begin + series.width())) continue;
      ++empty;
      const Series::Bucket& a = buckets[i - 1];
      ASSERT_EQ(a.resident, b.resident) << i;
      ASSERT_EQ(a.in_use, b.in_use) << i;
      ASSERT_EQ(a.phantom_blocks, b.phantom_blocks) << i;
      ASSERT_EQ(a.unknown_blocks, b.unknown_blocks) << i;
    }
  }
  EXPECT_GT(empty, 100U);
}

}  // namespace
}  // namespace blockyard
