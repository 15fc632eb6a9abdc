// Pages of metrics: those of vLLM (today's names and older ones) and SGLang, and lines that are odd or none.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "core/live/wire/figures.h"

namespace blockyard::live {
namespace {

std::string page(const std::string& name) {
  std::ifstream in(BLOCKYARD_TEST_DATA "/live/" + name);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(MetricsText, ReadsOddLinesAndCountsBadOnes) {
  const MetricsPage p = parse_metrics(page("odd.txt"));
  ASSERT_EQ(p.samples.size(), 6U);
  EXPECT_EQ(p.bad_lines, 2U);
  EXPECT_EQ(*p.samples[0].label("a"), "q\"uote");
  EXPECT_EQ(*p.samples[0].label("b"), "back\\slash");
  EXPECT_EQ(*p.samples[0].label("c"), "new\nline");
  EXPECT_EQ(p.samples[0].label("d"), nullptr);
  EXPECT_TRUE(std::isinf(p.samples[1].value));
  EXPECT_TRUE(std::isnan(p.samples[2].value));
  EXPECT_EQ(p.samples[3].value, -1.5e-3);
  EXPECT_EQ(p.samples[4].name, "spaced");
  EXPECT_EQ(p.samples[5].value, 4);
}

TEST(MetricsText, ALineIsASampleOrCounted) {
  for (const char* bad :
       {"a", "a b", "a{", "a{x}1", "a{x=1} 1", "a{x=\"1\" 1", "a 1 2 3", "a 1 x", "1a 2", "a ++1", "{} 1"})
    EXPECT_EQ(parse_metrics(bad).bad_lines, 1U) << bad;
  for (const char* good : {"a 1", "a{} 1", " a { } 1 2", "a{x=\"\"} -Inf -5", "a{x=\"}\",} 1\r"})
    EXPECT_EQ(parse_metrics(good).samples.size(), 1U) << good;
  EXPECT_EQ(parse_metrics("# any {thing\n\n  \n").bad_lines, 0U);
}

TEST(MetricsFigures, OfVllm) {
  const MetricsFigures f = figures_of(parse_metrics(page("vllm.txt")), 0, 1);
  EXPECT_EQ(f.running, 0.0);
  EXPECT_EQ(f.queried_tokens, 312.0);
  EXPECT_EQ(f.hit_tokens, 192.0);
  EXPECT_EQ(f.generated_tokens, 12.0);
  EXPECT_EQ(f.preemptions, 0.0);
  EXPECT_EQ(f.block_size, 16.0);
  EXPECT_EQ(f.capacity_tokens, 923.0 * 16);
  EXPECT_EQ(f.ttft.count, 3);
  EXPECT_EQ(f.ttft.buckets.size(), 17U);
  EXPECT_EQ(f.ttft.buckets[1], std::pair(0.005, 3.0));
  EXPECT_TRUE(std::isinf(f.ttft.buckets.back().first));
  EXPECT_TRUE(f.interval.buckets.empty());
  EXPECT_EQ(f.bad_lines, 0U);
}

TEST(MetricsFigures, OfVllmByOlderNamesAndOfAnotherRank) {
  const MetricsPage p = parse_metrics(page("vllm_old_names.txt"));
  EXPECT_EQ(figures_of(p, 0, 2).running, 3.0);
  EXPECT_EQ(figures_of(p, 1, 2).running, 9.0);
  EXPECT_EQ(figures_of(p, 0, 1).running, 3.0);  // two are there, so the other one's is not its
  EXPECT_EQ(figures_of(p, 0, 1).usage, 0.25);
  EXPECT_EQ(figures_of(p, 1, 2).usage, std::nullopt);
  EXPECT_EQ(figures_of(p, 5, 1).usage, 0.25);  // the only one there
  EXPECT_EQ(figures_of(p, 0, 1).queried_tokens, 2048.0);
  EXPECT_EQ(figures_of(p, 0, 1).capacity_tokens, 572.0 * 16);
  EXPECT_EQ(ranks_shown(p), 2U);
}

TEST(MetricsFigures, OfSglang) {
  const MetricsPage p = parse_metrics(page("sglang.txt"));
  const MetricsFigures f = figures_of(p, 0, 1);
  EXPECT_EQ(f.running, 162.0);  // rank 0 of two that work on the same requests
  EXPECT_EQ(f.waiting, 2826.0);
  EXPECT_EQ(f.usage, 0.28);
  EXPECT_EQ(f.queried_tokens, 8128902.0);
  EXPECT_EQ(f.hit_tokens, 4e6);
  EXPECT_EQ(f.hit_rate, std::nullopt);
  EXPECT_EQ(f.block_size, 16.0);
  EXPECT_EQ(f.capacity_tokens, 27562.0 * 16);
  EXPECT_EQ(figures_of(p, 0, 1, EngineNames::kVllm).running, std::nullopt);
  EXPECT_EQ(figures_of(parse_metrics("sglang:cache_hit_rate 0.5\nsglang:max_total_num_tokens 4800\n"), 0, 1).hit_rate,
            0.5);
  EXPECT_EQ(figures_of(parse_metrics("sglang:max_total_num_tokens 4800\n"), 0, 1).capacity_tokens, 4800.0);
}

}  // namespace
}  // namespace blockyard::live
