// Commands, time and attention of a session. What concerns runs and their settings is in session_run.cpp.
#include "app/session/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/session/settings.h"
#include "core/io/files.h"

namespace blockyard {
namespace {

constexpr std::size_t kMostLogged = 4'000'000;  // events computed ahead: about 130 MB
constexpr double kAheadMs = 3;                  // of a frame, for computing ahead

class Stopwatch {
 public:
  double ms() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

Session::Session(SessionOptions options)
    : options_(std::move(options)),
      scenarios_(list_scenarios(options_.assets_dir)),
      lessons_(read_lessons(options_.assets_dir + "/lessons")) {
  if (!options_.config_dir.empty()) {
    if (const auto text = read_file(options_.config_dir + "/settings.json")) read_settings(*text, ui_);
  }
  saved_settings_ = settings_text(ui_);
}

Session::~Session() {
  if (may_save_ && !options_.config_dir.empty() && settings_text(ui_) != saved_settings_) persist();
}

void Session::notify(std::string text, bool error) {
  if (toasts_.size() >= 5) toasts_.erase(toasts_.begin());
  toasts_.push_back({next_toast_++, std::move(text), error, screen_time_});
}

// --- Time

void Session::moved() {
  ++generation_;
  owed_us_ = 0;
  ahead_ = false;
  for (const Beside& b : beside_) b.run.player->seek(run_->player->now());
}

void Session::play_on(double seconds) {
  Player& player = *run_->player;
  const Stopwatch watch;
  // A slow frame must not make the next one slower still.
  const double us = std::min(seconds, 0.1) * 1e6 * speed_ + owed_us_;
  const bool at_most = speed_ >= kMaxSpeed;
  const SimTime target = at_most ? kNever - 1 : player.now() + static_cast<SimTime>(us);
  owed_us_ = at_most ? 0 : us - std::floor(us);
  bool out_of_time = false;
  while (!player.cursor().done() && player.cursor().next_event_time() <= target) {
    for (int i = 0; i < 32 && !player.cursor().done(); ++i) {
      player.seek(std::min(target, player.cursor().next_event_time()));
    }
    out_of_time = watch.ms() > options_.frame_budget_ms;
    if (out_of_time) break;
  }
  if (!out_of_time && !at_most && !player.cursor().done()) player.seek(target);
  for (const Beside& b : beside_) b.run.player->seek(player.now());
  if (player.cursor().done()) {
    playing_ = false;
    message_ = "The run is over";
  }
}

void Session::look_ahead() {
  const Stopwatch watch;
  ahead_ = true;
  const auto compute = [&](Player& player) {
    while (!player.complete() && player.events().size() < kMostLogged) {
      if (watch.ms() > kAheadMs) {
        ahead_ = false;
        return;
      }
      player.look_ahead(64);
    }
  };
  compute(*run_->player);
  for (const Beside& b : beside_) compute(*b.run.player);
}

void Session::update(double seconds) {
  screen_time_ += seconds;
  poll_loads();
  if (experiment_) experiment_->poll();
  std::erase_if(cancelled_, [](const auto& job) { return job->finished(); });
  if (run_) {
    if (playing_) play_on(seconds);
    if (!ahead_) look_ahead();
    refresh_study();
  }
  std::erase_if(toasts_, [this](const Toast& t) { return screen_time_ - t.born > (t.error ? 14 : 6); });
  if (screen_time_ >= next_save_) {
    next_save_ = screen_time_ + 1;
    persist();
  }
}

bool Session::wants_frames() const {
  return playing_ || loading_.has_value() || experimenting() || (run_ && !ahead_) || !toasts_.empty() ||
         screen_time_ < animate_until_;
}

void Session::persist() {
  if (!may_save_ || options_.config_dir.empty()) return;
  std::string text = settings_text(ui_);
  if (text == saved_settings_) return;
  saved_settings_ = text;
  const std::string trouble = write_settings(options_.config_dir, text);
  if (trouble.empty()) return;
  may_save_ = false;
  notify("Settings will not be remembered: " + trouble);
}

// --- Attention

void Session::refresh_study() {
  const RequestId r = selected_request(selection_);
  StudyKey key{r, generation_, kNone, 0};
  const Simulation& sim = run_->player->cursor();
  if (r < sim.records().size()) {
    key.worker = sim.records()[r].worker;
    key.retries = sim.records()[r].retries;
  }
  if (key == study_key_) return;
  study_key_ = key;
  study_ = key.worker == kNone ? std::nullopt : run_->player->routing_of(r);
}

FrameContext Session::frame(const Look& look, std::vector<Command>& commands) {
  refresh_study();
  const Player& player = *run_->player;
  return {.look = look,
          .scenario = scenario_,
          .original = original_scenario_,
          .sim = player.cursor(),
          .tree = prepared_->tree,
          .player = player,
          .metrics = *run_->metrics,
          .log = player.events(),
          .log_at = player.events_at_cursor(),
          .study = study_ ? &*study_ : nullptr,
          .now = player.now(),
          .newest = player.newest(),
          .known_end = player.frontier(),
          .complete = player.complete(),
          .playing = playing_,
          .speed = speed_,
          .screen_time = screen_time_,
          .range = range_,
          .bookmarks = bookmarks_,
          .selection = selection_,
          .hover = hover_,
          .compared = compared_,
          .experiment = experiment_ ? &experiment_->state() : nullptr,
          .lessons = &lessons_,
          .lesson = lesson(),
          .scenarios = scenarios_,
          .scenario_source = document_.source,
          .assets_dir = options_.assets_dir,
          .message = loading_ ? std::string_view("Making the requests of the new run …  Esc cancels")
                              : std::string_view(message_),
          .loading = loading_.has_value(),
          .toasts = toasts_,
          .ui = ui_,
          .commands = commands,
          .animate_until = animate_until_};
}

void Session::bookmark(std::string label) {
  Bookmark mark{run_->player->now(), std::move(label)};
  if (mark.label.empty()) mark.label = fmt::format("Bookmark {}", bookmarks_.size() + 1);
  const auto at = std::upper_bound(bookmarks_.begin(), bookmarks_.end(), mark.t,
                                   [](SimTime t, const Bookmark& b) { return t < b.t; });
  bookmarks_.insert(at, std::move(mark));
}

// --- Files

std::string Session::free_path(const std::string& name) const {
  namespace fs = std::filesystem;
  const fs::path folder = options_.export_dir.empty() ? fs::path(".") : fs::path(options_.export_dir);
  const fs::path wanted(name);
  std::error_code ec;
  fs::path path = folder / wanted;
  for (int n = 2; fs::exists(path, ec); ++n) {
    path = folder / fmt::format("{}-{}{}", wanted.stem().string(), n, wanted.extension().string());
  }
  return fs::absolute(path, ec).lexically_normal().string();
}

void Session::save_file(const cmd::SaveFile& save) {
  const std::string path = free_path(save.name);
  const std::string trouble = save.write(path);
  notify(trouble.empty() ? "Saved " + path : trouble, !trouble.empty());
}

// --- Commands

template <class T>
void Session::carry_out(const T& c) {
  Player& player = *run_->player;
  using std::is_same_v;
  if constexpr (is_same_v<T, cmd::Play> || is_same_v<T, cmd::TogglePlay> || is_same_v<T, cmd::Pause>) {
    const bool wanted = is_same_v<T, cmd::Play> || (is_same_v<T, cmd::TogglePlay> && !playing_);
    if (wanted && player.cursor().done()) player.seek(0), moved();
    playing_ = wanted;
    message_.clear();
  } else if constexpr (is_same_v<T, cmd::StepEvent> || is_same_v<T, cmd::StepBackEvent> ||
                       is_same_v<T, cmd::StepRequest> || is_same_v<T, cmd::StepBackRequest>) {
    playing_ = false;
    bool done = false;
    if constexpr (is_same_v<T, cmd::StepEvent>) done = player.step_event();
    if constexpr (is_same_v<T, cmd::StepBackEvent>) done = player.step_back_event();
    if constexpr (is_same_v<T, cmd::StepRequest>) done = player.step_request();
    if constexpr (is_same_v<T, cmd::StepBackRequest>) done = player.step_back_request();
    const bool forward = is_same_v<T, cmd::StepEvent> || is_same_v<T, cmd::StepRequest>;
    message_ = done ? "" : (forward ? "Nothing is left to happen" : "This is where the run begins");
    moved();
  } else if constexpr (is_same_v<T, cmd::Seek>) {
    player.seek(c.t);
    message_.clear();
    moved();
  } else if constexpr (is_same_v<T, cmd::SeekEnd>) {
    player.seek(player.newest());
    moved();
  } else if constexpr (is_same_v<T, cmd::SetSpeed>) {
    speed_ = std::clamp(c.factor, 0.001, kMaxSpeed);
  } else if constexpr (is_same_v<T, cmd::Restart>) {
    restart();
  } else if constexpr (is_same_v<T, cmd::AddBookmark>) {
    bookmark(c.label);
  } else if constexpr (is_same_v<T, cmd::RemoveBookmark>) {
    if (c.index < bookmarks_.size()) bookmarks_.erase(bookmarks_.begin() + static_cast<std::ptrdiff_t>(c.index));
  } else if constexpr (is_same_v<T, cmd::SetRange>) {
    range_ = c.range;
    if (range_ && range_->end <= range_->begin) range_.reset();
  } else if constexpr (is_same_v<T, cmd::Set>) {
    edit(with_value(document_, c.path, c.value), c.label.empty() ? c.path : c.label);
  } else if constexpr (is_same_v<T, cmd::ResetSetting>) {
    edit(with_original(document_, original_, c.path), c.path);
  } else if constexpr (is_same_v<T, cmd::SetArrivalRate>) {
    const bool trace = scenario_.workload.type == WorkloadType::kTrace;
    if (scenario_.workload.arrival == ArrivalProcess::kClosed && !trace) {
      notify("The rate of a closed loop follows from its users", true);
    } else if (c.factor > 0) {
      const WorkloadSpec& w = base_scenario_.workload;
      edit(with_value(document_, trace ? "workload.time_scale" : "workload.rate",
                      trace ? w.time_scale / c.factor : w.rate * c.factor),
           fmt::format("Arrivals × {:.3g}", c.factor));
    }
  } else if constexpr (is_same_v<T, cmd::AddFault>) {
    add_fault(c);
  } else if constexpr (is_same_v<T, cmd::ResetAll>) {
    load(original_, false, true);
  } else if constexpr (is_same_v<T, cmd::Undo>) {
    step_history(undo_, redo_);
  } else if constexpr (is_same_v<T, cmd::Redo>) {
    step_history(redo_, undo_);
  } else if constexpr (is_same_v<T, cmd::LoadScenario>) {
    load(open_document(c.source, options_.assets_dir), true, true);
  } else if constexpr (is_same_v<T, cmd::LoadTrace>) {
    load(with_trace(document_, c.path), true, true);
  } else if constexpr (is_same_v<T, cmd::OpenFile>) {
    open_file(c.path);
  } else if constexpr (is_same_v<T, cmd::NextScenario>) {
    if (scenarios_.empty()) return notify("No scenarios are installed");
    const auto here = std::find_if(scenarios_.begin(), scenarios_.end(),
                                   [this](const ScenarioEntry& e) { return e.name == document_.source; });
    const auto n = static_cast<std::ptrdiff_t>(scenarios_.size());
    const std::ptrdiff_t from = here == scenarios_.end() ? (c.by > 0 ? -1 : 0) : here - scenarios_.begin();
    const std::string& next = scenarios_[static_cast<std::size_t>((((from + c.by) % n) + n) % n)].name;
    load(open_document(next, options_.assets_dir), true, true);
  } else if constexpr (is_same_v<T, cmd::CancelLoad>) {
    cancel_load();
  } else if constexpr (is_same_v<T, cmd::SaveScenario>) {
    const std::string path = c.path.empty() ? free_path("scenario.json") : c.path;
    const auto written = io::write_file(path, write_scenario(scenario_));
    written ? notify("Saved " + path) : notify(written.error().message, true);
  } else if constexpr (is_same_v<T, cmd::Select>) {
    selection_ = c.what;
  } else if constexpr (is_same_v<T, cmd::ClearSelection>) {
    selection_ = {};
  } else if constexpr (is_same_v<T, cmd::Hover>) {
    hover_ = c.what;
  } else if constexpr (is_same_v<T, cmd::SetCompare>) {
    set_compare(c.strategies);
    ahead_ = false;
  } else if constexpr (is_same_v<T, cmd::RunExperiment> || is_same_v<T, cmd::StopExperiment>) {
    if (experiment_) {
      experiment_->cancel();
      cancelled_.push_back(std::move(experiment_));
    }
    if constexpr (is_same_v<T, cmd::RunExperiment>)
      experiment_ = std::make_unique<ExperimentJob>(scenario_, c.wanted, presets_dir());
  } else if constexpr (is_same_v<T, cmd::StartLesson>) {
    start_lesson(c.id, c.step);
  } else if constexpr (is_same_v<T, cmd::ShowLessonStep>) {
    show_step(c.step);
  } else if constexpr (is_same_v<T, cmd::AnswerLesson>) {
    answer_lesson(c.choice);
  } else if constexpr (is_same_v<T, cmd::LeaveLesson>) {
    leave_lesson(c.back);
  } else if constexpr (is_same_v<T, cmd::SaveFile>) {
    save_file(c);
  } else if constexpr (is_same_v<T, cmd::Notify>) {
    notify(c.text, c.error);
  } else if constexpr (is_same_v<T, cmd::DismissToast>) {
    std::erase_if(toasts_, [&c](const Toast& t) { return t.id == c.id; });
  } else if constexpr (is_same_v<T, cmd::DismissFirstStart>) {
    ui_.first_start = false;
  } else {
    // What concerns the window.
    if constexpr (is_same_v<T, cmd::SetTheme>) ui_.dark = c.dark;
    if constexpr (is_same_v<T, cmd::SetScale>) ui_.scale = static_cast<float>(c.scale);
    effects_.push_back(c);
  }
}

void Session::apply(const Command& command) {
  std::visit([this](const auto& c) { carry_out(c); }, command);
}

void Session::apply_all(std::vector<Command>& commands) {
  hover_ = {};
  for (const Command& command : std::exchange(commands, {})) apply(command);
}

}  // namespace blockyard
