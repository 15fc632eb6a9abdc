// README.md is true: every command line of it runs as written, one after another, in one folder.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;

// What the lines of its blocks of code are, continued lines joined, and what stands in it `like this`.
std::vector<std::string> command_lines(const std::string& readme) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  const auto add = [&](const std::string& line) {
    if (seen.insert(line).second) out.push_back(line);
  };
  for (std::size_t at = readme.find("```"); at != std::string::npos;) {
    const std::size_t begin = readme.find('\n', at) + 1, end = readme.find("\n```", begin);
    std::string line;
    for (const char c : readme.substr(begin, end - begin + 1)) {
      if (c != '\n') {
        line += c;
      } else if (!line.empty() && line.back() == '\\') {
        line.pop_back();
      } else {
        if (!line.empty() && line[0] != '#') add(line);
        line.clear();
      }
    }
    at = readme.find("```", end + 4);
  }
  for (std::size_t at = readme.find("`blockyard "); at != std::string::npos; at = readme.find("`blockyard ", at + 1)) {
    const std::string line = readme.substr(at + 1, readme.find('`', at + 1) - at - 1);
    if (line.find('\n') == std::string::npos) add(line);
  }
  return out;
}

// What those programs would do on one machine: an array of jobs one after another, and a line of input each.
constexpr const char* kSbatch = R"sh(#!/bin/sh
for i in $(seq $(echo "$1" | sed 's/--array=//; s/-/ /')); do
  SLURM_ARRAY_TASK_ID=$i SLURM_CPUS_ON_NODE=1 sh -c "$3" || exit 1
done
)sh";
constexpr const char* kParallel = R"sh(#!/bin/sh
while [ "${1#--}" != "$1" ]; do shift 2; done
while read -r i; do
  sh -c "$(echo "$*" | sed "s/{}/$i/g")" </dev/null || exit 1
done
)sh";

TEST(Readme, EveryCommandLineRunsAsWritten) {
  std::ifstream in(BLOCKYARD_SOURCE "/README.md");
  const std::string readme(std::istreambuf_iterator<char>(in), {});
  const Folder f;
  f.write("sbatch", kSbatch);
  f.write("parallel", kParallel);
  ASSERT_EQ(f.shell("chmod +x sbatch parallel").status, 0);
  std::size_t ran = 0;
  for (const std::string& line : command_lines(readme)) {
    if (line.starts_with("./")) continue;  // builds and installs
    // Without a command it opens the window.
    if (line.starts_with("blockyard first-look") || line.starts_with("blockyard chat.jsonl")) continue;
    if (!test::kDraws && line.find("blockyard shot") != std::string::npos) continue;  // of a build with the window
    const auto o = f.shell("PATH=$PWD:$PATH; " + line);
    EXPECT_EQ(o.status, 0) << line << "\n" << o.err;
    ++ran;
  }
  EXPECT_GE(ran, 20U);
}

}  // namespace
}  // namespace blockyard
