// ObservedFleet: moves a routed fleet by what was observed: the counterpart of Simulation. Each record moves the
// session, and what its truth says is resident lies in the fleet's caches, unit block by unit block, in slots of our
// own (an engine tells none): a block takes the lowest free one.
//
// What is not observed is not there. Where nobody routes, no request is seen: nothing refers to a block, every block that
// is held is idle, and what routers believe is what is true. Of a router that is watched (or is this program) its
// requests are seen, from their routing on, and what it believes; when their answers began, and what an engine found of
// them, is known as they end. What workers say of themselves (running, waiting, in use) is the session's, with its age.
// Invariants: 1. a block is resident in worker w's cache exactly where the session's truth has it resident; 2. same
// fleet, same records, same names: same state, whatever copies it went through; 3. a resident block has a reference for
// each request that is at its worker with the block in its chain; 4. believed is what is resident or expected.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/fleet/event_log.h"
#include "core/fleet/fleet.h"
#include "core/live/observed/block_names.h"
#include "core/live/session.h"

namespace blockyard::live {

class ObservedFleet final : public Fleet {
 public:
  /// `names` must outlive it and its copies; all of them add to it. `cells`: room for so many unit blocks a worker from
  /// the start; more where it turns out to need it. `started`: wall clock, RFC 3339.
  ObservedFleet(const LiveFleet& fleet, BlockNames& names, const std::string& started, std::uint32_t cells = 1);
  ObservedFleet(const ObservedFleet& other) = default;

  /// One input. What happened is added to `log`, where there is one.
  void apply(const Record& record, EventLog* log);
  /// Its sets of blocks have room for every name, also of blocks that were first seen later than its moment.
  void make_room_for_names();
  /// The clock goes on to t, before which nothing is observed.
  void wait_until(SimTime t) { now_ = std::max(now_, t); }

  const LiveSession& session() const { return session_; }
  const LiveWorker& observed(WorkerId w) const { return session_.workers()[w]; }
  /// Whether a router is watched: only then there are requests, and a belief beside the truth.
  bool routed() const { return session_.fleet().router.listen.has_value(); }
  /// Different blocks in the chains of requests that are at w, and how many of `chain` are not among them.
  std::uint32_t distinct_blocks(WorkerId w) const { return static_cast<std::uint32_t>(used_[w].size()); }
  std::uint32_t fresh_blocks(WorkerId w, std::span<const BlockId> chain) const;
  /// Unit blocks that it can hold, where it or the fleet file says so; else nothing.
  std::optional<std::uint32_t> known_capacity(WorkerId w) const;
  /// Time of arrival − the engine's own time stamp of its last batch: two clocks, so it may be negative; s.
  std::optional<double> lag(WorkerId w) const;
  /// Share of prompt tokens that were found, by the engines' own counters since the session began; 0 … 1.
  std::optional<double> hit_rate(WorkerId w) const;
  /// Blocks below this id have been seen by this moment, others have not.
  BlockId seen() const { return seen_; }
  /// The most unit blocks that any worker needs room for.
  std::uint32_t cells() const { return config_.cache.capacity_blocks; }
  /// Memory that a copy takes, about.
  std::size_t bytes() const;

 private:
  // What a node of the forest is called, while it is this one.
  struct Named {
    std::uint64_t born = 0;
    BlockId block = kNone;
  };
  BlockId name_of(NodeId node);
  void grow();
  void settle(WorkerId w, EventLog* log);
  void take_over(WorkerId w, EventLog* log);
  // observed_requests.cpp: what a router does
  void route(const RouteRecord& r, EventLog* log);
  void end(const EndedRequest& r, EventLog* log);
  void obey(const CommandRecord& r, EventLog* log);
  using Departed = std::vector<std::pair<WorkerId, BlockId>>;
  /// What the router does no longer expect. Before anything is named: numbers of nodes are given again at once.
  Departed departed() const;
  void follow_view(const Departed& departed);
  void use(WorkerId w, std::span<const BlockId> chain, bool more);
  void use_all(WorkerId w, bool more);
  blockyard::RequestRecord& record_of(RequestId r);
  static RouterConfig router_config(const LiveFleet& fleet);
  void make_room(std::uint32_t cells, std::uint32_t ids);
  void tell(EventLog* log, EventType type, WorkerId w, std::uint64_t value, BlockId block = kNone,
            RequestId request = kNone) const;

  LiveSession session_;
  BlockNames* names_;
  std::vector<Named> named_;  // by node
  std::uint32_t ids_ = 0;     // room for so many in the caches
  BlockId seen_ = 0;
  double started_ = 0;  // s since 1970; 0: not known
  std::vector<NodeId> scratch_;
  // A request that is at a worker.
  struct There {
    WorkerId worker = 0;
    std::vector<BlockId> chain;
  };
  std::unordered_map<RequestId, There> there_;                // only ever looked up
  std::vector<std::map<BlockId, std::uint32_t>> used_;        // by worker: by how many of them
};

}  // namespace blockyard::live
