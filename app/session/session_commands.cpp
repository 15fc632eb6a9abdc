// The commands of a session, one function each.
#include <fmt/format.h>

#include <algorithm>

#include "app/session/session.h"
#include "core/io/files.h"
#include "core/router/policy.h"

namespace blockyard {

cmd::SetCompare compare_strategies(const std::vector<std::uint32_t>& strategies) {
  cmd::SetCompare compare;
  for (const std::uint32_t s : strategies) {
    if (s < policy_table().size()) compare.fleets.push_back(strategy_variant(s));
  }
  return compare;
}

// --- Time

void Session::set_playing(bool wanted) {
  if (wanted && !wanted_ && player().cursor().done()) go_to(0);
  playing_ = wanted;
  message_.clear();
}

void Session::stepped(bool done, const char* otherwise) {
  playing_ = false;
  message_ = done ? "" : otherwise;
  moved();
}

void Session::on(const cmd::StepEvent&) {
  stop_going();
  stepped(run_.own.player->step_event(), "Nothing is left to happen");
}

void Session::on(const cmd::StepRequest&) {
  stop_going();
  stepped(run_.own.player->step_request(), "Nothing is left to happen");
}

void Session::on(const cmd::StepBackEvent&) {
  stop_going();
  stepped(run_.own.player->step_back_event(), "This is where the run begins");
}

void Session::on(const cmd::StepBackRequest&) {
  stop_going();
  stepped(run_.own.player->step_back_request(), "This is where the run begins");
}

void Session::on(const cmd::SetSpeed& c) { speed_ = std::clamp(c.factor, 0.001, kMaxSpeed); }

void Session::on(const cmd::AddBookmark& c) {
  Bookmark mark{player().now(), c.label};
  if (mark.label.empty()) mark.label = fmt::format("Bookmark {}", run_.bookmarks.size() + 1);
  const auto at = std::upper_bound(run_.bookmarks.begin(), run_.bookmarks.end(), mark.t,
                                   [](SimTime t, const Bookmark& b) { return t < b.t; });
  run_.bookmarks.insert(at, std::move(mark));
}

void Session::on(const cmd::RemoveBookmark& c) {
  if (c.index >= run_.bookmarks.size()) return;
  run_.bookmarks.erase(run_.bookmarks.begin() + static_cast<std::ptrdiff_t>(c.index));
}

void Session::on(const cmd::SetRange& c) {
  run_.range = c.range;
  if (run_.range && run_.range->end <= run_.range->begin) run_.range.reset();
}

// --- Settings

void Session::on(const cmd::Set& c) {
  stop_going();
  edit(with_value(run_.document, c.path, c.value), c.label.empty() ? c.path : c.label);
}

void Session::on(const cmd::ResetSetting& c) {
  stop_going();
  edit(with_original(run_.document, run_.original, c.path), c.path);
}

void Session::on(const cmd::SetArrivalRate& c) {
  stop_going();
  const bool trace = run_.scenario.workload.type == WorkloadType::kTrace;
  if (run_.scenario.workload.arrival == ArrivalProcess::kClosed && !trace) {
    return notify("The rate of a closed loop follows from its users", true);
  }
  if (c.factor <= 0) return;
  const WorkloadSpec& w = run_.base_scenario.workload;
  edit(with_value(run_.document, trace ? "workload.time_scale" : "workload.rate",
                  trace ? w.time_scale / c.factor : w.rate * c.factor),
       fmt::format("Arrivals × {:.3g}", c.factor));
}

void Session::on(const cmd::ResetAll&) {
  stop_going();
  load(run_.original, false, true);
}

// --- Inputs

void Session::on(const cmd::LoadScenario& c) { load(open_document(c.source, options_.assets_dir), true, true); }

void Session::on(const cmd::LoadTrace& c) { load(with_trace(run_.document, c.path), true, true); }

void Session::on(const cmd::NextScenario& c) {
  if (scenarios_.empty()) return notify("No scenarios are installed");
  const auto here = std::find_if(scenarios_.begin(), scenarios_.end(),
                                 [this](const ScenarioEntry& e) { return e.name == run_.document.source; });
  const auto n = static_cast<std::ptrdiff_t>(scenarios_.size());
  const std::ptrdiff_t from = here == scenarios_.end() ? (c.by > 0 ? -1 : 0) : here - scenarios_.begin();
  const std::string& next = scenarios_[static_cast<std::size_t>((((from + c.by) % n) + n) % n)].name;
  load(open_document(next, options_.assets_dir), true, true);
}

void Session::on(const cmd::CancelLoad&) { cancel(); }

void Session::on(const cmd::SaveScenario& c) {
  const std::string path = c.path.empty() ? free_path("scenario.json") : c.path;
  const auto written = io::write_file(path, write_scenario(run_.scenario));
  written ? notify("Saved " + path) : notify(written.error().message, true);
}

// --- Experiments

void Session::on(const cmd::StopExperiment&) {
  if (!experiment_) return;
  experiment_->cancel();
  cancelled_.push_back(std::move(experiment_));
}

void Session::on(const cmd::RunExperiment& c) {
  on(cmd::StopExperiment{});
  experiment_ = std::make_unique<ExperimentJob>(run_.scenario, c.wanted, presets_dir(), next_result_++);
}

void Session::on(const cmd::RenameResult& c) {
  for (ExperimentState& result : results_) {
    if (result.id == c.id) result.title = c.title;
  }
}

void Session::on(const cmd::RemoveResult& c) {
  std::erase_if(results_, [&c](const ExperimentState& result) { return result.id == c.id; });
}

// --- The program

void Session::on(const cmd::SetTheme& c) {
  ui_.dark = c.dark;
  effects_.emplace_back(c);
}

void Session::on(const cmd::SetScale& c) {
  ui_.scale = static_cast<float>(c.scale);
  effects_.emplace_back(c);
}

void Session::on(const cmd::SaveFile& c) {
  const std::string path = free_path(c.name);
  const std::string trouble = c.write(path);
  notify(trouble.empty() ? "Saved " + path : trouble, !trouble.empty());
}

void Session::on(const cmd::DismissToast& c) {
  std::erase_if(toasts_, [&c](const Toast& t) { return t.id == c.id; });
}

}  // namespace blockyard
