// The Player against a plain run: wherever it stands, it stands where a run from the start would stand.
#include "core/replay/player.h"

#include <gtest/gtest.h>

#include "core/metrics/live.h"
#include "core/metrics/summary.h"
#include "tests/core/random_run.h"

namespace blockyard {
namespace {

using test::random_run;
using test::RandomRun;

SimTime end_of(const RandomRun& run) {
  Simulation sim = run.simulation();
  sim.run();
  return sim.now();
}

std::uint64_t digest_at(const RandomRun& run, SimTime t) {
  Simulation sim = run.simulation();
  test::EveryEvent all;
  sim.run_until(t, &all);
  return sim.digest();
}

class PlayerOverSeeds : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Random, PlayerOverSeeds, testing::Range(0, 60));

TEST_P(PlayerOverSeeds, SeekEqualsTheRunToThatTime) {
  const auto run = random_run(static_cast<std::uint64_t>(GetParam()));
  Player player(run->config, run->workload, run->tree, nullptr, Player::kDefaultBudget, 8);
  Rng rng(7, RngPurpose::kTest);
  const auto end = static_cast<std::uint64_t>(end_of(*run));
  for (int i = 0; i < 40; ++i) {
    const auto t = static_cast<SimTime>(rng.below(end + 1));
    player.seek(t);
    ASSERT_EQ(player.cursor().digest(), digest_at(*run, t)) << "at " << t;
    ASSERT_EQ(player.events_at_cursor(), player.events_until(t));
  }
  EXPECT_GT(player.checkpoints(), 0U);
}

TEST_P(PlayerOverSeeds, StepsBackTheWayItCame) {
  const auto run = random_run(static_cast<std::uint64_t>(GetParam()));
  Player player(run->config, run->workload, run->tree, nullptr, Player::kDefaultBudget, 8);
  std::vector<std::uint64_t> there{player.cursor().digest()};
  while (player.step_event()) there.push_back(player.cursor().digest());
  while (player.step_back_event()) {
    there.pop_back();
    ASSERT_FALSE(there.empty());
    ASSERT_EQ(player.cursor().digest(), there.back());
  }
  EXPECT_EQ(there.size(), 1U);
  EXPECT_EQ(player.cursor().events_handled(), 0U);
}

// The live series has a point at every whole step up to the end of the run, the end itself among them.
TEST(LiveSeries, EndsWithTheRun) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto run = random_run(seed);
    const SimTime end = end_of(*run);
    for (const SimTime step : {end, end / 2 + 1, SimTime{100'000}}) {
      if (step <= 0) continue;
      LiveMetrics live(5'000'000, step);
      Player player(run->config, run->workload, run->tree, &live);
      player.look_ahead_all();
      const auto points = live.series(end);
      ASSERT_EQ(static_cast<SimTime>(points.size()), end / step) << "a point each " << step << " µs until " << end;
      for (std::size_t i = 0; i < points.size(); ++i) EXPECT_EQ(points[i].t, static_cast<SimTime>(i + 1) * step);
    }
  }
}

// A log that is full of messages takes no more of them, and what is shown is the same but for their rows.
TEST_P(PlayerOverSeeds, ALogWithoutMessagesIsOtherwiseTheSame) {
  const auto run = random_run(static_cast<std::uint64_t>(GetParam()));
  LiveMetrics all_figures, figures;
  Player all(run->config, run->workload, run->tree, &all_figures);
  Player player(run->config, run->workload, run->tree, &figures, Player::kDefaultBudget, 8, 0);
  all.look_ahead_all();
  player.look_ahead_all();
  ASSERT_EQ(all.frontier_state().digest(), player.frontier_state().digest());
  EventLog wanted;
  for (const LoggedEvent& e : all.events()) {
    const bool message = e.type == EventType::kHeartbeat || e.type == EventType::kSync ||
                         (e.type == EventType::kDeliver && static_cast<MessageKind>(e.value) != MessageKind::kReport);
    if (!message) wanted.push_back(e);
  }
  ASSERT_EQ(player.leaves_messages_out(), wanted.size() < all.events().size());
  EXPECT_FALSE(all.leaves_messages_out());
  ASSERT_EQ(player.events().size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_EQ(player.events()[i].t, wanted[i].t) << i;
    ASSERT_EQ(player.events()[i].type, wanted[i].type) << i;
    ASSERT_EQ(player.events()[i].request, wanted[i].request) << i;
    ASSERT_EQ(player.events()[i].handled, wanted[i].handled) << i;
  }
  const SimTime end = player.frontier();
  const auto a = all_figures.series(end), b = figures.series(end);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].phantom_blocks, b[i].phantom_blocks) << i;
    ASSERT_EQ(a[i].window.completed, b[i].window.completed) << i;
  }
  Rng rng(5, RngPurpose::kTest);
  for (int i = 0; i < 10; ++i) {
    const auto t = static_cast<SimTime>(rng.below(static_cast<std::uint64_t>(end) + 1));
    player.seek(t);
    ASSERT_EQ(player.cursor().digest(), digest_at(*run, t)) << "at " << t;
  }
}

TEST_P(PlayerOverSeeds, ChangesAreMadeAgainOnEveryReplay) {
  const auto run = random_run(static_cast<std::uint64_t>(GetParam()));
  const SimTime end = end_of(*run);
  Config later = run->config;
  later.router.strategy = find_policy("round_robin");
  later.router.sync = 333'000;
  later.fleet.slots = 3;
  LiveMetrics live(200'000, 10'000);
  Player player(run->config, run->workload, run->tree, &live, Player::kDefaultBudget, 8);
  player.look_ahead_all();
  player.seek(end / 3);
  player.change(later, "round robin");
  EXPECT_EQ(player.newest(), player.now());
  player.seek(end / 2);
  player.change_arrival_rate(2.0, "twice as fast");
  EXPECT_EQ(player.changes().size(), 2U);

  Simulation plain = run->simulation();
  plain.run_until(end / 3);
  plain.change(later);
  plain.run_until(end / 2);
  plain.change_arrival_rate(2.0);
  const Simulation changed = plain;
  plain.run();
  player.seek(plain.now());
  EXPECT_EQ(player.cursor().digest(), plain.digest());
  player.seek(end / 3 - 1);
  EXPECT_EQ(player.cursor().digest(), digest_at(*run, end / 3 - 1));
  player.seek(end / 2);
  EXPECT_EQ(player.cursor().digest(), changed.digest());
  EXPECT_EQ(player.arrival_rate(), 2.0);
  while (player.step_back_event()) {
  }
  EXPECT_EQ(player.cursor().events_handled(), 0U);
  while (player.step_event()) {
  }
  player.seek(plain.now());
  EXPECT_EQ(player.cursor().digest(), plain.digest());

  // Another run that takes the changes over is the same run.
  Player twin(run->config, run->workload, run->tree, nullptr, Player::kDefaultBudget, 8);
  twin.adopt_changes(player.changes());
  twin.seek(plain.now());
  EXPECT_EQ(twin.cursor().digest(), plain.digest());

  // Without the changes it is the run that it was.
  player.seek(end / 2);
  player.drop_changes(0);
  EXPECT_EQ(player.cursor().digest(), digest_at(*run, end / 2));
  player.look_ahead_all();
  EXPECT_EQ(player.frontier(), end);
}

TEST_P(PlayerOverSeeds, LiveGoodputIsThatOfTheSummary) {
  const auto run = random_run(static_cast<std::uint64_t>(GetParam()));
  Config config = run->config;
  LiveMetrics live(200'000, 10'000);
  Player player(config, run->workload, run->tree, &live);
  player.look_ahead_all();
  const Summary plain = summarize(player.frontier_state());
  if (!plain.ttft || !plain.tpot) return;
  const SimTime end = player.frontier();
  SloConfig half{plain.ttft->p50, {}}, both{plain.ttft->p95, plain.tpot->p50}, impossible{-1.0, {}};
  for (const SloConfig& slo : {half, both, impossible}) {
    player.seek(end);
    config.slo = slo;
    player.change(config, "objectives");
    const Summary s = summarize(player.cursor());
    ASSERT_TRUE(s.goodput);
    EXPECT_EQ(live.kept(-1, end, slo), s.goodput->requests);
  }
  EXPECT_GT(live.kept(-1, end, half), 0U);
  EXPECT_EQ(live.kept(-1, end, impossible), 0U);
  EXPECT_EQ(live.kept(-1, end, {}), plain.completed);
  // Over time: what a window holds, and all of the throughput where nothing is promised.
  const auto points = live.series(end);
  const auto good = live.goodput(end, half), all = live.goodput(end, {});
  ASSERT_EQ(good.size(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const SimTime t = points[i].t, from = t - live.window();
    ASSERT_DOUBLE_EQ(good[i], live.kept(from, t, half) * 1e6 / static_cast<double>(t - std::max<SimTime>(from, 0)));
    ASSERT_DOUBLE_EQ(all[i], points[i].window.throughput_rps);
  }
}

// One truth: the figures of the run so far are those of its summary, to the bit, at any moment.
TEST_P(PlayerOverSeeds, FiguresSoFarAreThoseOfTheSummary) {
  const auto run = random_run(static_cast<std::uint64_t>(GetParam()));
  LiveMetrics live(200'000, 10'000);
  Player player(run->config, run->workload, run->tree, &live);
  player.look_ahead_all();
  const SimTime end = player.frontier();
  for (const SimTime t : {end / 7, end / 3, end / 2, end * 4 / 5, end}) {
    player.seek(t);
    const Summary s = summarize(player.cursor());
    const KeyFigures k = live.until(t);
    ASSERT_EQ(k.completed, s.completed);
    // Engine continuous tells what a step has changed: a block that goes and comes back within one is not in it.
    EXPECT_LE(k.evictions, s.evictions);
    if (run->config.fleet.engine == EngineKind::kSlots) {
      EXPECT_EQ(k.evictions, s.evictions);
    }
    if (s.completed == 0) continue;
    EXPECT_EQ(k.block_hit_rate, s.block_hit_rate);
    EXPECT_EQ(k.request_hit_rate, s.request_hit_rate);
    EXPECT_EQ(k.false_hit_rate, static_cast<double>(s.false_hits) / s.completed);
    EXPECT_EQ(k.ttft_p50_ms, s.ttft->p50);
    EXPECT_EQ(k.ttft_p95_ms, s.ttft->p95);
    EXPECT_EQ(k.ttft_p99_ms, s.ttft->p99);
    EXPECT_EQ(k.e2e_p50_ms, s.e2e->p50);
    EXPECT_EQ(k.e2e_p95_ms, s.e2e->p95);
    EXPECT_EQ(k.imbalance, s.imbalance);
    EXPECT_DOUBLE_EQ(k.throughput_rps, 1000.0 * s.completed / s.makespan_ms);
  }
}

TEST_P(PlayerOverSeeds, LiveFiguresAreAFunctionOfTheMoment) {
  const auto run = random_run(static_cast<std::uint64_t>(GetParam()));
  const SimTime end = end_of(*run);
  LiveMetrics straight(200'000, 10'000);
  Player one(run->config, run->workload, run->tree, &straight);
  one.look_ahead_all();
  // The same run, cut off twice by a change that changes nothing.
  LiveMetrics cut(200'000, 10'000);
  Player other(run->config, run->workload, run->tree, &cut);
  other.look_ahead_all();
  other.seek(end * 2 / 3);
  other.seek(end / 3);
  other.change(run->config, "nothing");
  other.look_ahead_all();
  other.drop_changes(0);
  other.look_ahead_all();
  for (const SimTime t : {SimTime{0}, end / 5, end / 3, end / 2, end}) {
    const KeyFigures a = straight.at(t);
    const KeyFigures b = cut.at(t);
    EXPECT_EQ(a.started, b.started);
    EXPECT_EQ(a.completed, b.completed);
    EXPECT_EQ(a.evictions, b.evictions);
    EXPECT_EQ(a.ttft_p95_ms == b.ttft_p95_ms, a.ttft_p95_ms == a.ttft_p95_ms);
    EXPECT_EQ(straight.series(t).size(), cut.series(t).size());
  }
  const auto a = straight.series(end);
  const auto b = cut.series(end);
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].t, b[i].t);
    ASSERT_EQ(a[i].window.evictions, b[i].window.evictions);
    ASSERT_EQ(a[i].phantom_blocks, b[i].phantom_blocks);
    ASSERT_EQ(straight.workers(i)[0].resident, cut.workers(i)[0].resident);
  }
  const auto record = one.frontier_state().records();
  std::uint32_t completed = 0;
  for (const RequestRecord& r : record) completed += r.status == RequestStatus::kCompleted ? 1U : 0U;
  EXPECT_EQ(straight.until(end).completed, completed);
}

// What every strategy would do is asked on the state right before the routing: for the one that is used it is what
// happened, and for another it is what a run that switches to it right there does.
TEST_P(PlayerOverSeeds, StudiesARoutingOnItsOwnState) {
  const auto run = random_run(static_cast<std::uint64_t>(GetParam()));
  Player player(run->config, run->workload, run->tree, nullptr, Player::kDefaultBudget, 8);
  player.look_ahead_all();
  player.seek(player.frontier());
  for (std::size_t i = 0; i < player.events().size(); ++i) {
    const LoggedEvent e = player.events()[i];
    if (e.type != EventType::kRoute) continue;
    player.seek(e.t);
    const auto study = player.routing_of(e.request);
    ASSERT_TRUE(study.has_value());
    if (study->used.t == e.t && player.cursor().records()[e.request].retries == 0) {
      ASSERT_EQ(study->used.chosen, e.worker);
    }
    ASSERT_EQ(study->strategies.size(), policy_table().size());
    ASSERT_EQ(study->strategies[run->config.router.strategy].chosen, study->used.chosen);
    if (e.handled != 1) continue;  // the first step: nothing is known yet, all start alike
    for (std::uint32_t s = 0; s < policy_table().size(); ++s) {
      ASSERT_EQ(study->strategies[s].chosen, run->simulation().decide(e.request, s).chosen) << policy_table()[s].id;
    }
  }
  player.seek(0);
  EXPECT_FALSE(player.routing_of(run->workload.requests.size() > 1 ? 1 : kNone).has_value() &&
               player.cursor().arrived() < 2);
}

TEST(Player, KeepsToItsBudget) {
  const auto run = random_run(3);
  Player probe(run->config, run->workload, run->tree);
  const std::size_t copy = probe.checkpoint_bytes();
  Player player(run->config, run->workload, run->tree, nullptr, copy * 4, 1);
  player.look_ahead_all();
  EXPECT_LE(player.checkpoint_bytes(), copy * 4);
  EXPECT_GT(player.checkpoints(), 1U);
  const SimTime t = player.frontier() / 2;
  player.seek(t);
  EXPECT_EQ(player.cursor().digest(), digest_at(*run, t));
}

TEST(Player, GoesFromRequestToRequest) {
  const auto run = random_run(5);
  Player player(run->config, run->workload, run->tree);
  std::vector<std::uint64_t> there;
  while (player.step_request()) there.push_back(player.cursor().digest());
  EXPECT_EQ(there.size(), run->workload.requests.size());
  for (std::size_t i = there.size() - 1; i > 0; --i) {
    ASSERT_TRUE(player.step_back_request());
    ASSERT_EQ(player.cursor().digest(), there[i - 1]);
  }
  ASSERT_TRUE(player.step_back_request());
  EXPECT_EQ(player.now(), 0);
}

// A run of 10,000 requests: any moment within 100 ms (looser here, for slow and sanitized builds).
// What a seek costs is what lies between it and the checkpoint before it; tests/bench has the time that takes.
TEST(Player, KeepsCheckpointsClose) {
  Workload workload;
  workload.block_tokens = 16;
  std::vector<std::vector<blockyard::Span>> chains;
  Rng rng(1, RngPurpose::kTest);
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    Request r;
    r.arrival = SimTime{i} * 20'000;
    r.prompt_tokens = 16 * 60;
    r.output_tokens = 20;
    r.prompt_blocks = r.known_blocks = 60;
    r.runs_begin = static_cast<std::uint32_t>(workload.runs.size());
    std::vector<blockyard::Span> chain;
    const PrefixTree::NodeId node = workload.tree.extend(kNone, rng.below(40), 40, chain);
    workload.tree.extend(node, 1000 + i, 20, chain);
    r.runs_count = static_cast<std::uint32_t>(chain.size());
    workload.runs.insert(workload.runs.end(), chain.begin(), chain.end());
    workload.requests.push_back(r);
    chains.push_back(chain);
  }
  workload.number_private_blocks();
  const RadixTree tree = RadixTree::build(chains, workload.id_count());
  Config config;
  config.fleet.workers = 8;
  Player player(config, workload, tree);
  player.look_ahead_all();
  const std::uint64_t steps = player.frontier_state().events_handled();
  EXPECT_GT(steps, 30'000U);
  EXPECT_LE(steps / player.checkpoints(), 4096U) << player.checkpoints() << " checkpoints";
}

}  // namespace
}  // namespace blockyard
