// Time and attention of a session. Its commands are in session_commands.cpp, what concerns runs and their settings in
// session_run.cpp.
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
constexpr double kForever = 1e15;
constexpr double kMostUnseen = 0.25;      // s of screen time from frame to frame
constexpr std::size_t kMostResults = 32;  // of experiments that are kept

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
  run_.follow();
  note_compared();
}

bool Session::beside_there() const {
  return std::all_of(run_.beside.begin(), run_.beside.end(), [](const FleetBeside& b) { return b.there; });
}

void Session::note_compared() {
  compared_.clear();
  for (const FleetBeside& b : run_.beside) {
    if (!b.there) continue;
    const std::uint32_t strategy = b.track.player->cursor().config().router.strategy;
    compared_.push_back({&b.variant, strategy, b.track.player.get(), b.track.metrics.get()});
  }
}

void Session::go_to(SimTime t) {
  const bool under_way = wanted_.has_value();
  wanted_ = std::max<SimTime>(t, 0);
  message_.clear();
  go_on(under_way ? 0 : options_.patience_ms);
}

void Session::go_on(double ms) {
  if (!wanted_) return;
  OpenRun& run = coming_ ? *coming_ : run_;
  if (!run.bring_to(*wanted_, Patience(ms))) return;
  if (coming_) take_over();
  wanted_.reset();
  history_before_.reset();
  moved();
}

void Session::take_over() {
  OpenRun next = std::move(*coming_);
  coming_.reset();
  next.undo = std::move(run_.undo);
  next.redo = std::move(run_.redo);
  next.selection = run_.selection;
  next.range = run_.range;
  next.bookmarks = std::move(run_.bookmarks);
  compared_.clear();
  run_.end_tracks();
  if (!next.prepared) next.prepared = std::move(run_.prepared);
  run_ = std::move(next);
}

void Session::stop_going() {
  if (coming_) go_on(kForever);
  wanted_.reset();
}

void Session::cancel() {
  if (offered_) {
    offered_.reset();
    return;
  }
  if (!loading_ && !wanted_) return;
  if (loading_) abandon_load();
  coming_.reset();
  wanted_.reset();
  if (history_before_) {
    run_.undo = std::move(history_before_->undo);
    run_.redo = std::move(history_before_->redo);
    history_before_.reset();
  }
  notify("Cancelled; the run stays as it was");
}

void Session::play_on(double seconds) {
  Player& player = *run_.own.player;
  const Patience patience(options_.frame_budget_ms);
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
    out_of_time = patience.over();
    if (out_of_time) break;
  }
  if (!out_of_time && !at_most && !player.cursor().done()) player.seek(target);
  run_.follow();
  if (player.cursor().done()) {
    playing_ = false;
    message_ = "The run is over";
  }
}

void Session::look_ahead() {
  const Patience patience(kAheadMs);
  ahead_ = true;
  const auto compute = [&](Player& player) {
    while (!player.complete() && player.events().size() < kMostLogged) {
      if (patience.over()) {
        ahead_ = false;
        return;
      }
      player.look_ahead(64);
    }
  };
  compute(*run_.own.player);
  for (const FleetBeside& b : run_.beside) compute(*b.track.player);
}

// What has come to an end is kept beside those before it.
void Session::poll_experiment() {
  if (!experiment_ || !experiment_->state().running) return;
  experiment_->poll();
  const ExperimentState& state = experiment_->state();
  if (state.running || !state.trouble.empty()) return;
  if (results_.size() >= kMostResults) results_.erase(results_.begin());
  results_.push_back(state);
}

void Session::update(double seconds) {
  // What took place between two frames nobody has seen: a message that was told before a slow one stays to be read.
  screen_time_ += std::min(seconds, kMostUnseen);
  poll_loads();
  poll_experiment();
  std::erase_if(cancelled_, [](const auto& job) { return job->finished(); });
  poll_reading(0);
  if (run_.observed) {
    update_observed(seconds);
    refresh_study();
  } else if (run_.is_open()) {
    if (wanted_) {
      go_on(options_.frame_budget_ms);
    } else {
      if (playing_) play_on(seconds);
      if (!beside_there()) run_.bring_beside(Patience(options_.frame_budget_ms));
      if (!ahead_) look_ahead();
    }
    refresh_study();
  }
  std::erase_if(toasts_, [this](const Toast& t) {
    const bool takes_reading = t.error || t.text.size() > 160;
    return screen_time_ - t.born > (takes_reading ? 14 : 6);
  });
  if (screen_time_ >= next_save_) {
    next_save_ = screen_time_ + 1;
    persist();
  }
}

bool Session::wants_frames() const {
  return playing_ || loading() || (run_.observed && run_.observed->arriving()) || wanted_.has_value() || experimenting() ||
         (run_.is_open() && (!ahead_ || !beside_there())) || !toasts_.empty() || screen_time_ < animate_until_;
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
  const RequestId r = selected_request(run_.selection);
  StudyKey key{r, generation_, kNone, 0};
  const Fleet& fleet = run_.observed ? static_cast<const Fleet&>(run_.observed->history().cursor()) : run_.own.player->cursor();
  if (r < fleet.records().size()) {
    key.worker = fleet.records()[r].worker;
    key.retries = fleet.records()[r].retries;
  }
  if (key == study_key_) return;
  study_key_ = key;
  study_ = key.worker == kNone ? std::nullopt
           : run_.observed     ? run_.observed->history().routing_of(r)
                               : run_.own.player->routing_of(r);
}

FrameContext Session::frame(const Look& look, std::vector<Command>& commands) {
  if (run_.observed) return observed_frame(look, commands);
  refresh_study();
  note_compared();
  const Player& player = *run_.own.player;
  double way = 1;
  if (wanted_) {
    way = (coming_ ? *coming_ : run_).way_to(*wanted_);
    way_ =
        fmt::format("Computing the run up to {:.1f} s: {:.0f} %  ·  Esc cancels", us_to_ms(*wanted_) / 1000, 100 * way);
  } else if (!beside_there()) {
    way_ = "Computing the fleets beside the run …";
  }
  return {.look = look,
          .scenario = run_.scenario,
          .original = run_.original_scenario,
          .fleet = player.cursor(),
          .simulation = &player.cursor(),
          .tree = run_.prepared->tree,
          .metrics = *run_.own.metrics,
          .log = player.events(),
          .log_at = player.events_at_cursor(),
          .leaves_messages_out = player.leaves_messages_out(),
          .changes = player.changes(),
          .study = study_ ? &*study_ : nullptr,
          .now = player.now(),
          .newest = player.newest(),
          .known_end = player.frontier(),
          .complete = player.complete(),
          .over = player.cursor().done(),
          .playing = playing_,
          .speed = speed_,
          .screen_time = screen_time_,
          .range = run_.range,
          .bookmarks = run_.bookmarks,
          .selection = run_.selection,
          .hover = hover_,
          .compared = compared_,
          .experiment = experiment_ ? &experiment_->state() : nullptr,
          .results = results_,
          .offer = offered_ ? &offered_->offer : nullptr,
          .lessons = &lessons_,
          .lesson = lesson(),
          .scenarios = scenarios_,
          .scenario_source = run_.document.source,
          .assets_dir = options_.assets_dir,
          .message = reading_.valid() ? std::string_view("Reading the recording …")
                     : loading_ ? std::string_view("Making the requests of the new run …  Esc cancels")
                     : wanted_ || !beside_there() ? std::string_view(way_)
                                                  : std::string_view(message_),
          .loading = loading() || wanted_.has_value(),
          .toasts = toasts_,
          .ui = ui_,
          .commands = commands,
          .animate_until = animate_until_,
          .offers_demo = options_.offers_demo,
          .recorded = recorded_ ? &*recorded_ : nullptr,
          .going_to = wanted_,
          .way = way};
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

// --- Commands

void Session::apply(const Command& command) {
  if (run_.observed && apply_observed(command)) return;
  std::visit([this](const auto& c) { on(c); }, command);
}

void Session::apply_all(std::vector<Command>& commands) {
  hover_ = {};
  for (const Command& command : std::exchange(commands, {})) apply(command);
}

}  // namespace blockyard
