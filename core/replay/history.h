// History: what a fleet that is observed went through, as something to move about in: the records, as far as they are
// kept, and the fleet at a cursor and at the newest of them. The counterpart of Player: that one computes what comes
// next, this one is given it.
//
// It goes back by copies of the fleet made on the way (checkpoints), from which records are applied again. Where more is
// held than `keep` allows, the oldest goes, a checkpoint at a time. A fleet that is so large that no second copy fits has
// one alone: it follows behind, records being applied to it as they are forgotten, so that no frame waits for a copy.
// Then there are two fleets and records of half of `keep`, and a third fleet while the cursor is not at the newest. It
// knows no wall clock, socket or file. Invariants:
// 1. cursor() equals a fleet that was given all records up to its moment, to the hash, however it got there;
// 2. events()[0, events_at_cursor()) have happened at the cursor; 3. the first checkpoint stands before the first record
// that is held, so that every moment from begin() on can be gone to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "core/live/observed/observed_fleet.h"
#include "core/replay/player.h"

namespace blockyard {

/// How much of the past is kept: the older of the two goes first. What is not said is as the fleet file has it.
struct Keep {
  std::optional<SimTime> longest = {};
  std::optional<std::size_t> bytes = {};  ///< of records and checkpoints, about
};

class History {
 public:
  /// `listener` may be nullptr; it is told of the newest moment, once, and never cut off. `started`: RFC 3339.
  History(const live::LiveFleet& fleet, std::string started, FrontierListener* listener = nullptr, Keep keep = {});

  /// What was observed next. The cursor goes along where it follows.
  void add(live::Record record);
  /// Time has gone on to t and brought nothing.
  void wait_until(SimTime t);

  const live::ObservedFleet& cursor() const { return cursor_ ? *cursor_ : *newest_; }
  /// As of all that has come.
  const live::ObservedFleet& newest_state() const { return *newest_; }
  SimTime now() const { return cursor().now(); }
  /// The newest moment, and the first that is kept.
  SimTime newest() const { return newest_->now(); }
  SimTime begin() const { return checkpoints_.front().t; }
  /// Whether the cursor goes along with the newest moment.
  bool follows() const { return cursor_ == nullptr; }
  /// Whether nothing is known of what comes after the cursor.
  bool at_newest() const { return follows() || (at_ == end() && now() >= newest()); }
  const live::BlockNames& names() const { return names_; }
  const EventLog& events() const { return log_; }
  std::size_t events_at_cursor() const { return follows() ? log_.size() : log_at_; }
  const std::string& started() const { return started_; }
  /// All that ever came: their numbers are below this one.
  std::uint64_t records() const { return end(); }
  /// Of those that are kept: the number of the first, and one of them.
  std::uint64_t first_record() const { return first_; }
  const live::Record& record(std::uint64_t i) const { return records_[static_cast<std::size_t>(i - first_)]; }
  /// The fleet as it is before the first record that is kept.
  const live::LiveFleet& fleet() const { return checkpoints_.front().fleet->session().fleet(); }

  /// The state at time t, of those that are kept: all records up to and including t. It follows no more.
  void seek(SimTime t);
  /// Behind the next record that something is logged of; false where none is left.
  bool step();
  /// Behind the one before the last; false at the first moment that is kept.
  bool step_back();
  /// To the newest moment, and along with it.
  void follow();
  /// Brings the radix tree up to all blocks that were seen; true where that changed it. O(blocks): not in every frame.
  bool settle_names();

  /// The last routing of r up to the cursor, and what each strategy would have made of the same figures: chosen is kNone,
  /// with the reason, where that hangs on something that was not recorded. Empty where r is not routed yet, or its
  /// routing is no longer kept.
  std::optional<RoutingStudy> routing_of(RequestId r) const;
  /// To behind the next routing of a request, or to behind the one before; false where there is none.
  bool step_request();
  bool step_back_request();

  std::size_t checkpoints() const { return checkpoints_.size(); }
  /// Memory of records and checkpoints, about.
  std::size_t bytes() const { return record_bytes_ + copy_bytes_; }

 private:
  struct Checkpoint {
    std::unique_ptr<live::ObservedFleet> fleet;
    std::uint64_t record = 0;  // the first behind it
    SimTime t = 0;
    std::size_t bytes = 0;  // of the copy
    std::size_t held = 0;   // of the records up to the next one
  };
  std::uint64_t end() const { return first_ + records_.size(); }
  std::size_t events_until(std::uint64_t record) const;
  /// Behind the record that logged this event.
  void go_behind(std::size_t event) { go(log_[event].handled, log_[event].t); }
  void save();
  void forget_oldest();
  void move_the_only_one();
  void forget_until(std::uint64_t record);
  bool too_much() const;
  /// The cursor to behind the first `i` records, its clock at t.
  void go(std::uint64_t i, SimTime t);

  FrontierListener* listener_;
  SimTime longest_;
  std::size_t most_bytes_;
  std::string started_;
  live::BlockNames names_;
  std::unique_ptr<live::ObservedFleet> newest_;
  std::unique_ptr<live::ObservedFleet> cursor_;  // none: it is the newest
  std::deque<live::Record> records_;
  std::uint64_t first_ = 0;  // number of the first that is held
  std::uint64_t at_ = 0;     // of the first behind the cursor
  std::deque<Checkpoint> checkpoints_;
  std::size_t record_bytes_ = 0, copy_bytes_ = 0;
  EventLog log_;
  std::size_t log_at_ = 0;
};

}  // namespace blockyard
