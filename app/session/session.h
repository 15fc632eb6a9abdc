// Session: the one writer. It owns the run that is looked at (scenario, workload, player, figures), what is selected,
// and what is remembered; commands come in, a FrameContext goes out.
//
// It knows no window and draws nothing: a test or a script can do all that a person can. Scenarios are read on a second
// thread; the run on screen stays until the new one is there, and stays where it cannot be read. Invariants: 1. between
// apply() and update() nothing changes; 2. a run is never lost to an error: it is told and everything stays as it was;
// 3. where nothing is played, loaded or computed ahead, wants_frames() is false; 4. a command takes no longer than
// patience_ms: what is left of it is done in slices by update(), the picture stays as it was until then, and a later
// seek or undo takes its place.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/session/files/trace_offer.h"
#include "app/session/frame_context.h"
#include "app/session/lesson_run.h"
#include "app/session/open_run.h"

namespace blockyard {

struct SessionOptions {
  std::string assets_dir;
  std::string config_dir;  ///< where settings are kept; "" = nowhere
  std::string export_dir;  ///< where files are saved; "" = the working folder
  double frame_budget_ms = 8;
  double patience_ms = 1e12;  ///< how long a command may keep everybody waiting; a window has little
  std::uint64_t most_memory = std::numeric_limits<std::uint64_t>::max();  ///< that a run may take, bytes
  bool offers_demo = false;  ///< whoever owns it carries out StartDemo
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

  /// A recording of a real fleet, read and waited for; or one that is there now.
  Result<void> open_recording(const std::string& path, bool play);
  void watch(std::unique_ptr<LiveSource> source);
  /// What comes is recorded to this new file.
  Result<void> record(const std::string& path, std::uint64_t most_bytes) {
    return run_.observed->record(path, most_bytes);
  }
  /// The fleet that is observed; null where it is simulated.
  const Observation* observed() const { return run_.observed.get(); }

  /// What a real fleet came to with the run's requests, where they were taken from one; else null.
  const RecordedFigures* recorded() const { return recorded_ ? &*recorded_ : nullptr; }

  /// Reads a document with a trace and waits for it; it is offered, and runs once the offer is taken.
  Result<void> offer(Document document);

  void apply(const Command& command);
  /// Carries out what was pushed in a frame, in order, and empties the list.
  void apply_all(std::vector<Command>& commands);
  /// Goes on by `seconds` of screen time: plays, computes ahead, takes in what was loaded.
  void update(double seconds);
  /// Waits for a scenario that is being loaded, and for a moment that is being computed.
  void settle();
  /// Where a seek or an undo is on its way to; empty where the run stands where it should.
  std::optional<SimTime> going_to() const { return wanted_; }
  /// Whether an experiment runs.
  bool experimenting() const { return experiment_ && experiment_->state().running; }
  /// Whether something is being loaded or computed ahead.
  bool busy() const { return loading() || wanted_.has_value() || (run_.is_open() && !ahead_); }
  /// Whether something will look different in the next frame by itself.
  bool wants_frames() const;

  /// What a frame may know. Valid until the next apply() or update().
  FrameContext frame(const Look& look, std::vector<Command>& commands);
  /// Commands that concern the window, in order: SetTheme, SetScale, Screenshot, Fullscreen, CopyText, Quit.
  std::vector<Command> take_effects() { return std::exchange(effects_, {}); }

  const Player& player() const { return *run_.own.player; }
  /// The radix tree of the run's prompts.
  const RadixTree& tree() const { return run_.prepared->tree; }
  const LiveMetrics& metrics() const { return *run_.own.metrics; }
  const Scenario& scenario() const { return run_.scenario; }
  const std::string& document() const { return run_.document.text; }
  bool playing() const { return playing_; }
  double speed() const { return speed_; }
  bool loading() const { return loading_.has_value() || reading_.valid(); }
  const Selection& selection() const { return run_.selection; }
  const std::vector<Toast>& toasts() const { return toasts_; }
  const std::vector<Bookmark>& bookmarks() const { return run_.bookmarks; }
  const LessonShelf& lessons() const { return lessons_; }
  /// The lesson that is gone through; null where there is none.
  const LessonRun* lesson() const { return lesson_ ? &*lesson_ : nullptr; }
  UiState& ui() { return ui_; }
  /// A name in the export folder that is still free.
  std::string free_path(const std::string& name) const;
  /// Tells a person something for some seconds.
  void notify(std::string text, bool error = false);

 private:
  // Requests made on the second thread, or why not.
  struct Made {
    std::unique_ptr<Prepared> prepared;
    std::string trouble;
    std::optional<TraceOffer> offer = {};  // where it is to be offered first
  };
  // A run that a lesson has set aside, and what was open then.
  struct Aside {
    OpenRun run;
    UiState view;
  };
  // A scenario on its way.
  struct Load {
    Document document;
    Scenario scenario;
    std::future<Made> made;
    bool as_new = true;  // else a setting that restarts: selection, bookmarks and history stay
    bool play = false;
    std::optional<Past> past;  // an undo to other requests, at time t
    SimTime t = 0;
    Scenario base_scenario = {};  // of the undo
    bool select_sent = false;     // the prompt that was sent last is selected once it is there
  };

  // A trace that was read and waits for a word.
  struct Offered {
    TraceOffer offer;
    Load load;
    std::unique_ptr<Prepared> prepared;
  };

  // session_commands.cpp: one a command
  void on(const cmd::Play&) { set_playing(true); }
  void on(const cmd::Pause&) { set_playing(false); }
  void on(const cmd::TogglePlay&) { set_playing(!playing_); }
  void on(const cmd::StepEvent&);
  void on(const cmd::StepBackEvent&);
  void on(const cmd::StepRequest&);
  void on(const cmd::StepBackRequest&);
  void on(const cmd::Seek& c) { go_to(c.t); }
  void on(const cmd::SeekEnd&) { go_to(player().newest()); }
  void on(const cmd::SetSpeed& c);
  void on(const cmd::Restart&) { restart(); }
  void on(const cmd::AddBookmark& c);
  void on(const cmd::RemoveBookmark& c);
  void on(const cmd::SetRange& c);
  void on(const cmd::Set& c);
  void on(const cmd::ResetSetting& c);
  void on(const cmd::SetArrivalRate& c);
  void on(const cmd::AddFault& c) { add_fault(c); }
  void on(const cmd::SendPrompt& c) { send_prompt(c); }
  void on(const cmd::DrainWorker&) {}
  void on(const cmd::ToggleRecording&) { notify("There is nothing to record: a scenario gives the same run again"); }
  void on(const cmd::StartDemo& c) { effects_.emplace_back(c); }
  void on(const cmd::WhatIf&) {}
  void on(const cmd::ResetAll&);
  void on(const cmd::Undo&) { step_history(run_.undo, run_.redo); }
  void on(const cmd::Redo&) { step_history(run_.redo, run_.undo); }
  void on(const cmd::LoadScenario& c);
  void on(const cmd::LoadTrace& c);
  void on(const cmd::OpenFile& c) { open_file(c.path); }
  void on(const cmd::TakeOffer& c) { take_offer(c.proposed); }
  void on(const cmd::OpenText& c) { open_text(c.text); }
  void on(const cmd::NextScenario& c);
  void on(const cmd::CancelLoad&);
  void on(const cmd::SaveScenario& c);
  void on(const cmd::Select& c) { run_.selection = c.what; }
  void on(const cmd::ClearSelection&) { run_.selection = {}; }
  void on(const cmd::Hover& c) { hover_ = c.what; }
  void on(const cmd::SetCompare& c) { set_compare(c.fleets); }
  void on(const cmd::RunExperiment& c);
  void on(const cmd::StopExperiment&);
  void on(const cmd::RenameResult& c);
  void on(const cmd::RemoveResult& c);
  void on(const cmd::StartLesson& c) { start_lesson(c.id, c.step); }
  void on(const cmd::ShowLessonStep& c) { show_step(c.step); }
  void on(const cmd::AnswerLesson& c) { answer_lesson(c.choice); }
  void on(const cmd::LeaveLesson& c) { leave_lesson(c.back); }
  void on(const cmd::SetTheme& c);
  void on(const cmd::SetScale& c);
  void on(const cmd::Screenshot& c) { effects_.emplace_back(c); }
  void on(const cmd::Fullscreen& c) { effects_.emplace_back(c); }
  void on(const cmd::CopyText& c) { effects_.emplace_back(c); }
  void on(const cmd::SaveFile& c);
  void on(const cmd::Notify& c) { notify(c.text, c.error); }
  void on(const cmd::DismissToast& c);
  void on(const cmd::DismissFirstStart&) { ui_.first_start = false; }
  void on(const cmd::Quit& c) { effects_.emplace_back(c); }
  void set_playing(bool wanted);
  void stepped(bool done, const char* otherwise);

  // session.cpp: time, attention, files
  void play_on(double seconds);
  void look_ahead();
  void poll_experiment();
  void moved();
  /// To time t: at once where that is quick, else in slices. Takes the place of where it was going before.
  void go_to(SimTime t);
  /// A slice of the way there.
  void go_on(double ms);
  /// Stays where the run is; what is to take its place is finished first.
  void stop_going();
  /// Gives up what is being read and what is on its way; the run stays as it is.
  void cancel();
  void take_over();
  void persist();
  void refresh_study();
  void note_compared();
  bool beside_there() const;

  // observed/session_observed.cpp, observed/session_live.cpp
  struct OnObserved;
  /// False where the command means the same as ever.
  bool apply_observed(const Command& command);
  /// Reads it on a second thread; it takes the run's place once it is there.
  void read_recording(const std::string& path);
  void poll_reading(double ms);
  void install_observed(std::unique_ptr<Observation> observed, const std::string& source, bool play);
  void update_observed(double seconds);
  void toggle_recording();
  /// Asks the router to change a setting of its section.
  void change_router(const std::string& path, const cmd::SettingValue& value);
  /// The requests that were seen, as a run beside another one that routes otherwise.
  void what_if();
  FrameContext observed_frame(const Look& look, std::vector<Command>& commands);

  // session_run.cpp: runs and their settings
  static Made make_requests(Scenario scenario, std::uint64_t most_memory);
  static Result<void> fits_player(const Prepared& prepared, const Scenario& scenario, std::uint64_t most_memory);
  Result<void> open(Document document, bool play, bool offered);
  void load(Result<Document> document, bool as_new, bool play, bool offered = false);
  void take_in(Load load);
  /// Puts what was made in the run's place.
  void install(Load load, std::unique_ptr<Prepared> prepared);
  void select_sent(const Prepared& requests, SimTime t);
  /// Takes in what was loaded, waiting at most so long for it.
  void poll_loads(double ms = 0);
  void abandon_load();
  void edit(Result<Document> document, const std::string& label);
  void edit_in_flight(const Scenario& next, Document document, const std::string& label);
  void restart();
  void step_history(std::vector<Past>& from, std::vector<Past>& to);
  void add_fault(const cmd::AddFault& add);
  void send_prompt(const cmd::SendPrompt& send);
  /// The changes made so far, with their documents changed by `f`.
  template <class F>
  Past past_with(F f) const;
  /// What an undo would come back to from here.
  Past present() const;
  void remember() { run_.undo.push_back(present()), run_.redo.clear(); }
  void keep_history();
  /// The run again from other settings with their changes, at time t; `prepared` where its requests are others.
  void rebuild(Past past, Scenario base, Scenario now, std::unique_ptr<Prepared> prepared, SimTime t);
  void set_compare(const std::vector<Variant>& fleets);

  // session_files.cpp
  /// Puts a file first among the recent ones; other sources are not files.
  void remember_file(const std::string& source);
  void take_offer(bool proposed);
  void open_file(const std::string& path);
  void open_text(const std::string& text);
  void open_policy(const std::string& text, const std::string& whence);

  // session_lessons.cpp
  void start_lesson(const std::string& id, std::size_t step);
  void show_step(std::size_t step);
  /// The lesson's run under the step's settings and changes, unless it is that already.
  Result<void> make_lesson_run(const Lesson& lesson, const LessonStep& step);
  void answer_lesson(std::size_t choice);
  void leave_lesson(bool back);
  void bring_back();

  std::string presets_dir() const { return options_.assets_dir + "/presets"; }

  SessionOptions options_;
  std::vector<ScenarioEntry> scenarios_;
  UiState ui_;

  OpenRun run_;
  std::string listening_;  // of the observed fleet: URL of this router; empty: it is none
  std::optional<RecordedFigures> recorded_;  // of the requests that were taken from a real fleet
  std::vector<RunBeside> compared_;  // those beside it that are there
  std::optional<SimTime> wanted_;    // on the way to
  std::optional<OpenRun> coming_;    // the run that is to take run_'s place once it is there
  Past coming_past_;                 // what it was made from
  struct History {
    std::vector<Past> undo, redo;
  };
  std::optional<History> history_before_;  // as it was before what is on its way
  std::optional<Load> loading_;
  std::future<Result<std::unique_ptr<Observation>>> reading_;  // of a recording; none: not valid
  std::string reading_path_;
  std::optional<Offered> offered_;
  LessonShelf lessons_;
  std::optional<LessonRun> lesson_;
  std::optional<Aside> aside_;
  std::vector<std::future<Made>> abandoned_;  // waited for at the end
  std::unique_ptr<ExperimentJob> experiment_;
  std::vector<ExperimentState> results_;  // of those that came to an end, latest last
  std::uint64_t next_result_ = 1;
  std::vector<std::unique_ptr<ExperimentJob>> cancelled_;  // until they have noticed

  bool playing_ = false;
  double speed_ = 1;
  double owed_us_ = 0;  // simulated time below a µs that playing owes
  bool ahead_ = false;  // computed as far ahead as it goes

  Selection hover_;
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
  std::string way_;  // how far a seek is, while it is under way
  std::vector<Command> effects_;
  std::string saved_settings_;
  double next_save_ = 0;
  bool may_save_ = true;
};

}  // namespace blockyard
