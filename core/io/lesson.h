// Lesson: a run with a guide, as assets/lessons/*.json say it: a scenario, and steps that go to a moment of it, point
// at a part of the window, explain it in a few sentences and ask a question. Plain values; nothing here runs or draws.
//
// What a step does not say (settings, moment, selection, tab, tree, columns) is as in the step before; the reader fills
// it in, so that a step alone tells all that it shows and can be gone to from anywhere. What a text claims stands under
// `expect` too, as figures of the run at that step: facts_broken() (app/session) holds them against it. Invariants: 1.
// there is at least one step; 2. a question has two to four choices, exactly one of them right; 3. metrics and tree
// modes named by a step exist. Whether settings and moments fit the scenario shows when it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sim_time.h"
#include "core/fleet/records.h"

namespace blockyard {

/// A moment of a run: a time, or the first event of a type (of a request, or with something to it).
struct LessonMoment {
  SimTime t = 0;  ///< where `event` is empty
  std::optional<EventType> event;
  RequestId request = kNone;  ///< of this request; kNone: of any
  bool hit = false;           ///< a start with a hit
  bool phantom = false;       ///< a start with less than was predicted
  bool end = false;           ///< the end of the run
  friend bool operator==(const LessonMoment&, const LessonMoment&) = default;
};

/// A value of the scenario by dotted path, as JSON.
using LessonSetting = std::pair<std::string, std::string>;

/// Settings changed in flight, as a mark on the timeline.
struct LessonChange {
  LessonMoment at;  ///< where the step before stands
  std::vector<LessonSetting> settings;
  friend bool operator==(const LessonChange&, const LessonChange&) = default;
};

struct LessonChoice {
  std::string text;
  bool right = false;
  std::string because;  ///< shown once it is chosen
};

struct LessonQuestion {
  std::string text;
  std::vector<LessonChoice> choices;
};

enum class LessonSubject : std::uint8_t { kNothing, kRequest, kDecision, kWorker };
enum class LessonTree : std::uint8_t { kBelief, kTruth, kDifference };

/// A fact of the run at a step.
struct LessonFact {
  LessonSubject subject = LessonSubject::kNothing;  ///< kNothing: the whole run, `figure` is a metric
  std::uint32_t index = 0;                          ///< of the subject
  std::string figure;                               ///< a metric's id, or what the subject has: see lesson_figures()
  std::vector<double> values;                       ///< exactly these; overlaps have one a worker
  std::optional<double> at_least, at_most;          ///< or within these
};

/// What the facts of a subject may be about.
std::vector<std::string_view> lesson_figures(LessonSubject subject);

struct LessonStep {
  std::string title;
  std::string text;
  std::vector<LessonSetting> settings;  ///< the run is the scenario with these, from its start
  std::vector<LessonChange> changes;    ///< made in it, in order
  LessonMoment at;
  LessonSubject selected = LessonSubject::kNothing;
  std::uint32_t selected_index = 0;
  std::string tab;  ///< open at the bottom; "" = whichever is open
  LessonTree tree = LessonTree::kTruth;
  std::string point;                 ///< an area or a part of one by its name on screen, "fleet/worker-0"; "" = nothing
  std::optional<std::uint32_t> lab;  ///< the request whose words the prompt lab can show
  std::string controls;  ///< the group of controls that is open, the others folded; "" = no controls are shown
  std::string row;       ///< names this run in the lesson's table of figures; "" = it has no row there
  std::vector<std::pair<std::string, std::string>> columns;  ///< of that table: title and metric
  std::optional<LessonQuestion> question;
  std::vector<LessonFact> facts;
};

struct Lesson {
  std::string id;  ///< the file's name without its ending
  std::string title;
  std::string about;     ///< one sentence: what one knows afterwards
  std::string scenario;  ///< a built-in scenario's name, or a scenario as JSON
  bool inline_scenario = false;
  std::string folder;  ///< where it was read from: relative paths of its own scenario begin here
  std::vector<LessonStep> steps;
};

/// Reads a lesson. Unknown keys, wrong types and values out of range are errors that name the pointer.
Result<Lesson> parse_lesson(const std::string& json_text, const std::string& id, const std::string& folder);

/// All lessons of a folder in order of their file names; those that cannot be read are told instead, a line each.
struct LessonShelf {
  std::vector<Lesson> lessons;
  std::vector<std::string> troubles;
};
LessonShelf read_lessons(const std::string& folder);

}  // namespace blockyard
