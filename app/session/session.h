// Session: the one writer. It owns the run that is looked at (scenario, workload, player, figures), what is selected,
// and what is remembered; commands come in, a FrameContext goes out.
//
// It knows no window and draws nothing: a test or a script can do all that a person can. Scenarios are read on a second
// thread; the run on screen stays until the new one is there, and stays where it cannot be read. Invariants: 1. between
// apply() and update() nothing changes; 2. a run is never lost to an error: it is told and everything stays as it was;
// 3. where nothing is played, loaded or computed ahead, wants_frames() is false.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/session/documents.h"
#include "app/session/frame_context.h"
#include "app/session/lesson_run.h"
#include "core/experiment/prepared.h"

namespace blockyard {

struct SessionOptions {
  std::string assets_dir;
  std::string config_dir;  ///< where settings are kept; "" = nowhere
  std::string export_dir;  ///< where files are saved; "" = the working folder
  double frame_budget_ms = 8;
};

class Session {
 public:
  explicit Session(SessionOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Reads a scenario and waits for it: how a program starts. Plays if `play`.
  Result<void> open(const std::string& source, bool play);
  /// The same for a document at hand.
  Result<void> open(Document document, bool play);

  void apply(const Command& command);
  /// Carries out what was pushed in a frame, in order, and empties the list.
  void apply_all(std::vector<Command>& commands);
  /// Goes on by `seconds` of screen time: plays, computes ahead, takes in what was loaded.
  void update(double seconds);
  /// Waits for a scenario that is being loaded.
  void settle();
  /// Whether an experiment runs.
  bool experimenting() const { return experiment_ && experiment_->state().running; }
  /// Whether something is being loaded or computed ahead.
  bool busy() const { return loading_.has_value() || (run_ && !ahead_); }
  /// Whether something will look different in the next frame by itself.
  bool wants_frames() const;

  /// What a frame may know. Valid until the next apply() or update().
  FrameContext frame(const Look& look, std::vector<Command>& commands);
  /// Commands that concern the window, in order: SetTheme, SetScale, Screenshot, Fullscreen, CopyText, Quit.
  std::vector<Command> take_effects() { return std::exchange(effects_, {}); }

  const Player& player() const { return *run_->player; }
  const LiveMetrics& metrics() const { return *run_->metrics; }
  const Scenario& scenario() const { return scenario_; }
  const std::string& document() const { return document_.text; }
  bool playing() const { return playing_; }
  double speed() const { return speed_; }
  bool loading() const { return loading_.has_value(); }
  const Selection& selection() const { return selection_; }
  const std::vector<Toast>& toasts() const { return toasts_; }
  const std::vector<Bookmark>& bookmarks() const { return bookmarks_; }
  const LessonShelf& lessons() const { return lessons_; }
  /// The lesson that is gone through; null where there is none.
  const LessonRun* lesson() const { return lesson_ ? &*lesson_ : nullptr; }
  UiState& ui() { return ui_; }
  /// A name in the export folder that is still free.
  std::string free_path(const std::string& name) const;
  /// Tells a person something for some seconds.
  void notify(std::string text, bool error = false);

 private:
  // A run: a player that moves about in it, and its figures.
  struct Run {
    std::unique_ptr<LiveMetrics> metrics;
    std::unique_ptr<Player> player;
  };
  struct Beside {
    std::uint32_t strategy = 0;
    Run run;
  };
  // All that undoing a setting brings back.
  struct Past {
    Document base;
    Document document;
    std::vector<RunChange> changes;
  };
  // Requests made on the second thread, or why not.
  struct Made {
    std::unique_ptr<Prepared> prepared;
    std::string trouble;
  };
  // A run that a lesson has set aside, with all that belongs to it.
  struct Aside {
    Document original, base, document;
    Scenario original_scenario, base_scenario, scenario;
    std::unique_ptr<Prepared> prepared;  // outlives the runs
    std::optional<Run> run;
    std::vector<Beside> beside;
    std::vector<Past> undo, redo;
    Selection selection;
    std::optional<TimeRange> range;
    std::vector<Bookmark> bookmarks;
    UiState view;  // what was open
  };
  // A scenario on its way.
  struct Load {
    Document document;
    Scenario scenario;
    std::future<Made> made;
    bool as_new = true;  // else a setting that restarts: selection, bookmarks and history stay
    bool play = false;
  };

  // session.cpp: time, attention, files
  void play_on(double seconds);
  void look_ahead();
  void moved();
  void save_file(const cmd::SaveFile& save);
  void bookmark(std::string label);
  void persist();
  template <class T>
  void carry_out(const T& command);
  void refresh_study();

  // session_run.cpp: runs and their settings
  static Made make_requests(const Scenario& scenario);
  void load(Result<Document> document, bool as_new, bool play);
  void take_in(Load load);
  void poll_loads();
  void cancel_load();
  void edit(Result<Document> document, const std::string& label);
  void edit_in_flight(const Scenario& next, Document document, const std::string& label);
  void restart();
  void step_history(std::vector<Past>& from, std::vector<Past>& to);
  Past present() const;
  void add_fault(const cmd::AddFault& add);
  Run make_run(const Config& config) const;
  /// Ends all runs; returns the strategies that were compared.
  std::vector<std::uint32_t> drop_runs();
  /// The run again from base_scenario_ with these changes, at the time of the one before.
  void rebuild(std::unique_ptr<Prepared> prepared, std::vector<RunChange> changes);
  /// Puts a file first among the recent ones; other sources are not files.
  void remember_file(const std::string& source);
  void set_compare(const std::vector<std::uint32_t>& strategies);
  void open_file(const std::string& path);

  // session_lessons.cpp
  void start_lesson(const std::string& id, std::size_t step);
  void show_step(std::size_t step);
  /// The lesson's run under the step's settings and changes, unless it is that already.
  Result<void> make_lesson_run(const Lesson& lesson, const LessonStep& step);
  void answer_lesson(std::size_t choice);
  void leave_lesson(bool back);
  void set_aside();
  void bring_back();

  std::string presets_dir() const { return options_.assets_dir + "/presets"; }

  SessionOptions options_;
  std::vector<ScenarioEntry> scenarios_;
  UiState ui_;

  Document original_;  // as loaded
  Document base_;      // what the run started with
  Document document_;  // the settings now; base_ + changes in flight
  Scenario original_scenario_;
  Scenario base_scenario_;
  Scenario scenario_;
  std::unique_ptr<Prepared> prepared_;  // the requests of all runs; outlives them
  std::optional<Run> run_;
  std::vector<Beside> beside_;
  std::vector<RunBeside> compared_;
  std::vector<Past> undo_;
  std::vector<Past> redo_;
  std::optional<Load> loading_;
  LessonShelf lessons_;
  std::optional<LessonRun> lesson_;
  std::optional<Aside> aside_;
  std::vector<std::future<Made>> abandoned_;  // waited for at the end
  std::unique_ptr<ExperimentJob> experiment_;
  std::vector<std::unique_ptr<ExperimentJob>> cancelled_;  // until they have noticed

  bool playing_ = false;
  double speed_ = 1;
  double owed_us_ = 0;  // simulated time below a µs that playing owes
  bool ahead_ = false;  // computed as far ahead as it goes

  Selection selection_;
  Selection hover_;
  std::optional<TimeRange> range_;
  std::vector<Bookmark> bookmarks_;
  std::optional<RoutingStudy> study_;
  struct StudyKey {
    RequestId request = kNone;
    std::uint64_t generation = 0;
    WorkerId worker = kNone;
    std::uint32_t retries = 0;
    friend bool operator==(const StudyKey&, const StudyKey&) = default;
  };
  StudyKey study_key_;
  std::uint64_t generation_ = 0;  // of the run: another one after every change

  double screen_time_ = 0, animate_until_ = 0;
  std::vector<Toast> toasts_;
  std::uint64_t next_toast_ = 1;
  std::string message_;
  std::vector<Command> effects_;
  std::string saved_settings_;
  double next_save_ = 0;
  bool may_save_ = true;
};

}  // namespace blockyard
