// Command: everything that a person can do, as a value. Panels, keys, the palette, lessons and tests push commands;
// Session::apply is the only code that carries them out. Those that concern the window (scale, screenshot, clipboard)
// are passed on to whoever owns it, see Session::take_effects.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/session/experiment_job.h"
#include "app/session/selection.h"
#include "core/base/sim_time.h"
#include "core/experiment/variant.h"

namespace blockyard {

/// Simulated time from `begin` to `end`, µs.
struct TimeRange {
  SimTime begin = 0;
  SimTime end = 0;
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// "As fast as a frame allows".
inline constexpr double kMaxSpeed = 1e9;

namespace cmd {

// Time.
struct Play {};
struct Pause {};
struct TogglePlay {};
struct StepEvent {};
struct StepBackEvent {};
struct StepRequest {};  ///< to the next arrival
struct StepBackRequest {};
struct Seek {
  SimTime t = 0;
};
struct SeekEnd {};  ///< to the newest time that has been seen
struct SetSpeed {
  double factor = 1;  ///< simulated ms per ms; kMaxSpeed: as fast as it goes
};
struct Restart {};
struct AddBookmark {
  std::string label;  ///< empty: "Bookmark N"
};
struct RemoveBookmark {
  std::size_t index = 0;
};
struct SetRange {
  std::optional<TimeRange> range;  ///< limits plots and tables; empty: the whole run
};

// Settings of the run. In flight where that is possible, else the run restarts.
using SettingValue = std::variant<double, bool, std::string>;
struct Set {
  std::string path;  ///< dotted, as on the command line: "router.sync_ms"
  SettingValue value;
  std::string label;  ///< for marks and messages: "Sync interval"; empty: the path
};
struct ResetSetting {
  std::string path;  ///< back to the value that the scenario came with
};
struct SetArrivalRate {
  double factor = 1;  ///< times the workload's own rate, from the cursor on
};
/// A fault at the cursor (or later), then the run goes on with it.
struct AddFault {
  WorkerId worker = 0;
  bool crash = false;  ///< else the idle blocks are flushed
  SimTime restart = 5'000'000;
  SimTime detect = 3'000'000;
};
/// A prompt in words at the cursor, then the run goes on with it.
struct SendPrompt {
  std::string text;
  bool chat = false;  ///< lines `role: text` are a chat
  int times = 1;      ///< one right behind the other
};
/// Every setting as the scenario came, and the run from its start.
struct ResetAll {};
struct Undo {};
struct Redo {};

// A fleet that is observed.
/// Where this program is its router: no new requests for a worker, or again.
struct DrainWorker {
  WorkerId worker = 0;
  bool drain = true;
};
/// Begins a recording beside the other exports, with all that is kept of the fleet so far; or ends the one that runs.
struct ToggleRecording {};
/// Stand-ins, a router before them and a small load, live. The window's to carry out: it knows sockets.
struct StartDemo {};
/// The requests that were seen, as a run in the simulator.
struct WhatIf {};

// Inputs.
struct LoadScenario {
  std::string source;  ///< a built-in scenario's name, or a file
};
struct LoadTrace {
  std::string path;
};
/// Opens the trace that is offered, under the fleet that was proposed for it or the one as set.
struct TakeOffer {
  bool proposed = true;
};
/// A file of whatever kind: a scenario or a trace.
struct OpenFile {
  std::string path;
};
/// Pasted text: the path of a file, or a router's configuration.
struct OpenText {
  std::string text;
};
struct NextScenario {
  int by = 1;  ///< −1: the one before
};
/// Gives up a scenario or trace that is being read, or a moment that is being computed; the run on screen stays.
struct CancelLoad {};
struct SaveScenario {
  std::string path;  ///< empty: beside the other exports
};

// Attention.
struct Select {
  Selection what;
};
struct ClearSelection {};
/// Must be pushed in every frame in which it holds.
struct Hover {
  Selection what;
};
/// Fleets to run beside the scenario's own, on the same requests; empty: no comparison.
struct SetCompare {
  std::vector<Variant> fleets;
};

// Experiments: long work beside the run; another one takes the place of the one before.
struct RunExperiment {
  ExperimentWanted wanted;
};
struct StopExperiment {};
/// Of the results that are kept; unknown ones are left alone.
struct RenameResult {
  std::uint64_t id = 0;
  std::string title;
};
struct RemoveResult {
  std::uint64_t id = 0;
};

// Lessons. A lesson brings its own run; the one before is kept until the lesson is left.
struct StartLesson {
  std::string id;
  std::size_t step = 0;
};
/// A step of the lesson that runs: its settings, moment, selection and view, whatever was changed meanwhile.
struct ShowLessonStep {
  std::size_t step = 0;
};
struct AnswerLesson {
  std::size_t choice = 0;  ///< of the question of the step that is shown
};
struct LeaveLesson {
  bool back = true;  ///< to the run that was open before; else the lesson's run stays
};

// The program.
struct SetTheme {
  bool dark = true;
};
struct SetScale {
  double scale = 0;  ///< 0: what the screen asks for
};
struct Screenshot {};
struct Fullscreen {};
struct CopyText {
  std::string text;
};
/// Writes a file beside the other exports; `write` gets the path and returns an empty text or what went wrong.
struct SaveFile {
  std::string name;  ///< "ttft.png"; a number is added rather than overwriting
  std::function<std::string(const std::string& path)> write;
};
struct Notify {
  std::string text;
  bool error = false;
};
struct DismissToast {
  std::uint64_t id = 0;
};
struct DismissFirstStart {};
struct Quit {};

}  // namespace cmd

using Command =
    std::variant<cmd::Play, cmd::Pause, cmd::TogglePlay, cmd::StepEvent, cmd::StepBackEvent, cmd::StepRequest,
                 cmd::StepBackRequest, cmd::Seek, cmd::SeekEnd, cmd::SetSpeed, cmd::Restart, cmd::AddBookmark,
                 cmd::RemoveBookmark, cmd::SetRange, cmd::Set, cmd::ResetSetting, cmd::SetArrivalRate, cmd::AddFault,
                 cmd::SendPrompt, cmd::DrainWorker, cmd::ToggleRecording, cmd::StartDemo, cmd::WhatIf, cmd::ResetAll, cmd::Undo, cmd::Redo, cmd::LoadScenario, cmd::LoadTrace, cmd::OpenFile,
                 cmd::TakeOffer, cmd::OpenText, cmd::NextScenario, cmd::CancelLoad, cmd::SaveScenario, cmd::Select,
                 cmd::ClearSelection, cmd::Hover, cmd::SetCompare, cmd::RunExperiment, cmd::StopExperiment,
                 cmd::RenameResult, cmd::RemoveResult, cmd::StartLesson, cmd::ShowLessonStep, cmd::AnswerLesson,
                 cmd::LeaveLesson, cmd::SetTheme, cmd::SetScale, cmd::Screenshot, cmd::Fullscreen, cmd::CopyText,
                 cmd::SaveFile, cmd::Notify, cmd::DismissToast, cmd::DismissFirstStart, cmd::Quit>;

/// These strategies beside the scenario's own.
cmd::SetCompare compare_strategies(const std::vector<std::uint32_t>& strategies);

}  // namespace blockyard
