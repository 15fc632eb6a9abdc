#include "app/session/open_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace blockyard {
namespace {

constexpr std::uint32_t kSteps = 64;  // between two looks at the clock

double wall_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A sliding window that holds enough to tell percentiles from: 5 s, longer for long runs.
SimTime window_for(const Workload& workload) {
  if (workload.closed.users > 0 || workload.requests.empty()) return 5'000'000;
  return std::clamp<SimTime>(workload.requests.back().arrival / 60, 5'000'000, 60'000'000);
}

// Computes up to t. False where patience was over before.
bool compute(Player& player, SimTime t, const Patience& patience) {
  while (!player.complete() && player.frontier_state().next_event_time() <= t) {
    if (patience.over()) return false;
    player.look_ahead(kSteps);
  }
  return true;
}

// Makes the changes that are left, each at its moment.
bool catch_up(Track& track, const Patience& patience) {
  while (!track.caught_up()) {
    RunChange& change = track.to_make[track.made];
    if (!compute(*track.player, change.t, patience)) return false;
    if (track.player->adopt_change(std::move(change))) {
      ++track.made;
    } else {
      track.made = track.to_make.size();  // the run ends before: nothing is left to change
    }
  }
  return true;
}

bool ready(Track& track, SimTime t, const Patience& patience) {
  return catch_up(track, patience) && compute(*track.player, t, patience);
}

void arrive(Track& track, SimTime t) {
  if (track.to_make.empty()) return track.player->seek(t);
  track.player->settle_at(t);
  track.to_make.clear();
  track.made = 0;
}

}  // namespace

Patience::Patience(double ms) : until_(wall_ms() + ms) {}

bool Patience::over() const { return wall_ms() > until_; }

std::vector<Variant> OpenRun::variants() const {
  std::vector<Variant> out;
  for (const FleetBeside& b : beside) out.push_back(b.variant);
  return out;
}

Track OpenRun::make_track(const Config& config, const Prepared& requests) {
  Track track;
  track.metrics = std::make_unique<LiveMetrics>(window_for(requests.workload));
  track.player = std::make_unique<Player>(config, requests.workload, requests.tree, track.metrics.get());
  return track;
}

void OpenRun::end_tracks() {
  beside.clear();
  own = {};
}

Result<void> OpenRun::add_beside(const Variant& variant, const Prepared& requests, const std::string& presets_dir) {
  const auto other = with_variant(base_scenario, variant, presets_dir);
  if (!other) return other.error();
  if (!same_workload(base_scenario, *other)) {
    return Error{fmt::format("{}: it changes the requests; fleets side by side serve the same ones", variant.name)};
  }
  if (eviction_row(other->config.cache.eviction).needs_tree && requests.workload.closed.users > 0) {
    return Error{variant.name + ": Belady is not possible with closed-loop arrivals: their future depends on the run"};
  }
  FleetBeside fleet{variant, make_track(other->config, requests), false};
  // The run's changes, in order; those yet to be made included.
  std::vector<RunChange> changes = own.player->changes();
  for (std::size_t i = own.made; i < own.to_make.size(); ++i) changes.push_back(own.to_make[i]);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    RunChange change = changes[i];
    // Steps differ from run to run: by time alone, except before the first.
    if (change.handled > 0) change.handled = Player::kAnyStep;
    if (auto* config = std::get_if<Config>(&change.what)) {
      auto then = parse_scenario(documents[i].text, documents[i].base_dir, presets_dir);
      if (then) then = with_variant(*then, variant, presets_dir);
      if (!then) return then.error();
      *config = then->config;
    }
    fleet.track.to_make.push_back(std::move(change));
  }
  beside.push_back(std::move(fleet));
  return {};
}

void OpenRun::follow() {
  for (FleetBeside& b : beside) {
    if (b.there) b.track.player->follow(own.player->cursor());
  }
}

bool OpenRun::bring_to(SimTime t, const Patience& patience) {
  if (!ready(own, t, patience)) return false;
  for (FleetBeside& b : beside) {
    if (!ready(b.track, t, patience)) return false;
  }
  arrive(own, t);
  for (FleetBeside& b : beside) {
    arrive(b.track, t);
    b.there = true;
  }
  return true;
}

bool OpenRun::bring_beside(const Patience& patience) {
  bool all = true;
  for (FleetBeside& b : beside) {
    if (b.there) continue;
    if (!ready(b.track, own.player->now(), patience)) {
      all = false;
      continue;
    }
    b.track.to_make.clear();
    b.track.made = 0;
    b.track.player->follow(own.player->cursor());
    b.there = true;
  }
  return all;
}

double OpenRun::way_to(SimTime t) const {
  if (t <= 0) return 1;
  double sum = static_cast<double>(std::min(t, own.player->frontier()));
  for (const FleetBeside& b : beside) sum += static_cast<double>(std::min(t, b.track.player->frontier()));
  return sum / (static_cast<double>(t) * static_cast<double>(1 + beside.size()));
}

}  // namespace blockyard
