// Input that means harm, or looks as if it did: one clear line, the right status, bounded time and memory, and no file
// left behind. What it would take to harm is in the table; what is bounded by the system while it runs is in guarded():
// memory, and seconds of the processor, for the clock on the wall counts what else the machine does.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
namespace fs = std::filesystem;

bool one_line(const std::string& text) {
  return !text.empty() && std::count(text.begin(), text.end(), '\n') == 1 && text.back() == '\n';
}

// Whether a text can be given to a terminal: no control character but the newline.
bool harmless(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
}

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1) + "\n";
}

#ifdef BLOCKYARD_SANITIZED
constexpr bool kSanitized = true;  // which need all address space there is, and time
#else
constexpr bool kSanitized = false;
#endif

std::string guarded(int mebibytes, int seconds = 60) {
  return kSanitized ? "ulimit -t 300;" : fmt::format("ulimit -v {}; ulimit -t {};", mebibytes * 1024, seconds);
}

std::string deep(int n) {
  return std::string(static_cast<std::size_t>(n), '[') + std::string(static_cast<std::size_t>(n), ']');
}

struct HostileCase {
  const char* what;
  std::string scenario;   // s.json
  std::string trace;      // t.jsonl
  std::string arguments;  // status and last line of what is said are those of this
  int status;
  const char* said;  // a part of the line
};

std::vector<HostileCase> hostile_cases() {
  std::string long_answers;
  for (int i = 0; i < 600; ++i)
    long_answers +=
        fmt::format("{{\"timestamp\":0,\"input_length\":16,\"output_length\":100000000,\"hash_ids\":[{}]}}\n", i);
  const std::string plain = R"({"workload": {"requests": 20}})";
  const std::string request = R"({"timestamp": 0, "input_length": 16, "output_length": 1, "hash_ids": )";
  return {
      {"deep scenario", R"({"name":)" + deep(80000) + "}", "", "run s.json --out x", 2, "nest at most 100 deep"},
      {"deep --set", plain, "", "run s.json --out x --set 'name=" + deep(30000) + "'", 2, "nest at most 100 deep"},
      {"deep path", plain, "",
       "run s.json --out x --set " +
           [] {
             std::string path = "a";
             for (int i = 0; i < 20000; ++i) path += ".a";
             return path;
           }() +
           "=1",
       2, "100 deep"},
      {"deep trace", plain, request + deep(80000) + "}\n", "run s.json --out x --trace t.jsonl", 2, "t.jsonl:1"},
      {"deep results", R"({"summary":)" + deep(80000) + "}", "", "plot s.json --out x", 2, "s.json"},
      {"deep tokenizer", R"({"model":)" + deep(80000) + "}", "", "tokenize --tokenizer s.json abc", 2, "s.json"},
      {"many workers",
       R"({"cache": {"capacity_blocks": 924, "eviction": "fifo"}, "fleet": {"workers": 65536, "engine": "continuous"},
         "workload": {"type": "rag", "requests": 50}})",
       "", "run s.json --max-memory 1GiB --out x", 2, "65,536 workers × 924 blocks"},
      {"many slots", R"({"cache": {"capacity_blocks": 100000000, "eviction": "fifo"}, "fleet": {"workers": 1},
         "workload": {"type": "rag", "requests": 50}})",
       "", "run s.json --max-memory 1GiB --out x", 2, "1 worker × 100,000,000 blocks"},
      {"many slots in a sweep", R"({"cache": {"capacity_blocks": 4000000, "eviction": "fifo"}, "fleet": {"workers": 1},
         "workload": {"type": "rag", "requests": 50}})",
       "", "sweep s.json --max-memory 1GiB --jobs 8 --vary seed=1,2 --out x", 2, "needs about"},
      {"many slots in a comparison", R"({"cache": {"capacity_blocks": 4000000, "eviction": "fifo"},
         "fleet": {"workers": 1}, "workload": {"type": "rag", "requests": 50}})",
       "", "compare s.json --max-memory 1GiB --jobs 8 --strategies random,round_robin --out x", 2, "needs about"},
      {"many requests", R"({"workload": {"type": "uniform", "requests": 2000000}})", "",
       "run s.json --max-memory 300MiB --out x", 2, "its requests"},
      {"long answers", R"({"fleet": {"engine": "continuous"}})", long_answers,
       "run s.json --trace t.jsonl --max-memory 1GiB --out x", 2, "needs about"},
      {"a byte that is no text", plain, "", "run s.json --set 'router.strategy=\xff' --out x", 2, "/router/strategy"},
      {"a path that is no text", plain, "", "run '\xff.json' --out x", 2, "no such file"},
      {"escapes in a key", plain, "", "run s.json --set '\x1b[31mkey=1' --out x", 2, "\\u001b"},
      {"a huge key", R"({")" + std::string(5000000, 'k') + R"(": 1})", "", "run s.json --out x", 2, "kkk"},
      {"a huge value", R"({"router": {"strategy": ")" + std::string(5000000, 'v') + R"("}})", "", "run s.json --out x",
       2, "/router/strategy"},
      {"an index beyond numbers", R"({"faults": [{}]})", "",
       "run s.json --set faults.99999999999999999999.t_ms=1 --out x", 2, "no such entry"},
      {"a quote in a path", plain, "", "run s.json --trace 'a\"b.jsonl' --out x", 2, "a\"b.jsonl: no such file"},
      {"a size that is none", plain, "", "run s.json --max-memory many --out x", 2, "--max-memory"},
  };
}

TEST(Hostile, OneLineTheRightStatusAndNoFile) {
  for (const HostileCase& c : hostile_cases()) {
    SCOPED_TRACE(c.what);
    const Folder f;
    f.write("s.json", c.scenario);
    f.write("t.jsonl", c.trace);
    const std::size_t entries = f.size();
    const auto o = f.run(c.arguments, guarded(3000));
    EXPECT_EQ(o.status, c.status) << o.err.substr(0, 3000);
    const std::string line = last_line(o.err);
    EXPECT_TRUE(line.starts_with("blockyard: ")) << line.substr(0, 3000);
    EXPECT_TRUE(harmless(o.err + o.out)) << line.substr(0, 3000);
    EXPECT_LT(o.err.size(), 3000U);
    EXPECT_NE(line.find(c.said), std::string::npos) << line.substr(0, 3000);
    if (c.trace.empty()) {
      EXPECT_TRUE(one_line(o.err)) << o.err.substr(0, 3000);
    }
    EXPECT_EQ(f.size(), entries);
  }
}

// What is long, or far apart, and still no work: it runs, in the time that its events take.
TEST(Hostile, EmptinessCostsNothing) {
  const char* scenarios[] = {
      R"({"cache": {"capacity_blocks": 200}, "workload": {"type": "rag", "requests": 50},
          "latency": {"decode_per_token_ms": 1000000000.0}})",
      R"({"cache": {"capacity_blocks": 200}, "workload": {"type": "rag", "requests": 50},
          "router": {"sync_ms": 0.001}, "fleet": {"workers": 256}})",
      R"({"cache": {"capacity_blocks": 200},
          "workload": {"type": "uniform", "requests": 50000, "rate": 0.0001, "prompt_tokens": 16}})",
      R"({"cache": {"capacity_blocks": 200}, "workload": {"type": "rag", "requests": 50}, "fleet": {"workers": 64},
          "router": {"sync_ms": 0.001, "heartbeat_ms": 0.001, "message_delay_ms": 0.01}})",
      R"({"cache": {"capacity_blocks": 200}, "workload": {"type": "rag", "requests": 50}, "fleet": {"engine": "continuous"},
          "latency": {"step_floor_ms": 100000000.0}})",
  };
  for (const char* scenario : scenarios) {
    SCOPED_TRACE(scenario);
    const Folder f;
    f.write("s.json", scenario);
    const auto o = f.run("run s.json --out r --requests q", guarded(3000, 30));
    EXPECT_EQ(o.status, 0) << o.err;
    EXPECT_TRUE(f.has("r") && f.has("q"));
  }
}

// The files kept beside the tree, of the same kinds: each is run in the time and memory that it says, or refused.
TEST(Hostile, KeptFilesRunWithinBoundsOrAreRefused) {
  const fs::path kept = fs::path(BLOCKYARD_SOURCE) / ".." / "shared" / "field" / "hostile";
  if (!fs::is_directory(kept)) GTEST_SKIP() << "there are none beside this tree";
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(kept)) {
    SCOPED_TRACE(entry.path().filename().string());
    ++files;
    const std::string path = fs::canonical(entry.path()).string();
    const Folder f;
    f.write("s.json", R"({"cache": {"capacity_blocks": 4000}, "fleet": {"engine": "continuous"}})");
    const std::string what = entry.path().extension() == ".jsonl" ? "run s.json --trace " + path : "run " + path;
    const std::size_t entries = f.size();
    const auto o = f.run(what + " --max-memory 2GiB --out r --requests q", guarded(4096));
    EXPECT_TRUE(harmless(o.err + o.out));
    EXPECT_LT(o.err.size(), 3000U);
    if (o.status == 0) {
      EXPECT_EQ(f.size(), entries + 2);
      continue;
    }
    EXPECT_EQ(o.status, 2) << o.err;
    EXPECT_TRUE(last_line(o.err).starts_with("blockyard: ")) << o.err;
    EXPECT_EQ(f.size(), entries);
  }
  EXPECT_GT(files, 5U);
}

// A small file that holds a great deal.
TEST(Hostile, AnArchiveTakesNoMoreThanIsAllowed) {
  const Folder f;
  f.write("s.json", "{}");
  f.run(
      "--version",  // through the shell: yes | head | gzip
      R"(yes '{"timestamp": 1, "input_length": 16, "output_length": 1, "hash_ids": [1]}' | head -n 1500000 | gzip -1 > t.jsonl.gz; )");
  ASSERT_TRUE(f.has("t.jsonl.gz"));
  const std::size_t entries = f.size();
  for (const char* command :
       {"run s.json --trace t.jsonl.gz --out x --max-memory 200MiB", "trace info t.jsonl.gz --max-memory 200MiB"}) {
    const auto o = f.run(command, guarded(2000));
    EXPECT_EQ(o.status, 2) << command;
    EXPECT_TRUE(one_line(o.err)) << o.err;
    EXPECT_NE(o.err.find("--max-memory"), std::string::npos) << o.err;
    EXPECT_EQ(f.size(), entries);
  }
}

// What no estimate foresaw: the system says no, and that is a line as well.
TEST(Hostile, NoMemoryIsALine) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need all there is";
  const Folder f;
  f.write("s.json", R"({"cache": {"capacity_blocks": 40000000, "eviction": "fifo"}, "fleet": {"workers": 1}})");
  const std::size_t entries = f.size();
  const auto o = f.run("run s.json --max-memory 100TiB --out x", "ulimit -v 1000000;");
  EXPECT_EQ(o.status, 1);
  EXPECT_TRUE(one_line(o.err)) << o.err;
  EXPECT_NE(o.err.find("memory"), std::string::npos) << o.err;
  EXPECT_EQ(f.size(), entries);
}

TEST(Hostile, NumbersOfOptionsAreNumbersWithinTheirBounds) {
  const Folder f;
  f.write("s.json", R"({"workload": {"requests": 5}})");
  ASSERT_EQ(f.run("run s.json --out r.json").status, 0);
  f.write("t.jsonl", R"({"timestamp": 0, "input_length": 16, "output_length": 1, "hash_ids": [1]})");
  std::vector<std::string> commands = {
      "compare s.json --strategies random --out x --jobs",
      "compare s.json --strategies random --out x --seeds",
      "sweep s.json --vary seed=1 --out x --jobs",
      "sweep s.json --vary seed=1 --out x --shard",
      "plot r.json --out x --scale",
      "report r.json --out x --scale",
      "waterfall s.json --out x --scale",
      "trace info t.jsonl --limit",
      "trace info t.jsonl --block-tokens",
      "trace info t.jsonl --trace-block-tokens",
      "tokenizer train --out x --entries",
      "run s.json --out x --max-memory",
  };
  if (f.run("shot --help").status == 0) {
    for (const char* option : {"--at", "--scale", "--lesson", "--step", "--answer", "--size", "--select", "--tab"})
      commands.push_back(std::string("shot s.json --out x ") + option);
    for (const char* kind : {"request:", "decision:", "worker:", "edge:", "block:0:", "block:9:"})
      commands.push_back(std::string("shot s.json --out x --select ") + kind);
  }
  const std::size_t entries = f.size();
  for (const std::string& command : commands) {
    for (const char* value : {"nan", "inf", "-inf", "-1", "1e999", "99999999999", "99999999999999999999999", "x", "0x2",
                              "' '", "1,5", "2x", "''"}) {
      const bool joined = command.back() == ':';
      if (command.ends_with("--shard") && std::string(value) == "''") continue;  // no shard: all of it
      const std::string line = command + (joined ? "" : " ") + value;
      SCOPED_TRACE(line);
      const auto o = f.run(line);
      // Three years of simulated time, and 93 GiB: much, but not wrong.
      if (o.status == 0 && (line.ends_with("--at 99999999999") || line.ends_with("--max-memory 99999999999"))) {
        fs::remove(f.path("x"));
        continue;
      }
      EXPECT_EQ(o.status, 2) << o.err;
      EXPECT_TRUE(one_line(o.err)) << o.err;
      EXPECT_EQ(f.size(), entries);
    }
  }
}

}  // namespace
}  // namespace blockyard
