// The command line as a whole: what a slip of the keyboard gets, and what every --help says.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// The commands that --help lists, those within commands with their path.
std::vector<std::string> all_commands(const Folder& f, const std::string& path = "") {
  std::vector<std::string> out{path};
  bool listing = false;
  for (const std::string& line : lines_of(f.run(path + " --help").out)) {
    if (line == "Subcommands:") {
      listing = true;
    } else if (listing && line.size() > 2 && line.starts_with("  ") && line[2] != ' ') {
      for (std::string& c : all_commands(f, path + (path.empty() ? "" : " ") + line.substr(2, line.find(' ', 2) - 2)))
        out.push_back(std::move(c));
    } else if (listing && line.empty()) {
      break;
    }
  }
  return out;
}

TEST(Slips, GetOneLineWithTheNearest) {
  const Folder f;
  const std::pair<const char*, std::vector<std::string>> slips[] = {
      {"runn first-look", {"runn", "did you mean run?"}},
      {"RUN first-look", {"did you mean run?"}},
      {"sweeep first-look --vary seed=1 --out d", {"did you mean sweep?"}},
      {"frst-look", {"did you mean first-look?"}},
      {"frobnicate", {"frobnicate", "blockyard --help"}},
      {"no-such.json", {"no-such.json"}},
      {"--tab nope", {"no option --tab"}},
      {"first-look --tab nope", {"no option --tab"}},
      {"run first-look --ou r.json", {"run:", "did you mean --out?"}},
      {"run first-look --jsno", {"did you mean --json?"}},
      {"run first-look -x", {"no option -x", "blockyard run --help"}},
      {"run first-look --out", {"--out", "value is missing"}},
      {"run first-look again", {"again is one word too many"}},
      {"run", {"scenario is missing"}},
      {"run frst-look", {"did you mean first-look?"}},
      {"trace", {"there is info"}},
      {"trace inf t.jsonl", {"did you mean info?"}},
      {"trace info t.jsonl --format moncake", {"moncake", "mooncake"}},
      {"trace info t.jsonl --limit 0", {"--limit", "0 is not allowed", "1 or more"}},
      {"compare first-look --out d --jobs 0", {"--jobs", "from 1 to 1024"}},
      {"compare first-look --out d --jobs two", {"--jobs: two", "a whole number"}},
      {"compare first-look --out d --theme blue", {"--theme: blue", "light or dark"}},
      {"compare first-look --out d --strategies round-robin", {"did you mean round_robin?"}},
      {"compare first-look --out d --strategies kv_cost,random,kv_cost", {"kv_cost is named twice"}},
      {"sweep first-look --out d --vary seed=1 --metrics ttft_p9", {"--metrics", "did you mean ttft_p95?"}},
      {"sweep first-look --out d --vary seed=1 --pareto ttft,imbalance", {"--pareto: 'ttft'"}},
      {"experiment stalenes --out d", {"did you mean staleness?"}},
      {"presets --gpu h100", {"--gpu h100", "h100-80gb"}},
      {"tokenizer train --out t.json --entries 3", {"--entries: 3", "from 257 to"}},
  };
  for (const auto& [arguments, words] : slips) {
    const auto o = f.run(arguments);
    EXPECT_EQ(o.status, 2) << arguments << "\n" << o.err;
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
    EXPECT_EQ(o.err.find("blockyard: "), 0U) << o.err;
    for (const std::string& word : words) {
      EXPECT_NE(o.err.find(word), std::string::npos) << arguments << ": no '" << word << "' in: " << o.err;
    }
    EXPECT_EQ(o.out, "") << arguments;
  }
  EXPECT_EQ(f.size(), 0U);
}

// What is wrong with a --set is said of the --set, however the scenario was named; what is wrong with the file, of it.
TEST(Slips, ASettingIsNamedByItsFlag) {
  const Folder f;
  f.write("s.json", "{}");
  f.write("bad.json", R"({"fleet": {"workers": 0}})");
  const std::string below = "blockyard: --set fleet.workers=0: /fleet/workers: 0 is not allowed; it must be ";
  EXPECT_EQ(f.run("run s.json --set router.sync_ms=1 --set fleet.workers=0 --set seed=3").err,
            below + "from 1 to 65536\n");
  EXPECT_EQ(f.run("waterfall first-look --set fleet.workers=0 --out d").err, below + "from 1 to 65536\n");
  EXPECT_EQ(f.run("experiment staleness --set fleet.workers=0 --out d").err, below + "from 1 to 65536\n");
  EXPECT_EQ(
      f.run("run s.json --set router.message_loss=2").err,
      "blockyard: --set router.message_loss=2: /router/message_loss: 2 is not allowed; it must be between 0 and 1\n");
  EXPECT_EQ(f.run("run s.json --set router.sync_ms=-5").err,
            "blockyard: --set router.sync_ms=-5: /router/sync_ms: -5 is not allowed; it must be 0 or more\n");
  EXPECT_NE(f.run("run s.json --set fleet.worker=3").err.find("did you mean workers?"), std::string::npos);
  EXPECT_EQ(f.run("run bad.json --set seed=3").err.find("blockyard: bad.json: /fleet/workers: 0"), 0U);
  EXPECT_EQ(f.run("run bad.json --set fleet.workers=2").status, 0) << "the file's slip is mended by the --set";
}

TEST(Names, OfAssetsWinOverFoldersUnlessAPathIsMeant) {
  const Folder f;
  ASSERT_EQ(f.shell("mkdir first-look").status, 0);
  EXPECT_EQ(f.run("run first-look").status, 0);
  EXPECT_EQ(f.run("compare first-look --strategies random --out first-look").status, 0) << "into a folder of that name";
  EXPECT_EQ(f.run("compare first-look --strategies random --out first-look").status, 0) << "and again";
  const auto o = f.run("run ./first-look");
  EXPECT_EQ(o.status, 2);
  EXPECT_NE(o.err.find("folder"), std::string::npos) << o.err;
}

TEST(Help, OfEveryCommandSaysDefaultsExamplesAndStatuses) {
  const Folder f;
  EXPECT_EQ(f.run("-v").out, f.run("--version").out);
  const std::vector<std::string> commands = all_commands(f);
  EXPECT_GE(commands.size(), 17U);
  for (const std::string& command : commands) {
    const auto o = f.run(command + " --help");
    ASSERT_EQ(o.status, 0) << command;
    const std::size_t examples = o.out.find("\nExamples:\n  ");
    ASSERT_NE(examples, std::string::npos) << command;
    EXPECT_NE(o.out.find("blockyard ", examples), std::string::npos) << command;
    EXPECT_NE(o.out.find("\nExit status: 0 done; 1 the run failed"), std::string::npos) << command;
    // An option that takes a value (a name in capitals behind it) says what holds without it.
    const std::vector<std::string> lines = lines_of(o.out);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!lines[i].starts_with("  --")) continue;
      std::string entry = lines[i];
      while (i + 1 < lines.size() && lines[i + 1].starts_with("    ")) entry += " " + lines[++i];
      const std::size_t space = entry.find(' ', 4);
      if (space == std::string::npos || space + 1 >= entry.size() || entry[space + 1] == ' ') continue;
      const bool said = entry.find("default") != std::string::npos || entry.find("required") != std::string::npos;
      EXPECT_TRUE(said) << command << ": " << entry;
      for (const std::string& line : lines) {
        EXPECT_TRUE(line.starts_with("  blockyard ") || line.size() <= 130) << command << ": " << line;
      }
    }
  }
  const std::string sweep = f.run("sweep --help").out, compare = f.run("compare --help").out;
  for (const char* metric : {"block_hit_rate", "itl_p99", "misled"}) EXPECT_NE(sweep.find(metric), std::string::npos);
  for (const char* id : {"round_robin", "pstack_loadaware"}) EXPECT_NE(compare.find(id), std::string::npos);
  EXPECT_NE(f.run("experiment --help").out.find("prefix-length"), std::string::npos);
}

TEST(Help, ItsExamplesRun) {
  for (const std::string& command : all_commands(Folder())) {
    const Folder f;
    bool example = false;
    for (const std::string& line : lines_of(f.run(command + " --help").out)) {
      if (line == "Examples:") {
        example = true;
        continue;
      }
      if (line.empty()) example = false;
      if (!example || line == "  blockyard first-look") continue;  // which opens the window
      const auto o = f.shell(line);
      EXPECT_EQ(o.status, 0) << line << "\n" << o.err;
    }
  }
}

// timeout and its like send a signal to the process and to its group: that is one wish.
TEST(Standin, EndsInOrderThoughASignalComesTwiceAtOnce) {
  const Folder f;
  const auto o = f.shell(
      "blockyard standin --events none > said & p=$!; "
      "until [ -s said ]; do kill -0 $p || exit 9; sleep 0.05; done; kill -TERM $p; sleep 0.02; kill -TERM $p; wait $p");
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.err.find("interrupted"), std::string::npos) << o.err;
}

}  // namespace
}  // namespace blockyard
