// The runs of a session: loading, settings in flight or by a restart, undo, faults, comparison.
#include <fmt/format.h>

#include <algorithm>

#include "app/session/session.h"
#include "core/settings/json_edit.h"

namespace blockyard {
namespace {

constexpr double kForever = 1e15;
constexpr double kPatienceForLoads = 40;

}  // namespace

// A player holds the run at its start, at the cursor and at the frontier, every block in its slot.
Result<void> Session::fits_player(const Prepared& prepared, const Scenario& scenario, std::uint64_t most_memory) {
  constexpr std::uint32_t kCopies = 3;
  const MemoryNeed need =
      memory_of_run(scenario.config, prepared.workload, &prepared.tree, CacheKind::kBlocks, kCopies);
  return fits_memory(need, scenario, most_memory);
}

Session::Made Session::make_requests(Scenario scenario, std::uint64_t most_memory) {
  scenario.most_memory = most_memory;
  auto prepared = prepare(scenario);
  if (!prepared) return {nullptr, prepared.error().message};
  if (auto fits = fits_player(**prepared, scenario, most_memory); !fits) return {nullptr, fits.error().message};
  return {std::move(*prepared), ""};
}

Result<void> Session::open(const std::string& source, bool play) {
  auto document = open_document(source, options_.assets_dir);
  if (!document) return document.error();
  return open(std::move(*document), play);
}

Result<void> Session::open(Document document, bool play) { return open(std::move(document), play, false); }

Result<void> Session::offer(Document document) { return open(std::move(document), true, true); }

Result<void> Session::open(Document document, bool play, bool offered) {
  auto scenario = parse_scenario(document.text, document.base_dir, presets_dir());
  const std::string where = document.source.empty() ? "" : document.source + ": ";
  if (!scenario) return Error{where + scenario.error().message};
  Made requests = make_requests(*scenario, options_.most_memory);
  if (!requests.prepared) return Error{where + requests.trouble};
  if (offered) requests.offer = make_offer(*requests.prepared, presets_dir());
  std::promise<Made> made;
  made.set_value(std::move(requests));
  take_in({std::move(document), std::move(*scenario), made.get_future(), true, play, {}, 0});
  return {};
}

void Session::load(Result<Document> document, bool as_new, bool play, bool offered) {
  offered_.reset();
  if (!document) return notify(document.error().message, true);
  auto scenario = parse_scenario(document->text, document->base_dir, presets_dir());
  if (!scenario) {
    const std::string where = document->source.empty() || !as_new ? "" : document->source + ": ";
    return notify(where + scenario.error().message, true);
  }
  if (loading_) abandoned_.push_back(std::move(loading_->made));
  auto made =
      std::async(std::launch::async, [copy = *scenario, most = options_.most_memory, offered, presets = presets_dir()] {
        Made requests = make_requests(copy, most);
        if (offered && requests.prepared) requests.offer = make_offer(*requests.prepared, presets);
        return requests;
      });
  loading_ = Load{std::move(*document), std::move(*scenario), std::move(made), as_new, play, {}, 0};
  // Most are there at once; only large traces are worth a message.
  poll_loads(kPatienceForLoads);
}

void Session::poll_loads(double ms) {
  std::erase_if(abandoned_,
                [](auto& made) { return made.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
  const std::chrono::duration<double, std::milli> patience(std::min(ms, 1e9));
  if (!loading_ || loading_->made.wait_for(patience) != std::future_status::ready) return;
  Load load = std::move(*loading_);
  loading_.reset();
  take_in(std::move(load));
}

void Session::abandon_load() {
  abandoned_.push_back(std::move(loading_->made));
  loading_.reset();
}

void Session::settle() {
  if (reading_.valid()) {
    reading_.wait();
    poll_reading(0);
  }
  if (run_.observed) return;
  while (loading_) {
    loading_->made.wait();
    poll_loads();
  }
  go_on(kForever);
  run_.bring_beside(Patience(kForever));
}

// The prompt that was sent at that time becomes what is looked at.
void Session::select_sent(const Prepared& requests, SimTime t) {
  const auto& all = requests.workload.requests;
  const auto behind =
      std::upper_bound(all.begin(), all.end(), t, [](SimTime at, const Request& r) { return at < r.arrival; });
  if (behind != all.begin()) run_.selection = SelectedRequest{static_cast<RequestId>(behind - all.begin() - 1)};
}

void Session::take_in(Load load) {
  Made made = load.made.get();
  if (!made.prepared) return notify(made.trouble, true);
  for (const std::string& warning : made.prepared->workload.warnings) notify(warning);
  if (load.past) {
    if (load.select_sent) select_sent(*made.prepared, load.t);
    return rebuild(std::move(*load.past), std::move(load.base_scenario), std::move(load.scenario),
                   std::move(made.prepared), load.t);
  }
  if (made.offer) {
    offered_ = Offered{std::move(*made.offer), std::move(load), std::move(made.prepared)};
    return;
  }
  install(std::move(load), std::move(made.prepared));
}

void Session::install(Load load, std::unique_ptr<Prepared> prepared) {
  if (load.as_new) {
    if (run_.observed) ui_.tree_mode = UiState::TreeMode::kBelief;  // which an observed fleet has not
    run_.observed.reset();
    coming_.reset();
    wanted_.reset();
  } else {
    stop_going();
  }
  history_before_.reset();
  if (run_.is_open() && !load.as_new) remember();
  run_.scenario = run_.base_scenario = std::move(load.scenario);
  run_.document = run_.base = std::move(load.document);
  std::vector<Variant> variants = run_.variants();
  if (load.as_new) {
    lesson_.reset();  // whoever opens something has left the lesson
    aside_.reset();
    run_.original = run_.document;
    run_.original_scenario = run_.scenario;
    run_.undo.clear();
    run_.redo.clear();
    run_.selection = {};
    run_.bookmarks.clear();
    variants.clear();
    ui_.last_scenario = run_.document.source;
    remember_file(run_.document.source);
  }
  hover_ = {};
  run_.range.reset();
  run_.end_tracks();
  run_.prepared = std::move(prepared);
  run_.own = OpenRun::make_track(run_.scenario.config, *run_.prepared);
  run_.documents.clear();
  for (const Variant& variant : variants) {
    if (auto added = run_.add_beside(variant, *run_.prepared, presets_dir()); !added) {
      notify(added.error().message, true);
    }
  }
  if (recorded_ && recorded_->source != run_.document.source) recorded_.reset();
  if (recorded_ && std::exchange(recorded_->is_new, false)) {
    // Another strategy beside the one that it really had.
    const std::uint32_t other = find_policy("round_robin");
    set_compare({strategy_variant(run_.scenario.config.router.strategy == other ? find_policy("cache_aware") : other)});
  }
  run_.bring_beside(Patience(options_.patience_ms));
  playing_ = load.play;
  moved();
}

Past Session::present() const {
  if (loading_ && loading_->past) return *loading_->past;
  return coming_ ? coming_past_ : run_.present();
}

void Session::keep_history() {
  if (!history_before_) history_before_ = History{run_.undo, run_.redo};
}

void Session::edit(Result<Document> document, const std::string& label) {
  if (!document) return notify(document.error().message, true);
  auto next = parse_scenario(document->text, document->base_dir, presets_dir());
  if (!next) return notify(next.error().message, true);
  const bool belady = eviction_row(next->config.cache.eviction).needs_tree;
  if (belady && run_.prepared->workload.closed.users > 0) {
    return notify("Belady is not possible with closed-loop arrivals: their future depends on the run", true);
  }
  if (!changes_in_flight(run_.scenario, *next)) return load(std::move(document), false, playing_);
  edit_in_flight(*next, std::move(*document), label);
}

void Session::edit_in_flight(const Scenario& next, Document document, const std::string& label) {
  remember();
  const double before = arrival_factor(run_.base_scenario, run_.scenario);
  const double after = arrival_factor(run_.base_scenario, next);
  const auto change = [&](Player& player, const Config& config) {
    before != after ? player.change_arrival_rate(after, label) : player.change(config, label);
  };
  change(*run_.own.player, next.config);
  run_.documents.resize(run_.own.player->changes().size() - 1);
  run_.documents.push_back(document);
  for (FleetBeside& b : run_.beside) {
    auto theirs = with_variant(next, b.variant, presets_dir());
    // Where a variant cannot be under the new settings, its fleet stays as it was.
    if (!theirs) {
      notify(theirs.error().message, true);
    } else if (b.there) {
      change(*b.track.player, theirs->config);
    } else {
      RunChange made = run_.own.player->changes().back();
      made.handled = Player::kAnyStep;
      if (before == after) made.what = theirs->config;
      b.track.to_make.push_back(std::move(made));
    }
  }
  run_.scenario = next;
  run_.document = std::move(document);
  moved();
}

void Session::restart() {
  stop_going();
  run_.range.reset();
  if (run_.own.player->changes().empty()) {
    playing_ = true;
    return go_to(0);
  }
  // A fresh run under the settings as they are now.
  load(run_.document, false, true);
}

void Session::rebuild(Past past, Scenario base, Scenario now, std::unique_ptr<Prepared> prepared, SimTime t) {
  OpenRun next;
  next.original = run_.original;
  next.original_scenario = run_.original_scenario;
  next.base = past.base;
  next.document = past.document;
  next.base_scenario = std::move(base);
  next.scenario = std::move(now);
  next.prepared = std::move(prepared);
  const Prepared& requests = next.prepared ? *next.prepared : *run_.prepared;
  next.own = OpenRun::make_track(next.base_scenario.config, requests);
  next.own.to_make = past.changes;
  next.documents = past.documents;
  for (const Variant& variant : run_.variants()) {
    if (auto added = next.add_beside(variant, requests, presets_dir()); !added) notify(added.error().message, true);
  }
  coming_.reset();
  coming_ = std::move(next);
  coming_past_ = std::move(past);
  go_to(t);
}

void Session::step_history(std::vector<Past>& from, std::vector<Past>& to) {
  if (from.empty()) return notify(&from == &run_.undo ? "Nothing to undo" : "Nothing to redo");
  keep_history();
  Past past = std::move(from.back());
  from.pop_back();
  auto base = parse_scenario(past.base.text, past.base.base_dir, presets_dir());
  auto now = parse_scenario(past.document.text, past.document.base_dir, presets_dir());
  if (!base || !now) return notify("The earlier settings can no longer be read", true);
  to.push_back(present());
  const SimTime t = wanted_.value_or(player().now());
  if (loading_) abandon_load();
  if (same_requests(run_.base_scenario, *base) && base->workload == run_.base_scenario.workload) {
    return rebuild(std::move(past), std::move(*base), std::move(*now), nullptr, t);
  }
  // Requests that have to be made again.
  auto made =
      std::async(std::launch::async, [copy = *base, most = options_.most_memory] { return make_requests(copy, most); });
  Document document = past.document;
  loading_ = Load{std::move(document), std::move(*now), std::move(made), false, playing_, std::move(past), t};
  loading_->base_scenario = std::move(*base);
  poll_loads(options_.patience_ms);
}

template <class F>
Past Session::past_with(F f) const {
  Past past{f(run_.base), f(run_.document), {}, {}};
  const auto& changes = player().changes();
  for (std::size_t i = 0; i < changes.size() && changes[i].t <= player().now(); ++i) {
    past.changes.push_back(changes[i]);
    past.documents.push_back(f(run_.documents[i]));
  }
  return past;
}

void Session::add_fault(const cmd::AddFault& add) {
  stop_going();
  Fault fault;
  // A moment later than now: what has been seen stays as it was seen.
  fault.t = player().now() + 1000;
  fault.worker = add.worker;
  fault.kind = add.crash ? FaultKind::kCrash : FaultKind::kCacheFlush;
  fault.restart = add.restart;
  fault.detect = add.detect;
  Past past = past_with([&fault](const Document& d) { return with_fault(d, fault); });
  auto base = parse_scenario(past.base.text, past.base.base_dir, presets_dir());
  auto now = parse_scenario(past.document.text, past.document.base_dir, presets_dir());
  if (!base || !now) return notify((base ? now : base).error().message, true);
  keep_history();
  remember();
  rebuild(std::move(past), std::move(*base), std::move(*now), nullptr, player().now());
}

void Session::send_prompt(const cmd::SendPrompt& send) {
  stop_going();
  if (run_.prepared->workload.closed.users > 0) {
    return notify("A prompt cannot be sent into a closed loop: its arrivals follow from the run", true);
  }
  // Times of the workload are not those of the run where its rate was changed in flight.
  if (player().arrival_rate() != 1) return notify("Prompts can be sent while the rate is the workload's own", true);
  const SimTime first = player().now() + 1000, last = first + 1000 * (std::max(send.times, 1) - 1);
  Past past = past_with([&](Document d) {
    for (SimTime t = first; t <= last; t += 1000) d = with_prompt(d, {t, send.text, send.chat, {}});
    return d;
  });
  auto base = parse_scenario(past.base.text, past.base.base_dir, presets_dir());
  auto now = parse_scenario(past.document.text, past.document.base_dir, presets_dir());
  if (!base || !now) return notify((base ? now : base).error().message, true);
  keep_history();
  remember();
  auto made =
      std::async(std::launch::async, [copy = *base, most = options_.most_memory] { return make_requests(copy, most); });
  Document document = past.document;
  loading_ = Load{std::move(document), std::move(*now), std::move(made), false, playing_, std::move(past), last};
  loading_->base_scenario = std::move(*base);
  loading_->select_sent = true;
  poll_loads(options_.patience_ms);
}

void Session::set_compare(const std::vector<Variant>& fleets) {
  stop_going();
  const std::size_t before = run_.beside.size();
  const auto find = [this](const Variant& variant) {
    return std::find_if(run_.beside.begin(), run_.beside.end(),
                        [&](const FleetBeside& b) { return b.variant == variant; });
  };
  // The new ones first: where one cannot be, all stays as it was.
  for (const Variant& variant : fleets) {
    if (find(variant) != run_.beside.end()) continue;
    if (auto added = run_.add_beside(variant, *run_.prepared, presets_dir()); !added) {
      run_.beside.erase(run_.beside.begin() + static_cast<std::ptrdiff_t>(before), run_.beside.end());
      return notify(added.error().message, true);
    }
  }
  std::vector<FleetBeside> kept;
  for (const Variant& variant : fleets) {
    const auto at = find(variant);
    if (at == run_.beside.end()) continue;  // named twice
    kept.push_back(std::move(*at));
    run_.beside.erase(at);
  }
  run_.beside = std::move(kept);
  run_.bring_beside(Patience(options_.patience_ms));
  ahead_ = false;
  note_compared();
}

}  // namespace blockyard
