// blockyard run: what it prints and writes, and that the same run gives the same bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
using Json = nlohmann::json;

const std::string kTrace = std::string(BLOCKYARD_TEST_DATA) + "/conformance/small_trace.jsonl";
const std::string kSmall = R"({"name": "small", "cache": {"capacity_blocks": 8}, "fleet": {"workers": 1},
    "workload": {"type": "trace", "path": ")" +
                           kTrace + R"(", "block_tokens": 32}})";

TEST(Run, PrintsATableAndWritesResultsRequestsAndEvents) {
  const Folder f;
  f.write("s.json", kSmall);
  const auto o = f.run("run s.json --out r.json --requests q.csv --events e.jsonl --perfetto p.json");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find("block hit rate"), std::string::npos);
  EXPECT_NE(o.out.find("28.57 %"), std::string::npos);
  const Json r = Json::parse(f.read("r.json"));
  for (const char* key : {"blockyard", "scenario", "summary", "workers", "match_length_histogram", "series"})
    EXPECT_TRUE(r.contains(key)) << key;
  EXPECT_EQ(r["summary"]["rejected"], 1);
  EXPECT_EQ(r["scenario"]["router"]["sync_ms"], 5000.0) << "defaults are filled in";
  EXPECT_EQ(r["match_length_histogram"], Json::parse("[[0, 4], [4, 2]]"));
  const std::string csv = f.read("q.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 8);
  std::istringstream events(f.read("e.jsonl"));
  std::map<std::string, int> seen;
  std::int64_t before = 0;
  for (std::string line; std::getline(events, line);) {
    const Json e = Json::parse(line);
    ++seen[e["type"]];
    EXPECT_GE(e["t_us"].get<std::int64_t>(), before);
    before = e["t_us"];
  }
  EXPECT_EQ(seen["arrive"], 7);
  EXPECT_EQ(seen["route"], 6);
  EXPECT_EQ(seen["reject"], 1);
  EXPECT_EQ(seen["first_token"], 6);
  EXPECT_EQ(seen["finish"], 6);
  EXPECT_EQ(seen["evict"], 2);
  EXPECT_TRUE(Json::parse(f.read("p.json"))["traceEvents"].is_array());
  EXPECT_EQ(f.size(), 5U) << "nothing but what was asked for";
}

TEST(Run, SummaryAsJson) {
  const Folder f;
  f.write("s.json", kSmall);
  const auto o = f.run("run s.json --json");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(Json::parse(o.out)["evictions"], 12);
}

TEST(Run, SetAndTraceReplaceWhatTheScenarioSays) {
  const Folder f;
  f.write("s.json", R"({"cache": {"capacity_blocks": 8}, "fleet": {"workers": 1}})");
  const auto o =
      f.run("run s.json --trace '" + kTrace +
            "' --set workload.block_tokens=32 --set cache.capacity_blocks=20 --set router.strategy=round_robin --json");
  ASSERT_EQ(o.status, 0) << o.err;
  const Json s = Json::parse(o.out);
  EXPECT_EQ(s["requests"], 7);
  EXPECT_EQ(s["rejected"], 0);
}

TEST(Run, SameScenarioSameBytes) {
  const Folder f;
  f.write("s.json",
          R"({"seed": 9, "router": {"strategy": "random", "message_loss": 0.2}, "cache": {"eviction": "random"}})");
  ASSERT_EQ(f.run("run s.json --out a.json --requests a.csv").status, 0);
  ASSERT_EQ(f.run("run s.json --out b.json --requests b.csv").status, 0);
  EXPECT_EQ(f.read("a.json"), f.read("b.json"));
  EXPECT_EQ(f.read("a.csv"), f.read("b.csv"));
}

TEST(Presets, ListEverythingWithTheMemorySum) {
  const Folder f;
  const auto o = f.run("presets");
  ASSERT_EQ(o.status, 0) << o.err;
  for (const char* word : {"13107200", "924", "first-look", "cache_aware", "belady", "llama-3.1-70b", "h200-141gb"}) {
    EXPECT_NE(o.out.find(word), std::string::npos) << word;
  }
}

// Whatever a line of the trace belongs to, a worker or a router, has a name.
TEST(Run, NamesEveryProcessOfATrace) {
  const Folder f;
  f.write("s.json", R"({"fleet": {"workers": 3}, "router": {"replicas": 2}, "workload": {"type": "rag", "requests": 60},
    "faults": [{"t_ms": 500, "router": 1, "kind": "router_restart", "down_ms": 90}, {"t_ms": 900, "worker": 2}]})");
  ASSERT_EQ(f.run("run s.json --perfetto p.json").status, 0);
  std::map<std::uint64_t, std::string> names;
  std::set<std::string> struck;
  const Json trace = Json::parse(f.read("p.json"));
  for (const Json& e : trace["traceEvents"]) {
    const auto pid = e["pid"].get<std::uint64_t>();
    if (e["ph"] == "M") {
      EXPECT_TRUE(names.emplace(pid, e["args"]["name"]).second) << "named twice";
    } else {
      ASSERT_TRUE(names.contains(pid)) << e;
      if (e["name"] == "fault") struck.insert(names[pid]);
    }
  }
  EXPECT_EQ(struck, (std::set<std::string>{"router 1", "worker 2"}));
}

TEST(Fidelity, IsTheTableOfTheReadme) {
  const Folder f;
  EXPECT_NE(f.run("fidelity").out.find("left out"), std::string::npos);
  const auto o = f.run("fidelity --markdown");
  ASSERT_EQ(o.status, 0) << o.err;
  std::ifstream in(BLOCKYARD_SOURCE "/README.md");
  const std::string readme(std::istreambuf_iterator<char>(in), {});
  EXPECT_NE(readme.find(o.out), std::string::npos) << "README.md has another table:\n" << o.out;
}

TEST(Shot, ClicksOnPartsByName) {
  const Folder f;
  if (!test::kDraws) GTEST_SKIP() << "built without the window";
  const std::string shot = "shot --out s.png --anchors a.csv --size 1280x720 ";
  ASSERT_EQ(f.run(shot).status, 0);
  EXPECT_EQ(f.read("a.csv").find("router.strategy/Random"), std::string::npos);
  const auto o = f.run(shot +
                       "--click controls/router.strategy --click controls/router.strategy/Random "
                       "--click controls/router.strategy");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(f.read("a.csv").find("router.strategy/Random"), std::string::npos) << "the menu is open";
  EXPECT_EQ(f.read("a.csv").find("Minimum match"), std::string::npos) << "another strategy was chosen";
  const auto none = f.run(shot + "--click no/such");
  EXPECT_EQ(none.status, 2);
  EXPECT_NE(none.err.find("no/such"), std::string::npos) << none.err;
}

TEST(Help, IsThereForTheProgramAndEveryCommand) {
  const Folder f;
  EXPECT_EQ(f.run("--help").status, 0);
  EXPECT_EQ(f.run("run --help").status, 0);
  EXPECT_EQ(f.run("--version").out, "blockyard 0.1.0\n");
}

}  // namespace
}  // namespace blockyard
