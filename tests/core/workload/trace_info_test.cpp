// Bounds of the public synthetic trace against counts that other programs found.
#include "core/workload/trace_info.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/core/random_run.h"
#include "tests/core/workload/trace_files.h"

namespace blockyard {
namespace {

TEST(TraceInfo, PublicTraceHasTheKnownCounts) {
  const std::string path = test::public_trace("synthetic_trace.jsonl");
  if (path.empty()) GTEST_SKIP() << "synthetic_trace.jsonl is not there; set BLOCKYARD_TRACES to its folder";
  const auto raw = parse_trace({path}, WorkloadSpec{}, {});
  ASSERT_TRUE(raw) << raw.error().message;
  const auto w = cut_trace(*raw, WorkloadSpec{}, {});
  ASSERT_TRUE(w) << w.error().message;
  const std::array<std::uint32_t, 4> capacities{924, 5000, 20000, 100000};
  const TraceInfo info = trace_info(*w, capacities);
  EXPECT_EQ(info.requests, 3993U);
  EXPECT_EQ(info.prompt_blocks, 3'822'794U);
  EXPECT_EQ(info.distinct_blocks, 1'332'108U);
  EXPECT_EQ(info.best_hit_blocks, 2'490'686U);
  EXPECT_NEAR(info.best_ratio, 0.65154, 5e-6);
  EXPECT_EQ(info.curve[0].hit_blocks, 11'903U);
  EXPECT_EQ(info.curve[1].hit_blocks, 50'442U);
  EXPECT_EQ(info.curve[2].hit_blocks, 231'565U);
  EXPECT_EQ(info.curve[3].hit_blocks, 774'078U);
  const IdReuse ids = id_reuse(*raw);
  EXPECT_NEAR(static_cast<double>(ids.hits) / static_cast<double>(ids.ids), 0.63960, 5e-6);
}

// The rule, block by block: a chain touches its blocks from the last to the first; one that is too long does not run.
std::uint64_t lru_hits(const Workload& w, std::uint32_t capacity) {
  std::vector<BlockId> order;  // the oldest in front
  std::uint64_t hits = 0;
  for (const Request& r : w.requests) {
    std::vector<BlockId> chain;
    w.each_prompt_run(r, [&](blockyard::Span run) {
      for (BlockId b = run.first; b < run.first + run.count; ++b) chain.push_back(b);
    });
    if (chain.size() > capacity) continue;
    const auto held = [&order](BlockId b) { return std::find(order.begin(), order.end(), b) != order.end(); };
    hits += static_cast<std::uint64_t>(std::find_if_not(chain.begin(), chain.end(), held) - chain.begin());
    std::erase_if(order, [&](BlockId b) { return std::find(chain.begin(), chain.end(), b) != chain.end(); });
    const std::size_t kept = chain.size();
    while (order.size() + kept > capacity) order.erase(order.begin());
    for (std::size_t k = kept; k-- > 0;) order.push_back(chain[k]);
  }
  return hits;
}

TEST(TraceInfo, CurveIsThatOfPlainListsOfBlocks) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = test::random_run(seed);
    const std::array<std::uint32_t, 6> capacities{1, 3, 8, 20, 50, 1000};
    const TraceInfo info = trace_info(run->workload, capacities);
    for (std::size_t i = 0; i < capacities.size(); ++i)
      ASSERT_EQ(info.curve[i].hit_blocks, lru_hits(run->workload, capacities[i])) << capacities[i] << " blocks";
    ASSERT_EQ(info.curve.back().hit_blocks, info.best_hit_blocks) << "what holds everything is the best there is";
  }
}

TEST(TraceInfo, SmallCase) {
  Workload w;
  w.block_tokens = 4;
  for (const std::uint64_t key : {1U, 1U, 2U}) {
    test::Runs chain;
    w.tree.extend(kNone, key, 3, chain);
    Request r;
    r.prompt_tokens = 13;
    r.output_tokens = static_cast<std::uint32_t>(key);
    r.prompt_blocks = r.known_blocks = 3;
    r.runs_begin = static_cast<std::uint32_t>(w.runs.size());
    r.runs_count = 1;
    w.runs.push_back(chain[0]);
    w.requests.push_back(r);
  }
  w.number_private_blocks();
  const std::array<std::uint32_t, 2> capacities{2, 4};
  const TraceInfo info = trace_info(w, capacities);
  EXPECT_EQ(info.best_hit_blocks, 3U);
  EXPECT_EQ(info.best_hit_requests, 1U);
  EXPECT_EQ(info.curve[0].requests, 0U);  // three blocks do not fit into two
  EXPECT_EQ(info.curve[1].hit_blocks, 3U);
  EXPECT_EQ(info.output.max, 2U);
  EXPECT_DOUBLE_EQ(info.prompt.mean, 13.0);
  EXPECT_EQ(curve_capacities(50, 600), (std::vector<std::uint32_t>{50, 100, 200, 500, 600}));
}

}  // namespace
}  // namespace blockyard
