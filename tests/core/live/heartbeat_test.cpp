// Heartbeat workers: bodies as their own router took them, sets that become truths, workers that come and go, and a
// replay that is the session.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "core/live/observed/observed_fleet.h"
#include "core/live/routing/live_router.h"
#include "fed_twice.h"

namespace blockyard::live {
namespace {

std::string refused(std::string_view body, HeartbeatKind kind) {
  const auto read = read_heartbeat(body, kind);
  const auto* refusal = std::get_if<BodyRefusal>(&read);
  return refusal == nullptr ? "taken" : refusal->json;
}

TEST(HeartbeatBodies, OfTheOriginalWorkers) {
  const auto beat = read_heartbeat(R"({"worker_id": "worker-4416", "current_load": 787.5})", HeartbeatKind::kBeat);
  EXPECT_EQ(std::get<BeatPost>(std::get<HeartbeatPost>(beat)).worker, "worker-4416");
  EXPECT_EQ(std::get<BeatPost>(std::get<HeartbeatPost>(beat)).load, 787.5);
  // What its router refused, with the words that it had for it, and what it took all the same.
  EXPECT_EQ(refused(R"({"worker_id":"a"})", HeartbeatKind::kBeat),
            R"({"detail":[{"loc":["body","current_load"],"msg":"field required","type":"value_error.missing"}]})");
  EXPECT_EQ(refused(R"({"worker_id":"a"})", HeartbeatKind::kSync),
            R"({"detail":[{"loc":["body","active_hashes"],"msg":"field required","type":"value_error.missing"}]})");
  EXPECT_EQ(refused(R"({"worker_id":"a"})", HeartbeatKind::kEvict),
            R"({"detail":[{"loc":["body","evicted_hashes"],"msg":"field required","type":"value_error.missing"}]})");
  EXPECT_EQ(
      refused(R"({"worker_id":null,"current_load":1})", HeartbeatKind::kBeat),
      R"({"detail":[{"loc":["body","worker_id"],"msg":"none is not an allowed value","type":"type_error.none.not_allowed"}]})");
  EXPECT_EQ(refused(R"({"worker_id":5,"current_load":[]})", HeartbeatKind::kBeat),
            R"({"detail":[{"loc":["body","worker_id"],"msg":"str type expected","type":"type_error.str"},)"
            R"({"loc":["body","current_load"],"msg":"value is not a valid float","type":"type_error.float"}]})");
  EXPECT_EQ(refused(R"({"worker_id":"a","current_load":"7","more":{}})", HeartbeatKind::kBeat), "taken");
  EXPECT_EQ(refused(R"({"worker_id":"a","current_load":7,"worker_url":null})", HeartbeatKind::kBeat), "taken");
  EXPECT_EQ(refused(R"({"worker_id":"a","active_hashes":["x",1]})", HeartbeatKind::kSync),
            R"({"detail":[{"loc":["body","active_hashes",1],"msg":"str type expected","type":"type_error.str"}]})");
  EXPECT_EQ(refused(R"({"worker_id":"a","active_hashes":[]})", HeartbeatKind::kSync), "taken");
  for (const char* bad :
       {"", "{", "[]", "7", R"({"worker_id":"a b","current_load":1})", R"({"worker_id":"","current_load":1})",
        R"({"worker_id":"a","current_load":-1})", R"({"worker_id":"a","current_load":"nan"})"})
    EXPECT_NE(refused(bad, HeartbeatKind::kBeat), "taken") << bad;
  const std::string long_hash(257, 'a');
  EXPECT_NE(refused(R"({"worker_id":"a","active_hashes":[")" + long_hash + R"("]})", HeartbeatKind::kSync), "taken");
}

TEST(HeartbeatBodies, NamesABlockAsTheOriginalDid) {
  // Captured of the Python router: GPT-2's ids of "The quick brown fox jumps over the lazy dog. " three times over.
  const std::vector<std::uint32_t> tokens{464,  2068,  7586,  21831, 18045, 625,   262,   16931, 3290, 13,  383,
                                          2068, 7586,  21831, 18045, 625,   262,   16931, 3290,  13,   383, 2068,
                                          7586, 21831, 18045, 625,   262,   16931, 3290,  13,    220};
  const auto hashes = beat_hashes(tokens);
  ASSERT_EQ(hashes.size(), 1U);  // full blocks only
  EXPECT_EQ(to_hex(hashes[0]), "699e44d6a73b4d61807a06396b4ab32d6514354825271f91b55ec13251677c4f");
  EXPECT_EQ(parse_digest(to_hex(hashes[0])), hashes[0]);
  EXPECT_EQ(parse_digest("699E44d6a73b4d61807a06396b4ab32d6514354825271f91b55ec13251677c4f"), std::nullopt);
}

using Taken = Feed::Taken;

TEST(Heartbeats, AWorkerJoinsBySayingSo) {
  Both b(open_fleet());
  EXPECT_EQ(b.feed.post(BeatPost{"a", 12.75, std::nullopt}, 1000), Taken::kYes);
  ASSERT_EQ(b.session.workers().size(), 1U);
  EXPECT_EQ(b.worker(0).state(), WorkerState::kJoining);
  EXPECT_EQ(b.worker(0).beat_load, 12.75);
  EXPECT_EQ(b.feed.post(EvictPost{"nobody", {hash_of(1)}}, 1500), Taken::kUnknown);
  EXPECT_EQ(b.feed.post(SyncPost{"a", {hash_of(1), hash_of(2), hash_of(1)}}, 2000), Taken::kYes);
  EXPECT_EQ(b.worker(0).state(), WorkerState::kLive);
  EXPECT_EQ(b.worker(0).truth.resident_blocks(), 2U);
  EXPECT_EQ(b.feed.post(SyncPost{"b", {hash_of(1)}}, 2000), Taken::kYes);  // a sync makes one known too
  EXPECT_EQ(b.worker(1).truth.resident_blocks(), 1U);
  EXPECT_EQ(b.feed.post(EvictPost{"a", {hash_of(1), hash_of(9)}}, 3000), Taken::kYes);
  EXPECT_EQ(b.worker(0).truth.resident_blocks(), 1U);
  // A sync that says nothing new changes nothing.
  const std::string digest = to_hex(b.session.resident_digest(0));
  (void)b.feed.post(SyncPost{"a", {hash_of(2)}}, 4000);
  EXPECT_EQ(to_hex(b.session.resident_digest(0)), digest);
}

TEST(Heartbeats, SilenceIsNoticedAndForgiven) {
  Both b(open_fleet());
  (void)b.feed.post(BeatPost{"a", 5, std::nullopt}, 0);
  (void)b.feed.post(SyncPost{"a", {hash_of(1)}}, 0);
  EXPECT_EQ(b.feed.due(), 3'000'000);
  b.feed.tick(2'999'999);
  EXPECT_TRUE(b.worker(0).up);
  b.feed.tick(3'000'000);
  EXPECT_EQ(b.worker(0).state(), WorkerState::kDown);
  EXPECT_EQ(b.worker(0).truth.resident_blocks(), 0U);
  EXPECT_EQ(b.worker(0).beat_load, 0);
  EXPECT_EQ(b.session.forest().size(), 0U);
  (void)b.feed.post(BeatPost{"a", 7, std::nullopt}, 4'000'000);  // back, and empty until its sync
  EXPECT_EQ(b.worker(0).state(), WorkerState::kJoining);
  (void)b.feed.post(SyncPost{"a", {hash_of(1)}}, 4'000'001);
  EXPECT_EQ(b.worker(0).truth.resident_blocks(), 1U);
  // What comes of another worker first finds it down as well: the state is right at every record.
  (void)b.feed.post(BeatPost{"b", 7, std::nullopt}, 9'000'000);
  EXPECT_FALSE(b.worker(0).up);
  EXPECT_TRUE(b.worker(1).up);
}

TEST(Heartbeats, ItsAddressIsTakenOnceAndWithinTheHosts) {
  Both b(open_fleet());
  b.feed.listens_at({"127.0.0.1", 8000});
  (void)b.feed.post(SyncPost{"a", {}}, 0);  // the first heartbeat may come behind the first sync
  (void)b.feed.post(BeatPost{"a", 0, "http://127.0.0.1:9001"}, 0);
  EXPECT_EQ(b.worker(0).setup.address.text(), "http://127.0.0.1:9001");
  (void)b.feed.post(BeatPost{"a", 0, "http://127.0.0.1:9002"}, 1);
  EXPECT_EQ(b.worker(0).setup.address.text(), "http://127.0.0.1:9001");
  b.feed.tick(5'000'000);
  (void)b.feed.post(BeatPost{"a", 0, "http://127.0.0.1:9002"}, 5'000'001);
  EXPECT_EQ(b.worker(0).setup.address.text(), "http://127.0.0.1:9002");
  EXPECT_EQ(b.feed.fleet().workers[0].address.text(), "http://127.0.0.1:9002");
  std::size_t n = 0;
  for (const char* bad :
       {"http://10.0.0.1:9001", "https://127.0.0.1", "http://u@localhost", "http://localhost:8000", "file:///etc"}) {
    const std::string name = "bad" + std::to_string(n++);
    (void)b.feed.post(BeatPost{name, 0, bad}, 5'000'001);
    (void)b.feed.post(BeatPost{name, 0, bad}, 5'000'002);
    const LiveWorker& w = b.session.workers().back();
    EXPECT_TRUE(w.setup.address.host.empty()) << bad;
    EXPECT_TRUE(w.up);
    EXPECT_NE(w.why.find("worker_url is left out"), std::string::npos) << w.why;
    const auto said = std::count_if(b.lines.begin(), b.lines.end(), [&name](const std::string& line) {
      return line.find("\"" + name + "\"") != std::string::npos && line.find("\"why\"") != std::string::npos;
    });
    EXPECT_EQ(said, 1) << bad;
  }
}

TEST(Heartbeats, NamesAndNumbersHaveLimits) {
  Both b(
      parse_fleet(R"({"listen":"8000","heartbeats":{"max_workers":2}})", {"http://127.0.0.1:1,name=engine"}).value());
  EXPECT_EQ(b.feed.post(BeatPost{"engine", 0, std::nullopt}, 0), Taken::kNameTaken);
  EXPECT_EQ(b.feed.post(EvictPost{"engine", {}}, 0), Taken::kNameTaken);
  EXPECT_EQ(b.feed.post(BeatPost{"a", 0, std::nullopt}, 0), Taken::kYes);
  EXPECT_EQ(b.feed.post(BeatPost{"b", 0, std::nullopt}, 0), Taken::kYes);
  EXPECT_EQ(b.feed.post(SyncPost{"c", {}}, 0), Taken::kTooMany);
  EXPECT_EQ(b.session.workers().size(), 3U);
  // One that is taken out gives way to another, with an index of its own.
  EXPECT_EQ(b.feed.remove("a", 10), Taken::kYes);
  b.feed.tick(11);
  EXPECT_EQ(b.worker(1).state(), WorkerState::kRemoved);
  EXPECT_EQ(b.feed.remove("a", 12), Taken::kUnknown);
  EXPECT_EQ(b.feed.post(BeatPost{"a", 3, std::nullopt}, 20), Taken::kYes);
  ASSERT_EQ(b.session.workers().size(), 4U);
  EXPECT_EQ(b.worker(3).beat_load, 3);
  EXPECT_EQ(b.worker(1).state(), WorkerState::kRemoved);
}

std::vector<Code> codes_of(const std::vector<std::uint64_t>& blocks) {
  std::vector<Code> out;
  for (const std::uint64_t n : blocks) out.push_back(code_of_block(n));
  return out;
}
std::vector<Code> beats_of(const std::vector<std::uint64_t>& blocks) {
  std::vector<Code> out;
  for (const std::uint64_t n : blocks) out.push_back(code_of_beat(hash_of(n)));
  return out;
}

TEST(Heartbeats, TheTreeHasWhatIsKnownOfChains) {
  Both b(open_fleet());
  (void)b.feed.post(SyncPost{"a", {hash_of(1), hash_of(2), hash_of(3), hash_of(7)}}, 0);
  // Overlap needs no tree: it is what the set has.
  EXPECT_EQ(b.session.overlaps(kRootDigest, codes_of({1, 2, 5}), beats_of({1, 2, 5})), std::vector<std::uint32_t>{2});
  EXPECT_EQ(b.session.overlaps(kRootDigest, codes_of({5, 1, 2}), beats_of({5, 1, 2})), std::vector<std::uint32_t>{0});
  EXPECT_EQ(b.session.overlaps(kRootDigest, codes_of({1, 2})), std::vector<std::uint32_t>{0});
  const auto depths = [&b] {
    std::vector<std::uint32_t> out;
    b.worker(0).truth.each_resident([&](NodeId n) { out.push_back(b.session.forest().depth(n)); });
    std::sort(out.begin(), out.end());
    return out;
  };
  EXPECT_EQ(depths(), (std::vector<std::uint32_t>{1, 1, 1, 1}));  // all loose
  b.feed.pass({1, route_of(0, 0, {1, 2, 3, 4}, 1)});
  EXPECT_EQ(depths(), (std::vector<std::uint32_t>{1, 1, 2, 3}));                                      // 7 still is
  EXPECT_EQ(b.session.overlaps(kRootDigest, codes_of({1, 2, 3, 4})), std::vector<std::uint32_t>{4});  // 4 is expected
  // A sync confirms what was expected, and knows where it stands.
  (void)b.feed.post(SyncPost{"a", {hash_of(4), hash_of(3), hash_of(2), hash_of(1)}}, 2);
  EXPECT_EQ(depths(), (std::vector<std::uint32_t>{1, 2, 3, 4}));
  EXPECT_EQ(b.session.view().believed_blocks(0), 0U);
  (void)b.feed.post(EvictPost{"a", {hash_of(1), hash_of(2), hash_of(3), hash_of(4)}}, 3);
  EXPECT_EQ(depths(), std::vector<std::uint32_t>{});
}

// The set of a worker is what its posts say, whatever they say and whatever was routed; and a fleet that is looked at
// has the same blocks in its caches.
TEST(Heartbeats, HoldWhatTheyPostAfterEveryRecord) {
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    std::mt19937 rng(seed);
    Both b(open_fleet());
    BlockNames names(16);
    ObservedFleet observed(open_fleet(), names, "2027-01-15T08:00:00.000Z");
    std::map<std::string, std::set<std::uint64_t>> sets;
    const std::vector<std::string> all{"a", "b", "c"};
    SimTime t = 0;
    std::uint64_t request = 0;
    std::size_t shown = 0;
    for (int i = 0; i < 400; ++i, t += 100'000) {
      const std::string& name = all[rng() % all.size()];
      std::vector<Digest> hashes;
      std::vector<std::uint64_t> blocks;
      for (auto n = rng() % 12; n > 0; --n) blocks.push_back(rng() % 24);
      for (const std::uint64_t n : blocks) hashes.push_back(hash_of(n));
      switch (rng() % 4) {
        case 0:
          (void)b.feed.post(SyncPost{name, hashes}, t);
          sets[name] = {blocks.begin(), blocks.end()};
          break;
        case 1:
          if (!sets.contains(name)) break;
          (void)b.feed.post(EvictPost{name, hashes}, t);
          for (const std::uint64_t n : blocks) sets[name].erase(n);
          break;
        case 2:
          if (b.session.workers().empty()) break;
          b.feed.pass({t, route_of(static_cast<WorkerId>(rng() % b.session.workers().size()), request++, blocks,
                                   b.session.workers().size())});
          if (request > 3) {
            RequestRecord over;
            over.request = request - 3;
            over.arrival = over.routed = over.sent = over.head = 0;
            over.finish = t;
            b.feed.pass({t, over});
          }
          break;
        default:
          for (const auto& [posting, set] : sets) (void)b.feed.post(BeatPost{posting, 1, std::nullopt}, t);
      }
      for (const auto& [posting, set] : sets) {
        const auto w = b.session.fleet().find(posting);
        ASSERT_TRUE(w);
        if (!b.worker(*w).up) continue;
        ASSERT_EQ(b.worker(*w).truth.engine_blocks(), set.size()) << seed << " " << i;
        ASSERT_EQ(b.worker(*w).truth.resident_blocks(), set.size()) << seed << " " << i;
        ASSERT_EQ(b.worker(*w).truth.orphans(), 0U);
        const auto prompt = std::vector<std::uint64_t>(blocks);
        std::size_t leading = 0;
        while (leading < prompt.size() && set.contains(prompt[leading])) ++leading;
        ASSERT_GE(b.session.overlaps(kRootDigest, codes_of(prompt), beats_of(prompt))[*w], leading);
      }
      for (; shown < b.lines.size(); ++shown) {
        const auto record = parse_record(b.lines[shown], static_cast<std::uint32_t>(observed.workers().size()));
        observed.apply(**record, nullptr);
      }
      ASSERT_EQ(observed.session().hash(), b.session.hash());
      for (WorkerId w = 0; w < observed.workers().size(); ++w) {
        observed.workers()[w].cache().check();
        ASSERT_EQ(observed.workers()[w].cache().resident_blocks(), b.worker(w).truth.resident_blocks())
            << seed << " " << i;
      }
      const bool some_down = std::any_of(sets.begin(), sets.end(),
                                         [&](const auto& s) { return !b.worker(*b.session.fleet().find(s.first)).up; });
      if (some_down) {  // what it held is void
        for (auto& [posting, set] : sets) {
          if (!b.worker(*b.session.fleet().find(posting)).up) set.clear();
        }
      }
    }
    EXPECT_EQ(observed.workers().size(), 3U);
  }
}

TEST(Heartbeats, ALoadDecidesWhereItIsAskedFor) {
  LiveFleet fleet =
      open_fleet(R"({"listen":"8000","router":{"strategy":"least_loaded","load_metric":"remaining_ms"}})");
  Both b(fleet);
  LiveRouter router(b.session, 42);
  RouteQuestion q;
  EXPECT_FALSE(router.choose(q, 0));
  (void)b.feed.post(BeatPost{"a", 100, std::nullopt}, 0);
  (void)b.feed.post(BeatPost{"b", 20, std::nullopt}, 0);
  EXPECT_FALSE(router.choose(q, 1));  // neither has an address
  q.assignable = true;
  auto chosen = router.choose(q, 1);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->record.worker, 1U);
  EXPECT_EQ(chosen->record.sights[0].load, 100);
  (void)b.feed.post(BeatPost{"b", 900, std::nullopt}, 2);
  EXPECT_EQ(router.choose(q, 3)->record.worker, 0U);
  b.feed.tick(3'500'000);
  EXPECT_FALSE(router.choose(q, 3'500'000));
}

}  // namespace
}  // namespace blockyard::live
