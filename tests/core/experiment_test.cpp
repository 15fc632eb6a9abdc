// Experiments as values: axes and cells of sweeps, intervals, what files say, and the laws of the loss waterfall.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/experiment/compare.h"
#include "core/experiment/sweep.h"
#include "core/experiment/variant.h"
#include "core/experiment/waterfall.h"
#include "core/io/experiments/sweep_files.h"
#include "core/io/experiments/waterfall_file.h"
#include "core/io/files.h"
#include "core/io/results.h"
#include "core/router/policy.h"

namespace blockyard {
namespace {

const std::string kPresets = std::string(BLOCKYARD_ASSETS) + "/presets";

Scenario scenario_of(const std::string& json) {
  auto s = parse_scenario(json, "", kPresets);
  EXPECT_TRUE(s) << (s ? "" : s.error().message);
  return *s;
}

const std::string kBusy = R"({"name": "busy", "cache": {"capacity_blocks": 200}, "fleet": {"workers": 3, "slots": 2},
    "workload": {"type": "rag", "requests": 150, "rate": 6, "documents": 20, "document_tokens": 512}})";

std::string temporary(const std::string& name) {
  return (std::filesystem::path(testing::TempDir()) / (std::to_string(::getpid()) + "-" + name)).string();
}

// A variant is cut at the commas between its settings, never at those within a value.
TEST(Variants, AreCutBetweenSettings) {
  using Values = std::vector<std::pair<std::string, std::string>>;
  const auto values = [](const std::string& text) {
    const auto v = parse_variant(text);
    return v ? v->values : Values{{"error", v.error().message}};
  };
  EXPECT_EQ(values("a:router.sync_ms=1000"), (Values{{"router.sync_ms", "1000"}}));
  EXPECT_EQ(values("a:router.sync_ms=1000,fleet.workers=2,seed=3"),
            (Values{{"router.sync_ms", "1000"}, {"fleet.workers", "2"}, {"seed", "3"}}));
  EXPECT_EQ(values(R"(a:faults=[{"t_ms":1,"worker":0},{"t_ms":2,"worker":1}],seed=3)"),
            (Values{{"faults", R"([{"t_ms":1,"worker":0},{"t_ms":2,"worker":1}])"}, {"seed", "3"}}));
  EXPECT_EQ(values(R"(a:name="one, \"two\", three",seed=3)"),
            (Values{{"name", R"("one, \"two\", three")"}, {"seed", "3"}}));
  for (const char* wrong : {"", "a", "a:", "a:=1", "a:b", "a/b:seed=1", ":seed=1"})
    EXPECT_FALSE(parse_variant(wrong)) << wrong;
}

TEST(SweepAxis, ReadsListsAndRanges) {
  using Values = std::vector<std::string>;
  EXPECT_EQ(parse_axis("router.prefix_tokens=16,32,64")->values, (Values{"16", "32", "64"}));
  EXPECT_EQ(parse_axis("fleet.workers=2:64:x2")->values, (Values{"2", "4", "8", "16", "32", "64"}));
  EXPECT_EQ(parse_axis("router.strategy=*")->values.size(), policy_table().size());
  EXPECT_EQ(parse_axis("router.view=*")->values, (Values{"synced", "decisions", "oracle"}));
  EXPECT_FALSE(parse_axis("router.sync_ms=*"));
  EXPECT_EQ(parse_axis("seed=1:5:2")->values, (Values{"1", "3", "5"}));
  EXPECT_EQ(parse_axis("x=0:0.3:0.1")->values, (Values{"0", "0.1", "0.2", "0.3"}))
      << "the end is included, and no 0.30000000000000004";
  EXPECT_EQ(parse_axis("x=1,4:8:4,[1,2]")->values, (Values{"1", "4", "8", "[1,2]"}));
  EXPECT_EQ(parse_axis("router.strategy=round_robin,lmetric")->values, (Values{"round_robin", "lmetric"}));
}

TEST(SweepAxis, SaysInOneLineWhatIsWrong) {
  for (const char* text :
       {"", "x", "x=", "=3", "x=1,,2", "x=5:1:1", "x=1:5:0", "x=1:8:x1", "x=0:8:x2", "x=-1:8:x2", "x=1:5", "x=1:b:2"}) {
    const auto axis = parse_axis(text);
    ASSERT_FALSE(axis) << text;
    EXPECT_EQ(axis.error().message.find('\n'), std::string::npos);
    EXPECT_EQ(axis.error().message.rfind("--vary", 0), 0U) << axis.error().message;
  }
}

SweepPlan small_plan() {
  SweepPlan plan;
  plan.title = "small";
  plan.scenario = kBusy;
  plan.axes = {{"router.strategy", {"round_robin", "cache_aware"}}, {"fleet.workers", {"1", "2", "4"}}};
  name_plan(plan);
  return plan;
}

TEST(Sweep, NumbersCellsRowByRow) {
  const SweepPlan plan = small_plan();
  EXPECT_EQ(plan.cells(), 6U);
  EXPECT_EQ(plan.places(4), (std::vector<std::size_t>{1, 1}));
  const auto s = plan.scenario_of(4, kPresets);
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(policy_table()[s->config.router.strategy].id, "cache_aware");
  EXPECT_EQ(s->config.fleet.workers, 2U);
}

TEST(Sweep, RefusesValuesAndPlansThatCannotRun) {
  SweepPlan plan = small_plan();
  plan.axes[1].values[2] = "0";
  const auto s = plan.scenario_of(5, kPresets);
  ASSERT_FALSE(s);
  EXPECT_NE(s.error().message.find("/fleet/workers"), std::string::npos) << s.error().message;
  plan.metrics = {"nonsense"};
  ASSERT_TRUE(check_plan(plan));
  EXPECT_NE(check_plan(plan)->message.find("nonsense"), std::string::npos);
}

TEST(Sweep, DerivesAgainWhatTheScenarioDerived) {
  SweepPlan plan;
  plan.scenario = sweep_base(scenario_of("{}"));
  plan.axes = {{"gpu", {"a100-40gb", "a100-80gb"}}, {"router.load_metric", {"remaining_ms", "queue_depth"}}};
  EXPECT_EQ(plan.scenario_of(0, kPresets)->config.cache.capacity_blocks, 924U);
  EXPECT_GT(plan.scenario_of(3, kPresets)->config.cache.capacity_blocks, 3000U);
  EXPECT_EQ(plan.scenario_of(0, kPresets)->config.router.effective_speculative_load(), 50);
  EXPECT_EQ(plan.scenario_of(3, kPresets)->config.router.effective_speculative_load(), 1);
}

// What a fault did is asked of the worker that it struck: a router that restarts strikes none.
TEST(Sweep, AsksWorkersAloneForTheAftermathOfAFault) {
  const auto aftermath = [](const std::string& faults) {
    SweepPlan plan = small_plan();
    plan.scenario.back() = ',';
    plan.scenario += R"("router": {"replicas": 2}, "faults": [)" + faults + "]}";
    const auto s = plan.scenario_of(5, kPresets);
    EXPECT_TRUE(s) << (s ? "" : s.error().message);
    return run_cell(**prepare(*s), *s, 5, nullptr, {})->aftermath;
  };
  const std::string router = R"({"t_ms": 900, "router": 1, "kind": "router_restart", "down_ms": 50})";
  const std::string worker = R"({"t_ms": 1500, "worker": 2, "kind": "cache_flush"})";
  EXPECT_FALSE(aftermath(router).has_value());
  ASSERT_TRUE(aftermath(router + ", " + worker).has_value());
  EXPECT_GT(aftermath(router + ", " + worker)->recovery_ms, 0) << "what was flushed is believed in until a sync";
}

TEST(Sweep, CellsComeBackFromTheirFileToTheLastBit) {
  const SweepPlan plan = small_plan();
  std::string lines;
  for (std::size_t cell = 0; cell < 2; ++cell) {
    const auto s = plan.scenario_of(cell, kPresets);
    const auto prepared = prepare(*s);
    lines += cell_line(plan, *run_cell(**prepared, *s, cell, nullptr, {}));
  }
  const std::string path = temporary("cells.jsonl");
  ASSERT_TRUE(io::write_file(path, lines + R"({"cell": 2, "values": {"router.stra)"));
  const auto cells = read_cells(path, plan);
  ASSERT_TRUE(cells) << cells.error().message;
  ASSERT_EQ(cells->size(), 2U) << "a line that was cut off is no cell";
  EXPECT_EQ(cell_line(plan, (*cells)[0]) + cell_line(plan, (*cells)[1]), lines);
  ASSERT_TRUE(io::write_file(path, plan_json(plan)));
  const auto again = read_plan(path);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(plan_json(*again), plan_json(plan));
  std::filesystem::remove(path);
}

TEST(Interval, IsStudentsT) {
  const std::vector<double> values{1, 2, 3, 4, 5};
  const Interval v = interval_of(values);
  EXPECT_DOUBLE_EQ(v.mean, 3);
  EXPECT_NEAR(v.high - v.mean, 2.7764 * std::sqrt(2.5 / 5), 1e-3);
  const std::vector<double> one{7};
  EXPECT_EQ(interval_of(one).low, 7);
  std::vector<double> many(41);
  std::iota(many.begin(), many.end(), 0.0);
  EXPECT_NEAR(interval_of(many).high - 20, 2.0211 * std::sqrt(143.5 / 41), 1e-3);
}

TEST(Results, ComeBackFromTheirFileToTheLastBit) {
  const Scenario s = scenario_of(kBusy);
  const auto prepared = prepare(s);
  const auto results = run_scenario(**prepared, s, {});
  ASSERT_TRUE(results);
  const std::string path = temporary("results.json"), text = results_json(*results);
  ASSERT_TRUE(io::write_file(path, text));
  const auto again = read_results(path);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(results_json(*again), text);
  ASSERT_TRUE(io::write_file(path, "{\"summary\": 3}"));
  EXPECT_FALSE(read_results(path));
  std::filesystem::remove(path);
}

// A file of an older version lacks keys, one of a newer version has more of them: both open, with defaults.
TEST(Results, OfAnotherVersionOpen) {
  const Scenario s = scenario_of(kBusy);
  const auto prepared = prepare(s);
  const auto results = run_scenario(**prepared, s, {});
  ASSERT_TRUE(results);
  const nlohmann::ordered_json whole = nlohmann::ordered_json::parse(results_json(*results));
  const std::string path = temporary("other_version.json");
  const auto read = [&](const nlohmann::ordered_json& v) {
    EXPECT_TRUE(io::write_file(path, v.dump()));
    return read_results(path);
  };
  // Each key left out, at the top and one level down.
  for (const auto& [key, value] : whole.items()) {
    nlohmann::ordered_json less = whole;
    less.erase(key);
    EXPECT_EQ(read(less).has_value(), key != "summary") << key;
    if (!value.is_object()) continue;
    for (const auto& [inner, ignored] : value.items()) {
      less = whole;
      less[key].erase(inner);
      const auto again = read(less);
      const bool needed = key == "summary" && inner == "requests";
      EXPECT_EQ(again.has_value(), !needed) << key << "." << inner << (again ? "" : ": " + again.error().message);
      EXPECT_TRUE(key == "summary" || again->summary.completed == results->summary.completed);
    }
  }
  nlohmann::ordered_json more = whole;
  more["what_is_new"] = {1, 2};
  more["summary"]["what_is_new"] = "x";
  more["scenario"]["fleet"]["what_is_new"] = true;
  more["scenario"]["what_is_new"] = nlohmann::ordered_json::object();
  const auto newer = read(more);
  ASSERT_TRUE(newer) << newer.error().message;
  EXPECT_EQ(results_json(*newer), whole.dump(1) + "\n");
  // What is of the wrong kind is named.
  more["summary"]["hit_blocks"] = "many";
  const auto wrong = read(more);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("'hit_blocks'"), std::string::npos) << wrong.error().message;
  more = whole;
  more["scenario"]["router"]["strategy"] = "of_the_future";
  const auto unknown = read(more);
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("/scenario/router/strategy: \"of_the_future\""), std::string::npos)
      << unknown.error().message;
  EXPECT_NE(unknown.error().message.find("written by blockyard "), std::string::npos);
  std::filesystem::remove(path);
}

// Written before there were several routers, view decisions, vLLM's switches and derived sizes of a batch.
TEST(Results, OfAnOlderVersionOpen) {
  const auto old = read_results(std::string(BLOCKYARD_TEST_DATA) + "/older_results.json");
  ASSERT_TRUE(old) << old.error().message;
  EXPECT_EQ(old->summary.completed, 12U);
  EXPECT_EQ(old->summary.hit_blocks, 71U);
  EXPECT_EQ(old->summary.evictions, 13U);
  std::uint32_t arrivals = 0;
  for (const Series::Bucket& b : old->series) arrivals += b.arrivals;
  EXPECT_EQ(arrivals, 12U);
  EXPECT_EQ(old->scenario.config.cache.capacity_blocks, 40U);
  EXPECT_EQ(old->scenario.config.router.replicas, 1U);
  EXPECT_EQ(old->latencies.queue.quantiles.size(), std::size_t{Distribution::kSteps + 1});
}

// Laws of the waterfall: it begins at or above all else, ends at what the run itself says, and its losses add up.
void expect_laws(const Scenario& s, const std::string& what) {
  const auto w = loss_waterfall(s, {});
  ASSERT_TRUE(w) << what << ": " << w.error().message;
  std::int64_t lost = 0;
  for (std::size_t i = 1; i < w->steps.size(); ++i) lost += w->loss(i);
  EXPECT_EQ(static_cast<std::int64_t>(w->best()) - lost, static_cast<std::int64_t>(w->achieved())) << what;
  const auto prepared = prepare(s);
  const auto run = run_scenario(**prepared, s, {});
  EXPECT_EQ(w->achieved(), run->summary.hit_blocks * s.config.cache.block_tokens) << what;
  for (const WaterfallStep& step : w->steps) EXPECT_LE(step.hit_tokens, w->best()) << what << ": " << step.id;
  EXPECT_LE(w->best(), w->prompt_tokens) << what;
  EXPECT_GE(w->steps[1].hit_tokens, w->steps[2].hit_tokens) << what << ": a limit gains nothing";
  const std::string path = temporary("waterfall.json");
  ASSERT_TRUE(io::write_file(path, waterfall_json(*w)));
  const auto again = read_waterfall(path);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(waterfall_json(*again), waterfall_json(*w));
  std::filesystem::remove(path);
}

TEST(LossWaterfall, AddsUpForEveryWorkload) {
  for (const char* type : {"rag", "chat", "agent", "few_shot", "uniform", "demo"}) {
    const std::string json =
        R"({"cache": {"capacity_blocks": 300}, "fleet": {"workers": 3, "slots": 2}, "workload": {"type": ")" +
        std::string(type) + R"(", "requests": 120}})";
    expect_laws(scenario_of(json), type);
  }
}

TEST(LossWaterfall, AddsUpForEnginesFaultsAndClosedLoops) {
  expect_laws(scenario_of(R"({"fleet": {"engine": "continuous", "workers": 2}, "cache": {"capacity_blocks": 400},
      "workload": {"type": "chat", "requests": 120}})"),
              "continuous");
  expect_laws(scenario_of(R"({"fleet": {"workers": 3}, "workload": {"type": "rag", "requests": 150},
      "faults": [{"t_ms": 9000, "worker": 1, "kind": "crash"}, {"t_ms": 15000, "worker": 0, "kind": "cache_flush"}]})"),
              "faults");
  expect_laws(scenario_of(R"({"workload": {"type": "chat", "arrival": "closed", "requests": 150, "users": 8}})"),
              "closed loop");
  expect_laws(
      scenario_of(R"({"router": {"strategy": "kv_cost"}, "cache": {"eviction": "lfu", "recompute_last_block": true},
      "workload": {"type": "rag", "requests": 150}})"),
      "kv_cost under lfu");
  expect_laws(scenario_of(R"({"cache": {"capacity_blocks": 30}, "workload": {"type": "rag", "requests": 60}})"),
              "requests that are rejected");
}

TEST(LossWaterfall, TellsTheCauseThatThereIs) {
  const auto w =
      loss_waterfall(scenario_of(R"({"router": {"strategy": "round_robin"}, "cache": {"capacity_blocks": 20000},
      "workload": {"type": "rag", "requests": 200, "documents": 20}})"),
                     {});
  ASSERT_TRUE(w);
  EXPECT_EQ(w->loss(2), 0) << "everything fits";
  EXPECT_EQ(w->loss(3), 0) << "nothing is evicted";
  EXPECT_GT(w->loss(6), 20 * std::abs(w->loss(5))) << "round robin never looks for a match";
}

TEST(LossWaterfall, KnowsWhatOneUnlimitedCacheHits) {
  const char* env = std::getenv("BLOCKYARD_TRACES");
  const std::string path = std::string(env != nullptr ? env : BLOCKYARD_TRACES) + "/synthetic_trace.jsonl";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  // With room for the longest request all run, and the bound is that of the whole trace.
  Scenario s = scenario_of(R"({"cache": {"capacity_blocks": 20000}, "fleet": {"slots": 64},
                               "workload": {"type": "trace", "path": ")" +
                           path + R"("}})");
  const auto w = loss_waterfall(s, {});
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->rejected_reason, "");
  EXPECT_EQ(w->steps[0].id, "best");
  EXPECT_EQ(w->steps[1].hit_tokens, 16U * 2'490'686U);
  EXPECT_GE(w->best(), w->steps[1].hit_tokens);
  // With 924 blocks some do not: they are named, and the rates are over the others.
  s.capacity_blocks = s.config.cache.capacity_blocks = 924;
  const auto cut = loss_waterfall(s, {});
  ASSERT_TRUE(cut) << cut.error().message;
  EXPECT_EQ(cut->steps[0].id, "too_long");
  EXPECT_NE(cut->rejected_reason.find("need more than a worker's 924 blocks"), std::string::npos);
  EXPECT_LT(cut->prompt_tokens, w->prompt_tokens);
}

TEST(Compare, ReadsStrategiesOnceEach) {
  EXPECT_EQ(parse_strategies("all")->size(), policy_table().size());
  EXPECT_EQ(*parse_strategies("kv_cost,round_robin"),
            (std::vector<std::uint32_t>{find_policy("kv_cost"), find_policy("round_robin")}));
  EXPECT_FALSE(parse_strategies("kv_cost,"));
  EXPECT_FALSE(parse_strategies("fastest"));
  EXPECT_EQ(parse_strategies("kv_cost,round_robin,kv_cost").error().message, "--strategies: kv_cost is named twice");
  EXPECT_NE(parse_strategies("round-robin").error().message.find("did you mean round_robin?"), std::string::npos);
}

TEST(Experiments, EachCanRun) {
  std::size_t n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(BLOCKYARD_ASSETS) + "/experiments")) {
    const auto plan = read_plan(entry.path().string());
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_FALSE(plan->title.empty());
    EXPECT_FALSE(read_plan_about(entry.path().string())->empty());
    for (std::size_t cell = 0; cell < plan->cells(); ++cell) {
      const auto s = plan->scenario_of(cell, kPresets);
      ASSERT_TRUE(s) << entry.path() << ": " << s.error().message;
    }
    ++n;
  }
  EXPECT_GT(n, 0U);
}

}  // namespace
}  // namespace blockyard
