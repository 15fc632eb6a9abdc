// Routing policies: choices among workers that are alike but for one figure.
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "tests/core/policy_case.h"

namespace blockyard {
namespace {

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

TEST(Policies, KvCostWeighsWhatIsToBeComputed) {
  Case c(2);
  c.workers[0].overlap = 4;  // 6 to compute, 5 active
  c.workers[0].active_blocks = 5;
  EXPECT_EQ(c.choose("kv_cost"), 1U) << "11 against 10";
  c.params.overlap_weight = 2;
  EXPECT_EQ(c.choose("kv_cost"), 0U) << "17 against 20";
  EXPECT_DOUBLE_EQ(c.why.candidates[0].score, 17);
  c.params.overlap_weight = 0;
  EXPECT_EQ(c.choose("kv_cost"), 1U);
  EXPECT_DOUBLE_EQ(c.why.candidates[1].score, 0);
}

TEST(Policies, StickyPrefixStaysWhereItWasBoundAnew) {
  Case c(3);
  EXPECT_EQ(c.choose("sticky_prefix"), 0U);
  c.workers[0].routable = false;
  c.workers[1].load = 5;
  EXPECT_EQ(c.choose("sticky_prefix"), 2U);
  c.workers[0].routable = true;
  c.workers[2].load = 100;
  EXPECT_EQ(c.choose("sticky_prefix"), 2U) << "back, but no longer its worker";
}

TEST(Policies, RoundRobinGoesOnBehindWhoeverWasTaken) {
  Case c(4);
  c.workers[1].routable = false;
  std::vector<WorkerId> got;
  for (int i = 0; i < 7; ++i) got.push_back(c.choose("round_robin"));
  EXPECT_EQ(got, (std::vector<WorkerId>{0, 2, 3, 0, 2, 3, 0}));
  c.workers[1].routable = true;
  EXPECT_EQ(c.choose("round_robin"), 1U);
  c.workers[2].routable = c.workers[3].routable = c.workers[0].routable = false;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(c.choose("round_robin"), 1U);
}

// Of two equally loaded ones the first drawn: by the same numbers, drawn again.
TEST(Policies, PowerOfTwoGivesATieToTheFirstDrawn) {
  Case c(5);
  for (int i = 0; i < 60; ++i) {
    Rng same = c.memory.rng;
    const auto first = static_cast<WorkerId>(same.below(5));
    EXPECT_EQ(c.choose("power_of_two"), first);
  }
}

// W in a bound is all workers, and points are those of the routable ones.
TEST(Policies, PrefixHashBoundsByAllWorkers) {
  Case c(4);
  const WorkerId owner = c.choose("prefix_hash");
  const WorkerId gone = (owner + 1) % 4;
  c.workers[gone].routable = false;
  for (WorkerId w = 0; w < 4; ++w) c.workers[w].active = w == gone ? 0 : 3;
  EXPECT_EQ(c.choose("prefix_hash"), owner);
  EXPECT_DOUBLE_EQ(c.why.candidates[owner].terms[1], 1.25 * 10 / 4);
  c.workers[owner].active = 4;
  EXPECT_NE(c.choose("prefix_hash"), owner) << "4 is above 1.25 × 11 / 4, and would not be above 1.25 × 11 / 3";
}

}  // namespace
}  // namespace blockyard
