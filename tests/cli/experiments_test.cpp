// compare, sweep, merge, experiment, waterfall, plot and report as a person drives them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <tuple>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
using Json = nlohmann::json;

const std::string kBusy = R"({"name": "busy", "cache": {"capacity_blocks": 150}, "fleet": {"workers": 3, "slots": 2},
    "workload": {"type": "rag", "requests": 100, "rate": 6, "documents": 20, "document_tokens": 512}})";

TEST(CompareCommand, WritesResultsATableAndAPicture) {
  const Folder f;
  f.write("s.json", kBusy);
  const auto o = f.run("compare s.json --strategies cache_aware,round_robin --out one --jobs 1 --seeds 3 --scale 1");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find("±"), std::string::npos);
  for (const char* name : {"one/results_cache_aware.json", "one/results_round_robin.json", "one/comparison.json",
                           "one/strategy_comparison.csv"}) {
    EXPECT_TRUE(f.has(name)) << name;
  }
  const Json c = Json::parse(f.read("one/comparison.json"));
  EXPECT_EQ(c["strategies"].size(), 2U);
  EXPECT_EQ(c["strategies"][0]["runs"].size(), 3U);
  ASSERT_EQ(f.run("compare s.json --strategies cache_aware,round_robin --out two --jobs 2 --seeds 3 --scale 1").status,
            0);
  for (const char* name : {"results_cache_aware.json", "comparison.json", "strategy_comparison.csv"}) {
    EXPECT_EQ(f.read(std::string("one/") + name), f.read(std::string("two/") + name)) << name;
  }
}

TEST(CompareCommand, ComparesFleetsThatDifferInAnySetting) {
  const Folder f;
  f.write("s.json", kBusy);
  const auto o = f.run(
      "compare s.json --variant fast:router.sync_ms=200 --variant 'more:fleet.workers=6,router.strategy=random' "
      "--variant finer:cache.block_tokens=8,cache.capacity_blocks=300 --out d --jobs 1 --scale 1");
  ASSERT_EQ(o.status, 0) << o.err;
  for (const char* name : {"scenario", "fast", "more", "finer"}) {
    EXPECT_NE(o.out.find(name), std::string::npos) << name;
    EXPECT_TRUE(f.has(std::string("d/results_") + name + ".json")) << name;
  }
  const Json c = Json::parse(f.read("d/comparison.json"));
  ASSERT_EQ(c["strategies"].size(), 4U);
  EXPECT_EQ(c["strategies"][2]["variant"], "more");
  EXPECT_EQ(c["strategies"][2]["strategy"], "random");
  EXPECT_EQ(c["strategies"][2]["set"]["fleet.workers"], 6);
  // A variant is the run that --set makes.
  ASSERT_EQ(f.run("run s.json --set fleet.workers=6 --set router.strategy=random --out r.json").status, 0);
  EXPECT_EQ(Json::parse(f.read("d/results_more.json"))["summary"], Json::parse(f.read("r.json"))["summary"]);
  ASSERT_EQ(f.run("run s.json --set cache.block_tokens=8 --set cache.capacity_blocks=300 --out q.json").status, 0);
  EXPECT_EQ(Json::parse(f.read("d/results_finer.json"))["summary"], Json::parse(f.read("q.json"))["summary"]);
  // Beside strategies, and on any number of threads.
  const std::string mixed = "compare s.json --strategies random --variant fast:router.sync_ms=200 --seeds 2 --scale 1 ";
  ASSERT_EQ(f.run(mixed + "--out one --jobs 1").status, 0);
  ASSERT_EQ(f.run(mixed + "--out two --jobs 3").status, 0);
  EXPECT_EQ(f.read("one/comparison.json"), f.read("two/comparison.json"));
  EXPECT_EQ(Json::parse(f.read("one/comparison.json"))["strategies"].size(), 2U);
}

TEST(CompareCommand, RefusesInOneLineAndWritesNothing) {
  const Folder f;
  f.write("s.json", kBusy);
  for (const char* arguments :
       {"compare s.json --strategies fastest --out d", "compare none.json --out d",
        "compare s.json --set fleet.workers=0 --out d", "compare s.json --out d --jobs 0", "compare s.json",
        "compare s.json --out d --variant fast", "compare s.json --out d --variant :fleet.workers=2",
        "compare s.json --out d --variant a/b:fleet.workers=2", "compare s.json --out d --variant a:fleet.workers",
        "compare s.json --out d --variant a:fleet.workers=0", "compare s.json --out d --variant a:fleet.wheels=4",
        "compare s.json --out d --variant a:seed=1 --variant a:seed=2",
        "compare s.json --out d --strategies random --variant random:seed=2"}) {
    const auto o = f.run(arguments);
    EXPECT_EQ(o.status, 2) << arguments;
    EXPECT_EQ(o.err.find("blockyard: "), 0U) << o.err;
    EXPECT_FALSE(f.has("d")) << arguments;
  }
  EXPECT_EQ(f.size(), 1U);
}

TEST(SweepCommand, GoesOnAfterAnInterruptionAndMergesShards) {
  const Folder f;
  f.write("s.json", kBusy);
  const std::string sweep =
      "sweep s.json --vary router.strategy=cache_aware,kv_cost --vary router.sync_ms=500:4000:x2 --scale 1 ";
  ASSERT_EQ(f.run(sweep + "--out whole --jobs 2").status, 0);
  const std::string whole = f.read("whole/cells.jsonl");
  EXPECT_TRUE(f.has("whole/sweep_curves.csv"));
  // As an interruption leaves it: some lines in any order, the last one cut off.
  const std::size_t first = whole.find('\n') + 1, second = whole.find('\n', first) + 1;
  f.write("whole/cells.jsonl", whole.substr(first, second - first) + whole.substr(0, first) + whole.substr(second, 40));
  const auto resumed = f.run(sweep + "--out whole --jobs 1");
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("2 of 8 cells are there already"), std::string::npos) << resumed.err;
  EXPECT_EQ(f.read("whole/cells.jsonl"), whole);

  ASSERT_EQ(f.run(sweep + "--out a --shard 1/3").status, 0);
  ASSERT_EQ(f.run(sweep + "--out a --shard 2/3").status, 0);
  const auto early = f.run("merge a --out m");
  EXPECT_EQ(early.status, 2);
  EXPECT_NE(early.err.find("missing"), std::string::npos) << early.err;
  ASSERT_EQ(f.run(sweep + "--out b --shard 3/3").status, 0);
  ASSERT_EQ(f.run("merge a b --out m --scale 1").status, 0);
  EXPECT_EQ(f.read("m/cells.jsonl"), whole);
  EXPECT_EQ(f.read("m/sweep_curves.csv"), f.read("whole/sweep_curves.csv"));
  EXPECT_EQ(f.run("sweep s.json --vary router.sync_ms=1,2 --out a").status, 2) << "the folder holds another sweep";
}

TEST(SweepCommand, ChecksEveryCellBeforeTheFirst) {
  const Folder f;
  f.write("s.json", kBusy);
  for (const char* vary : {"fleet.workers=1,2,0", "router.strategy=lmetric,nonsense", "router.nothing=1,2",
                           "fleet.workers", "fleet.workers=4:1:1"}) {
    const auto o = f.run(std::string("sweep s.json --out d --vary ") + vary);
    EXPECT_EQ(o.status, 2) << vary;
    EXPECT_FALSE(f.has("d")) << vary;
  }
  EXPECT_EQ(f.run("sweep s.json --out d --vary fleet.workers=1,2 --shard 3/2").status, 2);
  EXPECT_EQ(f.run("sweep s.json --out d --vary fleet.workers=1,2 --metrics speed").status, 2);
  EXPECT_EQ(f.size(), 1U);
}

TEST(ExperimentCommand, ListsAndRuns) {
  const Folder f;
  const auto list = f.run("experiment");
  EXPECT_EQ(list.status, 0);
  for (const char* name :
       {"prefix-length", "baselines", "scalability", "stale-recovery", "capacity", "staleness", "load-metric"}) {
    EXPECT_NE(list.out.find(name), std::string::npos) << name;
  }
  ASSERT_EQ(f.run("experiment stale-recovery --out d --set workload.requests=900 --scale 1").status, 0);
  EXPECT_TRUE(f.has("d/recovery_timeline.csv"));
  EXPECT_TRUE(f.has("d/results/cell_0005.json"));
  EXPECT_EQ(f.run("experiment nonsense --out e").status, 2);
  EXPECT_EQ(f.run("experiment baselines").status, 2);
}

TEST(PlotAndReport, DrawResultsAndWaterfalls) {
  const Folder f;
  f.write("s.json", kBusy);
  ASSERT_EQ(f.run("run s.json --out r.json").status, 0);
  ASSERT_EQ(f.run("waterfall s.json --out w --scale 1").status, 0);
  const auto o = f.run("plot r.json w/waterfall.json --out p --theme dark --scale 1");
  ASSERT_EQ(o.status, 0) << o.err;
  for (const char* name : {"latency_distribution", "cache_hit_rate", "worker_load_distribution",
                           "latency_by_cache_status", "match_length_distribution", "block_utilization", "eviction_rate",
                           "worker_load_heatmap", "recovery_timeline", "loss_waterfall"}) {
    EXPECT_TRUE(f.has(std::string("p/") + name + ".csv")) << name;
  }
  ASSERT_EQ(f.run("report r.json w/waterfall.json --out report.html --scale 1").status, 0);
  const std::string html = f.read("report.html");
  EXPECT_NE(html.find("</html>"), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos) << "nothing is loaded from elsewhere";
  f.write("bad.json", "{\"summary\": {}}");
  EXPECT_EQ(f.run("plot bad.json --out q").status, 2);
  EXPECT_EQ(f.run("report r.json none.json --out q.html").status, 2);
  EXPECT_FALSE(f.has("q"));
  EXPECT_FALSE(f.has("q.html"));
}

TEST(FidelityCommand, ShowsWhatEachSwitchChanges) {
  const Folder f;
  // Conversations in a tight cache, prompts in chunks: every switch has something to change.
  f.write("s.json", R"({"name": "tight", "cache": {"capacity_blocks": 200},
      "fleet": {"workers": 2, "engine": "continuous", "max_batched_tokens": 128},
      "workload": {"type": "chat", "requests": 80, "rate": 8, "turns": 4, "system_tokens": 256, "assistants": 1,
                   "think_s": 1}})");
  const auto o = f.run("fidelity --run s.json --out f.json --jobs 2");
  ASSERT_EQ(o.status, 0) << o.err;
  for (const char* word : {"all off", "only reserve_full_prompt", "only block_copies", "only async_scheduling",
                           "only null_block", "all on", "preemptions", "TTFT mean ms"}) {
    EXPECT_NE(o.out.find(word), std::string::npos) << word;
  }
  const Json j = Json::parse(f.read("f.json"));
  ASSERT_EQ(j["rows"].size(), 6U);
  EXPECT_EQ(f.run("fidelity --run s.json --json --jobs 1").out, f.read("f.json"));
  // Each row is the run with these settings, whatever the scenario's own.
  for (const Json& row : j["rows"]) {
    std::string sets;
    for (const auto& [id, on] : row["switches"].items()) sets += " --set fleet." + id + "=" + on.dump();
    const auto run = f.run("run s.json --json" + sets);
    ASSERT_EQ(run.status, 0) << run.err;
    const Json s = Json::parse(run.out);
    EXPECT_EQ(row["ttft_ms"]["mean"], s["ttft_ms"]["mean"]) << row["name"];
    EXPECT_EQ(row["ttft_ms"]["p95"], s["ttft_ms"]["p95"]) << row["name"];
    for (const char* key : {"hit_requests", "hit_blocks", "token_hit_rate", "preemptions", "completed", "rejected"}) {
      EXPECT_EQ(row[key], s[key]) << row["name"] << ' ' << key;
    }
  }
  const auto figures = [&](std::size_t i) {
    Json row = j["rows"][i];
    row.erase("name");
    row.erase("switches");
    return row;
  };
  for (std::size_t i = 1; i < 6; ++i)
    EXPECT_NE(figures(i), figures(0)) << j["rows"][i]["name"] << " changes nothing here";
}

TEST(FidelityCommand, RunsASlotsScenarioUnderTheContinuousEngineAndSaysSo) {
  const Folder f;
  f.write("s.json", kBusy);
  const auto o = f.run("fidelity --run s.json --set fleet.workers=2");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.err.find("engine slots ignores the switches"), std::string::npos) << o.err;
  EXPECT_EQ(f.run("fidelity --run none.json").status, 2);
  EXPECT_EQ(f.run("fidelity --json").status, 2) << "JSON of what?";
  EXPECT_EQ(f.run("fidelity --run s.json --out no/such/folder/f.json").status, 2);
}

// Every strategy under every view on a scenario of one's own, and a sentence that the cells bear out.
TEST(ExperimentCommand, ComparesRoutersAndSaysWhichIsBestAtWhat) {
  const Folder f;
  f.write("s.json", kBusy);
  const auto o = f.run("experiment routers --scenario s.json --set workload.requests=60 --out r --scale 1");
  ASSERT_EQ(o.status, 0) << o.err;
  std::istringstream lines(f.read("r/cells.jsonl"));
  std::size_t cells = 0;
  double best = 1e300;
  std::string who;
  std::set<std::string> strategies;
  for (std::string line; std::getline(lines, line); ++cells) {
    const Json c = Json::parse(line);
    const std::string strategy = c["values"]["router.strategy"], view = c["values"]["router.view"];
    strategies.insert(strategy);
    EXPECT_EQ(c["summary"]["requests"], 60);
    const double p95 = c["summary"]["ttft_ms"]["p95"];
    if (view == "oracle" || p95 >= best) continue;
    best = p95;
    who = strategy + " · " + view;
  }
  EXPECT_EQ(cells, 3 * strategies.size());
  EXPECT_GE(strategies.size(), 17U);
  EXPECT_NE(o.out.find("\nBest: "), std::string::npos) << o.out;
  EXPECT_NE(o.out.find(who), std::string::npos) << o.out << who;
  EXPECT_NE(o.out.find("the oracle, which cannot be built, left aside"), std::string::npos) << o.out;
  EXPECT_EQ(f.run("experiment routers --trace x.jsonl --out q").status, 2) << "a trace needs a scenario";
}

TEST(ExperimentCommand, ShowsTheHerd) {
  const Folder f;
  const auto o = f.run("experiment herding --out h --scale 1 --set workload.requests=400");
  ASSERT_EQ(o.status, 0) << o.err;
  std::map<std::tuple<std::string, int, int>, double> p95;
  std::istringstream lines(f.read("h/cells.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const Json c = Json::parse(line);
    const Json& v = c["values"];
    p95[{v["router.strategy"], v["router.replicas"], v["router.heartbeat_ms"]}] = c["summary"]["ttft_ms"]["p95"];
  }
  EXPECT_GT((p95[{"least_loaded", 16, 1000}]), (3 * p95[{"least_loaded", 1, 1000}]));
  EXPECT_LT((p95[{"power_of_two", 16, 1000}]), (p95[{"least_loaded", 16, 1000}] / 2));
}

TEST(SweepCommand, PrintsItsTable) {
  const Folder f;
  f.write("s.json", kBusy);
  const auto o =
      f.run("sweep s.json --vary fleet.workers=2,4 --vary seed=1,2 --metrics block_hit_rate,evictions --out d");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find("Workers  Block hit rate, %"), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("±"), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("\n2 "), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("\n4 "), std::string::npos) << o.out;
}

TEST(LessonsCommand, SaysWhatItChecked) {
  const Folder f;
  const auto o = f.run("lessons --check");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find("Checked: "), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("all of them hold"), std::string::npos) << o.out;
  EXPECT_EQ(f.run("lessons").out.find("Checked"), std::string::npos);
}

}  // namespace
}  // namespace blockyard
