// Files as people have them: recognised, read and said, or named for what they are. One test a kind; tests/field/.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
using Json = nlohmann::json;

std::string field_file(const std::string& name) { return std::string(BLOCKYARD_TEST_DATA) + "/field/" + name; }

struct Ran {
  Json summary;
  std::string said;  // on standard error
  std::vector<std::vector<std::string>> rows;
};

// Runs first-look with the file as its trace.
Ran run(const std::string& name, const std::string& more = "", const std::string& before = "") {
  const Folder f;
  const auto o = f.run(
      "run first-look --trace " + (name == "-" ? name : field_file(name)) + " " + more + " --json --requests q.csv",
      before);
  EXPECT_EQ(o.status, 0) << name << ": " << o.err;
  Ran out{{}, o.err, {}};
  if (o.status != 0) return out;
  out.summary = Json::parse(o.out);
  std::istringstream csv(f.read("q.csv"));
  std::string line;
  std::getline(csv, line);
  while (std::getline(csv, line)) {
    std::istringstream cells(line);
    out.rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) out.rows.back().push_back(cell);
  }
  return out;
}

void expect_said(const Ran& r, const std::string& words) {
  EXPECT_NE(r.said.find(words), std::string::npos) << words << " in: " << r.said;
}

// One line, exit status 2, and every one of the words.
void expect_named(const std::string& name, const std::vector<std::string>& words) {
  const Folder f;
  const auto o = f.run("run first-look --trace " + field_file(name));
  EXPECT_EQ(o.status, 2) << name << ": " << o.err;
  EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
  for (const std::string& w : words) EXPECT_NE(o.err.find(w), std::string::npos) << w << " in: " << o.err;
}

TEST(Field, BailianIsRecognised) {
  const Ran r = run("bailian_as_default.jsonl");
  EXPECT_DOUBLE_EQ(r.summary["block_hit_rate"], 0.3125);
  expect_said(r, "read as bailian, 16 tokens a block, 3 requests over 23 s");
  EXPECT_EQ(run("bailian_as_default.jsonl", "--set workload.format=bailian").summary, r.summary);
}

TEST(Field, BlockSizeIsRecognised) {
  const Ran r = run("fmt_block16_default.jsonl");
  EXPECT_DOUBLE_EQ(r.summary["block_hit_rate"], 0.25);
  expect_said(r, "read as mooncake, 16 tokens a block");
  const Ran floor = run("fmt_floor64.jsonl");
  expect_said(floor, "64 tokens a block");
  EXPECT_EQ(floor.rows[1][4], "8") << "two ids of 64 tokens are shared, the tail behind them is not";
}

TEST(Field, WhatContradictsTheFileIsRefusedWithWhatFits) {
  const Folder f;
  const auto block =
      f.run("run first-look --trace " + field_file("fmt_block16_default.jsonl") + " --set workload.block_tokens=512");
  EXPECT_EQ(block.status, 2);
  EXPECT_NE(block.err.find("/workload/block_tokens: 512 contradicts"), std::string::npos) << block.err;
  EXPECT_NE(block.err.find("16 fits"), std::string::npos) << block.err;
  const auto format =
      f.run("run first-look --trace " + field_file("bailian_as_default.jsonl") + " --set workload.format=mooncake");
  EXPECT_EQ(format.status, 2);
  EXPECT_NE(format.err.find("bailian"), std::string::npos) << format.err;
}

TEST(Field, AnAssumedUnitIsSaid) {
  const Ran r = run("seconds_as_ms.jsonl");
  expect_said(r, "over 5 ms");
  expect_said(r, "--set workload.time_scale=1000");
}

TEST(Field, TimeCountsFromTheFirstRequest) {
  const Ran first = run("late_start.jsonl");
  EXPECT_EQ(first.rows[0][1], "0");
  EXPECT_LT(first.summary["makespan_ms"].get<double>(), 10'000);
  const Ran zero = run("late_start.jsonl", "--set workload.start=zero");
  EXPECT_EQ(zero.rows[0][1], "3600000000");
}

TEST(Field, SessionsWhoseTurnsAdd) {
  const Ran open = run("fmt_aiperf_session.jsonl");
  expect_said(open, "2 sessions");
  ASSERT_EQ(open.rows.size(), 3U);
  EXPECT_EQ(open.rows[1][6], "2840") << "2,100 before, 40 answered, 700 added";
  const Ran closed = run("fmt_aiperf_session.jsonl", "--set workload.replay=closed --set fleet.workers=1");
  const auto turn = std::find_if(closed.rows.begin(), closed.rows.end(),
                                 [](const auto& row) { return row[13] == "s-1" && row[14] == "2"; });
  ASSERT_NE(turn, closed.rows.end());
  EXPECT_EQ((*turn)[4], "131") << "the prompt that the first turn left";
  EXPECT_EQ(std::stoll((*turn)[1]), std::stoll(closed.rows[0][10]) + 1'500'500);
}

TEST(Field, ATurnFollowsTheTurnBefore) {
  const Ran r = run("open_loop_turns.jsonl", "--set workload.replay=closed");
  ASSERT_EQ(r.rows.size(), 2U);
  EXPECT_GE(std::stoll(r.rows[1][1]), std::stoll(r.rows[0][10]) + 2'000'000);
}

TEST(Field, OtherFormatsAreRead) {
  expect_said(run("fmt_weka.jsonl"), "read as weka, 64 tokens a block, 2 requests");
  expect_said(run("fmt_azure2024.csv"), "nothing can be hit");
  EXPECT_EQ(run("fmt_burstgpt.csv").rows[0][6], "472");
}

TEST(Field, OtherPackingIsRead) {
  for (const char* name : {"array.json", "plain.jsonl.xz", "t.zip", "gz_zeropad.jsonl.gz", "-"}) {
    const Ran r = run(name, "", std::string(name) == "-" ? "xzcat " + field_file("plain.jsonl.xz") + " |" : "");
    EXPECT_GE(r.summary["requests"].get<int>(), 2) << name;
  }
}

TEST(Field, WhatIsNoTraceIsNamed) {
  expect_named("lfs.jsonl", {"Git LFS pointer", "git lfs pull"});
  expect_named("html.jsonl", {"HTML page"});
  expect_named("csv_header.csv", {"timestamp,input_length,output_length", "ContextTokens"});
  expect_named("dup_in.jsonl", {":1: input_length", "twice"});
}

TEST(Field, PromptsInWordsAreCutIntoTokens) {
  const Ran chat = run("fmt_sharegpt.json");
  expect_said(chat, "read as text, 1 request");
  expect_said(chat, "tokenizer built-in");
  expect_said(chat, "chats laid out plainly");
  ASSERT_EQ(chat.rows.size(), 1U);
  const Folder f;
  // "user: hi" and a line's end; the answer "hello".
  const auto prompt = f.run("tokenize --json", "printf 'user: hi\\n' |");
  EXPECT_EQ(chat.rows[0][6], std::to_string(Json::parse(prompt.out)["ids"].size()));
  const auto answer = f.run("tokenize --json hello");
  EXPECT_EQ(chat.rows[0][7], std::to_string(Json::parse(answer.out)["ids"].size()));
  const Ran lines = run("fmt_vllm_custom.jsonl");
  const auto words = f.run("tokenize --json 'hello there'");
  EXPECT_EQ(lines.rows[0][6], std::to_string(Json::parse(words.out)["ids"].size()));
  EXPECT_EQ(lines.rows[0][7], "12");
}

TEST(Field, AWholeFloatIsAnId) { EXPECT_EQ(run("float_id.jsonl").summary["completed"], 1); }

TEST(Field, OneRouterKeepsAChatAtItsWorker) {
  const Folder f;
  const auto o = f.run("run " + field_file("dyn3581.json") + " --requests q.csv");
  ASSERT_EQ(o.status, 0) << o.err;
  const auto hot = f.run("run " + field_file("dyn3581.json") + " --set router.temperature=1 --requests h.csv");
  ASSERT_EQ(hot.status, 0) << hot.err;
  EXPECT_NE(f.read("q.csv"), f.read("h.csv"));
}

// What was not run is said in every place, and a rate is the same number wherever it stands.
TEST(Field, WhatWasNotRunIsSaidEverywhere) {
  const Folder f;
  const std::string trace = " first-look --trace " + field_file("reject_two_rates.jsonl") + " ";
  const auto o = f.run("run" + trace + "--out r.json --events e.jsonl");
  ASSERT_EQ(o.status, 0) << o.err;
  const Json results = Json::parse(f.read("r.json"));
  const std::string reason = results["summary"]["rejected_reason"];
  EXPECT_NE(reason.find("more than a worker's"), std::string::npos) << reason;
  EXPECT_NE(o.out.find("REJECTED: " + reason), std::string::npos) << o.out;
  std::istringstream events(f.read("e.jsonl"));
  int rejected = 0;
  for (std::string line; std::getline(events, line);) {
    const Json e = Json::parse(line);
    if (e["type"] != "reject") continue;
    ++rejected;
    EXPECT_EQ(e["reason"], "needs more blocks than a worker has");
    EXPECT_GT(e["blocks_needed"], e["capacity_blocks"]);
  }
  EXPECT_EQ(rejected, results["summary"]["rejected"].get<int>());
  const auto w = f.run("waterfall" + trace + "--out w");
  ASSERT_EQ(w.status, 0) << w.err;
  EXPECT_NE(w.out.find(reason), std::string::npos) << w.out;
  const Json fall = Json::parse(f.read("w/waterfall.json"));
  EXPECT_EQ(fall["waterfall"][0]["label"], "Too long for a worker");
  EXPECT_NEAR(fall["waterfall"].back()["rate"], results["summary"]["token_hit_rate"], 1e-12);
  for (const std::string& command :
       {"compare" + trace + "--strategies random --out c", "sweep" + trace + "--vary seed=1,2 --out s"}) {
    const auto said = f.run(command);
    EXPECT_EQ(said.status, 0) << said.err;
    EXPECT_NE(said.out.find(reason), std::string::npos) << said.out;
  }
}

TEST(Field, SessionsHaveTheirFigures) {
  const Folder f;
  const auto o = f.run("run first-look --trace " + field_file("open_loop_turns.jsonl") +
                       " --set workload.replay=closed --out r.json");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find("between turns"), std::string::npos) << o.out;
  const Json s = Json::parse(f.read("r.json"))["sessions"];
  EXPECT_EQ(s["sessions"], 1);
  EXPECT_EQ(s["requests"], 2);
  EXPECT_EQ(s["followed_turns"], 1);
  EXPECT_GE(s["between_turns_ms"]["mean"].get<double>(), 2000.0) << "closed: the pause comes after the answer";
  ASSERT_EQ(s["by_turn"].size(), 2U);
  EXPECT_EQ(s["by_turn"][1]["turn"], 2);
  EXPECT_EQ(s["moved_turns"].get<int>() + (s["by_turn"][1]["hit_blocks"].get<int>() > 0 ? 1 : 0), 1);
}

}  // namespace
}  // namespace blockyard
