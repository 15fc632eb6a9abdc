// FrameContext: all that a panel may know in one frame, and the way to ask for something: push a Command.
//
// The Session makes one a frame. Everything is const but UiState (which decides what is seen, never what is simulated)
// and the list of commands, which are carried out between frames. References are valid for this frame only: keep ids.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/session/command.h"
#include "app/session/selection.h"
#include "app/session/ui_state.h"
#include "core/metrics/live.h"
#include "core/prefix/radix.h"
#include "core/replay/player.h"

namespace blockyard {

struct Look;         // app/ui/look.h
namespace live {
class ObservedFleet;  // core/live/observed_fleet.h
}
struct Scenario;     // core/io/scenario.h
struct LessonShelf;  // core/io/lesson.h
struct LessonRun;    // app/session/lesson_run.h
struct TraceOffer;   // app/session/files/trace_offer.h

struct Bookmark {
  SimTime t = 0;
  std::string label;
};

/// A fleet that runs beside the scenario's own, on the same requests, at the same time.
struct RunBeside {
  const Variant* variant = nullptr;  ///< what differs, and its name
  std::uint32_t strategy = 0;        ///< that it routes by at this moment
  const Player* player = nullptr;
  const LiveMetrics* metrics = nullptr;
};

/// What a real fleet came to with the requests that a run was made of.
struct RecordedFigures {
  std::string name;  ///< of the fleet
  KeyFigures figures;
  std::string source;    ///< the trace that its requests are in
  bool is_new = false;   ///< no fleet has been set beside it so far
};

struct Toast {
  std::uint64_t id = 0;
  std::string text;
  bool error = false;
  double born = 0;  ///< screen time, s
};

/// A scenario that can be loaded by name.
struct ScenarioEntry {
  std::string name;   ///< file name without its ending
  std::string title;  ///< its "name"
  std::string about;
};

struct FrameContext {
  const Look& look;

  // The run, at the cursor.
  const Scenario& scenario;
  const Scenario& original;  ///< as loaded: what "reset to default" goes back to
  const Fleet& fleet;
  const Simulation* simulation = nullptr;       ///< where the model moves that fleet: what else it would do can be asked
  const live::ObservedFleet* observed = nullptr;  ///< where it is a real one: what its workers say of themselves
  const RadixTree& tree;
  const LiveMetrics& metrics;
  const EventLog& log;
  std::size_t log_at = 0;               ///< log[0, log_at) has happened
  bool leaves_messages_out = false;     ///< the log lacks heartbeats, syncs and their arrivals, from somewhere on
  std::span<const RunChange> changes;   ///< made in flight
  const RoutingStudy* study = nullptr;  ///< of the selected request or decision; null where it is not routed yet

  // Time.
  SimTime now = 0;
  SimTime begin = 0;      ///< the first moment that can be gone to
  SimTime newest = 0;     ///< the furthest that has been seen
  SimTime known_end = 0;  ///< how far the run is computed
  bool complete = false;  ///< known_end is the end of the run
  bool over = false;      ///< nothing is left to happen at the cursor
  bool arriving = false;  ///< the fleet goes on by itself: newest is what has come by now
  bool routes = false;    ///< this program is the fleet's router: how it routes can be changed
  bool playing = false;
  double speed = 1;
  double screen_time = 0;          ///< s since the window opened: for fades, never for the run
  std::optional<TimeRange> range;  ///< limits plots and tables
  std::span<const Bookmark> bookmarks;

  // Attention.
  Selection selection;
  Selection hover;  ///< of the frame before

  // The rest.
  std::span<const RunBeside> compared;
  const ExperimentState* experiment = nullptr;    ///< the one that runs or ran last; null where there was none
  std::span<const ExperimentState> results = {};  ///< of experiments, kept with the session, latest last
  const TraceOffer* offer = nullptr;              ///< a trace that waits to be opened; null where there is none
  const LessonShelf* lessons = nullptr;
  const LessonRun* lesson = nullptr;  ///< the one that is gone through; null where there is none
  std::span<const ScenarioEntry> scenarios;
  std::string_view scenario_source;  ///< name or path that it was loaded from
  std::string_view assets_dir;
  std::string_view message;  ///< what the status bar says; "" = nothing
  bool loading = false;      ///< something is being read or computed; the run here is still the former one
  std::span<const Toast> toasts;
  UiState& ui;
  std::vector<Command>& commands;
  double& animate_until;                 ///< screen time up to which frames follow by themselves, see animate()
  std::string_view listening = {};                   ///< URL of this router; empty: it is none
  std::string_view recording = {};                   ///< the file that the session is recorded to; empty: it is not
  bool offers_demo = false;                          ///< cmd::StartDemo can be carried out
  const RecordedFigures* recorded = nullptr;         ///< of the run's requests; null where no real fleet served them
  std::optional<SimTime> going_to = {};  ///< a moment that is being computed, to stand at then
  double way = 1;                        ///< how much of that is done, 0 … 1

  void push(Command command) const { commands.push_back(std::move(command)); }
  void select(Selection what) const { push(cmd::Select{what}); }
  /// Something on screen moves by itself until this screen time: frames go on although nothing else happens.
  void animate(double until) const { animate_until = animate_until < until ? until : animate_until; }
  void hover_on(Selection what) const { push(cmd::Hover{what}); }
};

}  // namespace blockyard
