// The requests of a router that is watched, in an observed fleet: what it believes, what is in use, every moment the same
// however one gets there, and its choices studied.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "core/replay/history.h"
#include "small_recording.h"

namespace blockyard {
namespace {

using live::ObservedFleet;
using live::Record;

live::LiveFleet routed_fleet() {
  live::LiveFleet fleet = small_fleet();
  fleet.router.listen = live::ListenAddress{};
  return fleet;
}

// Requests among the small recording's batches: each with the chain that was stored last, at a worker drawn at random;
// some are tried twice, some fail, some are never told to hit.
std::vector<Record> routed_records(std::uint32_t seed) {
  std::mt19937 rng(seed);
  std::vector<Record> out;
  std::vector<std::uint64_t> open;
  std::map<std::uint64_t, live::RouteRecord> routes;
  std::uint64_t next = 0;
  for (const Record& r : small_records()) {
    out.push_back(r);
    const auto* kv = std::get_if<live::KvRecord>(&r.body);
    if (kv == nullptr || kv->batch.events.empty() || kv->batch.events.back().codes.empty()) continue;
    live::RouteRecord route;
    route.worker = static_cast<WorkerId>(rng() % 3);
    route.request = next;
    route.chain = true;
    route.codes = kv->batch.events.back().codes;
    route.prompt_tokens = static_cast<std::uint32_t>(16 * route.codes.size()) + 5;
    route.strategy = "least_loaded";
    route.reason = "lowest load in the view";
    for (WorkerId w = 0; w < 3; ++w) {
      live::WorkerSight sight;
      sight.routable = true;
      sight.load = w == route.worker ? 0 : 1 + w;
      sight.overlap = static_cast<std::uint32_t>(rng() % (route.codes.size() + 1));
      sight.active = w;
      route.sights.push_back(sight);
    }
    out.push_back({r.t, route});
    routes[next] = route;
    open.push_back(next++);
    if (rng() % 8 == 0) {  // again elsewhere
      route.attempt = 1;
      route.worker = (route.worker + 1) % 3;
      out.push_back({r.t, route});
      routes[route.request] = route;
    }
    while (open.size() > 4) {
      const std::size_t i = rng() % open.size();
      live::RequestRecord end;
      end.request = open[i];
      end.served = routes[open[i]].worker;
      end.outcome = rng() % 6 == 0 ? live::Outcome::kFailed : live::Outcome::kCompleted;
      end.arrival = std::max<SimTime>(0, r.t - 500'000);
      end.routed = end.sent = end.arrival + 1000;
      end.first_token = end.arrival + 50'000;
      end.finish = r.t;
      end.output_tokens = 7;
      if (rng() % 4 != 0) end.cached_tokens = 16 * static_cast<std::uint32_t>(rng() % 3);
      out.push_back({r.t, end});
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return out;
}

std::uint64_t all_of(const ObservedFleet& fleet) {
  StateHash hash;
  hash.add(fleet.session().hash());
  for (WorkerId w = 0; w < fleet.workers().size(); ++w) {
    const KvCache& cache = fleet.workers()[w].cache();
    for (SlotId s = 0; s < cache.capacity(); ++s) {
      if (cache.is_free(s)) continue;
      hash.add((std::uint64_t{s} << 32) | cache.slots()[s].block);
      hash.add(std::uint64_t{cache.slots()[s].refs});
    }
    for (const Span& run : fleet.believed(w).runs()) hash.add((std::uint64_t{run.first} << 32) | run.count);
  }
  hash.add(std::uint64_t{fleet.arrived()});
  for (RequestId r = 0; r < fleet.arrived(); ++r) {
    const RequestRecord& record = fleet.records()[r];
    for (const SimTime t : {record.arrival, record.start, record.first_token, record.finish})
      hash.add(static_cast<std::uint64_t>(t));
    hash.add((std::uint64_t{record.worker} << 32) | record.predicted);
    hash.add((std::uint64_t{record.hit} << 8) | static_cast<std::uint64_t>(record.status));
    hash.add((std::uint64_t{record.retries} << 1) | (record.hit_told ? 1U : 0U));
  }
  return hash.value();
}

TEST(ObservedRequests, BeliefIsTruthAndWhatIsExpectedAndRefsAreThoseOfRequestsThere) {
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    live::BlockNames names(16);
    ObservedFleet fleet(routed_fleet(), names, "2027-01-15T08:00:00.000Z");
    std::map<std::uint64_t, std::pair<WorkerId, std::vector<BlockId>>> there;
    for (const Record& r : routed_records(seed)) {
      fleet.apply(r, nullptr);
      if (const auto* route = std::get_if<live::RouteRecord>(&r.body)) {
        std::vector<BlockId> chain;
        BlockId block = kNone;
        for (const live::Code& code : route->codes) chain.push_back(block = names.name(block, route->root, code));
        there[route->request] = {route->worker, chain};
      } else if (const auto* end = std::get_if<live::RequestRecord>(&r.body)) {
        there.erase(end->request);
      }
      for (WorkerId w = 0; w < 3; ++w) {
        const KvCache& cache = fleet.workers()[w].cache();
        cache.check();
        std::map<BlockId, std::uint32_t> refs;
        for (const auto& [request, at] : there) {
          for (const BlockId b : at.second) refs[b] += at.first == w && cache.resident().contains(b) ? 1 : 0;
        }
        std::uint64_t all = 0;
        for (const auto& [b, n] : refs) {
          all += n;
          if (n == 0) continue;
          ASSERT_EQ(cache.slots()[cache.slot_of(b)].refs, n);
        }
        ASSERT_EQ(cache.references(), all);
        const Divergence d = fleet.divergence(w);
        ASSERT_EQ(d.unknown, 0U) << "what is resident is believed";
        std::uint32_t expected = 0;
        fleet.session().view().each(w, [&](live::NodeId node) {
          expected += fleet.session().workers()[w].truth.resident(node) ? 0 : 1;
        });
        ASSERT_EQ(d.phantom, expected);
      }
    }
    EXPECT_GT(fleet.arrived(), 20U);
  }
}

TEST(ObservedRequests, EveryMomentIsTheSameHoweverOneGetsThere) {
  const std::vector<Record> records = routed_records(4);
  History history(routed_fleet(), "2027-01-15T08:00:00.000Z", nullptr, {kNever, std::size_t{64} << 20});
  for (const Record& r : records) history.add(r);
  std::mt19937 rng(5);
  for (int i = 0; i < 25; ++i) {
    const auto t = static_cast<SimTime>(rng() % static_cast<std::uint32_t>(history.newest()));
    history.seek(t);
    live::BlockNames names(16);
    ObservedFleet alone(routed_fleet(), names, "2027-01-15T08:00:00.000Z");
    for (const Record& r : records) {
      if (r.t <= t) alone.apply(r, nullptr);
    }
    ASSERT_EQ(all_of(history.cursor()), all_of(alone)) << t;
  }
}

TEST(ObservedRequests, AreSteppedThroughOneByOneBothWays) {
  History history(routed_fleet(), "2027-01-15T08:00:00.000Z");
  for (const Record& r : routed_records(4)) history.add(r);
  const auto routings = [&] {
    return std::count_if(history.events().begin(),
                         history.events().begin() + static_cast<std::ptrdiff_t>(history.events_at_cursor()),
                         [](const LoggedEvent& e) { return e.type == EventType::kRoute; });
  };
  history.seek(history.begin());
  std::vector<std::uint64_t> way;
  while (history.step_request()) {
    EXPECT_EQ(history.events()[history.events_at_cursor() - 1].type, EventType::kRoute);
    way.push_back(all_of(history.cursor()));
    ASSERT_EQ(routings(), static_cast<std::ptrdiff_t>(way.size()));
  }
  EXPECT_GT(way.size(), 20U);
  for (way.pop_back(); history.step_back_request(); way.pop_back()) ASSERT_EQ(all_of(history.cursor()), way.back());
  EXPECT_TRUE(way.empty());
}

TEST(ObservedRequests, AStudyTellsWhatWasSeenAndAsksOnlyStrategiesThatTheFiguresDecide) {
  History history(routed_fleet(), "2027-01-15T08:00:00.000Z");
  std::map<RequestId, live::RouteRecord> last;
  for (const Record& r : routed_records(6)) {
    if (const auto* route = std::get_if<live::RouteRecord>(&r.body)) last[static_cast<RequestId>(route->request)] = *route;
    history.add(r);
  }
  history.seek(history.newest());
  const std::uint32_t least_loaded = find_policy("least_loaded"), by_turn = find_policy("round_robin"),
                      cost = find_policy("kv_cost"), session = find_policy("session_hash");
  std::size_t known = 0;
  for (const auto& [r, route] : last) {
    const auto study = history.routing_of(r);
    ASSERT_TRUE(study.has_value());
    ASSERT_EQ(study->used.chosen, route.worker);
    ASSERT_EQ(study->used.strategy, least_loaded);
    ASSERT_EQ(study->used.rows.size(), 3U);
    for (WorkerId w = 0; w < 3; ++w) {
      ASSERT_EQ(study->used.rows[w].seen.overlap, route.sights[w].overlap);
      ASSERT_EQ(study->used.rows[w].seen.load, route.sights[w].load);
    }
    ASSERT_EQ(study->strategies.size(), policy_table().size());
    EXPECT_EQ(study->strategies[by_turn].chosen, kNone) << "whose turn it was is not recorded";
    EXPECT_EQ(study->strategies[session].chosen, kNone);
    EXPECT_FALSE(study->strategies[session].why.reason.empty());
    // Where one worker's cost is the lowest, that is the choice; in a tie it is not known.
    std::vector<std::uint32_t> costs;
    for (const live::WorkerSight& s : route.sights)
      costs.push_back(static_cast<std::uint32_t>(route.codes.size()) - s.overlap);
    const auto best = std::min_element(costs.begin(), costs.end());
    const bool tied = std::count(costs.begin(), costs.end(), *best) > 1;
    EXPECT_EQ(study->strategies[cost].chosen, tied ? kNone : static_cast<WorkerId>(best - costs.begin()));
    known += tied ? 0 : 1;
  }
  EXPECT_GT(known, 5U);
}

}  // namespace
}  // namespace blockyard
