// One set of rules for whatever a command writes, held against every command that writes: whole or not at all, to what
// the name stands for, never over an input, nothing left behind.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
namespace fs = std::filesystem;

constexpr const char* kScenario =
    R"({"name": "small", "cache": {"capacity_blocks": 60}, "fleet": {"workers": 2}, "workload": {"type": "rag", "requests": 30}})";

// A command that writes one file: all but its name.
const std::vector<std::string>& file_commands() {
  static const std::vector<std::string> kCommands = {
      "run s.json --out",      "run s.json --requests", "run s.json --events",
      "run s.json --perfetto", "workload s.json --out", "report r.json --out",
  };
  return kCommands;
}

// A command that writes a folder: all but its name.
const std::vector<std::string>& folder_commands() {
  static const std::vector<std::string> kCommands = {
      "compare s.json --strategies random,round_robin --out",
      "sweep s.json --vary router.sync_ms=100,1000 --out",
      "sweep s.json --results --vary router.sync_ms=100,1000 --out",
      "waterfall s.json --out",
      "plot r.json --out",
  };
  return kCommands;
}

// The inputs of all commands.
void prepare(const Folder& f) {
  f.write("s.json", kScenario);
  ASSERT_EQ(f.run("run s.json --out r.json").status, 0);
}

bool one_line(const std::string& text) {
  return !text.empty() && std::count(text.begin(), text.end(), '\n') == 1 && text.back() == '\n';
}

TEST(Outputs, FollowLinksAndKeepWhatTheNameIs) {
  for (const std::string& command : file_commands()) {
    SCOPED_TRACE(command);
    const Folder f;
    prepare(f);
    f.write("target", "before");
    fs::permissions(f.path("target"), fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("target", f.path("link"));
    fs::create_symlink("not-there-yet", f.path("dangling"));
    const std::size_t entries = f.size();
    ASSERT_EQ(f.run(command + " link").status, 0);
    ASSERT_EQ(f.run(command + " dangling").status, 0);
    EXPECT_TRUE(fs::is_symlink(f.path("link")));
    EXPECT_TRUE(fs::is_symlink(f.path("dangling")));
    EXPECT_GT(f.read("target").size(), 6U);
    EXPECT_EQ(f.read("target"), f.read("not-there-yet"));
    EXPECT_EQ(fs::status(f.path("target")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(f.size(), entries + 1);
    fs::create_symlink("b", f.path("a"));
    fs::create_symlink("a", f.path("b"));
    EXPECT_EQ(f.run(command + " a").status, 2) << "links that go in a circle";
  }
}

TEST(Outputs, GoStraightToPipesDevicesAndStandardOutput) {
  for (const std::string& command : file_commands()) {
    SCOPED_TRACE(command);
    const Folder f;
    prepare(f);
    ASSERT_EQ(f.run(command + " plain").status, 0);
    const std::string wanted = f.read("plain");
    for (const char* name : {"-", "/dev/stdout"}) {
      const auto o = f.run(command + " " + name);
      EXPECT_EQ(o.status, 0) << o.err;
      EXPECT_EQ(o.out, wanted) << "nothing else is printed among it";
    }
    EXPECT_EQ(f.run(command + " pipe", "mkfifo pipe; (cat pipe > got) &").status, 0);
    EXPECT_TRUE(fs::is_fifo(f.path("pipe")));
    for (int i = 0; i < 200 && f.read("got") != wanted; ++i) ::usleep(10'000);
    EXPECT_EQ(f.read("got"), wanted);
    const auto full = f.run(command + " /dev/full");
    EXPECT_EQ(full.status, 1);
    EXPECT_TRUE(one_line(full.err)) << full.err;
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
    const bool device = fs::is_character_file("/dev/null");  // where a program has destroyed it, nothing can be told
    EXPECT_EQ(f.run(command + " /dev/null").status, 0);
    EXPECT_EQ(fs::is_character_file("/dev/null"), device);
    EXPECT_EQ(f.run(command + " .").status, 2) << "a folder is no file";
    EXPECT_EQ(f.run(command + " no/such/folder").status, 2);
  }
}

TEST(Outputs, AreNeverAnInputNorTheSamePlaceTwice) {
  const Folder f;
  prepare(f);
  ASSERT_EQ(f.run("workload s.json --out t.jsonl").status, 0);
  ASSERT_EQ(f.run("compare s.json --strategies random --out c").status, 0);
  f.write("t.json", R"({"cache": {"capacity_blocks": 60},
                        "workload": {"type": "trace", "path": "t.jsonl", "block_tokens": 16}})");
  fs::create_symlink("t.jsonl", f.path("other-name"));
  const std::string refused[] = {
      "run s.json --out s.json",
      "run s.json --out ./s.json",
      "run s.json --events s.json",
      "workload s.json --out s.json",
      "run t.json --requests t.jsonl",
      "run t.json --requests other-name",
      "run s.json --trace t.jsonl --set workload.block_tokens=16 --out t.jsonl",
      "report r.json --out r.json",
      "run s.json --out same --requests same",
      "run s.json --out same --requests ./same",
      "run s.json --events - --perfetto /dev/stdout",
      "plot c/results_random.json c/comparison.json --out c",
  };
  const auto before = std::pair(f.read("s.json"), f.read("t.jsonl"));
  const std::size_t entries = f.size();
  for (const std::string& command : refused) {
    const auto o = f.run(command);
    EXPECT_EQ(o.status, 2) << command << "\n" << o.err;
    EXPECT_TRUE(one_line(o.err)) << command << "\n" << o.err;
    EXPECT_EQ(std::pair(f.read("s.json"), f.read("t.jsonl")), before) << command;
    EXPECT_EQ(f.size(), entries) << command;
  }
  EXPECT_EQ(f.run("run s.json --out /dev/zero --requests /dev/zero").status, 0) << "a device takes any number";
}

TEST(Outputs, MayHaveTheLongestNames) {
  const std::string longest(255, 'x'), too_long(256, 'x');
  for (const std::string& command : file_commands()) {
    const Folder f;
    prepare(f);
    EXPECT_EQ(f.run(command + " " + longest).status, 0) << command;
    EXPECT_TRUE(f.has(longest));
    const auto o = f.run(command + " " + too_long);
    EXPECT_EQ(o.status, 2) << command;
    EXPECT_TRUE(one_line(o.err)) << o.err;
  }
}

TEST(Outputs, AFullDiskLeavesWhatWasThere) {
  for (const std::string& command : file_commands()) {
    SCOPED_TRACE(command);
    const Folder f;
    prepare(f);
    f.write("out", "before");
    const std::size_t entries = f.size();
    const auto o = f.run(command + " out", "ulimit -f 0;");  // as SIGXFSZ comes, too
    EXPECT_NE(o.status, 0);
    EXPECT_EQ(f.read("out"), "before");
    EXPECT_EQ(f.size(), entries);
  }
  for (const std::string& command : folder_commands()) {
    SCOPED_TRACE(command);
    const Folder f;
    prepare(f);
    const std::size_t entries = f.size();
    f.run(command + " out", "ulimit -f 0;");
    EXPECT_EQ(f.size(), entries) << "the folder is gone as well";
  }
}

TEST(Outputs, StandardOutputThatTakesNothingIsAFailure) {
  const Folder f;
  prepare(f);
  const std::size_t entries = f.size();
  for (const std::string& command :
       {std::string("presets"), std::string("fidelity"), std::string("settings"), std::string("run s.json"),
        std::string("run s.json --out x.json"), std::string("waterfall s.json --out x"),
        std::string("compare s.json --strategies random --out x"), std::string("--help")}) {
    for (const char* stream : {">/dev/full", ">&-"}) {
      // The streams of Folder::run() come after, so the command gets a shell of its own.
      const auto o = f.run("", "sh -c '\"$0\" " + command + " " + stream + "'");
      EXPECT_EQ(o.status, 1) << command << stream << o.err;
      EXPECT_TRUE(one_line(o.err)) << command << stream << "\n" << o.err;
      EXPECT_NE(o.err.find("standard output: cannot be written"), std::string::npos) << command << stream << o.err;
      EXPECT_EQ(f.size(), entries) << command << stream;
    }
    const auto mute = f.run("", "sh -c '\"$0\" " + command + " 2>&-'");
    EXPECT_EQ(mute.status, 0) << command;
    std::error_code ec;
    fs::remove_all(f.path("x"), ec);
    fs::remove(f.path("x.json"), ec);
  }
}

TEST(Outputs, ARefusedSweepLeavesNothing) {
  const Folder f;
  f.write("s.json", R"({"workload": {"type": "trace", "path": "none.jsonl"}, "cache": {"capacity_blocks": 60}})");
  f.write("good.json", kScenario);
  const std::size_t entries = f.size();
  for (const char* command :
       {"sweep s.json --vary router.sync_ms=1,2 --out x", "sweep s.json --results --vary router.sync_ms=1,2 --out x/y",
        "sweep good.json --vary router.sync_ms=1,-2 --out x",
        "sweep good.json --vary router.sync_ms=1 --shard 3/2 --out x", "compare s.json --out x",
        "waterfall s.json --out x/y/z"}) {
    EXPECT_EQ(f.run(command).status, 2) << command;
    EXPECT_EQ(f.size(), entries) << command;
  }
  fs::create_directory(f.path("x"));
  f.run("sweep s.json --vary router.sync_ms=1,2 --out x");
  EXPECT_TRUE(fs::is_empty(f.path("x"))) << "a folder that was there stays, as it was";
}

TEST(Outputs, AResumedSweepLooksWhetherItsResultsAreThere) {
  const Folder f;
  f.write("s.json", kScenario);
  const std::string sweep = "sweep s.json --results --vary router.sync_ms=100,1000,2000 --out x";
  ASSERT_EQ(f.run(sweep).status, 0);
  const std::string wanted = f.read("x/results/cell_0001.json");
  fs::remove(f.path("x/results/cell_0001.json"));
  const auto o = f.run(sweep);
  EXPECT_EQ(o.status, 0);
  EXPECT_NE(o.err.find("2 of 3 cells are there"), std::string::npos) << o.err;
  EXPECT_EQ(f.read("x/results/cell_0001.json"), wanted);
  fs::remove_all(f.path("x/results"));
  EXPECT_EQ(f.run(sweep).status, 0);
  EXPECT_EQ(f.read("x/results/cell_0001.json"), wanted);
}

// Everything below a folder that is half-made by name.
std::vector<std::string> unfinished(const Folder& f) {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(f.path("."))) {
    if (entry.path().filename().string().find(".part") != std::string::npos) out.push_back(entry.path().string());
  }
  return out;
}

// Every file below a folder, by its name there.
std::map<std::string, std::string> files_below(const Folder& f, const std::string& name) {
  std::map<std::string, std::string> out;
  const fs::path top = f.path(name);
  std::error_code ec;
  if (fs::is_regular_file(top, ec)) out[name] = f.read(name);
  if (!fs::is_directory(top, ec)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = fs::relative(entry.path(), f.path(".")).string();
    out[path] = f.read(path);
  }
  return out;
}

// Kills at times drawn at random: what then has its name is whole, and unless it was SIGKILL, which nobody can answer,
// nothing else is there. BLOCKYARD_KILLS=300 is the long form.
TEST(Outputs, KilledAtAnyTimeWhatIsThereIsWhole) {
  const char* wanted = std::getenv("BLOCKYARD_KILLS");
  const int kills = wanted == nullptr ? 40 : std::atoi(wanted);
  const Folder f;
  prepare(f);
  f.write("long.json", R"({"cache": {"capacity_blocks": 400}, "fleet": {"workers": 8},
                           "workload": {"type": "rag", "requests": 12000, "rate": 100}})");
  ASSERT_EQ(f.run("run long.json --out l.json").status, 0);
  fs::create_directory(f.path("texts"));
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "word" + std::to_string(i * i % 977) + ' ';
  f.write("texts/a.txt", text);
  const std::vector<std::string> commands = {
      "run long.json --out o1 --requests o2 --events o3 --perfetto o4",
      "workload long.json --out o1",
      "compare long.json --strategies random,round_robin --out o1",
      "sweep long.json --results --vary router.sync_ms=100,1000,2000 --out o1",
      "waterfall long.json --out o1",
      "plot l.json --out o1",
      "report l.json --out o1",
      "tokenizer train --corpus texts --entries 600 --out o1",
  };
  const std::vector<std::string> outputs = {"o1", "o2", "o3", "o4"};
  const auto clear = [&] {
    std::error_code ec;
    for (const std::string& name : outputs) fs::remove_all(f.path(name), ec);
  };
  struct Whole {
    std::map<std::string, std::string> files;
    double seconds = 0;
  };
  std::vector<Whole> whole;
  for (const std::string& command : commands) {
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_EQ(f.run(command).status, 0) << command;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    whole.push_back({{}, took.count()});
    for (const std::string& name : outputs) whole.back().files.merge(files_below(f, name));
    clear();
  }
  std::mt19937 random(7);
  int killed = 0;
  for (int i = 0; i < kills; ++i) {
    const std::size_t which = static_cast<std::size_t>(i) % commands.size();
    const char* signals[] = {"KILL", "HUP", "INT", "QUIT", "TERM"};
    const std::string signal = signals[random() % std::size(signals)];
    const double delay = whole[which].seconds * static_cast<double>(random() % 1000) / 1000;
    const auto o = f.run(commands[which], "timeout -s " + signal + " " + std::to_string(delay + 0.001));
    SCOPED_TRACE(commands[which] + " killed by " + signal + " after " + std::to_string(delay) + " s: " + o.err);
    killed += o.status != 0 ? 1 : 0;
    for (const std::string& name : outputs) {
      for (const auto& [path, bytes] : files_below(f, name)) {
        if (path.find(".part") != std::string::npos) continue;
        if (path.find("cells") != std::string::npos) continue;  // grows by whole lines, and is gone on with
        const auto same = whole[which].files.find(path);
        ASSERT_TRUE(same != whole[which].files.end()) << path;
        EXPECT_TRUE(bytes == same->second) << path << " is torn";
      }
    }
    if (signal != "KILL") {
      EXPECT_EQ(unfinished(f), std::vector<std::string>{});
    }
    for (const std::string& part : unfinished(f)) fs::remove(part);
    clear();
  }
  EXPECT_GT(killed, kills / 8) << "nearly all ended before they were killed";
}

TEST(Outputs, ASweepKilledAgainAndAgainEndsInTheSameBytes) {
  const Folder f;
  f.write("s.json", R"({"cache": {"capacity_blocks": 400}, "fleet": {"workers": 4},
                        "workload": {"type": "rag", "requests": 4000, "rate": 100}})");
  const std::string sweep =
      "sweep s.json --results --jobs 2 --vary router.sync_ms=100,200,300,400,500,600,700,800 --out ";
  ASSERT_EQ(f.run(sweep + "whole").status, 0);
  for (int i = 0; i < 12; ++i) {
    f.run(sweep + "torn",
          "timeout -s " + std::string(i % 2 == 0 ? "KILL" : "TERM") + " 0." + std::to_string(1 + i % 3));
  }
  ASSERT_EQ(f.run(sweep + "torn").status, 0);
  EXPECT_EQ(f.read("torn/cells.jsonl"), f.read("whole/cells.jsonl"));
  EXPECT_EQ(f.read("torn/results/cell_0003.json"), f.read("whole/results/cell_0003.json"));
}

}  // namespace
}  // namespace blockyard
