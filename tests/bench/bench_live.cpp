// A live fleet: reading an engine's payloads, and taking in what 64 workers of 100,000 blocks say; alone, and as the
// window has it.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "core/live/session.h"
#include "core/replay/history.h"
#include "tests/bench/bench_inputs.h"

namespace blockyard::bench {
namespace {

using namespace blockyard::live;

void put(std::string& out, std::uint64_t v, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(v >> (8 * i));
}
void text(std::string& out, std::string_view t) { (out += static_cast<char>(0xa0 | t.size())) += t; }

std::uint64_t hash_of(std::uint64_t worker, std::uint64_t block) { return mix64(worker << 32 | block); }

// One batch as vLLM writes it (arrays): `blocks` blocks of 16 tokens stored in one chain from block `first` on, and as
// many removed from block `removed` on, where that is not kNone.
std::string payload(std::uint64_t worker, std::uint32_t first, std::uint32_t blocks, std::uint32_t removed) {
  std::string out = "\x92\xcb";
  put(out, 0x41d954fc40100000, 8);
  out += static_cast<char>(removed == kNone ? 0x91 : 0x92);
  out += static_cast<char>(0x97);
  text(out, "BlockStored");
  out += static_cast<char>(0xdc);
  put(out, blocks, 2);
  for (std::uint32_t b = 0; b < blocks; ++b) {
    out += static_cast<char>(0xcf);
    put(out, hash_of(worker, first + b), 8);
  }
  out += static_cast<char>(0xc0);  // no parent: chains of this many blocks
  out += static_cast<char>(0xdc);
  put(out, blocks * 16, 2);
  for (std::uint32_t t = 0; t < blocks * 16; ++t) {
    out += static_cast<char>(0xce);
    put(out, mix64(std::uint64_t{first} * 16 + t) & 0x1FFFF, 4);
  }
  out += static_cast<char>(16);
  out += static_cast<char>(0xc0);
  text(out, "GPU");
  if (removed == kNone) return out;
  out += static_cast<char>(0x93);
  text(out, "BlockRemoved");
  out += static_cast<char>(0xdc);
  put(out, blocks, 2);
  for (std::uint32_t b = blocks; b-- > 0;) {
    out += static_cast<char>(0xcf);
    put(out, hash_of(worker, removed + b), 8);
  }
  text(out, "GPU");
  return out;
}

void Decode(benchmark::State& state) {
  const std::string bytes = payload(1, 0, 128, kNone);
  KvDecoder decoder;
  for (auto _ : state)
    benchmark::DoNotOptimize(decoder.decode(Bytes(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size())));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(Decode);

// 64 workers, each full: every batch stores 4 blocks and removes the oldest 4. From bytes to the session's state.
void Batches(benchmark::State& state) {
  constexpr std::uint32_t kWorkers = 64, kEach = 4;
  const std::uint32_t held = large() ? 100'000 : 2'000;  // blocks a worker
  std::vector<std::string> specs(kWorkers, ",events=tcp://127.0.0.1:1");
  LiveSession session(parse_fleet("{}", specs).value());
  std::vector<StreamReading> reading(kWorkers, StreamReading(16, false));
  std::uint64_t seq = 0;
  std::uint32_t next = 0;
  const auto feed = [&](WorkerId w, const std::string& bytes) {
    session.apply({static_cast<SimTime>(seq), KvRecord{w, reading[w].read(seq, false, bytes)}});
  };
  for (; next < held; next += kEach, ++seq) {
    for (WorkerId w = 0; w < kWorkers; ++w) feed(w, payload(w, next, kEach, kNone));
  }
  WorkerId w = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::string bytes = payload(w, next, kEach, next - held);
    state.ResumeTiming();
    feed(w, bytes);
    if (++w == kWorkers) {
      w = 0;
      next += kEach;
      ++seq;
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));  // batches
}
BENCHMARK(Batches);

// The same fleet as the window has it: caches by cells, a past to go back in, checkpoints. A frame of 16.7 ms has 83 of
// 5,000 batches a second; the longest one counts as well, since a frame waits for it.
class Watched {
 public:
  static constexpr std::uint32_t kWorkers = 64, kEach = 4, kFrame = 83;
  Watched()
      : history_(parse_fleet("{}", std::vector<std::string>(kWorkers, ",events=tcp://127.0.0.1:1")).value(),
                 "2027-01-15T08:00:00.000Z") {
    constexpr std::uint32_t kAtFirst = 50;  // blocks a batch, until they are full
    for (; next_ < held_; next_ += kAtFirst, ++seq_) {
      for (WorkerId w = 0; w < kWorkers; ++w) add(w, payload(w, next_, kAtFirst, kNone));
    }
  }
  std::vector<std::pair<WorkerId, std::string>> frame() {
    std::vector<std::pair<WorkerId, std::string>> out;
    for (std::uint32_t i = 0; i < kFrame; ++i) {
      out.emplace_back(w_, payload(w_, next_, kEach, next_ - held_));
      if (++w_ < kWorkers) continue;
      w_ = 0;
      next_ += kEach;
    }
    return out;
  }
  void take(const std::vector<std::pair<WorkerId, std::string>>& frame) {
    for (const auto& [w, bytes] : frame) {
      add(w, bytes);
      if (w + 1 == kWorkers) ++seq_;
    }
  }
  const History& history() const { return history_; }

 private:
  void add(WorkerId w, const std::string& bytes) {
    history_.add({static_cast<SimTime>(seq_ * kWorkers + w) * 200, KvRecord{w, reading_[w].read(seq_, false, bytes)}});
  }
  std::uint32_t held_ = large() ? 100'000 : 2'000, next_ = 0;
  History history_;
  std::vector<StreamReading> reading_ = std::vector<StreamReading>(kWorkers, StreamReading(16, false));
  std::uint64_t seq_ = 0;
  WorkerId w_ = 0;
};

void Observed(benchmark::State& state) {
  static Watched watched;  // filled once
  double longest = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto frame = watched.frame();
    state.ResumeTiming();
    const auto began = std::chrono::steady_clock::now();
    watched.take(frame);
    longest =
        std::max(longest, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * Watched::kFrame);
  state.counters["longest_frame_ms"] = longest;
  state.counters["checkpoints"] = static_cast<double>(watched.history().checkpoints());
  state.counters["kept_mib"] = static_cast<double>(watched.history().bytes()) / 1048576;
}
BENCHMARK(Observed)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace blockyard::bench
