// blockyard reproduce: published figures, recomputed from what is at hand, and where to get what is not.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;

TEST(ReproduceCommand, SaysWhereTheDataIsToBeHad) {
  const Folder f;
  const auto list = f.run("reproduce");
  ASSERT_EQ(list.status, 0) << list.err;
  for (const char* name : {"mooncake-synthetic", "mooncake-conversation", "agents", "llmservingsim"})
    EXPECT_NE(list.out.find(name), std::string::npos) << name;
  const auto all = f.run("reproduce all");
  ASSERT_EQ(all.status, 0) << all.err;
  EXPECT_NE(all.out.find("no data"), std::string::npos);
  EXPECT_NE(all.out.find("Not at hand, agents/trace_0130.json: https://"), std::string::npos) << all.out;
  EXPECT_EQ(f.run("reproduce moonshine").status, 2);
  EXPECT_EQ(f.run("reproduce all --format pdf").status, 2);
  EXPECT_EQ(f.run("reproduce all --data nowhere").status, 2);
}

TEST(ReproduceCommand, AgreesWithThePublishedFiguresAtHand) {
  const char* set = std::getenv("BLOCKYARD_TRACES");
  const std::string data = set != nullptr ? set : BLOCKYARD_TRACES;
  if (!std::filesystem::exists(data + "/synthetic_trace.jsonl"))
    GTEST_SKIP() << "the public traces are not there; set BLOCKYARD_TRACES to their folder";
  const Folder f;
  for (const char* name : {"mooncake-synthetic", "agents"}) {
    const auto o = f.run(std::string("reproduce ") + name + " --data " + data);
    EXPECT_EQ(o.status, 0) << o.err << o.out;
    EXPECT_NE(o.out.find("agrees"), std::string::npos) << o.out;
    EXPECT_EQ(o.out.find("no data"), std::string::npos) << o.out;
    EXPECT_EQ(o.out.find("DIFFERS"), std::string::npos) << o.out;
  }
  // Another file under the name is found out.
  std::filesystem::copy_file(data + "/unsorted_300.jsonl", f.path("synthetic_trace.jsonl"));
  const auto wrong = f.run("reproduce mooncake-synthetic --data .");
  EXPECT_EQ(wrong.status, 1) << wrong.out;
  EXPECT_NE(wrong.out.find("DIFFERS"), std::string::npos) << wrong.out;
}

}  // namespace
}  // namespace blockyard
