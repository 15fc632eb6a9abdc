// Routing policies against the worked examples of their sources (each named), and the tie-break that all share.
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "core/router/policy.h"
#include "core/settings/setting.h"
#include "tests/core/policy_case.h"

namespace blockyard {
namespace {

TEST(Policies, TheTableNamesEachOnceAndEveryParameterExists) {
  std::set<std::string_view> ids;
  for (const PolicyRow& row : policy_table()) {
    EXPECT_TRUE(ids.insert(row.id).second);
    EXPECT_FALSE(row.help.empty());
    for (const std::string_view p : row.params) EXPECT_NE(find_setting("router." + std::string(p)), nullptr) << p;
  }
  EXPECT_EQ(ids.size(), policy_table().size());
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

// NVIDIA Dynamo 1.x: 100 blocks; w0 with 3,200 pending tokens, 90 blocks of the prompt and 250 active ones costs 560;
// w1 with nothing but 200 active ones 400.
TEST(Policies, DynamoCostOfPendingPrefillAndDistinctBlocks) {
  Case c(2, 100);
  for (WorkerFigures& w : c.workers) w.fresh_blocks = 100;
  c.workers[0].pending_tokens = 3200;
  c.workers[0].overlap = 90;
  c.workers[0].active_distinct = 250;
  c.workers[1].active_distinct = 200;
  const auto costs = [&](WorkerId chosen, double first, double second) {
    EXPECT_EQ(c.choose("dynamo_kv"), chosen);
    EXPECT_NEAR(c.why.candidates[0].score, first, 0.05);
    EXPECT_NEAR(c.why.candidates[1].score, second, 0.05);
  };
  costs(1, 560, 400);
  // Without pending tokens and with as many active blocks, the match decides.
  c.workers[0].pending_tokens = 0;
  c.workers[0].active_distinct = 200;
  costs(0, 310, 400);
  // The decay moves where pending prefill outweighs the match.
  c.workers[0].pending_tokens = 1600;
  costs(1, 410, 400);
  c.params.credit_decay = 1;
  costs(1, 455, 400);
  c.workers[0].pending_tokens = 1120;
  costs(1, 417.1, 400);
  c.params.credit_decay = 0;
  costs(0, 380, 400);
  // What is believed cached may be worth more than there is to compute, down to 0 or below.
  c.params.overlap_weight = 3;
  costs(0, 300, 400);
  c.params.floor_cost = false;
  costs(0, 200, 400);
}

TEST(Policies, DynamoSoftmaxIsThatOfItsCosts) {
  Case c(3, 0);
  c.params.temperature = 0.5;
  c.workers[0].active_distinct = 10;
  c.workers[1].active_distinct = 14;
  c.workers[2].active_distinct = 20;
  c.choose("dynamo_kv");
  ASSERT_EQ(c.why.terms.back(), "probability");
  EXPECT_NEAR(c.why.candidates[0].terms[3], 0.631, 0.0006);
  EXPECT_NEAR(c.why.candidates[1].terms[3], 0.284, 0.0006);
  EXPECT_NEAR(c.why.candidates[2].terms[3], 0.085, 0.0006);
}

// llm-d: shares 1, 0.9 and 0 with 400,000, 130,000 and 0 pending tokens: 8,162 ms of penalty keep the two that hold the
// prompt, and the second has fewer tokens; with 300,000 there it is 18,835 ms, and nobody is kept out.
TEST(Policies, LlmdStaysUntilThatCostsTooMuchWaiting) {
  Case c(3);
  c.workers[0].overlap = 10;
  c.workers[1].overlap = 9;
  c.workers[0].pending_tokens = 400'000;
  c.workers[1].pending_tokens = 130'000;
  EXPECT_EQ(c.choose("llmd_sticky"), 1U);
  EXPECT_NEAR(c.why.candidates[0].terms[1], 25'113, 1);
  EXPECT_NEAR(c.why.candidates[1].terms[1], 8'162, 1);
  c.workers[1].pending_tokens = 300'000;
  EXPECT_EQ(c.choose("llmd_sticky"), 2U);
  EXPECT_NEAR(c.why.candidates[1].terms[1], 18'835, 1);
  c.params.max_penalty_ms = 0;
  EXPECT_EQ(c.choose("llmd_sticky"), 1U) << "0: whatever the waiting";
  c.workers[2].overlap = 8;
  EXPECT_EQ(c.choose("llmd_sticky"), 2U) << "8 of 10 is enough: everybody holds the prompt";
}

TEST(Policies, SessionsStayUntilTheirWorkerIsGoneOrTheyAreForgotten) {
  Case c(3);
  const auto turn = [&](std::uint32_t session, SimTime now) {
    c.in.session = session;
    c.in.now = now;
    return c.choose("sticky_session");
  };
  EXPECT_EQ(turn(7, 0), 0U);
  EXPECT_EQ(turn(8, 0), 1U);
  EXPECT_EQ(turn(7, 1), 0U) << "bound";
  EXPECT_EQ(c.memory.cursor, 2U) << "a bound session does not move the cursor";
  EXPECT_EQ(turn(9, 1), 2U);
  c.workers[0].routable = false;
  EXPECT_EQ(turn(7, 2), 1U) << "its worker is gone: the cursor breaks the tie";
  c.workers[0].routable = true;
  EXPECT_EQ(turn(7, 3), 1U) << "and it stays where it is now";
  EXPECT_EQ(turn(10, 3), 0U) << "nobody lives there any more";
  c.params.session_ttl_ms = 1;
  EXPECT_EQ(turn(10, 1003), 0U) << "exactly a time to live ago: still bound";
  EXPECT_EQ(turn(8, 1002), 2U) << "forgotten, and so are the others: the cursor stood at 1";
  EXPECT_EQ(turn(kNone, 1004), 1U) << "without a session: unbound";
  EXPECT_EQ(turn(kNone, 1004), 1U);
}

TEST(Policies, SessionHashKeepsASessionWhateverThePromptAndTheLoad) {
  Case c(4);
  c.in.session = 1;
  c.in.session_name = "17";
  const WorkerId owner = c.choose("session_hash");
  c.workers[owner].active = 1000;
  EXPECT_EQ(c.choose("session_hash"), owner) << "no bound";
  c.params.session_load_bound = 1.25;
  EXPECT_NE(c.choose("session_hash"), owner);
  c.in.session = kNone;
  EXPECT_NE(c.choose("session_hash"), owner) << "no session: fewest active";
}

// production-stack: shares 1 and 0 with 3 and 1 active: mean 2, so 1 − 1/2 against 0 + 1/2: a tie, and beta decides.
TEST(Policies, LoadawareWeighsTheMatchAgainstTheLoad) {
  Case c(2);
  c.workers[0].overlap = 10;
  c.workers[0].active = 3;
  c.workers[1].active = 1;
  c.params.load_beta = 0.9;
  EXPECT_EQ(c.choose("pstack_loadaware"), 0U);
  c.params.load_beta = 1.1;
  EXPECT_EQ(c.choose("pstack_loadaware"), 1U);
  EXPECT_DOUBLE_EQ(c.why.candidates[0].score, 1 - 0.55);
}

TEST(Policies, RowsAfterASystemSayWhatWasReadAndWhen) {
  for (const PolicyRow& row : policy_table()) {
    if (row.source.empty() || row.id == "power_of_two") continue;
    EXPECT_FALSE(row.upstream.empty()) << row.id;
    EXPECT_EQ(row.read_on.size(), 10U) << row.id;
  }
}

}  // namespace
}  // namespace blockyard
