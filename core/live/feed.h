// Feed: what arrives from a fleet becomes the records of its session. Between app/net, which hears, and LiveSession,
// which is: it puts each stream in order, reads payloads and pages, counts probes that fail, and says what to ask for.
// Pure: it is told the time of each arrival.
//
// Invariant: what it gives out are whole records in the order in which they are to be applied and recorded; their times
// do not fall where the times that it is told do not.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/live/fleet_file.h"
#include "core/live/heartbeat/bodies.h"
#include "core/live/reading.h"
#include "core/live/record/record.h"
#include "core/live/wire/stream_order.h"

namespace blockyard::live {

/// How a probe of a worker's health came out.
enum class Probe : std::uint8_t {
  kGood,
  kRefused,  ///< it answered with something else than 200
  kNobody,   ///< no connection
  kTimeout,
};

class Feed {
 public:
  struct Hands {
    std::function<void(Record&&)> record;                                        ///< apply and keep it
    std::function<void(WorkerId w, std::uint32_t ask, std::uint64_t from)> ask;  ///< a replay
    bool raw = false;                                                            ///< records hold payloads as they came
    std::function<bool(WorkerId w)> busy = nullptr;  ///< whether requests of this program run there; nullptr: none do
  };
  Feed(const LiveFleet& fleet, Hands hands);

  // Of a worker's stream.
  void connected(WorkerId w, SimTime t);
  void disconnected(WorkerId w, SimTime t);
  void bad_frame(WorkerId w, SimTime t) {
    if (!fleet_.workers[w].removed) say(w, StateChange::kBadFrame, "", t);
  }
  void message(WorkerId w, std::uint64_t seq, std::string payload, SimTime t);
  void replayed(WorkerId w, std::uint32_t ask, std::uint64_t seq, std::string payload, SimTime t);
  void replay_ended(WorkerId w, std::uint32_t ask, SimTime t);
  // Of its HTTP side. A page is of all ranks behind its address.
  void metrics(WorkerId w, std::string_view page, SimTime t);
  void metrics_missed(WorkerId w, const std::string& why, SimTime t);
  void health(WorkerId w, Probe probe, const std::string& why, SimTime t);

  // Workers that come and go.
  /// How a post or an order came out.
  enum class Taken : std::uint8_t { kYes, kNameTaken, kTooMany, kUnknown };
  Taken post(const HeartbeatPost& post, SimTime t);
  /// Ranks that one worker object names: each a worker from now on.
  Taken add(std::vector<WorkerSetup> ranks, SimTime t);
  /// Nothing more is sent there; it leaves when its requests are over, or after ten minutes.
  Taken remove(std::string_view worker, SimTime t);
  /// Whether it is about to leave.
  bool leaving(WorkerId w) const { return workers_[w].leaves >= 0; }
  /// What a look-up of the name that the fleet file gives has found.
  void discovered(const std::vector<std::string>& addresses, SimTime t);
  /// Where this program listens itself: no worker's address.
  void listens_at(ListenAddress address) { own_ = std::move(address); }
  /// The fleet as far as it is known by now; keys and ranks are in it, which no record has.
  const LiveFleet& fleet() const { return fleet_; }

  /// A record of another maker, a router: given out in the same order, and counted.
  void pass(Record&& record);
  /// Time passes: replays that say nothing any more are given up.
  void tick(SimTime t);
  /// When tick() has something to do.
  SimTime due() const;
  /// The session ends in order.
  void end(SimTime t);
  /// Whether a replay is awaited anywhere.
  bool awaiting() const;

 private:
  struct Worker {
    StreamOrder order;
    StreamReading reading;
    bool misfit = false;
    bool up = true, health_known = false;
    std::uint32_t failures = 0, successes = 0;
    SimTime heard = -1;   // something came from it
    SimTime probed = -1;  // the last probe
    std::optional<double> process_start = {};
    // Of one that posts: when it was last heard of, and has gone on.
    SimTime posted = -1;
    bool beaten = false, url_reported = false;
    // Of one that is to leave: when it does at the latest.
    SimTime leaves = -1;
    std::uint32_t absent = 0;  // look-ups in a row that did not find it
    bool discovered = false;
  };
  StreamRules rules(WorkerId w) const;
  void say(WorkerId w, StateChange change, std::string why, SimTime t);
  void give(SimTime t, decltype(Record::body) body);
  void act(WorkerId w, SimTime t);
  void grow(const WorkerSetup& setup);
  bool room_for(std::size_t workers) const;
  std::string address_of(WorkerId w, const BeatPost& post, std::string& why);
  void look_at_posters(SimTime t);
  void let_leave(SimTime t);
  /// Another process is there, or none: nothing that is known of it holds.
  void make_void(WorkerId w, StateChange change, const std::string& why, SimTime t);

  LiveFleet fleet_;
  Hands hands_;
  std::vector<Worker> workers_;
  std::vector<StreamAction> actions_;
  std::optional<ListenAddress> own_;
  SimTime posters_due_ = kNever;  // when the first of those that post is overdue, or before
  std::uint64_t records_ = 0;
};

}  // namespace blockyard::live
