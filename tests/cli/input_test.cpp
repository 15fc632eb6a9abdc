// Bad input: one clear line, the right exit status, nothing half-written.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;

// Runs and expects a refusal in one line that says all of `words`, and an untouched folder.
void expect_refused(const Folder& f, const std::string& arguments, const std::vector<std::string>& words,
                    int status = 2, const std::string& before = "") {
  const std::size_t entries = f.size();
  const auto o = f.run(arguments, before);
  EXPECT_EQ(o.status, status) << arguments << "\n" << o.err;
  EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
  for (const std::string& word : words) EXPECT_NE(o.err.find(word), std::string::npos) << word << " in: " << o.err;
  EXPECT_EQ(f.size(), entries) << "something was written by: " << arguments;
}

constexpr const char* kLine = R"({"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [1, 2]})";

void write_trace_scenario(const Folder& f, const std::string& trace) {
  f.write("t.jsonl", trace);
  f.write("s.json", R"({"cache": {"capacity_blocks": 100}, "workload": {"type": "trace", "path": "t.jsonl"}})");
}

TEST(BadInput, ScenarioNamesPointerValueAndWhatIsAllowed) {
  const Folder f;
  f.write("s.json", R"({"router": {"sync_ms": -5}})");
  expect_refused(f, "run s.json --out r.json", {"s.json", "/router/sync_ms", "-5", "must be"});
  expect_refused(f, "run s.json --set router.sync_ms=1 --set cache.capacity_blocks=0 --out r.json",
                 {"/cache/capacity_blocks", "0"});
  expect_refused(f, "run s.json --set router.sync_ms=1 --set nonsense", {"--set nonsense", "PATH=VALUE"});
  f.write("s.json", "{\"name\": ");
  expect_refused(f, "run s.json", {"s.json", "JSON"});
  f.write("s.json", "");
  expect_refused(f, "run s.json", {"s.json", "JSON"});
}

TEST(BadInput, MissingFilesAndFolders) {
  const Folder f;
  f.write("s.json", "{}");
  expect_refused(f, "run no-such.json", {"no-such.json"});
  expect_refused(f, "run .", {"folder"});
  expect_refused(f, "run s.json --trace none.jsonl", {"none.jsonl"});
  expect_refused(f, "run s.json --out no/such/folder/r.json", {"no/such/folder/r.json"});
  expect_refused(f, "run s.json --out .", {"folder"});
  expect_refused(f, "run s.json --assets /nonexistent --set cache.capacity_blocks=null", {"/nonexistent"});
}

TEST(BadInput, TraceNamesFileLineAndField) {
  const Folder f;
  const std::string good = std::string(kLine) + "\n";
  const std::pair<std::string, std::vector<std::string>> bad[] = {
      {good + R"({"timestamp": 0, "input_length": 600, "hash_ids": [1, 2]})"
              "\n",
       {"t.jsonl:2", "output_length"}},
      {good + R"({"timestamp": 0, "input_length": 6000, "output_length": 5, "hash_ids": [1]})"
              "\n",
       {"t.jsonl:2", "hash_ids"}},
      {good + R"({"timestamp": -1, "input_length": 600, "output_length": 5, "hash_ids": [1, 2]})"
              "\n",
       {"t.jsonl:2", "timestamp"}},
      {good + R"({"timestamp": 0, "input_length": 1e10, "output_length": 5, "hash_ids": [1, 2]})"
              "\n",
       {"t.jsonl:2", "input_length"}},
      {good + R"({"timestamp": NaN, "input_length": 600, "output_length": 5, "hash_ids": [1, 2]})"
              "\n",
       {"t.jsonl:2"}},
      {good + R"({"timestamp": 0, "input_length": 600, "output_le)", {"t.jsonl:2"}},
      {good + "hello\n", {"t.jsonl:2"}},
      {"", {"t.jsonl"}},
  };
  for (const auto& [trace, words] : bad) {
    write_trace_scenario(f, trace);
    expect_refused(f, "run s.json --out r.json --requests q.csv", words);
  }
}

TEST(BadInput, AFullDiskLeavesNothing) {
  const Folder f;
  f.write("s.json", R"({"workload": {"type": "rag", "requests": 20}})");
  // A limit on file size is the full disk that needs no privileges.
  const auto o = f.run("run s.json --out r.json --events e.jsonl", "ulimit -f 8; trap '' XFSZ;");
  EXPECT_EQ(o.status, 1) << o.err;
  EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err;
  EXPECT_EQ(f.size(), 1U);
}

TEST(BadInput, InterruptedInTheMiddleLeavesNothing) {
  const Folder f;
  f.write(
      "s.json",
      R"({"cache": {"capacity_blocks": 4000}, "fleet": {"workers": 64}, "workload": {"type": "rag", "requests": 100000, "rate": 400}})");
  const auto o = f.run("run s.json --out r.json --events e.jsonl", "timeout --preserve-status -s INT 1");
  EXPECT_EQ(o.status, 1) << o.out;
  EXPECT_NE(o.err.find("interrupted"), std::string::npos) << o.err;
  EXPECT_EQ(f.size(), 1U);
}

TEST(BadInput, TheCommandItself) {
  const Folder f;
  expect_refused(f, "run", {"scenario"});
  expect_refused(f, "run x --no-such-option", {"no-such-option"});
}

}  // namespace
}  // namespace blockyard
