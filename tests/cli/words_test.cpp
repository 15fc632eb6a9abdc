// Prompts in words on the command line: a workload of words is written and read back as the same run, and files of
// words without times say where their arrivals come from.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
using Json = nlohmann::json;

constexpr const char* kBatch =
    R"({"custom_id": "a", "url": "/v1/chat/completions", "body": {"model": "m", "max_tokens": 50, "messages": [
        {"role": "system", "content": "You answer questions about the handbook of the company, and you are brief."},
        {"role": "user", "content": "How many days?"}]}})";

std::string one_line_of(std::string text) {
  std::erase(text, '\n');
  return text + "\n";
}

TEST(Words, AWorkloadOfWordsIsWrittenAndReadBackAsTheSameRun) {
  const Folder f;
  ASSERT_EQ(f.run("workload original --words --out words.jsonl").status, 0);
  const std::string lines = f.read("words.jsonl");
  EXPECT_TRUE(Json::parse(lines.substr(0, lines.find('\n'))).contains("prompt"));
  ASSERT_EQ(f.run("run original --requests generated.csv").status, 0);
  const auto read = f.run("run original --trace words.jsonl --requests read.csv");
  ASSERT_EQ(read.status, 0) << read.err;
  EXPECT_NE(read.err.find("read as text, 16 tokens a block, 300 requests"), std::string::npos) << read.err;
  EXPECT_EQ(f.read("generated.csv"), f.read("read.csv"));
}

TEST(Words, WithoutTimesArrivalsAreThoseOfTheScenario) {
  const Folder f;
  const std::string line = one_line_of(kBatch);
  f.write("batch.jsonl", line + line + line);
  const auto o = f.run(
      "run first-look --trace batch.jsonl --set workload.arrival=constant --set workload.rate=1000 "
      "--set workload.answers=model");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.err.find("without times: arrivals are constant, 1000 a second"), std::string::npos) << o.err;
  EXPECT_NE(o.err.find("answers by the small model"), std::string::npos) << o.err;
  EXPECT_EQ(o.err.find("warning"), std::string::npos) << "nobody read a time wrongly: " << o.err;
}

TEST(Words, TheLongestSharedBeginningsAreShownInWords) {
  const Folder f;
  const std::string line = one_line_of(kBatch);
  f.write("batch.jsonl", line + line);
  const auto o = f.run("trace info batch.jsonl");
  ASSERT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find("You answer questions about"), std::string::npos) << o.out;
}

}  // namespace
}  // namespace blockyard
