// Answers one can defend, as a person asks for them: tables with intervals and sentences, saturation, staleness,
// whether a ranking survives, how many workers.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
using Json = nlohmann::json;

// Steady traffic that the fleet serves, long enough for batches.
const std::string kSteady =
    R"({"name": "steady", "cache": {"capacity_blocks": 300}, "fleet": {"workers": 4, "slots": 2},
    "workload": {"type": "rag", "requests": 800, "rate": 6, "documents": 30, "document_tokens": 512}})";
// Three times what one worker serves.
const std::string kFlooded =
    R"({"name": "flooded", "cache": {"capacity_blocks": 300}, "fleet": {"workers": 1, "slots": 1},
    "workload": {"type": "rag", "requests": 300, "rate": 5, "documents": 30, "document_tokens": 512}})";

std::vector<std::vector<std::string>> csv(const std::string& text) {
  std::vector<std::vector<std::string>> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string>& row = out.emplace_back(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        row.emplace_back();
      } else {
        row.back() += c;
      }
    }
  }
  return out;
}

TEST(Answers, TheQuestionIsOneCommand) {
  const Folder f;
  f.write("s.json", kSteady);
  ASSERT_EQ(f.run("workload s.json --out chat.jsonl").status, 0);
  const auto o = f.run(
      "sweep first-look --trace chat.jsonl --set fleet.workers=4 --set fleet.slots=2 --strategies "
      "cache_aware,kv_cost,round_robin --vary staleness=1s,5s,20s --metrics ttft_p95 --format markdown --out answer");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.out.find("| Strategy | Staleness 1 s | Staleness 5 s | Staleness 20 s |\n"), 0U) << o.out;
  for (const char* word : {"`cache_aware`", "`round_robin`", " ± ", "**", "Staleness 20 s: ", "batch means"})
    EXPECT_NE(o.out.find(word), std::string::npos) << word << "\n" << o.out;
  EXPECT_TRUE(o.out.find(" is better than ") != std::string::npos ||
              o.out.find("no difference can be told") != std::string::npos)
      << o.out;
  EXPECT_EQ(f.read("answer/table.md"), o.out);
  // The shards of it, merged, say the same.
  const std::string same =
      "sweep first-look --trace chat.jsonl --set fleet.workers=4 --set fleet.slots=2 --strategies "
      "cache_aware,kv_cost,round_robin --vary staleness=1s,5s,20s --metrics ttft_p95 ";
  ASSERT_EQ(f.run(same + "--out a --shard 1/2").status, 0);
  ASSERT_EQ(f.run(same + "--out b --shard 2/2").status, 0);
  const auto merged = f.run("merge a b --out whole --format markdown");
  ASSERT_EQ(merged.status, 0) << merged.err;
  EXPECT_EQ(merged.out, o.out);
}

TEST(Answers, StalenessSetsSyncHeartbeatAndDelayTogether) {
  const Folder f;
  f.write("s.json", kSteady);
  ASSERT_EQ(f.run("sweep s.json --vary staleness=2s,8000 --metrics ttft_p95 --out d --scale 1").status, 0);
  std::istringstream lines(f.read("d/cells.jsonl"));
  for (const int age : {2000, 8000}) {
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    const std::string half = std::to_string(age / 2);
    const auto run = f.run("run s.json --json --set router.sync_ms=" + half + " --set router.heartbeat_ms=" + half +
                           " --set router.message_delay_ms=" + half);
    ASSERT_EQ(run.status, 0) << run.err;
    const Json cell = Json::parse(line), alone = Json::parse(run.out);
    EXPECT_EQ(cell["values"]["staleness"], age);
    EXPECT_EQ(cell["summary"]["ttft_ms"], alone["ttft_ms"]);
    EXPECT_EQ(cell["summary"]["hit_blocks"], alone["hit_blocks"]);
    // Nothing dropped: the figure of the whole run.
    EXPECT_EQ(cell["batches"]["metrics"]["ttft_p95"]["after"][0], alone["ttft_ms"]["p95"]);
  }
  for (const char* wrong :
       {"staleness=0", "staleness=1h", "staleness=-5", "staleness=soon", "staleness=1s --vary router.sync_ms=5"}) {
    const auto o = f.run(std::string("sweep s.json --out e --vary ") + wrong);
    EXPECT_EQ(o.status, 2) << wrong;
    EXPECT_FALSE(f.has("e"));
  }
}

TEST(Answers, TablesComeInFourFormats) {
  const Folder f;
  f.write("s.json", kSteady);
  const std::string compare =
      "compare s.json --strategies cache_aware,round_robin --metrics ttft_p95,block_hit_rate --scale 1 --out ";
  const auto text = f.run(compare + "t");
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_NE(text.out.find("\nStrategy "), std::string::npos) << text.out;
  EXPECT_NE(text.out.find(" is best at Time to first token, p95: "), std::string::npos) << text.out;
  const auto latex = f.run(compare + "l --format latex");
  ASSERT_EQ(latex.status, 0);
  for (const char* word : {"\\begin{tabular}{lrr}", "\\texttt{cache\\_aware}", "\\textbf{", "$\\pm$", "\\bottomrule"})
    EXPECT_NE(latex.out.find(word), std::string::npos) << word << "\n" << latex.out;
  EXPECT_EQ(f.read("l/comparison.tex"), latex.out);
  const auto plain = f.run(compare + "c --format csv");
  ASSERT_EQ(plain.status, 0);
  const auto rows = csv(plain.out);
  ASSERT_EQ(rows.size(), 3U) << plain.out;
  ASSERT_EQ(rows[0].size(), 5U);
  EXPECT_EQ(rows[0][1], "Time to first token, p95, ms");
  EXPECT_EQ(rows[0][2], "Time to first token, p95, ms ±");
  EXPECT_EQ(rows[2][0], "round_robin");
  EXPECT_GT(std::stod(rows[2][2]), 0);
  // The figures are comparison.json's.
  const Json json = Json::parse(f.read("c/comparison.json"));
  const Json& p95 = json["strategies"][1]["metrics"]["ttft_p95"];
  EXPECT_NEAR(std::stod(rows[2][1]), p95["mean"].get<double>(), 0.51);
  EXPECT_NEAR(std::stod(rows[2][2]), (p95["high"].get<double>() - p95["low"].get<double>()) / 2, 0.51);
  EXPECT_FALSE(json["says"].empty());
  EXPECT_EQ(f.run(compare + "x --format html").status, 2);
  EXPECT_EQ(f.run(compare + "x --warmup soon").status, 2);
  EXPECT_EQ(f.run("compare s.json --metrics speed --out x").status, 2);
  EXPECT_FALSE(f.has("x"));
}

TEST(Answers, TheWarmUpIsShownAndCanBeChosen) {
  const Folder f;
  f.write("s.json", kSteady);
  const std::string compare = "compare s.json --strategies cache_aware,random --metrics ttft_mean --scale 1 ";
  const auto all = f.run(compare + "--warmup 0 --out a");
  ASSERT_EQ(all.status, 0) << all.err;
  const Json whole = Json::parse(f.read("a/comparison.json"));
  EXPECT_EQ(whole["warmup_requests"], 0);
  EXPECT_EQ(whole["strategies"][0]["metrics"]["ttft_mean"]["mean"],
            whole["strategies"][0]["runs"][0]["summary"]["ttft_ms"]["mean"])
      << "nothing is dropped";
  const auto some = f.run(compare + "--warmup 100 --out b");
  ASSERT_EQ(some.status, 0);
  EXPECT_NE(some.out.find("the first 120 of 800 requests (as --warmup says)"), std::string::npos) << some.out;
  EXPECT_EQ(Json::parse(f.read("b/comparison.json"))["warmup_requests"], 120);
  EXPECT_NE(f.run(compare + "--out c").out.find("MSER-5"), std::string::npos);
}

// A fixed trace is the same under every seed: five of them are no five repeats.
TEST(Answers, SeedsOfATraceAreNoRepeats) {
  const Folder f;
  f.write("s.json", kSteady);
  ASSERT_EQ(f.run("workload s.json --out chat.jsonl").status, 0);
  const std::string compare =
      "compare s.json --trace chat.jsonl --strategies round_robin,least_loaded --metrics "
      "ttft_p95 --scale 1 --warmup 0 --format csv --out ";
  const auto one = f.run(compare + "one"), five = f.run(compare + "five --seeds 5");
  ASSERT_EQ(one.status, 0) << one.err;
  ASSERT_EQ(five.status, 0) << five.err;
  const auto a = csv(one.out), b = csv(five.out);
  EXPECT_GT(std::stod(a[1][2]), 0);
  EXPECT_EQ(a[1], b[1]) << "round robin throws no dice: the same figure, and as sure as before";
}

TEST(Answers, ASaturatedFleetIsSaidToBe) {
  const Folder f;
  f.write("s.json", kFlooded);
  const auto run = f.run("run s.json --out r.json");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("SATURATED: offered "), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("What would help: at least "), std::string::npos) << run.out;
  const Json r = Json::parse(f.read("r.json"));
  const double times = r["summary"]["saturation"]["times"];
  EXPECT_GT(times, 1.5);
  EXPECT_NE(r["saturation_remedy"].get<std::string>().find("workers instead of 1"), std::string::npos);
  const auto compared = f.run("compare s.json --strategies random,round_robin --out c --scale 1");
  ASSERT_EQ(compared.status, 0) << compared.err;
  EXPECT_NE(compared.out.find("† random is saturated: offered "), std::string::npos) << compared.out;
  EXPECT_NE(compared.out.find("nothing is said: at least one of them is saturated"), std::string::npos);
  EXPECT_EQ(compared.out.find("is better than"), std::string::npos) << compared.out;
  const auto swept = f.run("sweep s.json --vary fleet.workers=1,6 --metrics ttft_p95 --out d --scale 1");
  EXPECT_NE(swept.out.find("1 is saturated"), std::string::npos) << swept.out;
  EXPECT_EQ(swept.out.find("6 is saturated"), std::string::npos) << swept.out;
  // What was proposed does help.
  EXPECT_EQ(f.run("run s.json --set fleet.workers=6").out.find("SATURATED"), std::string::npos);
}

TEST(Answers, RobustSaysWhatTurnsARankingOver) {
  const Folder f;
  f.write("s.json", kSteady);
  const std::string compare =
      "compare s.json --strategies cache_aware,round_robin --metrics ttft_p95 --robust --scale 1 ";
  const auto o = f.run(compare + "--out a --jobs 1");
  ASSERT_EQ(o.status, 0) << o.err;
  for (const char* word : {"decode_per_token_ms + 20 %", "prefill_per_block_ms − 20 %", "arrivals 10 % faster",
                           "view twice as old", "seed 1043", " variations"})
    EXPECT_NE(o.out.find(word), std::string::npos) << word << "\n" << o.out;
  EXPECT_EQ(f.run(compare + "--out b --jobs 3").out, o.out) << "the same for any number of threads";
  EXPECT_EQ(f.read("a/robust.txt"), f.read("b/robust.txt"));
}

TEST(Answers, PlanFindsTheSmallestFleetThatKeepsAnObjective) {
  const Folder f;
  f.write("s.json", kSteady);
  const auto o =
      f.run("plan s.json --slo ttft_p95=1500 --strategies cache_aware,round_robin --price 2 --out p.json --jobs 1");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find(" keeps ttft_p95 ≤ 1.5 s with "), std::string::npos) << o.out;
  EXPECT_EQ(f.run("plan s.json --slo ttft_p95=1500 --strategies cache_aware,round_robin --price 2 --json --jobs 3").out,
            f.read("p.json"));
  const Json plan = Json::parse(f.read("p.json"));
  ASSERT_EQ(plan["fleets"].size(), 2U);
  for (const Json& fleet : plan["fleets"]) {
    const int workers = fleet["workers"];
    EXPECT_EQ(fleet["per_hour"], 2.0 * workers);
    EXPECT_LE(fleet["bound_workers"].get<double>(), workers);
    EXPECT_LE(fleet["workers_by_value"].get<int>(), workers);
    // The size keeps it, one worker fewer does not: as a sweep of the same says.
    ASSERT_GT(workers, 1);
    const std::string sizes = std::to_string(workers - 1) + "," + std::to_string(workers);
    const std::string folder = "w" + sizes + fleet["strategy"].get<std::string>();
    const auto swept =
        f.run("sweep s.json --set router.strategy=" + fleet["strategy"].get<std::string>() +
              " --vary fleet.workers=" + sizes + " --metrics ttft_p95 --format csv --scale 1 --out " + folder);
    ASSERT_EQ(swept.status, 0) << swept.err;
    EXPECT_EQ(plan["slo"]["ttft_p95"], 1500.0);
    const Json& figure = fleet["figures"]["ttft_p95"];
    const double half = figure["half_width"].is_null() ? 0 : figure["half_width"].get<double>();
    EXPECT_LE(figure["value"].get<double>() + half, 1500);
    const auto rows = csv(swept.out);
    const auto high = [&](std::size_t row) {
      return std::stod(rows[row][1]) + (rows[row][2].empty() ? 0 : std::stod(rows[row][2]));
    };
    EXPECT_GT(high(1), 1400) << swept.out << "(the sweep's rows share a warm-up)";
  }
  for (const char* wrong :
       {"plan s.json", "plan s.json --slo speed=3", "plan s.json --slo ttft_p95", "plan s.json --slo ttft_p95=-1",
        "plan s.json --slo ttft_p95=5,ttft_p95=6", "plan s.json --slo ttft_p95=500 --gpus tpu",
        "plan s.json --slo ttft_p95=500 --price h100-80gb=2", "plan s.json --slo ttft_p95=500 --price cheap"}) {
    const auto refused = f.run(wrong);
    EXPECT_EQ(refused.status, 2) << wrong;
    EXPECT_EQ(refused.err.find("blockyard: "), 0U) << refused.err;
  }
}

}  // namespace
}  // namespace blockyard
