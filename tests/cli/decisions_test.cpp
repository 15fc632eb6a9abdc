// run --decisions writes why each request went where it went, and what came of it; `decisions` filters and sums them.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
using Json = nlohmann::json;

// Stale views, a crash, several routers: false hits, lost routings and ties all occur.
const std::string kScenario = R"({"name": "receipts", "seed": 5, "cache": {"capacity_blocks": 300},
    "fleet": {"workers": 3}, "router": {"strategy": "STRATEGY", "replicas": 2, "sync_ms": 4000},
    "workload": {"type": "chat", "requests": 120, "rate": 4},
    "faults": [{"t_ms": 6000, "worker": 1, "kind": "crash", "restart_ms": 5000, "detect_ms": 500}]})";

std::string scenario(const std::string& strategy) {
  std::string out = kScenario;
  return out.replace(out.find("STRATEGY"), 8, strategy);
}

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(Json::parse(line));
  return out;
}

std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream in(csv);
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> row;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    rows.push_back(row);
  }
  return rows;
}

// For every strategy: the winner is among the candidates and the eligible, wins the tie by the cursor's rule, has the
// best score of those that a tie-break left; and what came of it is what requests.csv says.
TEST(Decisions, AreTrueToTheRunUnderEveryStrategy) {
  const Folder f;
  std::size_t lost = 0, ties = 0;
  for (const char* strategy :
       {"round_robin", "random", "least_loaded", "power_of_two", "cache_aware", "sticky_prefix", "kv_cost",
        "sglang_cache_aware", "llmd_weighted", "aibrix_prefix_cache", "prefix_hash", "lmetric", "dynamo_kv",
        "llmd_sticky", "sticky_session", "session_hash", "pstack_loadaware"}) {
    f.write("s.json", scenario(strategy));
    const auto o = f.run("run s.json --decisions d.jsonl --requests q.csv");
    ASSERT_EQ(o.status, 0) << o.err;
    const auto rows = rows_of(f.read("q.csv"));
    std::map<int, Json> last;
    double before = 0;
    for (const Json& d : lines_of(f.read("d.jsonl"))) {
      SCOPED_TRACE(d.dump());
      EXPECT_GE(d["t_ms"].get<double>(), before) << "in the order of the routings";
      before = d["t_ms"];
      EXPECT_EQ(d["strategy"], strategy);
      EXPECT_EQ(d["router"].get<int>(), d["request"].get<int>() % 2);
      ASSERT_EQ(d["candidates"].size(), 3U);
      const Json& winner = d["candidates"][d["worker"].get<std::size_t>()];
      EXPECT_TRUE(winner["routable"].get<bool>());
      if (d["strategy"] != "prefix_hash" && d["strategy"] != "session_hash") {
        EXPECT_TRUE(winner["eligible"].get<bool>());
      }
      EXPECT_EQ(winner["overlap"], d["predicted"]);
      if (!d["tie"].is_null() && d["tie"]["by"] == "cursor") {
        ++ties;
        const int cursor = d["tie"]["cursor"];
        for (const int w : d["tie"]["among"]) {
          EXPECT_LE((d["worker"].get<int>() - cursor + 3) % 3, (w - cursor + 3) % 3) << "the cursor's rule";
        }
      }
      if (!d["score"].is_null() && d["tie"].is_null() && d["strategy"] != "llmd_sticky") {
        for (const Json& c : d["candidates"]) {
          if (!c["routable"].get<bool>()) continue;
          const double s = c["score"], best = winner["score"];
          EXPECT_TRUE(d["better"] == "lower" ? best <= s : best >= s);
        }
      }
      if (d["outcome"] == "lost") {
        ++lost;
        EXPECT_FALSE(d.contains("ttft_ms"));
      }
      const int r = d["request"];
      EXPECT_EQ(d["attempt"].get<int>(), last.count(r) != 0 ? last[r]["attempt"].get<int>() + 1 : 1);
      if (last.count(r) != 0) {
        EXPECT_EQ(last[r]["outcome"], "lost");
      }
      last[r] = d;
    }
    std::size_t completed = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (rows[i][12] != "completed") continue;
      ++completed;
      const Json& d = last.at(std::stoi(rows[i][0]));
      EXPECT_EQ(std::to_string(d["worker"].get<int>()), rows[i][2]);
      EXPECT_EQ(std::to_string(d["predicted"].get<int>()), rows[i][3]);
      EXPECT_EQ(std::to_string(d["hit"].get<int>()), rows[i][4]);
      EXPECT_EQ(d["outcome"], "completed");
      EXPECT_EQ(d["attempt"].get<int>(), std::stoi(rows[i][11]) + 1);
      EXPECT_NEAR(d["ttft_ms"].get<double>(), (std::stod(rows[i][9]) - std::stod(rows[i][1])) / 1000, 1e-9);
    }
    EXPECT_EQ(last.size(), completed);
  }
  EXPECT_GT(lost, 10U);
  EXPECT_GT(ties, 50U);
}

TEST(Decisions, WritingThemChangesNothing) {
  const Folder f;
  f.write("s.json", scenario("dynamo_kv"));
  ASSERT_EQ(f.run("run s.json --out a.json --requests a.csv").status, 0);
  ASSERT_EQ(f.run("run s.json --out b.json --requests b.csv --decisions d.jsonl").status, 0);
  ASSERT_EQ(f.run("run s.json --decisions e.jsonl").status, 0);
  EXPECT_EQ(f.read("a.json"), f.read("b.json"));
  EXPECT_EQ(f.read("a.csv"), f.read("b.csv"));
  EXPECT_EQ(f.read("d.jsonl"), f.read("e.jsonl"));
}

TEST(Decisions, AreFilteredAndSummed) {
  const Folder f;
  f.write("s.json", scenario("cache_aware"));
  ASSERT_EQ(f.run("run s.json --decisions d.jsonl --out r.json").status, 0);
  const auto all = lines_of(f.read("d.jsonl"));
  const Json results = Json::parse(f.read("r.json"));
  struct Sum {
    std::size_t n = 0;
    double predicted = 0, hit = 0;
  };
  const auto sum = [&](auto test) {
    Sum s;
    for (const Json& d : all) {
      if (!test(d)) continue;
      ++s.n;
      if (d["hit"].is_null()) continue;
      s.predicted += d["predicted"].get<double>();
      s.hit += d["hit"].get<double>();
    }
    return s;
  };
  const auto check = [&](const std::string& where, const Sum& expected) {
    const auto o = f.run("decisions d.jsonl --json --where '" + where + "'");
    ASSERT_EQ(o.status, 0) << o.err;
    const Json got = Json::parse(o.out);
    EXPECT_EQ(got["all"], all.size());
    EXPECT_EQ(got["sum"]["decisions"], expected.n) << where;
    EXPECT_EQ(got["sum"]["predicted_blocks"].get<double>(), expected.predicted) << where;
    EXPECT_EQ(got["sum"]["hit_blocks"].get<double>(), expected.hit) << where;
    const auto lines = f.run("decisions d.jsonl --lines --where '" + where + "'");
    EXPECT_EQ(lines_of(lines.out).size(), expected.n) << where;
  };
  const auto false_hit = [](const Json& d) { return !d["hit"].is_null() && d["predicted"] > d["hit"]; };
  check("predicted>hit", sum(false_hit));
  check("predicted > hit and outcome == \"completed\"",
        sum([&](const Json& d) { return false_hit(d) && d["outcome"] == "completed"; }));
  check("worker == 2 or not router = 0", sum([](const Json& d) { return d["worker"] == 2 || d["router"] != 0; }));
  check("chosen.overlap < max.overlap", sum([](const Json& d) {
          double most = 0;
          for (const Json& c : d["candidates"])
            if (c["routable"].get<bool>()) most = std::max(most, c["overlap"].get<double>());
          return d["candidates"][d["worker"].get<std::size_t>()]["overlap"].get<double>() < most;
        }));
  check("tied > 1", sum([](const Json& d) { return !d["tie"].is_null() && d["tie"]["among"].size() > 1; }));
  // What results count is what receipts say of completed requests.
  const Json done = Json::parse(f.run("decisions d.jsonl --json --where 'outcome = \"completed\"'").out)["sum"];
  EXPECT_EQ(done["decisions"], results["summary"]["completed"]);
  EXPECT_EQ(done["hit_blocks"], results["summary"]["hit_blocks"]);
  EXPECT_EQ(done["predicted_blocks"], results["summary"]["predicted_blocks"]);
  EXPECT_EQ(done["false_hits"], results["summary"]["false_hits"]);
  EXPECT_EQ(done["missed_hits"], results["summary"]["missed_hits"]);
  EXPECT_EQ(done["ttft_ms"]["p95"], results["summary"]["ttft_ms"]["p95"]);
  // By a field: the groups add up to the whole.
  const Json by = Json::parse(f.run("decisions d.jsonl --json --by worker").out);
  double n = 0;
  for (const Json& g : by["groups"]) n += g["decisions"].get<double>();
  EXPECT_EQ(n, static_cast<double>(all.size()));
  EXPECT_EQ(by["groups"].size(), 3U);
  const auto table = f.run("decisions d.jsonl --where 'predicted>hit' --by session");
  EXPECT_NE(table.out.find("believed, not held"), std::string::npos) << table.out;
  // A pipe, and packed.
  EXPECT_EQ(f.run("decisions - --where 'predicted>hit'", "gzip -c d.jsonl |").out,
            f.run("decisions d.jsonl --where 'predicted>hit'").out);
}

TEST(Decisions, SayInOneLineWhatIsWrong) {
  const Folder f;
  f.write("s.json", scenario("cache_aware"));
  ASSERT_EQ(f.run("run s.json --decisions d.jsonl").status, 0);
  f.write("not.jsonl", "{\"t_ms\": 1}\n");
  f.write("cut.jsonl", f.read("d.jsonl").substr(0, 3000));
  f.write("odd.jsonl", f.read("d.jsonl").substr(0, f.read("d.jsonl").find('\n') + 1) + "[1, 2]\n");
  struct Case {
    std::string arguments, says;
  };
  for (const Case& c : {Case{"d.jsonl --where 'predicte>hit'", "--where: at 1: no field predicte; there are t_ms"},
                        Case{"d.jsonl --where 'predicted>'", "--where: at 11: expected a field"},
                        Case{"d.jsonl --where 'predicted > hit hit'", "--where: at 17: expected and, or"},
                        Case{"d.jsonl --where 'load > 1'", "at 1: load is a candidate's; write chosen.load"},
                        Case{"d.jsonl --by nothing", "--by nothing: no field nothing"},
                        Case{"none.jsonl", "none.jsonl"}, Case{"not.jsonl", "not.jsonl:1: is no receipt"},
                        Case{"cut.jsonl", "cut.jsonl:"}, Case{"odd.jsonl", "odd.jsonl:2: is no receipt"}}) {
    const auto o = f.run("decisions " + c.arguments);
    EXPECT_EQ(o.status, 2) << c.arguments;
    EXPECT_NE(o.err.find(c.says), std::string::npos) << c.arguments << "\n" << o.err;
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
    EXPECT_EQ(o.out, "");
  }
}

}  // namespace
}  // namespace blockyard
