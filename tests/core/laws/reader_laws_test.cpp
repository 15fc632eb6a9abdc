// What readers of traces must not lose, and what a closed loop waits for.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <tuple>

#include "core/experiment/prepared.h"
#include "tests/core/workload/trace_files.h"

namespace blockyard {
namespace {

using test::TemporaryFile;

// An answer's ids go on behind the prompt's full blocks, so that a later prompt which holds it hits its blocks.
TEST(ReaderLaws, AnAnswersIdsAreItsBlocks) {
  const TemporaryFile file(
      R"({"timestamp": 0, "input_length": 32, "output_length": 33, "hash_ids": [1, 2], "output_hash_ids": [3, 4]})"
      "\n"
      R"({"timestamp": 90000, "input_length": 80, "output_length": 1, "hash_ids": [1, 2, 3, 4, 5]})"
      "\n"
      R"({"timestamp": 180000, "input_length": 64, "output_length": 1, "hash_ids": [1, 2, 9, 4]})"
      "\n");
  const auto w = test::read_file_as(file.path(), "mooncake", 16);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests[0].prompt_blocks, 2U);
  EXPECT_EQ(w->requests[0].known_blocks, 4U);
  for (std::uint32_t k = 0; k < 4; ++k) EXPECT_EQ(w->block_at(w->requests[0], k), w->block_at(w->requests[1], k)) << k;
  EXPECT_NE(w->block_at(w->requests[0], 2), w->block_at(w->requests[2], 2));
  EXPECT_NE(w->block_at(w->requests[0], 3), w->block_at(w->requests[2], 3)) << "the same id behind another block";
  // And in a run the second finds all four.
  Config config;
  config.fleet.workers = 1;
  config.fleet.engine = EngineKind::kContinuous;
  config.cache.capacity_blocks = 50;
  const RadixTree tree = RadixTree::build(w->prompt_chains(), w->id_count());
  Simulation sim(config, *w, &tree);
  sim.run();
  EXPECT_EQ(sim.records()[1].hit, 4U);
  EXPECT_EQ(sim.records()[2].hit, 2U);
}

// A chat's session is the root of its parents, however long the way, whatever the order of lines.
TEST(ReaderLaws, AChatBelongsToTheRootOfItsParents) {
  const auto line = [](int chat, int parent, double time) {
    return fmt::format(
        R"({{"chat_id": {}, "parent_chat_id": {}, "timestamp": {}, "input_length": 16, "output_length": 1, "type": "text", "turn": 1, "hash_ids": [{}]}})"
        "\n",
        chat, parent, time, chat);
  };
  const TemporaryFile file(line(4, 3, 30) + line(1, -1, 0) + line(2, 1, 10) + line(8, -1, 5) + line(3, 2, 20) +
                           line(9, 8, 15) + line(11, 10, 40));
  const auto w = test::read_file_as(file.path(), "bailian", 16);
  ASSERT_TRUE(w) << w.error().message;
  std::vector<std::string> sessions;
  std::vector<std::uint32_t> turns;
  for (const Request& r : w->requests) {
    sessions.push_back(r.session == kNone ? "" : w->sessions[r.session]);
    turns.push_back(r.turn);
  }
  EXPECT_EQ(sessions, (std::vector<std::string>{"1", "8", "1", "8", "1", "1", "10"}));
  EXPECT_EQ(turns, (std::vector<std::uint32_t>{1, 1, 2, 2, 3, 4, 1}));
}

// Ids beyond what the prompt fills: refused, or, where they are to be ignored, as if they were not there.
TEST(ReaderLaws, SpareIdsChangeNothing) {
  const TemporaryFile spare(R"({"timestamp": 0, "input_length": 20, "output_length": 1, "hash_ids": [1, 2, 3, 4]})"
                            "\n"
                            R"({"timestamp": 1, "input_length": 64, "output_length": 1, "hash_ids": [1, 2, 3, 4]})"
                            "\n");
  EXPECT_FALSE(test::read_file_as(spare.path(), "mooncake", 16));
  WorkloadSpec spec;
  spec.type = WorkloadType::kTrace;
  spec.format = "mooncake";
  spec.block_tokens = 16;
  spec.ignore_extra_ids = true;
  const auto w = read_trace({spare.path()}, spec, {});
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->requests[0].prompt_blocks, 1U);
  EXPECT_EQ(w->requests[0].known_blocks, 1U);
  EXPECT_EQ(w->tree.size(), 4U);
  EXPECT_EQ(w->block_at(w->requests[0], 0), w->block_at(w->requests[1], 0));
}

// What a file does not say of its blocks its ids say, in a list of requests as in lines.
TEST(ReaderLaws, IdsTellTheSizeOfBlocks) {
  for (const std::uint32_t size : {16U, 32U, 64U, 128U}) {
    SCOPED_TRACE(size);
    std::string requests, lines;
    for (std::uint32_t i = 1; i <= 6; ++i) {
      std::string ids = "1";
      for (std::uint32_t k = 2; k <= i; ++k) ids += fmt::format(",{}", k);
      requests +=
          fmt::format(R"({}{{"t": {}, "in": {}, "out": 1, "hash_ids": [{}]}})", i > 1 ? "," : "", i, i * size, ids);
      lines += fmt::format(R"({{"timestamp": {}, "input_length": {}, "output_length": 1, "hash_ids": [{}]}})", i,
                           i * size, ids) +
               "\n";
    }
    for (const std::string& bytes : {R"({"id": "a", "requests": [)" + requests + "]}", lines}) {
      const TemporaryFile file(bytes);
      const auto w = test::read_file_as(file.path(), "", std::nullopt);
      ASSERT_TRUE(w) << w.error().message;
      ASSERT_EQ(w->requests.size(), 6U);
      for (std::uint32_t i = 0; i < 6; ++i) EXPECT_EQ(w->requests[i].known_blocks, (i + 1) * (size / 16));
    }
  }
}

// A table of lengths: quotes hold commas, the columns are found by name in any order, and a folder is its files.
TEST(ReaderLaws, ATableIsReadByItsColumns) {
  const TemporaryFile plain(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00.5,2162,5\n2024-05-10 00:00:02,17,300\n", "a.csv");
  const TemporaryFile quoted(
      "note,GeneratedTokens,ContextTokens,TIMESTAMP\n"
      "\"one, \"\"two\"\", three\",5,2162,2024-05-10 00:00:00.5\n"
      "\"\",\"300\", 17 ,2024-05-10 00:00:02\n",
      "b.csv");
  WorkloadSpec spec;
  spec.type = WorkloadType::kTrace;
  spec.start = TraceStart::kFirst;
  for (const std::string& path :
       {plain.path(), quoted.path(), std::filesystem::path(plain.path()).parent_path().string()}) {
    SCOPED_TRACE(path);
    const auto w = read_trace({path}, spec, {});
    ASSERT_TRUE(w) << w.error().message;
    const bool folder = std::filesystem::is_directory(path);
    ASSERT_EQ(w->requests.size(), folder ? 4U : 2U);
    const Request &first = w->requests.front(), &last = w->requests.back();
    EXPECT_EQ(std::tuple(first.prompt_tokens, first.output_tokens, first.arrival), std::tuple(2162U, 5U, SimTime{0}));
    EXPECT_EQ(std::tuple(last.prompt_tokens, last.output_tokens, last.arrival),
              std::tuple(17U, 300U, SimTime{1500000}));
  }
}

// A closed loop of generated requests: each user sends the next one `think_s` after its last was over, by the µs.
TEST(ReaderLaws, UsersThinkAfterTheirLastRequestIsOver) {
  for (const char* type : {"rag", "uniform", "chat"}) {
    for (const bool exact : {true, false}) {
      const auto s = parse_scenario(fmt::format(R"({{"cache": {{"capacity_blocks": 500}}, "fleet": {{"workers": 2}},
                           "workload": {{"type": "{}", "arrival": "closed", "users": 7, "think_s": {},
                                         "requests": 140}}}})",
                                                type, exact ? 0.0 : 2.5),
                                    "", "");
      ASSERT_TRUE(s) << s.error().message;
      const auto prepared = prepare(*s);
      ASSERT_TRUE(prepared);
      Simulation sim = (*prepared)->simulation();
      sim.run();
      std::vector<SimTime> over(7, -1);
      double thought = 0;
      std::uint32_t turns = 0;
      for (RequestId r = 0; r < sim.records().size(); ++r) {  // in order of arrival
        const std::uint32_t user = sim.request(r).user;
        const RequestRecord& record = sim.records()[r];
        if (over[user] >= 0) {
          const SimTime think = sim.request(r).arrival;
          EXPECT_EQ(record.arrival, over[user] + think);
          thought += static_cast<double>(think) / 1e6;
          ++turns;
        }
        over[user] = record.status == RequestStatus::kRejected ? record.arrival : record.finish;
      }
      ASSERT_EQ(turns, 133U);
      if (exact) {
        EXPECT_EQ(thought, 0);
      } else {
        EXPECT_NEAR(thought / turns, 2.5, 0.9) << "exponential: 2.5 s on average";
      }
    }
  }
}

}  // namespace
}  // namespace blockyard
