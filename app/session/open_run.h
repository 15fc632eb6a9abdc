// OpenRun: a run that is open, with all that belongs to it: the settings it came with, started with and has now, its
// requests, the player that moves about in it, the fleets beside it, its history and what is selected in it. A movable
// value: a lesson sets the run before aside by moving it away, and an undo brings in another one.
//
// It decides nothing: the Session, the one writer, does. Invariants: 1. players refer to *prepared, or to the requests
// that whoever holds the run keeps for it; 2. a fleet beside it has the same requests and the changes of the run, but
// for its own variant; 3. documents[i] is the document behind change i of the player.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/session/files/documents.h"
#include "app/session/frame_context.h"
#include "app/session/observation.h"
#include "core/experiment/prepared.h"
#include "core/experiment/variant.h"

namespace blockyard {

/// A player that moves about in a run, its figures, and changes that it has yet to make to be where it should.
struct Track {
  std::unique_ptr<LiveMetrics> metrics;
  std::unique_ptr<Player> player;
  std::vector<RunChange> to_make;
  std::size_t made = 0;

  bool caught_up() const { return made == to_make.size(); }
};

/// A fleet of its own beside the run's, on the same requests.
struct FleetBeside {
  Variant variant;
  Track track;
  bool there = false;  ///< at the run's moment; else on its way
};

/// All that undoing a setting brings back.
struct Past {
  Document base;
  Document document;
  std::vector<RunChange> changes;
  std::vector<Document> documents;
};

/// A time limit for work between two frames, ms of wall clock.
class Patience {
 public:
  explicit Patience(double ms);
  bool over() const;

 private:
  double until_;
};

struct OpenRun {
  Document original;  ///< as loaded
  Document base;      ///< what the run started with
  Document document;  ///< the settings now; base + changes in flight
  Scenario original_scenario;
  Scenario base_scenario;
  Scenario scenario;
  std::unique_ptr<Prepared> prepared;  ///< the requests of all its players
  Track own;
  std::unique_ptr<Observation> observed;  ///< in place of all these, where the fleet is observed
  std::vector<Document> documents;  ///< behind each change
  std::vector<FleetBeside> beside;
  std::vector<Past> undo;
  std::vector<Past> redo;
  Selection selection;
  std::optional<TimeRange> range;
  std::vector<Bookmark> bookmarks;

  bool is_open() const { return own.player != nullptr; }
  Past present() const { return {base, document, own.player->changes(), documents}; }
  std::vector<Variant> variants() const;

  /// A track from the start, under this config.
  static Track make_track(const Config& config, const Prepared& requests);
  /// Ends all players; the requests may then go.
  void end_tracks();
  /// Puts a fleet beside the run, to be brought to it. Errors: settings that cannot be, or need other requests.
  Result<void> add_beside(const Variant& variant, const Prepared& requests, const std::string& presets_dir);
  /// The fleets beside it to the moment of the run: never further within that moment.
  void follow();
  /// Makes what changes are left and computes until all players can be at time t, or patience is over; then goes there.
  /// True once there.
  bool bring_to(SimTime t, const Patience& patience);
  /// The same for the fleets that are on their way to the run's moment.
  bool bring_beside(const Patience& patience);
  /// How much of the way to t is computed, 0 … 1.
  double way_to(SimTime t) const;
};

}  // namespace blockyard
