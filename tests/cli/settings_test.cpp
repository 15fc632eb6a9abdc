// blockyard settings: the scenario reference, and --set with what it names.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
using Json = nlohmann::json;

TEST(SettingsCommand, ListsEverythingInOneForm) {
  const Folder f;
  const auto all = f.run("settings --json");
  ASSERT_EQ(all.status, 0) << all.err;
  const Json entries = Json::parse(all.out);
  const auto table = f.run("settings");
  const auto page = f.run("settings --markdown");
  for (const Json& e : entries) {
    const std::string path = e.at("path");
    EXPECT_NE(table.out.find(path), std::string::npos) << path;
    EXPECT_NE(page.out.find("| `" + path + "` |"), std::string::npos) << path;
    for (const char* key : {"label", "help", "default", "range", "change", "applies"})
      EXPECT_TRUE(e.contains(key)) << path << " has no " << key;
  }
}

TEST(SettingsCommand, ExplainsOneAndAPart) {
  const Folder f;
  const auto one = f.run("settings router.sync_ms");
  ASSERT_EQ(one.status, 0) << one.err;
  for (const char* said : {"5000", "ms", "in flight", "router.view is synced", "0 or more"})
    EXPECT_NE(one.out.find(said), std::string::npos) << said << " is not in " << one.out;
  const auto part = f.run("settings cache");
  EXPECT_NE(part.out.find("cache.eviction"), std::string::npos);
  EXPECT_EQ(part.out.find("router."), std::string::npos);
  const auto both = f.run("settings workload.turns");
  EXPECT_NE(both.out.find("Mean number of turns"), std::string::npos) << "of chats";
  EXPECT_NE(both.out.find("whole prompts"), std::string::npos) << "of traces";
  const auto slip = f.run("settings sync_ms");
  EXPECT_EQ(slip.status, 2);
  EXPECT_NE(slip.err.find("did you mean router.sync_ms?"), std::string::npos) << slip.err;
}

// An example is a scenario that runs as it stands, and every key of it can be set by --set.
TEST(SettingsCommand, ExamplesRun) {
  const Folder f;
  const Json types = Json::parse(f.run("settings workload.type --json").out)[0]["choices"];
  for (const Json& type : types) {
    const std::string id = type["id"];
    const auto example = f.run("settings --example " + id);
    ASSERT_EQ(example.status, 0) << example.err;
    if (id == "trace") continue;  // its file is made up
    f.write("s.json", example.out);
    const auto run = f.run("run s.json --set workload.requests=20 --json");
    ASSERT_EQ(run.status, 0) << id << ": " << run.err;
    EXPECT_EQ(Json::parse(run.out)["completed"], 20) << id;
  }
  const auto none = f.run("settings --example nothing");
  EXPECT_EQ(none.status, 2);
  EXPECT_NE(none.err.find("must be one of trace, rag"), std::string::npos) << none.err;
}

}  // namespace
}  // namespace blockyard
