// A small recording of a fleet of three, for tests: chains that share their beginnings are stored and go again; one
// worker loses batches, another is away twice and comes back with nothing, and says nothing of its capacity. 20 s long.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "core/live/record/recording.h"

namespace blockyard {

inline std::vector<live::Record> small_records() {
  using namespace live;  // NOLINT: tests of what is in it
  std::vector<Record> out;
  std::mt19937 rng(11);
  struct Stream {
    std::uint64_t seq = 0;
    std::deque<std::uint64_t> held;
  };
  std::vector<Stream> streams(3);
  constexpr std::uint32_t kRoom[] = {48, 40, 24};
  const auto code_of_block = [](std::uint64_t chain, std::uint64_t k) {
    return Code{0x9E3779B97F4A7C15ULL * (k < 4 ? 1 + chain % 3 : 100 + chain), mix64(chain % (k < 4 ? 3 : 1000) * 64 + k + 1)};
  };
  for (WorkerId w = 0; w < 3; ++w) {
    out.push_back({1000 * (w + 1), StateRecord{w, StateChange::kConnected, ""}});
    out.push_back({1000 * (w + 1) + 500, StateRecord{w, StateChange::kUp, ""}});
  }
  SimTime t = 10'000;
  for (int i = 0; i < 300; ++i, t += 65'000) {
    const auto w = static_cast<WorkerId>(rng() % 3);
    Stream& s = streams[w];
    if (i % 15 == 0) {
      MetricsRecord m{static_cast<WorkerId>(i / 15 % 3), {}, ""};
      m.figures.running = static_cast<double>(rng() % 4);
      m.figures.waiting = static_cast<double>(rng() % 7);
      m.figures.usage = static_cast<double>(rng() % 60) / 100;
      m.figures.queried_tokens = 1000.0 * i;
      m.figures.hit_tokens = 400.0 * i;
      if (m.worker < 2) m.figures.capacity_tokens = 16.0 * kRoom[m.worker];
      out.push_back({t, m});
    }
    if (w == 1 && s.seq == 30) {
      out.push_back({t, StateRecord{1, StateChange::kGap, "batches 30 to 32 are missing"}});
      s.seq = 33;
    }
    if (w == 2 && s.seq == 40) {
      out.push_back({t, StateRecord{2, StateChange::kLost, "nobody listens there"}});
      out.push_back({t + 900'000, StateRecord{2, StateChange::kUp, ""}});
      s = {};
      t += 900'000;
    }
    KvRecord kv;
    kv.worker = w;
    kv.batch.seq = s.seq++;
    kv.batch.ts = 1'800'000'000 + static_cast<double>(t) / 1e6;
    const std::uint64_t chain = rng() % 12;
    const std::uint32_t blocks = 4 + static_cast<std::uint32_t>(rng() % 5);
    KvEvent gone, stored;
    gone.op = KvOp::kRemoved;
    stored.op = KvOp::kStored;
    stored.block_size = 16;
    for (std::uint32_t k = 0; k < blocks; ++k) {
      const std::uint64_t hash = mix64(code_of_block(chain, k).low + k);
      if (std::find(s.held.begin(), s.held.end(), hash) != s.held.end()) {
        if (!stored.hashes.empty()) break;  // a store is one stretch
        stored.parent = hash;
        continue;
      }
      stored.hashes.push_back(hash);
      stored.codes.push_back(code_of_block(chain, k));
    }
    while (s.held.size() + stored.hashes.size() > kRoom[w]) {
      gone.hashes.push_back(s.held.front());
      s.held.pop_front();
    }
    for (const std::uint64_t hash : stored.hashes) s.held.push_back(hash);
    if (!gone.hashes.empty()) kv.batch.events.push_back(gone);
    if (!stored.hashes.empty()) kv.batch.events.push_back(stored);
    if (i == 120) kv.batch.dropped[static_cast<std::size_t>(Drop::kNoTokens)] = 2;
    out.push_back({t, kv});
  }
  return out;
}

/// The three, and their recording in this folder. Its path.
inline live::LiveFleet small_fleet() {
  return live::parse_fleet(R"({"name": "three of a kind"})",
                           {"http://127.0.0.1:8001,name=gpu-a,events=tcp://127.0.0.1:5001,engine=vllm",
                            "http://127.0.0.1:8002,name=gpu-b,events=tcp://127.0.0.1:5002,engine=sglang",
                            ",name=a-worker-with-a-long-name,events=tcp://127.0.0.1:5003"})
      .value();
}

inline std::string small_recording(const std::string& folder) {
  const std::string path = folder + "/small-recording.jsonl";
  std::filesystem::remove(path);
  auto writer = live::RecordingWriter::create(path, {"0", "2027-01-15T08:00:00.000Z", live::fleet_json(small_fleet())});
  EXPECT_TRUE(writer) << (writer ? "" : writer.error().message);
  for (const live::Record& r : small_records()) (*writer)->add(r);
  EXPECT_TRUE((*writer)->finish());
  return path;
}

}  // namespace blockyard
