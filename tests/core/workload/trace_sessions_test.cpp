// Recorded sessions: whose turns they are, and their closed replay, by hand and by laws.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/sim/simulation.h"
#include "core/workload/trace_info.h"
#include "core/workload/traces/trace_reader.h"
#include "tests/core/workload/trace_files.h"

namespace blockyard {
namespace {

using test::TemporaryFile;

Workload closed(const std::string& text, std::optional<std::uint32_t> at_once = {}, double think_scale = 1) {
  const TemporaryFile file(text);
  WorkloadSpec spec;
  spec.type = WorkloadType::kTrace;
  spec.replay = Replay::kClosed;
  spec.sessions_at_once = at_once;
  spec.think_scale = think_scale;
  auto w = read_trace({file.path()}, spec, {});
  EXPECT_TRUE(w) << w.error().message;
  return std::move(*w);
}

// Records by input index, after a run on so many workers of 500 blocks.
std::vector<RequestRecord> run(const Workload& w, std::uint32_t workers, std::uint32_t capacity = 500) {
  Config config;
  config.fleet.workers = workers;
  config.cache.capacity_blocks = capacity;
  Simulation sim(config, w, nullptr);
  sim.run();
  sim.check_laws();
  EXPECT_EQ(sim.arrived(), w.requests.size());
  std::vector<RequestRecord> out(w.requests.size());
  for (RequestId r = 0; r < sim.records().size(); ++r) out[sim.input_index(r)] = sim.records()[r];
  return out;
}

// One task whose second turn waits for a sub-agent that ends long after its own pause.
constexpr const char* kSubAgent =
    R"({"id": "c", "block_size": 64, "hash_id_scope": "local", "requests": [
  {"t": 0, "in": 130, "out": 10, "hash_ids": [1, 2], "api_time": 1, "think_time": 0},
  {"t": 62, "type": "subagent", "agent_id": "a", "duration_ms": 60000, "requests": [
    {"t": 0, "in": 130, "out": 10, "hash_ids": [8, 9], "api_time": 1},
    {"t": 30, "in": 130, "out": 10, "hash_ids": [8, 9], "api_time": 1, "think_time": 29}]},
  {"t": 70, "in": 200, "out": 10, "hash_ids": [1, 2, 3], "api_time": 1, "think_time": 2}]})";

TEST(TraceSessions, ASubAgentBeginsBeforeItsEntrysTimeAndItsParentWaits) {
  const Workload w = closed(kSubAgent);
  ASSERT_EQ(w.requests.size(), 4U);
  EXPECT_EQ(w.sessions, (std::vector<std::string>{"c", "c/a"}));
  EXPECT_EQ(w.requests[1].arrival, 2'000'000) << "62 s − 60 s";
  EXPECT_EQ(w.requests[2].arrival, 32'000'000);
  const auto r = run(w, 2);
  EXPECT_EQ(r[1].arrival, 2'000'000);
  EXPECT_EQ(r[2].arrival, r[1].finish + 29'000'000);
  EXPECT_EQ(r[3].arrival, r[2].finish) << "its own pause was over long before";
}

TEST(TraceSessions, OneAtATimeRunsTheSubAgentWithItsParent) {
  const Workload w = closed(std::string(kSubAgent) + "\n", 1);
  const auto r = run(w, 1);
  EXPECT_EQ(r[0].arrival, 0);
  EXPECT_EQ(r[1].arrival, r[0].finish + 1'000'000) << "a second after the turn that sent it was answered";
  EXPECT_EQ(r[3].arrival, r[2].finish);
}

TEST(TraceSessions, AfterARejectedTurnTheOthersAreRejectedAtOnce) {
  const Workload w = closed(
      R"({"timestamp": 0, "input_length": 64, "output_length": 1, "session_id": 1}
{"timestamp": 10, "input_length": 6400, "output_length": 1, "session_id": 1}
{"timestamp": 20, "input_length": 64, "output_length": 1, "session_id": "1"}
{"timestamp": 5, "input_length": 64, "output_length": 1, "session_id": 2})");
  EXPECT_EQ(w.sessions.size(), 2U) << "1 and \"1\" are one";
  const auto r = run(w, 1, 100);
  EXPECT_EQ(r[2].status, RequestStatus::kRejected);
  EXPECT_EQ(r[3].status, RequestStatus::kRejected);
  EXPECT_EQ(r[3].arrival, r[2].arrival);
  EXPECT_EQ(r[1].status, RequestStatus::kCompleted);
}

// Random conversations: every turn its pause after the one before, never more sessions at a time than allowed.
TEST(TraceSessions, LawsOfAClosedReplay) {
  for (const std::uint32_t at_once : {0U, 1U, 3U, 50U}) {
    std::string text;
    std::uint32_t seed = 7 + at_once;
    const auto next = [&seed](std::uint32_t n) { return (seed = seed * 1664525U + 1013904223U) / 65536U % n; };
    for (std::uint32_t i = 0; i < 120; ++i) {
      text +=
          "{\"timestamp\": " + std::to_string(next(20000)) + ", \"input_length\": " + std::to_string(1 + next(900)) +
          ", \"output_length\": " + std::to_string(next(40)) + ", \"session_id\": " + std::to_string(next(30)) + "}\n";
    }
    const Workload w = closed(text, at_once == 0 ? std::nullopt : std::optional(at_once), 0.5);
    const auto r = run(w, 3);
    std::map<std::uint32_t, RequestId> before;
    std::vector<std::pair<SimTime, int>> changes;  // of the number of sessions that run
    for (RequestId i = 0; i < r.size(); ++i) {
      ASSERT_EQ(r[i].status, RequestStatus::kCompleted);
      const std::uint32_t user = w.requests[i].user;
      if (before.count(user) != 0) {
        EXPECT_EQ(r[i].arrival, r[before[user]].finish + w.closed.think[i]);
      } else {
        changes.emplace_back(r[i].arrival, 1);
        if (at_once == 0) {
          EXPECT_EQ(r[i].arrival, w.requests[i].arrival);
        }
      }
      before[user] = i;
    }
    for (const auto& [user, last] : before) changes.emplace_back(r[last].finish, -1);
    std::sort(changes.begin(), changes.end());
    int running = 0;
    int most = 0;
    for (const auto& [t, change] : changes) most = std::max(most, running += change);
    if (at_once > 0) {
      EXPECT_LE(most, static_cast<int>(at_once));
    }
  }
}

TEST(TraceSessions, AgentsTracesGiveTheirKnownHits) {
  const std::string folder = test::public_trace("agents");
  if (folder.empty()) GTEST_SKIP() << "the agents' traces are not there; set BLOCKYARD_TRACES";
  const std::pair<const char*, std::pair<std::uint32_t, std::uint64_t>> known[] = {
      {"trace_0130.json", {4, 3027}},   {"trace_0138.json", {12, 20186}}, {"trace_0277.json", {53, 35139}},
      {"trace_0291.json", {32, 31603}}, {"trace_0505.json", {8, 2949}},   {"trace_0667.json", {7, 4176}}};
  for (const auto& [name, counts] : known) {
    const auto w = read_trace({folder + "/" + name}, WorkloadSpec{}, {});
    ASSERT_TRUE(w) << w.error().message;
    const TraceInfo info = trace_info(*w, {});
    EXPECT_EQ(info.requests, counts.first) << name;
    EXPECT_EQ(info.best_hit_blocks, counts.second * 4) << name;
  }
}

}  // namespace
}  // namespace blockyard
