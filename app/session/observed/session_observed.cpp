// A session on a fleet that is observed: what its commands mean there, how time goes on, what a frame may know.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/session/session.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace {

constexpr const char* kNotSimulated =
    "This fleet is observed, not simulated: it has no settings to change. Open a scenario for that";

}  // namespace

// What each command does there: true where it has been carried out, or refused with the reason.
struct Session::OnObserved {
  Session& s;
  blockyard::History& history;  // not the session's own, of settings

  // Time.
  bool operator()(const cmd::Play&) const { return play(true); }
  bool operator()(const cmd::Pause&) const { return play(false); }
  bool operator()(const cmd::TogglePlay&) const { return play(!s.playing_); }
  bool operator()(const cmd::StepEvent&) const { return stepped(history.step(), "Nothing more is known"); }
  bool operator()(const cmd::StepBackEvent&) const { return stepped(history.step_back(), "Nothing older is kept"); }
  bool operator()(const cmd::StepRequest&) const {
    if (!history.cursor().routed()) return no_requests();
    return stepped(history.step_request(), "No request has come after this one yet");
  }
  bool operator()(const cmd::StepBackRequest&) const {
    if (!history.cursor().routed()) return no_requests();
    return stepped(history.step_back_request(), "No older request is kept");
  }
  bool operator()(const cmd::Seek& c) const {
    if (s.run_.observed->arriving() && c.t >= history.newest()) return to_newest();
    history.seek(c.t);
    return moved();
  }
  bool operator()(const cmd::SeekEnd&) const { return to_newest(); }
  bool operator()(const cmd::Restart&) const {
    history.seek(history.begin());
    s.playing_ = true;
    return moved();
  }
  bool operator()(const cmd::AddBookmark& c) const {
    std::vector<Bookmark>& marks = s.run_.bookmarks;
    Bookmark mark{history.now(), c.label};
    if (mark.label.empty()) mark.label = fmt::format("Bookmark {}", marks.size() + 1);
    marks.insert(std::upper_bound(marks.begin(), marks.end(), mark.t, [](SimTime t, const Bookmark& b) { return t < b.t; }),
                 std::move(mark));
    return true;
  }

  // What belongs to the simulator.
  bool operator()(const cmd::Set& c) const {
    if (!routes() || !c.path.starts_with("router.")) return refuse();
    s.change_router(c.path, c.value);
    return true;
  }
  bool operator()(const cmd::ResetSetting& c) const {
    const Setting* row = find_setting(c.path);
    if (!routes() || !c.path.starts_with("router.") || row == nullptr) return refuse();
    if (const auto initial = setting_number(*row, s.run_.original_scenario)) s.change_router(c.path, *initial);
    return true;
  }
  bool operator()(const cmd::DrainWorker& c) const {
    if (!routes()) {
      s.notify("This fleet is not routed from here: it is set where its router runs", true);
    } else if (c.worker < history.cursor().workers().size()) {
      s.run_.observed->source()->command(
          {c.drain ? live::CommandKind::kDrain : live::CommandKind::kResume, c.worker, ""});
    }
    return true;
  }
  bool operator()(const cmd::ToggleRecording&) const {
    s.toggle_recording();
    return true;
  }
  bool operator()(const cmd::WhatIf&) const {
    s.what_if();
    return true;
  }
  bool operator()(const cmd::SetArrivalRate&) const { return refuse(); }
  bool operator()(const cmd::AddFault&) const { return refuse(); }
  bool operator()(const cmd::SendPrompt&) const { return refuse(); }
  bool operator()(const cmd::ResetAll&) const { return refuse(); }
  bool operator()(const cmd::Undo&) const { return refuse(); }
  bool operator()(const cmd::Redo&) const { return refuse(); }
  bool operator()(const cmd::SaveScenario&) const { return refuse(); }
  bool operator()(const cmd::SetCompare&) const { return refuse(); }
  bool operator()(const cmd::RunExperiment&) const { return refuse(); }
  bool operator()(const cmd::OpenText& c) const {
    std::error_code ec;
    return std::filesystem::exists(c.text, ec) ? serves() : refuse();
  }
  // What would take its place.
  bool operator()(const cmd::LoadScenario&) const { return serves(); }
  bool operator()(const cmd::LoadTrace&) const { return serves(); }
  bool operator()(const cmd::OpenFile&) const { return serves(); }
  bool operator()(const cmd::NextScenario&) const { return serves(); }
  bool operator()(const cmd::StartDemo&) const { return serves(); }
  bool operator()(const cmd::StartLesson&) const {
    if (serves()) return true;
    s.notify("A lesson has a run of its own: open a scenario first", true);
    return true;
  }
  template <class C>
  bool operator()(const C&) const {
    return false;  // the same as ever
  }

 private:
  bool routes() const { return s.run_.observed->source() != nullptr && !s.run_.observed->source()->listening().empty(); }
  bool refuse() const {
    s.notify(kNotSimulated, true);
    return true;
  }
  bool serves() const {
    if (s.run_.observed->source() == nullptr || !s.run_.observed->source()->in_service()) return false;
    s.notify("This window is the fleet's router, and would end with it: open that in a window of its own", true);
    return true;
  }
  bool no_requests() const {
    s.notify("No requests are seen here; . and , go from event to event");
    return true;
  }
  bool moved() const {
    s.message_.clear();
    s.owed_us_ = 0;
    ++s.generation_;
    return true;
  }
  bool stepped(bool done, const char* otherwise) const {
    s.playing_ = false;
    moved();
    s.message_ = done ? "" : otherwise;
    return true;
  }
  bool to_newest() const {
    if (s.run_.observed->arriving()) {
      history.follow();
      s.playing_ = true;
    } else {
      history.seek(history.newest());
    }
    return moved();
  }
  bool play(bool wanted) const {
    if (wanted && history.at_newest()) {
      if (s.run_.observed->arriving()) {
        history.follow();
      } else {
        history.seek(history.begin());
      }
    } else if (!wanted && history.follows()) {
      history.seek(history.newest());
    }
    s.playing_ = wanted;
    return moved();
  }
};

bool Session::apply_observed(const Command& command) {
  return std::visit(OnObserved{*this, run_.observed->history()}, command);
}

Result<void> Session::open_recording(const std::string& path, bool play) {
  auto opened = Observation::open(path);
  if (!opened) return opened.error();
  install_observed(std::move(*opened), path, play);
  return {};
}

void Session::watch(std::unique_ptr<LiveSource> source) {
  install_observed(std::make_unique<Observation>(std::move(source)), "", true);
}

void Session::read_recording(const std::string& path) {
  offered_.reset();
  reading_ = std::async(std::launch::async, [path] { return Observation::open(path); });
  reading_path_ = path;
  poll_reading(options_.patience_ms);
}

void Session::poll_reading(double ms) {
  if (!reading_.valid()) return;
  const std::chrono::duration<double, std::milli> patience(std::min(ms, 1e9));
  if (reading_.wait_for(patience) != std::future_status::ready) return;
  auto opened = reading_.get();
  if (!opened) return notify(opened.error().message, true);
  install_observed(std::move(*opened), reading_path_, true);
}

void Session::install_observed(std::unique_ptr<Observation> observed, const std::string& source, bool play) {
  if (loading_) abandon_load();
  coming_.reset();
  wanted_.reset();
  history_before_.reset();
  lesson_.reset();
  aside_.reset();
  compared_.clear();
  run_.end_tracks();
  run_ = OpenRun{};
  study_.reset();
  study_key_ = {};
  hover_ = {};
  const live::LiveFleet& fleet = observed->history().cursor().session().fleet();
  run_.scenario.name = fleet.name;
  run_.scenario.about =
      observed->arriving() ? "A real fleet, as its workers tell of themselves." : "A recording of a real fleet, begun " + observed->history().started() + ".";
  run_.scenario.config = observed->history().cursor().config();
  run_.base_scenario = run_.original_scenario = run_.scenario;
  run_.document = run_.base = run_.original = Document{"{}", "", source};
  run_.observed = std::move(observed);
  recorded_.reset();
  listening_ = run_.observed->arriving() ? run_.observed->source()->listening() : std::string();
  if (!run_.observed->remark().empty()) notify(run_.observed->remark());
  if (!source.empty()) {
    ui_.last_scenario = source;
    remember_file(source);
  }
  playing_ = play;
  owed_us_ = 0;
  ++generation_;
  message_.clear();
}

void Session::update_observed(double seconds) {
  Observation& observed = *run_.observed;
  if (auto trouble = observed.take_in(screen_time_)) notify(std::move(*trouble), true);
  blockyard::History& history = observed.history();
  if (!playing_ || history.follows()) return;
  const double us = std::min(seconds, 0.1) * 1e6 * speed_ + owed_us_;
  const SimTime target = speed_ >= kMaxSpeed ? history.newest() : history.now() + static_cast<SimTime>(us);
  owed_us_ = speed_ >= kMaxSpeed ? 0 : us - std::floor(us);
  history.seek(target);
  if (target < history.newest()) return;
  if (observed.arriving()) return history.follow();
  playing_ = false;
  message_ = "The recording is over";
}

FrameContext Session::observed_frame(const Look& look, std::vector<Command>& commands) {
  refresh_study();
  const Observation& observed = *run_.observed;
  const blockyard::History& history = observed.history();
  run_.scenario.config = history.cursor().config();  // its router may be set otherwise by now
  return {.look = look,
          .scenario = run_.scenario,
          .original = run_.original_scenario,
          .fleet = history.cursor(),
          .observed = &history.cursor(),
          .tree = history.names().tree(),
          .metrics = observed.metrics(),
          .log = history.events(),
          .log_at = history.events_at_cursor(),
          .changes = {},
          .study = study_ ? &*study_ : nullptr,
          .now = history.now(),
          .begin = history.begin(),
          .newest = history.newest(),
          .known_end = history.newest(),
          .complete = true,
          .over = history.at_newest(),
          .arriving = observed.arriving(),
          .routes = !listening_.empty(),
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
          .scenarios = scenarios_,
          .scenario_source = run_.document.source,
          .assets_dir = options_.assets_dir,
          .message = loading() ? std::string_view("Reading …") : std::string_view(message_),
          .loading = loading(),
          .toasts = toasts_,
          .ui = ui_,
          .commands = commands,
          .animate_until = animate_until_,
          .listening = listening_,
          .recording = observed.recording(),
          .offers_demo = options_.offers_demo};
}

}  // namespace blockyard
