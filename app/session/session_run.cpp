// The runs of a session: loading, settings in flight or by a restart, undo, faults, comparison.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/session/session.h"
#include "core/settings/json_edit.h"

namespace blockyard {
namespace {

// A sliding window that holds enough to tell percentiles from: 5 s, longer for long runs.
SimTime window_for(const Workload& workload) {
  if (workload.closed.users > 0 || workload.requests.empty()) return 5'000'000;
  return std::clamp<SimTime>(workload.requests.back().arrival / 60, 5'000'000, 60'000'000);
}

// Config of a change under which another strategy routes.
RunChange with_strategy(RunChange change, std::uint32_t strategy) {
  if (auto* config = std::get_if<Config>(&change.what)) config->router.strategy = strategy;
  return change;
}

}  // namespace

Session::Made Session::make_requests(const Scenario& scenario) {
  auto prepared = prepare(scenario);
  if (!prepared) return {nullptr, prepared.error().message};
  return {std::move(*prepared), ""};
}

Session::Run Session::make_run(const Config& config) const {
  Run run;
  run.metrics = std::make_unique<LiveMetrics>(window_for(prepared_->workload));
  run.player = std::make_unique<Player>(config, prepared_->workload, prepared_->tree, run.metrics.get());
  return run;
}

std::vector<std::uint32_t> Session::drop_runs() {
  std::vector<std::uint32_t> strategies;
  for (const Beside& b : beside_) strategies.push_back(b.strategy);
  beside_.clear();
  compared_.clear();
  run_.reset();
  return strategies;
}

Result<void> Session::open(const std::string& source, bool play) {
  auto document = open_document(source, options_.assets_dir);
  if (!document) return document.error();
  return open(std::move(*document), play);
}

Result<void> Session::open(Document document, bool play) {
  auto scenario = parse_scenario(document.text, document.base_dir, presets_dir());
  const std::string where = document.source.empty() ? "" : document.source + ": ";
  if (!scenario) return Error{where + scenario.error().message};
  Made requests = make_requests(*scenario);
  if (!requests.prepared) return Error{where + requests.trouble};
  std::promise<Made> made;
  made.set_value(std::move(requests));
  take_in({std::move(document), std::move(*scenario), made.get_future(), true, play});
  return {};
}

void Session::load(Result<Document> document, bool as_new, bool play) {
  if (!document) return notify(document.error().message, true);
  auto scenario = parse_scenario(document->text, document->base_dir, presets_dir());
  if (!scenario) {
    const std::string where = document->source.empty() || !as_new ? "" : document->source + ": ";
    return notify(where + scenario.error().message, true);
  }
  if (loading_) abandoned_.push_back(std::move(loading_->made));
  auto made = std::async(std::launch::async, [copy = *scenario] { return make_requests(copy); });
  loading_ = Load{std::move(*document), std::move(*scenario), std::move(made), as_new, play};
  // Most are there at once; only large traces are worth a message.
  if (loading_->made.wait_for(std::chrono::milliseconds(40)) == std::future_status::ready) poll_loads();
}

void Session::poll_loads() {
  std::erase_if(abandoned_,
                [](auto& made) { return made.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
  if (!loading_ || loading_->made.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
  Load load = std::move(*loading_);
  loading_.reset();
  take_in(std::move(load));
}

void Session::cancel_load() {
  if (!loading_) return;
  abandoned_.push_back(std::move(loading_->made));
  loading_.reset();
  notify("Given up; the run stays as it was");
}

void Session::settle() {
  while (loading_) {
    loading_->made.wait();
    poll_loads();
  }
}

void Session::take_in(Load load) {
  Made made = load.made.get();
  if (!made.prepared) return notify(made.trouble, true);
  for (const std::string& warning : made.prepared->workload.warnings) notify(warning);
  if (run_ && !load.as_new) undo_.push_back(present()), redo_.clear();
  scenario_ = base_scenario_ = std::move(load.scenario);
  document_ = base_ = std::move(load.document);
  if (load.as_new) {
    lesson_.reset();  // whoever opens something has left the lesson
    aside_.reset();
    original_ = document_;
    original_scenario_ = scenario_;
    undo_.clear();
    redo_.clear();
    selection_ = {};
    bookmarks_.clear();
    ui_.last_scenario = document_.source;
    remember_file(document_.source);
  }
  hover_ = {};
  range_.reset();
  const std::vector<std::uint32_t> strategies = drop_runs();
  prepared_ = std::move(made.prepared);
  run_ = make_run(scenario_.config);
  set_compare(load.as_new ? std::vector<std::uint32_t>{} : strategies);
  playing_ = load.play;
  moved();
}

Session::Past Session::present() const { return {base_, document_, run_->player->changes()}; }

void Session::edit(Result<Document> document, const std::string& label) {
  if (!document) return notify(document.error().message, true);
  auto next = parse_scenario(document->text, document->base_dir, presets_dir());
  if (!next) return notify(next.error().message, true);
  const bool belady = eviction_row(next->config.cache.eviction).needs_tree;
  if (belady && prepared_->workload.closed.users > 0) {
    return notify("Belady is not possible with closed-loop arrivals: their future depends on the run", true);
  }
  if (!changes_in_flight(scenario_, *next)) return load(std::move(document), false, playing_);
  edit_in_flight(*next, std::move(*document), label);
}

void Session::edit_in_flight(const Scenario& next, Document document, const std::string& label) {
  undo_.push_back(present());
  redo_.clear();
  const double before = arrival_factor(base_scenario_, scenario_);
  const double after = arrival_factor(base_scenario_, next);
  const auto change = [&](Player& player, std::optional<std::uint32_t> strategy) {
    if (before != after) {
      player.change_arrival_rate(after, label);
    } else {
      Config config = next.config;
      if (strategy) config.router.strategy = *strategy;
      player.change(config, label);
    }
  };
  change(*run_->player, std::nullopt);
  for (Beside& b : beside_) change(*b.run.player, b.strategy);
  scenario_ = next;
  document_ = std::move(document);
  moved();
}

void Session::restart() {
  range_.reset();
  if (run_->player->changes().empty()) {
    run_->player->seek(0);
    playing_ = true;
    return moved();
  }
  // A fresh run under the settings as they are now.
  load(document_, false, true);
}

void Session::rebuild(std::unique_ptr<Prepared> prepared, std::vector<RunChange> changes) {
  const SimTime t = run_->player->now();
  const std::vector<std::uint32_t> strategies = drop_runs();
  if (prepared) prepared_ = std::move(prepared);
  run_ = make_run(base_scenario_.config);
  run_->player->adopt_changes(std::move(changes));
  run_->player->seek(t);
  set_compare(strategies);
  moved();
}

void Session::step_history(std::vector<Past>& from, std::vector<Past>& to) {
  if (from.empty()) return notify(&from == &undo_ ? "Nothing to undo" : "Nothing to redo");
  Past past = std::move(from.back());
  from.pop_back();
  auto base = parse_scenario(past.base.text, past.base.base_dir, presets_dir());
  auto now = parse_scenario(past.document.text, past.document.base_dir, presets_dir());
  if (!base || !now) return notify("The earlier settings can no longer be read", true);
  const bool same = same_requests(base_scenario_, *base) && base->workload == base_scenario_.workload;
  std::unique_ptr<Prepared> other;  // requests that have to be made again
  if (!same) {
    Made made = make_requests(*base);
    if (!made.prepared) return notify(made.trouble, true);
    other = std::move(made.prepared);
  }
  to.push_back(present());
  base_ = std::move(past.base);
  document_ = std::move(past.document);
  base_scenario_ = std::move(*base);
  scenario_ = std::move(*now);
  rebuild(std::move(other), std::move(past.changes));
}

void Session::add_fault(const cmd::AddFault& add) {
  Fault fault;
  // A moment later than now: what has been seen stays as it was seen.
  fault.t = run_->player->now() + 1000;
  fault.worker = add.worker;
  fault.kind = add.crash ? FaultKind::kCrash : FaultKind::kCacheFlush;
  fault.restart = add.restart;
  fault.detect = add.detect;
  auto base = parse_scenario(with_fault(base_, fault).text, base_.base_dir, presets_dir());
  auto now = parse_scenario(with_fault(document_, fault).text, document_.base_dir, presets_dir());
  if (!base || !now) return notify((base ? now : base).error().message, true);
  undo_.push_back(present());
  redo_.clear();
  base_ = with_fault(base_, fault);
  document_ = with_fault(document_, fault);
  base_scenario_ = std::move(*base);
  scenario_ = std::move(*now);
  const Player& player = *run_->player;
  std::vector<RunChange> changes;
  for (const RunChange& change : player.changes()) {
    if (change.t <= player.now()) changes.push_back(change);
  }
  rebuild(nullptr, std::move(changes));
}

void Session::set_compare(const std::vector<std::uint32_t>& strategies) {
  std::vector<Beside> kept;
  for (const std::uint32_t s : strategies) {
    if (s >= policy_table().size()) continue;
    const auto old = std::find_if(beside_.begin(), beside_.end(), [s](const Beside& b) { return b.strategy == s; });
    if (old != beside_.end()) {
      kept.push_back(std::move(*old));
      beside_.erase(old);
      continue;
    }
    Config config = base_scenario_.config;
    config.router.strategy = s;
    Beside b{s, make_run(config)};
    std::vector<RunChange> changes;
    for (const RunChange& change : run_->player->changes()) {
      RunChange mine = with_strategy(change, s);
      mine.handled = Player::kAnyStep;  // steps differ from run to run: by time alone
      changes.push_back(std::move(mine));
    }
    b.run.player->adopt_changes(std::move(changes));
    b.run.player->seek(run_->player->now());
    kept.push_back(std::move(b));
  }
  beside_ = std::move(kept);
  compared_.clear();
  for (const Beside& b : beside_) compared_.push_back({b.strategy, b.run.player.get(), b.run.metrics.get()});
}

void Session::remember_file(const std::string& source) {
  std::error_code ec;
  if (source.find('/') == std::string::npos || !std::filesystem::exists(source, ec)) return;
  const std::string path = std::filesystem::absolute(source, ec).lexically_normal().string();
  std::erase(ui_.recent, path);
  ui_.recent.insert(ui_.recent.begin(), path);
  if (ui_.recent.size() > kMostRecent) ui_.recent.resize(kMostRecent);
}

void Session::open_file(const std::string& path) {
  if (is_trace_file(path)) return load(with_trace(document_, path), true, true);
  load(open_document(path, options_.assets_dir), true, true);
}

}  // namespace blockyard
