// What happened, as tables: Events (all of it, filtered) and the evictions that stand beside the plots. All read the
// event log up to the cursor, latest first.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "app/panels/panel.h"
#include "app/panels/tables/tab_table.h"
#include "app/panels/tree/tree_model.h"

namespace blockyard {

/// The places in the log, up to the cursor and within the range that is chosen, of events of some types that match a
/// filter. Goes on where it stopped.
class EventList {
 public:
  /// `types`: bits 1 << EventType. `filter`: words that must all be found in event_words(); empty: all.
  void update(const FrameContext& ctx, std::uint32_t types, const std::string& filter = {});
  std::size_t size() const { return end_ - begin_; }
  /// The i-th, latest first.
  std::size_t at(std::size_t i) const { return places_[end_ - 1 - i]; }

 private:
  Moment run_;
  std::size_t changes_ = 0;
  std::size_t read_ = 0;  // events looked at
  SimTime read_to_ = 0;
  std::uint32_t types_ = 0;
  std::string filter_;
  std::vector<std::size_t> places_;
  std::size_t begin_ = 0, end_ = 0;  // of places_: what is in the range and has happened
};

/// The chip of a worker at the left of a cell, outlined where it is pointed at; nothing for kNone.
void worker_cell(const FrameContext& ctx, const Rect& cell, WorkerId w);

/// What an event says, in words: "hit 64 of 74 blocks".
std::string event_detail(const FrameContext& ctx, const LoggedEvent& e);

/// Evictions, latest first: when, where, whose blocks, how many, for whom.
class EvictionsTable {
 public:
  /// With its title; fills `rect`. Where fleets are compared, of the one that is chosen.
  void draw(FrameContext& ctx, const Rect& rect);

 private:
  static constexpr std::size_t kFleets = 3;
  /// Chips for the fleets of a comparison from `x` on; where they end.
  float fleets(const FrameContext& ctx, float x, const Rect& head);

  std::array<EventList, kFleets> lists_;
  TreeModel tree_;
  std::size_t fleet_ = 0;  ///< whose evictions, where several are compared
};

class EventsTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  EventList list_;
  std::uint32_t off_ = 0;  // groups of types that are not shown
};

}  // namespace blockyard
