// A fleet that is observed, and its history: what lies in the caches is what the truth says, and every moment is the same
// however one gets there.
#include "core/replay/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/live/session.h"
#include "core/metrics/live.h"
#include "small_recording.h"

namespace blockyard {
namespace {

using live::LiveSession;
using live::ObservedFleet;
using live::Record;

const char* const kStarted = "2027-01-15T08:00:00.000Z";

// Everything that can be seen of it, in one number.
std::uint64_t all_of(const ObservedFleet& fleet) {
  StateHash hash;
  hash.add(fleet.session().hash());
  for (WorkerId w = 0; w < fleet.workers().size(); ++w) {
    const KvCache& cache = fleet.workers()[w].cache();
    for (SlotId s = 0; s < cache.capacity(); ++s) {
      if (!cache.is_free(s)) hash.add((std::uint64_t{s} << 32) | cache.slots()[s].block);
    }
    hash.add((std::uint64_t{fleet.queue(w).running} << 32) | fleet.queue(w).waiting);
  }
  return hash.value();
}

// The records in an order of their own, many times over: workers come and go, numbers repeat and are skipped.
std::vector<Record> wild_records(std::uint32_t seed) {
  std::mt19937 rng(seed);
  std::vector<Record> all = small_records(), out;
  SimTime t = 0;
  for (int i = 0; i < 1500; ++i) {
    Record r = all[rng() % all.size()];
    r.t = t += static_cast<SimTime>(rng() % 3) * 20'000;
    out.push_back(std::move(r));
  }
  return out;
}

// With a router's choices among them: what it expects belongs to the session, and so to every copy of it.
std::vector<Record> with_routes(const std::vector<Record>& records) {
  std::vector<Record> out;
  std::uint64_t request = 0;
  for (const Record& r : records) {
    out.push_back(r);
    const auto* kv = std::get_if<live::KvRecord>(&r.body);
    if (kv == nullptr || kv->batch.events.empty() || kv->batch.events.back().codes.empty()) continue;
    live::RouteRecord route;
    route.worker = (kv->worker + 1) % 3;
    route.request = request;
    route.chain = true;
    route.codes = kv->batch.events.back().codes;
    route.prompt_tokens = static_cast<std::uint32_t>(16 * route.codes.size());
    out.push_back({r.t, route});
    if (request++ < 3) continue;
    live::RequestRecord over;
    over.request = request - 3;
    over.served = route.worker;
    over.arrival = over.routed = over.sent = over.head = 0;
    over.finish = r.t;
    out.push_back({r.t, over});
  }
  return out;
}

TEST(ObservedFleet, HoldsWhatTheTruthSaysAfterEveryRecord) {
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    live::BlockNames names(16);
    ObservedFleet fleet(small_fleet(), names, kStarted);
    LiveSession alone(small_fleet());
    for (const Record& r : seed == 0 ? small_records() : wild_records(seed)) {
      fleet.apply(r, nullptr);
      alone.apply(r);
      ASSERT_EQ(fleet.session().hash(), alone.hash());
      for (WorkerId w = 0; w < 3; ++w) {
        const KvCache& cache = fleet.workers()[w].cache();
        cache.check();
        ASSERT_EQ(cache.resident_blocks(), alone.workers()[w].truth.resident_blocks());
        // The same blocks: as many at every depth, and each behind its parent's name.
        std::vector<std::uint32_t> depths, true_depths;
        for (const Span& run : cache.resident().runs()) {
          for (BlockId b = run.first; b < run.first + run.count; ++b)
            depths.push_back(names.workload().tree.depth(b) + 1);
        }
        alone.workers()[w].truth.each_resident(
            [&](live::NodeId n) { true_depths.push_back(alone.forest().depth(n)); });
        std::sort(depths.begin(), depths.end());
        std::sort(true_depths.begin(), true_depths.end());
        ASSERT_EQ(depths, true_depths);
      }
    }
  }
}

// Making room is a walk through all caches: not at every block of a worker whose size nobody tells.
TEST(ObservedFleet, MakesRoomSeldom) {
  live::BlockNames names(16);
  ObservedFleet fleet(small_fleet(), names, kStarted);
  std::uint32_t times = 0;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    live::KvRecord kv;
    kv.worker = 2;
    kv.batch.seq = i;
    live::KvEvent& e = kv.batch.events.emplace_back();
    e.op = live::KvOp::kStored;
    e.hashes = {i + 1};
    e.block_size = 16;
    e.codes = {live::Code{1, i + 1}};
    const std::uint32_t before = fleet.cells();
    fleet.apply({i, kv}, nullptr);
    times += fleet.cells() > before;
  }
  EXPECT_EQ(fleet.workers()[2].cache().resident_blocks(), 5000U);
  EXPECT_LE(fleet.cells(), 6300U);
  EXPECT_LT(times, 40U);
}

TEST(ObservedFleet, NamesTheSameBlockTheSame) {
  live::BlockNames names(16);
  ObservedFleet fleet(small_fleet(), names, kStarted);
  for (const Record& r : small_records()) fleet.apply(r, nullptr);
  const std::uint32_t known = names.size();
  EXPECT_GT(known, 30U);
  ObservedFleet again(small_fleet(), names, kStarted);
  for (const Record& r : small_records()) again.apply(r, nullptr);
  EXPECT_EQ(names.size(), known);
  EXPECT_EQ(all_of(again), all_of(fleet));
  EXPECT_EQ(again.seen(), known);
  // Blocks that two workers hold have one name.
  std::uint32_t shared = 0;
  for (const Span& run : fleet.workers()[0].cache().resident().runs()) {
    for (BlockId b = run.first; b < run.first + run.count; ++b) shared += fleet.workers()[1].cache().resident().contains(b);
  }
  EXPECT_GT(shared, 0U);
  EXPECT_TRUE(names.settle());
  EXPECT_FALSE(names.settle());
  std::uint32_t in_edges = 0;
  for (const RadixEdge& e : names.tree().edges()) in_edges += e.count;
  EXPECT_EQ(in_edges, known);
}

TEST(ObservedFleet, TellsWhatHappened) {
  live::BlockNames names(16);
  ObservedFleet fleet(small_fleet(), names, kStarted);
  EventLog log;
  for (const Record& r : small_records()) fleet.apply(r, &log);
  const auto count = [&log](EventType type) {
    return std::count_if(log.begin(), log.end(), [type](const LoggedEvent& e) { return e.type == type; });
  };
  EXPECT_EQ(count(EventType::kConnect), 3);
  EXPECT_EQ(count(EventType::kGap), 1);
  EXPECT_EQ(count(EventType::kLeaveOut), 1);
  EXPECT_EQ(count(EventType::kDown), 2);
  const auto lost = std::find_if(log.begin(), log.end(), [](const LoggedEvent& e) { return e.type == EventType::kLose; });
  ASSERT_NE(lost, log.end());
  EXPECT_EQ(lost->worker, 1U);
  EXPECT_EQ(lost->value, 3U);
  EXPECT_EQ(lost->block, 30U);  // the first of those that are missing
  EXPECT_GT(count(EventType::kStore), 50);
  EXPECT_GT(count(EventType::kEvict), 10);
  for (std::size_t i = 1; i < log.size(); ++i) {
    ASSERT_LE(log[i - 1].t, log[i].t);
    ASSERT_LE(log[i - 1].handled, log[i].handled);
  }
  EXPECT_EQ(fleet.known_capacity(0), 48U);
  EXPECT_EQ(fleet.known_capacity(2), std::nullopt);
  ASSERT_TRUE(fleet.lag(0));
  EXPECT_NEAR(*fleet.lag(0), 0, 1);  // the recording says when it began, and the batches when they were made
}

TEST(History, EveryMomentIsTheSameHoweverOneGetsThere) {
  for (std::uint32_t seed = 0; seed < 3; ++seed) {
    const std::vector<Record> records = with_routes(seed == 0 ? small_records() : wild_records(seed));
    History history(small_fleet(), kStarted);
    for (const Record& r : records) history.add(r);
    history.settle_names();
    const SimTime end = history.newest();
    std::mt19937 rng(seed);
    for (int i = 0; i < 60; ++i) {
      const SimTime t = static_cast<SimTime>(rng() % static_cast<std::uint64_t>(end + 1));
      history.seek(t);
      live::BlockNames names(16);
      ObservedFleet fresh(small_fleet(), names, kStarted);
      for (const Record& r : records) {
        if (r.t <= t) fresh.apply(r, nullptr);
      }
      ASSERT_EQ(all_of(history.cursor()), all_of(fresh)) << t;
      ASSERT_EQ(history.now(), t);
      for (std::size_t e = 0; e < history.events().size(); ++e)
        ASSERT_EQ(history.events()[e].t <= t, e < history.events_at_cursor()) << t;
    }
  }
}

TEST(History, StepsFromEventToEventAndBack) {
  History history(small_fleet(), kStarted);
  for (const Record& r : small_records()) history.add(r);
  history.seek(0);
  std::vector<std::uint64_t> seen;
  while (history.step()) seen.push_back(all_of(history.cursor()));
  EXPECT_GT(seen.size(), 100U);
  EXPECT_FALSE(history.step());
  EXPECT_EQ(history.events_at_cursor(), history.events().size());
  for (std::size_t i = seen.size() - 1; i-- > 0;) {
    ASSERT_TRUE(history.step_back());
    ASSERT_EQ(all_of(history.cursor()), seen[i]);
  }
  ASSERT_TRUE(history.step_back());
  EXPECT_FALSE(history.step_back());
}

TEST(History, ForgetsTheOldestAndCanStillGoToTheRest) {
  Keep keep;
  keep.bytes = 600'000;  // a few copies of the fleet, and of what came between
  History history(small_fleet(), kStarted, nullptr, keep);
  std::vector<Record> given;
  SimTime t = 0;
  for (int round = 0; round < 60; ++round) {
    for (Record r : small_records()) {
      r.t += t;
      given.push_back(r);
      history.add(r);
    }
    t = history.newest();
  }
  EXPECT_GT(history.begin(), 0);
  EXPECT_LT(history.bytes(), 8'000'000U);
  EXPECT_EQ(history.records(), given.size());
  for (const SimTime at : {history.begin(), (history.begin() + t) / 2, t}) {
    history.seek(at);
    live::BlockNames names(16);
    ObservedFleet fresh(small_fleet(), names, kStarted);
    for (const Record& r : given) {
      if (r.t <= at) fresh.apply(r, nullptr);
    }
    ASSERT_EQ(all_of(history.cursor()), all_of(fresh)) << at;
  }
  history.seek(0);
  EXPECT_EQ(history.now(), history.begin());
}

// A fleet of which no second copy fits: the only one moves along, and a cursor that is left behind with it.
TEST(History, OfALargeFleetForgetsRecordByRecord) {
  Keep keep;
  keep.bytes = 100'000;
  History history(small_fleet(), kStarted, nullptr, keep);
  std::vector<Record> given;
  SimTime t = 0;
  for (int round = 0; round < 12; ++round) {
    for (Record r : with_routes(small_records())) {
      if (auto* route = std::get_if<live::RouteRecord>(&r.body)) route->request += static_cast<std::uint64_t>(round) * 1000;
      if (auto* over = std::get_if<live::RequestRecord>(&r.body)) over->request += static_cast<std::uint64_t>(round) * 1000;
      r.t += t;
      given.push_back(r);
      history.add(r);
      if (round == 8 && history.follows()) history.seek(history.begin());
      ASSERT_LE(history.begin(), history.now());
    }
    t = history.newest();
    ASSERT_EQ(history.checkpoints(), 1U);
    ASSERT_LT(history.bytes(), 400'000U);
  }
  EXPECT_GT(history.begin(), t / 2);
  const auto as_at = [&given](SimTime at, std::uint64_t first_behind) {
    live::BlockNames names(16);
    auto fresh = std::make_unique<ObservedFleet>(small_fleet(), names, kStarted);
    for (std::uint64_t i = 0; i < first_behind; ++i) {
      if (given[static_cast<std::size_t>(i)].t <= at) fresh->apply(given[static_cast<std::size_t>(i)], nullptr);
    }
    return all_of(*fresh);
  };
  EXPECT_EQ(all_of(history.cursor()), as_at(history.now(), history.cursor().events_handled()));
  for (const SimTime at : {(history.begin() + t) / 2, t, history.begin() + 1, t}) {
    history.seek(at);
    ASSERT_EQ(all_of(history.cursor()), as_at(at, given.size())) << at;
    for (std::size_t e = 0; e < history.events().size(); ++e)
      ASSERT_EQ(history.events()[e].t <= at, e < history.events_at_cursor()) << at;
  }
  while (history.step_back()) continue;
  EXPECT_EQ(history.now(), history.begin());
}

TEST(History, KeepsAsMuchAsTheFleetFileSays) {
  live::LiveFleet fleet = small_fleet();
  fleet.keep.minutes = 0.1;
  History history(fleet, kStarted);
  SimTime t = 0;
  for (int round = 0; round < 5; ++round) {
    for (Record r : small_records()) {
      r.t += t;
      history.add(r);
    }
    t = history.newest();
  }
  EXPECT_LT(t - history.begin(), 30'000'000);
  EXPECT_GT(t - history.begin(), 5'000'000);
}

// Workers that join are there from then on: in the fleet, in its figures, in every moment that is gone to.
TEST(History, HasWorkersThatJoin) {
  LiveMetrics metrics;
  History history(live::parse_fleet(R"({"listen":"8000"})", {}).value(), kStarted, &metrics);
  EXPECT_EQ(history.cursor().workers().size(), 0U);
  const auto hash = [](std::uint32_t n) { return live::beat_hash(std::vector<std::uint32_t>{n}); };
  history.add({1'000'000, live::BeatRecord{0, "a", 5, "", ""}});
  history.add({1'500'000, live::SyncRecord{0, "a", {hash(1), hash(2)}}});
  history.add({3'000'000, live::SyncRecord{1, "b", {hash(2)}}});
  history.wait_until(4'000'000);
  ASSERT_EQ(history.cursor().workers().size(), 2U);
  EXPECT_EQ(history.cursor().workers()[0].cache().resident_blocks(), 2U);
  EXPECT_EQ(history.cursor().workers()[1].cache().resident_blocks(), 1U);
  EXPECT_EQ(history.cursor().figures(1).overlap, 0U);
  const std::size_t last = metrics.series(kNever).size() - 1;
  ASSERT_EQ(metrics.workers(last).size(), 2U);
  EXPECT_TRUE(metrics.workers(last)[1].up);
  EXPECT_FALSE(metrics.workers(5)[1].up);  // not yet there
  EXPECT_EQ(metrics.workers(20)[0].resident, 2U);
  history.seek(2'000'000);
  EXPECT_EQ(history.cursor().workers().size(), 1U);
  history.seek(0);
  EXPECT_EQ(history.cursor().workers().size(), 0U);
  history.follow();
  history.settle_names();
  EXPECT_EQ(history.cursor().workers().size(), 2U);
}

TEST(History, FollowsTheNewestUntilItIsStopped) {
  History history(small_fleet(), kStarted);
  const std::vector<Record> records = small_records();
  for (std::size_t i = 0; i < 100; ++i) history.add(records[i]);
  EXPECT_TRUE(history.follows() && history.at_newest());
  const SimTime stopped = history.newest();
  history.seek(stopped);
  const std::uint64_t was = all_of(history.cursor());
  for (std::size_t i = 100; i < records.size(); ++i) history.add(records[i]);
  history.settle_names();
  EXPECT_EQ(all_of(history.cursor()), was);
  EXPECT_EQ(history.now(), stopped);
  EXPECT_FALSE(history.at_newest());
  history.follow();
  EXPECT_TRUE(history.at_newest());
  EXPECT_EQ(history.cursor().session().records(), records.size());
  history.wait_until(history.newest() + 5'000'000);
  EXPECT_EQ(history.now(), history.newest());
}

}  // namespace
}  // namespace blockyard
