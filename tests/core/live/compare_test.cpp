// An emulation beside what happened: where the real worker is the simulator's, nothing differs.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/live/compare/comparison.h"

namespace blockyard::live {
namespace {

LiveFleet two_workers() {
  return *parse_fleet("{}", {"http://127.0.0.1:8001,name=a,events=tcp://127.0.0.1:5557",
                             "http://127.0.0.1:8002,name=b,events=tcp://127.0.0.1:5558"});
}

Config small_config() {
  Config config;
  config.fleet.engine = EngineKind::kContinuous;
  config.cache.capacity_blocks = 400;
  return config;
}

Code code_of_block(std::uint64_t chain, std::uint64_t k) { return {k < 6 ? chain % 3 : 1000 + chain, k + 1}; }

// A batch that says: this worker holds the first `blocks` blocks of this chain.
Record holds(WorkerId w, std::uint64_t seq, std::uint64_t chain, std::uint64_t blocks) {
  KvRecord kv;
  kv.worker = w;
  kv.batch.seq = seq;
  KvEvent stored;
  stored.op = KvOp::kStored;
  stored.block_size = 16;
  for (std::uint64_t k = 0; k < blocks; ++k) {
    stored.hashes.push_back(chain * 1000 + k + 1);
    stored.codes.push_back(code_of_block(chain, k));
  }
  kv.batch.events.push_back(stored);
  return {0, kv};
}

// Requests one after another, several at once now and then, whose ends say nothing true yet.
std::vector<Record> asked(std::uint32_t seed) {
  std::mt19937 rng(seed);
  std::vector<Record> out{holds(0, 0, 1, 12)};
  SimTime t = 1'000'000;
  for (std::uint64_t i = 0; i < 60; ++i) {
    t += static_cast<SimTime>(rng() % 400'000);
    RouteRecord route;
    route.request = i;
    route.worker = static_cast<WorkerId>(rng() % 2);
    route.chain = true;
    const std::uint64_t chain = rng() % 9, blocks = 3 + rng() % 20;
    for (std::uint64_t k = 0; k < blocks; ++k) route.codes.push_back(code_of_block(chain, k));
    route.prompt_tokens = static_cast<std::uint32_t>(blocks * 16 + rng() % 16);
    out.push_back({t, route});
    RequestRecord end;
    end.request = i;
    end.served = route.worker;
    end.arrival = t - 3000;
    end.routed = t;
    end.sent = t + 200;
    end.first_token = t + 1000;
    end.finish = t + 2000;
    end.output_tokens = 1 + static_cast<std::uint32_t>(rng() % 12);
    out.push_back({t, end});
  }
  return out;
}

std::vector<RequestPair> emulate(const std::vector<Record>& records, const Config& config) {
  LiveSession session(two_workers());
  Emulation emulation;
  for (const Record& r : records) {
    emulation.see(r, session);
    session.apply(r);
  }
  const auto pairs = emulation.run(config);
  EXPECT_TRUE(pairs);
  return *pairs;
}

TEST(Emulation, OfAWorkerThatIsTheSimulatorsLiesOnTheDiagonal) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    std::vector<Record> records = asked(seed);
    const auto first = emulate(records, small_config());
    ASSERT_EQ(first.size(), 60U);
    // What came out is what happened.
    for (Record& r : records) {
      auto* end = std::get_if<RequestRecord>(&r.body);
      if (end == nullptr) continue;
      const RequestPair& p = first[end->request];
      end->first_token = end->arrival + p.ttft_emulated;
      end->finish = end->arrival + p.e2e_emulated;
      end->cached_tokens = p.hit_emulated * 16;
    }
    const auto pairs = emulate(records, small_config());
    const RealComparison c = compare_with_real(pairs, 0);
    EXPECT_EQ(c.n, 60U);
    EXPECT_EQ(c.hits.equal, 60U);
    EXPECT_EQ(c.ttft.p95_off, 0);
    EXPECT_EQ(c.e2e.p95_off, 0);
    EXPECT_NEAR(c.ttft.spearman.value_or(0), 1, 1e-12);
    EXPECT_EQ(c.by_length.size(), 10U);
    // Twice as slow a worker is off by about as much, and in the same order or nearly.
    Config slow = small_config();
    slow.latency.prefill_per_block_ms *= 2, slow.latency.prefill_base_ms *= 2, slow.latency.step_floor_ms *= 2;
    const RealComparison off = compare_with_real(emulate(records, slow), 0);
    EXPECT_GT(off.e2e.median_signed, 0.5);
    EXPECT_GT(off.e2e.spearman.value_or(0), 0.8);
  }
}

TEST(Emulation, BeginsWithWhatTheStreamsSaidAtTheFirstRequest) {
  const std::vector<Record> all = asked(1);
  std::vector<Record> one{all[0]};
  RouteRecord route = std::get<RouteRecord>(all[1].body);
  RequestRecord end = std::get<RequestRecord>(all[2].body);
  route.codes.clear();
  for (std::uint64_t k = 0; k < 20; ++k) route.codes.push_back(code_of_block(1, k));
  route.prompt_tokens = 20 * 16 + 3;
  for (const WorkerId w : {0U, 1U}) {
    route.worker = w;
    end.served = w;
    one.resize(1);
    one.push_back({1'000'000, route});
    one.push_back({2'000'000, end});
    const auto pairs = emulate(one, small_config());
    ASSERT_EQ(pairs.size(), 1U);
    EXPECT_EQ(pairs[0].hit_emulated, w == 0 ? 12U : 0U);
    EXPECT_FALSE(pairs[0].hit_real.has_value());
  }
}

TEST(Emulation, RefusesBlocksOfAnotherSizeAndCountsWhatDoesNotFit) {
  LiveSession session(two_workers());
  Emulation emulation;
  for (const Record& r : asked(2)) {
    emulation.see(r, session);
    session.apply(r);
  }
  Config other = small_config();
  other.cache.block_tokens = 32;
  EXPECT_FALSE(emulation.run(other));
  Config tiny = small_config();
  tiny.cache.capacity_blocks = 10;
  std::size_t rejected = 0;
  const auto pairs = emulation.run(tiny, &rejected);
  ASSERT_TRUE(pairs);
  EXPECT_GT(rejected, 0U);
  EXPECT_EQ(rejected + pairs->size(), 60U);
}

TEST(Spearman, IsOneForTheSameOrderMinusOneForItsReverseAndSharesRanks) {
  const std::vector<double> a{1, 5, 2, 9, 4};
  std::vector<double> cubes, back;
  for (const double x : a) cubes.push_back(x * x * x), back.push_back(-x);
  EXPECT_NEAR(*spearman(a, cubes), 1, 1e-12);
  EXPECT_NEAR(*spearman(a, back), -1, 1e-12);
  EXPECT_FALSE(spearman(a, {1, 1, 1, 1, 1}).has_value());
  EXPECT_NEAR(*spearman({1, 2, 2, 3}, {1, 2, 2, 3}), 1, 1e-12);
}

TEST(Emulation, WritesARowAPair) {
  const auto pairs = emulate(asked(3), small_config());
  const std::string csv = pairs_csv(pairs, two_workers());
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 61);
  EXPECT_TRUE(csv.starts_with("request,worker,prompt_blocks,hit_real,"));
}

}  // namespace
}  // namespace blockyard::live
