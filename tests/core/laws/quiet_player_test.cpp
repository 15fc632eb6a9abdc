// The Player passes over what is said again and again once its log takes no more of that: all else is as it would be.
#include <gtest/gtest.h>

#include "core/metrics/live.h"
#include "core/replay/player.h"
#include "tests/core/laws/sparse_run.h"

namespace blockyard {
namespace {

using test::sparse_run;

// Both runs to their ends, and how many strides each took.
std::uint64_t strides_to_the_end(Player& player) {
  std::uint64_t n = 1;
  while (player.look_ahead(1)) ++n;
  return n;
}

void expect_equal_nan(double a, double b) { ASSERT_TRUE(a == b || (a != a && b != b)) << a << " and " << b; }

void expect_equal(const LiveMetrics& a, const LiveMetrics& b, SimTime end) {
  ASSERT_EQ(a.step(), b.step());
  const auto all = a.series(end), few = b.series(end);
  ASSERT_EQ(all.size(), few.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(all[i].t, few[i].t);
    ASSERT_EQ(all[i].phantom_blocks, few[i].phantom_blocks) << i;
    ASSERT_EQ(all[i].unknown_blocks, few[i].unknown_blocks) << i;
    ASSERT_EQ(all[i].tokens.handed_out, few[i].tokens.handed_out) << i;
    expect_equal_nan(all[i].window.ttft_p95_ms, few[i].window.ttft_p95_ms);
    const auto x = a.workers(i), y = b.workers(i);
    for (std::size_t w = 0; w < x.size(); ++w) {
      ASSERT_EQ(x[w].load, y[w].load);
      ASSERT_EQ(x[w].resident, y[w].resident);
      ASSERT_EQ(x[w].running, y[w].running);
      ASSERT_EQ(x[w].up, y[w].up);
    }
  }
}

class QuietPlayer : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Random, QuietPlayer, testing::Range<std::uint64_t>(0, 60));

TEST_P(QuietPlayer, StandsWhereStepsLeadTo) {
  const auto run = sparse_run(GetParam());
  LiveMetrics all_figures(200'000, 7'000), few_figures(200'000, 7'000);
  Player all(run->config, run->workload, run->tree, &all_figures);
  Player few(run->config, run->workload, run->tree, &few_figures, Player::kDefaultBudget, 8, 0);
  ASSERT_LE(strides_to_the_end(few), strides_to_the_end(all));
  const SimTime end = all.frontier();
  ASSERT_EQ(all.frontier_state().digest(), few.frontier_state().digest());
  expect_equal(all_figures, few_figures, end);

  // From event to event, there and back.
  Simulation plain = run->simulation();
  std::vector<std::uint64_t> there{few.cursor().digest()};
  while (few.step_event()) {
    const LoggedEvent e = few.events()[few.events_at_cursor() - 1];
    while (plain.events_handled() < e.handled) plain.step();
    ASSERT_EQ(plain.now(), e.t);
    there.push_back(plain.digest());
    ASSERT_EQ(few.cursor().digest(), there.back());
  }
  while (few.step_back_event()) {
    there.pop_back();
    ASSERT_EQ(few.cursor().digest(), there.back());
  }
  EXPECT_EQ(there.size(), 1U);

  // To any moment, in any order.
  Rng rng(3, RngPurpose::kTest);
  test::EveryEvent every;
  for (int i = 0; i < 12; ++i) {
    const auto t = static_cast<SimTime>(rng.below(static_cast<std::uint64_t>(end) + 1));
    Simulation at = run->simulation();
    at.run_until(t, &every);
    few.seek(t);
    ASSERT_EQ(few.cursor().digest(), at.digest()) << t;
  }
}

TEST_P(QuietPlayer, ChangesAreMadeWhereTheyWere) {
  const auto run = sparse_run(GetParam());
  Player all(run->config, run->workload, run->tree);
  Player few(run->config, run->workload, run->tree, nullptr, Player::kDefaultBudget, 8, 0);
  all.look_ahead_all();
  few.look_ahead_all();
  const SimTime end = all.frontier();
  Config other = run->config;
  other.router.sync = 9'000;
  other.fleet.slots = 2;
  for (Player* player : {&all, &few}) {
    player->seek(end / 3);
    player->change(other, "sync");
    player->seek(end / 2);
    player->change(run->config, "back");
    player->look_ahead_all();
  }
  ASSERT_EQ(all.frontier_state().digest(), few.frontier_state().digest());
  for (const SimTime t : {end / 2, end / 3, end / 3 - 1, end, end * 2 / 5}) {
    all.seek(t);
    few.seek(t);
    ASSERT_EQ(all.cursor().digest(), few.cursor().digest()) << t;
  }
  // Taken over by another one, and dropped again.
  Player twin(run->config, run->workload, run->tree, nullptr, Player::kDefaultBudget, 8, 0);
  twin.adopt_changes(few.changes());
  twin.look_ahead_all();
  ASSERT_EQ(twin.changes().size(), few.changes().size());
  EXPECT_EQ(twin.frontier_state().digest(), few.frontier_state().digest());
  few.drop_changes(0);
  few.look_ahead_all();
  EXPECT_EQ(few.frontier(), end);
}

// A pause of a hundred years is nothing to wait for.
TEST(Quiet, AHundredYearsAreNothingToAPlayer) {
  const auto run = test::random_run(4, EngineKind::kSlots);
  run->config.router.heartbeat = 500;
  run->config.router.sync = 700;
  run->config.router.message_loss = 0;
  run->config.router.message_delay = 20;
  run->config.cache.capacity_blocks = 60;
  SimTime t = 0;
  for (Request& r : run->workload.requests) r.arrival = t += ms_to_us(3.2e12);
  LiveMetrics figures;
  Player player(run->config, run->workload, run->tree, &figures, std::size_t{1} << 20, 0, 1000);
  std::uint64_t strides = 0;
  while (player.look_ahead(1) && strides < 3'000'000) ++strides;
  ASSERT_TRUE(player.complete());
  EXPECT_TRUE(player.leaves_messages_out());
  for (const SimTime at : {t / 2, t / 3 * 2, t / 7}) {
    player.seek(at);
    EXPECT_EQ(player.now(), at);
    ASSERT_TRUE(player.step_back_event());
    ASSERT_TRUE(player.step_event());
    EXPECT_LE(player.now(), at);
  }
}

}  // namespace
}  // namespace blockyard
