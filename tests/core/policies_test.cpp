// Routing policies against the worked examples of their sources (each named), and the tie-break that all share.
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "core/prefix/prefix_tree.h"
#include "core/router/policy.h"

namespace blockyard {
namespace {

// A decision to be made, in few lines.
struct Case {
  std::vector<WorkerFigures> workers;
  std::vector<Span> chain;
  PrefixTree tree;
  RouteInput in;
  PolicyParams params;
  RouterMemory memory{1};
  Explanation why;

  explicit Case(std::size_t n, std::uint32_t blocks = 10) : workers(n) {
    tree.extend(kNone, 7, blocks, chain);
    in.chain_blocks = blocks;
    in.prompt_tokens = blocks * 16;
    in.capacity_blocks = 100;
  }
  WorkerId choose(std::string_view id) {
    FleetFigures fleet(workers.size());
    std::vector<std::uint32_t> overlap;
    for (WorkerId w = 0; w < workers.size(); ++w) {
      fleet.set(w, workers[w]);
      overlap.push_back(workers[w].overlap);
    }
    in.see(fleet, overlap);
    in.chain = chain;
    in.tree = &tree;
    why = {};
    why.candidates.resize(workers.size());
    return policy_table()[find_policy(id)].choose(in, params, memory, &why);
  }
};

TEST(Policies, TheTableNamesEachOnceAndEveryParameterExists) {
  std::set<std::string_view> ids;
  for (const PolicyRow& row : policy_table()) {
    EXPECT_TRUE(ids.insert(row.id).second);
    EXPECT_FALSE(row.help.empty());
    for (const std::string_view p : row.params) EXPECT_NE(find_param(p), nullptr) << p;
  }
  EXPECT_EQ(ids.size(), 12U);
  EXPECT_EQ(find_policy("no_such"), kNone);
}

TEST(Policies, EveryPolicyTakesARoutableWorkerAndExplainsItself) {
  for (const PolicyRow& row : policy_table()) {
    Case c(5);
    c.workers[0].routable = c.workers[1].routable = c.workers[4].routable = false;
    for (int i = 0; i < 20; ++i) {
      const WorkerId w = c.choose(row.id);
      EXPECT_TRUE(w == 2 || w == 3) << row.id;
      EXPECT_FALSE(c.why.reason.empty()) << row.id;
    }
  }
}

TEST(Policies, TiesGoAroundByTheCursor) {
  Case c(4);
  std::vector<WorkerId> got;
  for (int i = 0; i < 5; ++i) got.push_back(c.choose("least_loaded"));
  EXPECT_EQ(got, (std::vector<WorkerId>{0, 1, 2, 3, 0}));
  c.workers[1].routable = false;
  EXPECT_EQ(c.choose("least_loaded"), 2U);
  c.memory.cursor = 3;
  c.workers[3].load = 1;
  EXPECT_EQ(c.choose("least_loaded"), 0U) << "(w − cursor) mod W is smallest after wrapping";
}

TEST(Policies, CacheAwareTakesTheLeastLoadedOfTheBestMatches) {
  Case c(4);
  c.workers[1].overlap = c.workers[3].overlap = 4;
  c.workers[1].load = 90;
  c.workers[3].load = 80;
  EXPECT_EQ(c.choose("cache_aware"), 3U);
  c.params.min_match_blocks = 5;
  EXPECT_EQ(c.choose("cache_aware"), 0U);
}

TEST(Policies, StickyPrefixKeepsItsWorkerUntilItIsGone) {
  Case c(3);
  c.workers[0].load = 5;
  EXPECT_EQ(c.choose("sticky_prefix"), 1U);
  c.workers[1].load = 500;
  EXPECT_EQ(c.choose("sticky_prefix"), 1U);
  c.workers[1].routable = false;
  EXPECT_EQ(c.choose("sticky_prefix"), 2U);
  c.params.prefix_tokens = 15;
  c.workers[0].load = 0;
  c.workers[2].load = 1;
  EXPECT_EQ(c.choose("sticky_prefix"), 0U) << "no full block in the key: unbound";
}

// NVIDIA Dynamo, selector/default.rs: costs 10, 14, 20 at temperature 0.5 are drawn with 0.631, 0.284, 0.085.
TEST(Policies, DynamoSoftmaxShares) {
  Case c(3);
  c.params.temperature = 0.5;
  c.workers[0].active_blocks = 0;
  c.workers[1].active_blocks = 4;
  c.workers[2].active_blocks = 10;
  std::array<int, 3> drawn{};
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) ++drawn[c.choose("kv_cost")];
  EXPECT_NEAR(c.why.candidates[0].terms[2], 0.631, 0.0006);
  EXPECT_NEAR(c.why.candidates[1].terms[2], 0.284, 0.0006);
  EXPECT_NEAR(c.why.candidates[2].terms[2], 0.085, 0.0006);
  for (std::size_t w = 0; w < 3; ++w) EXPECT_NEAR(drawn[w] / double{kDraws}, c.why.candidates[w].terms[2], 0.015);
}

TEST(Policies, DynamoSoftmaxOfEqualCostsIsUniform) {
  Case c(4);
  c.params.temperature = 1;
  c.choose("kv_cost");
  for (const CandidateScore& s : c.why.candidates) EXPECT_DOUBLE_EQ(s.terms[2], 0.25);
}

// AMD Infera's documentation: a 10-block prompt; 8 of its blocks cached with 6 active gives 8, none cached with 1
// gives 11.
TEST(Policies, InferaCosts) {
  Case c(2);
  c.workers[0].overlap = 8;
  c.workers[0].active_blocks = 6;
  c.workers[1].active_blocks = 1;
  EXPECT_EQ(c.choose("kv_cost"), 0U);
  EXPECT_DOUBLE_EQ(c.why.candidates[0].score, 8);
  EXPECT_DOUBLE_EQ(c.why.candidates[1].score, 11);
}

// SGLang: active (40, 5) trips the Rust defaults (32, 1.1) but not those of the command line (64, 1.5).
TEST(Policies, SglangThresholds) {
  Case c(2);
  c.workers[0].active = 40;
  c.workers[1].active = 5;
  c.workers[0].overlap = 9;
  EXPECT_EQ(c.choose("sglang_cache_aware"), 0U);
  c.params.balance_abs = 32;
  c.params.balance_rel = 1.1;
  EXPECT_EQ(c.choose("sglang_cache_aware"), 1U);
  c.params.balance_abs = 64;
  c.workers[0].overlap = 3;
  EXPECT_EQ(c.choose("sglang_cache_aware"), 1U) << "3 of 10 is not above 0.3";
}

// llm-d's default profile: queues (0, 4), KV usage (0.5, 0.25), prefix (1, 0) give 6.0 against 1.5.
TEST(Policies, LlmdScores) {
  Case c(2);
  c.workers[1].waiting = 4;
  c.workers[0].in_use = 50;
  c.workers[1].in_use = 25;
  c.workers[0].overlap = 10;
  EXPECT_EQ(c.choose("llmd_weighted"), 0U);
  EXPECT_DOUBLE_EQ(c.why.candidates[0].score, 6.0);
  EXPECT_DOUBLE_EQ(c.why.candidates[1].score, 1.5);
}

// AIBrix: running (0, 0, 0, 8) has mean 2 and sample deviation 4: bound 6 at k = 1 (the code), 10 at k = 2 (the
// README).
TEST(Policies, AibrixBounds) {
  Case c(4);
  c.workers[3].active = 8;
  c.workers[3].overlap = 10;
  EXPECT_NE(c.choose("aibrix_prefix_cache"), 3U);
  EXPECT_DOUBLE_EQ(c.why.candidates[0].terms[1], 6.0);
  c.params.load_factor = 2;
  EXPECT_EQ(c.choose("aibrix_prefix_cache"), 3U);
  EXPECT_DOUBLE_EQ(c.why.candidates[0].terms[1], 10.0);
  EXPECT_EQ(c.memory.cursor, 0U) << "the one after the worker taken";
}

// smg prefix_hash: 10 active on 4 workers bound the owner at 1.25 × 11 / 4 = 3.4375.
TEST(Policies, PrefixHashBound) {
  Case c(4);
  const WorkerId owner = c.choose("prefix_hash");
  for (WorkerId w = 0; w < 4; ++w) c.workers[w].active = 2;
  c.workers[owner].active = 4;
  const WorkerId other = c.choose("prefix_hash");
  EXPECT_DOUBLE_EQ(c.why.candidates[0].terms[1], 3.4375);
  EXPECT_NE(other, owner);
  c.workers[owner].active = 3;
  EXPECT_EQ(c.choose("prefix_hash"), owner);
}

TEST(Policies, PrefixHashSpreadsKeysAndMovesFewWhenAWorkerGoes) {
  Case c(4);
  std::array<int, 4> owned{};
  int moved = 0;
  constexpr int kKeys = 2000;
  for (int k = 0; k < kKeys; ++k) {
    c.chain.clear();
    c.tree.extend(kNone, 1000 + static_cast<std::uint64_t>(k), 10, c.chain);
    c.workers[3].routable = true;
    const WorkerId before = c.choose("prefix_hash");
    ++owned[before];
    c.workers[3].routable = false;
    moved += before != 3 && c.choose("prefix_hash") != before ? 1 : 0;
  }
  for (const int n : owned) EXPECT_NEAR(n, kKeys / 4, kKeys / 12);
  EXPECT_EQ(moved, 0) << "only the keys of the worker that went may move";
}

TEST(Policies, LmetricMultipliesNewTokensByBatch) {
  Case c(2);
  c.workers[0].overlap = 5;
  c.workers[0].active = 1;  // 80 × 2
  c.workers[1].active = 0;  // 160 × 1
  EXPECT_EQ(c.choose("lmetric"), 0U) << "a tie, broken by the cursor";
  EXPECT_EQ(c.choose("lmetric"), 1U);
  c.workers[0].active = 2;
  EXPECT_EQ(c.choose("lmetric"), 1U);
}

TEST(Policies, PowerOfTwoTakesTheLessLoadedOfItsTwo) {
  Case c(2);
  c.workers[0].load = 10;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(c.choose("power_of_two"), 1U);
}

TEST(Policies, RandomIsUniform) {
  Case c(4);
  std::array<int, 4> drawn{};
  for (int i = 0; i < 4000; ++i) ++drawn[c.choose("random")];
  for (const int n : drawn) EXPECT_NEAR(n, 1000, 130);
}

}  // namespace
}  // namespace blockyard
