#include "core/live/feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blockyard::live {
namespace {

// Whether what is asked of this address tells of that worker.
bool polled_with(const WorkerSetup& worker, const HttpAddress& address) {
  return !worker.removed && !worker.heartbeat && worker.address.host == address.host &&
         worker.address.port == address.port;
}

}  // namespace

Feed::Feed(const LiveFleet& fleet, Hands hands) : fleet_(fleet), hands_(std::move(hands)) {
  for (const WorkerSetup& w : fleet.workers) grow(w);
}

// Of a worker that is in the fleet already, or is put there by this.
void Feed::grow(const WorkerSetup& setup) {
  const auto w = static_cast<WorkerId>(workers_.size());
  if (w == fleet_.workers.size()) fleet_.workers.push_back(setup);
  workers_.push_back({StreamOrder(rules(w)), StreamReading(fleet_.block_tokens, fleet_.one_copy)});
}

StreamRules Feed::rules(WorkerId w) const {
  return {!fleet_.workers[w].replay.empty(), ms_to_us(fleet_.replay_timeout_ms), fleet_.hold_batches};
}

void Feed::give(SimTime t, decltype(Record::body) body) {
  look_at_posters(t);
  ++records_;
  hands_.record({t, std::move(body)});
}

void Feed::pass(Record&& record) {
  look_at_posters(record.t);
  ++records_;
  hands_.record(std::move(record));
}

void Feed::say(WorkerId w, StateChange change, std::string why, SimTime t) {
  give(t, StateRecord{w, change, std::move(why)});
}

void Feed::connected(WorkerId w, SimTime t) {
  if (fleet_.workers[w].removed) return;
  say(w, StateChange::kConnected, "", t);
  workers_[w].order.joined(t, actions_);
  act(w, t);
}

void Feed::disconnected(WorkerId w, SimTime t) {
  if (fleet_.workers[w].removed) return;
  say(w, StateChange::kDisconnected, "the stream's connection is lost", t);
}

void Feed::message(WorkerId w, std::uint64_t seq, std::string payload, SimTime t) {
  if (workers_[w].misfit || fleet_.workers[w].removed) return;
  workers_[w].heard = t;
  workers_[w].order.live(seq, std::move(payload), t, actions_);
  act(w, t);
}

void Feed::replayed(WorkerId w, std::uint32_t ask, std::uint64_t seq, std::string payload, SimTime t) {
  if (workers_[w].misfit || fleet_.workers[w].removed) return;
  workers_[w].heard = t;
  workers_[w].order.replayed(ask, seq, std::move(payload), t, actions_);
  act(w, t);
}

void Feed::replay_ended(WorkerId w, std::uint32_t ask, SimTime t) {
  if (fleet_.workers[w].removed) return;
  workers_[w].order.replay_ended(ask, actions_);
  act(w, t);
}

void Feed::act(WorkerId w, SimTime t) {
  std::vector<StreamAction> actions;
  actions.swap(actions_);
  Worker& worker = workers_[w];
  for (StreamAction& a : actions) {
    switch (a.what) {
      case StreamAction::What::kApply:
        if (worker.misfit) break;
        if (hands_.raw) {
          give(t, KvRawRecord{w, a.seq, a.replayed, std::move(a.payload)});
        } else {
          KvRecord record{w, worker.reading.read(a.seq, a.replayed, a.payload)};
          for (const KvEvent& e : record.batch.events) {
            const std::uint32_t unit = fleet_.block_tokens;
            if (e.op == KvOp::kStored && e.block_size % unit != 0 && unit % e.block_size != 0) worker.misfit = true;
          }
          give(t, std::move(record));
          if (worker.misfit) say(w, StateChange::kNoStream, "", t);
        }
        break;
      case StreamAction::What::kRestart:
        worker.reading.forget();
        say(w, StateChange::kRestarted, "the stream's numbers began anew", t);
        break;
      case StreamAction::What::kAsk:
        hands_.ask(w, a.ask, a.seq);
        break;
      case StreamAction::What::kGap:
        say(w, StateChange::kGap,
            a.seq == a.until ? fmt::format("batch {} is missing", a.seq)
                             : fmt::format("batches {} to {} are missing", a.seq, a.until),
            t);
        if (!rules(w).has_replay) say(w, StateChange::kSettled, "", t);
        break;
      case StreamAction::What::kSettled:
        say(w, StateChange::kSettled, "", t);
        break;
    }
  }
}

void Feed::make_void(WorkerId w, StateChange change, const std::string& why, SimTime t) {
  Worker& worker = workers_[w];
  worker.reading.forget();
  std::vector<StreamAction> ignored;
  worker.order.restarted(ignored);
  say(w, change, why, t);
}

void Feed::metrics(WorkerId w, std::string_view page, SimTime t) {
  const MetricsPage parsed = parse_metrics(page);
  // All ranks behind the address are told by one page.
  const HttpAddress address = fleet_.workers[w].address;
  for (WorkerId other = 0; other < workers_.size(); ++other) {
    const WorkerSetup& setup = fleet_.workers[other];
    if (!polled_with(setup, address)) continue;
    Worker& worker = workers_[other];
    worker.heard = t;
    MetricsFigures figures = figures_of(parsed, setup.rank, setup.ranks, setup.engine);
    const auto started = figures.process_start;
    if (started && worker.process_start && *started != *worker.process_start) {
      make_void(other, StateChange::kRestarted, "its process is another one", t);
      worker.order.joined(t, actions_);
      act(other, t);
    }
    if (started) worker.process_start = started;
    give(t, MetricsRecord{other, std::move(figures), ""});
  }
}

void Feed::metrics_missed(WorkerId w, const std::string& why, SimTime t) {
  const HttpAddress address = fleet_.workers[w].address;
  for (WorkerId other = 0; other < workers_.size(); ++other) {
    const WorkerSetup& setup = fleet_.workers[other];
    if (polled_with(setup, address)) give(t, MetricsRecord{other, {}, why.empty() ? "no answer" : why});
  }
}

void Feed::health(WorkerId w, Probe probe, const std::string& why, SimTime t) {
  const HttpAddress address = fleet_.workers[w].address;
  for (WorkerId other = 0; other < workers_.size(); ++other) {
    const WorkerSetup& setup = fleet_.workers[other];
    if (!polled_with(setup, address)) continue;
    Worker& worker = workers_[other];
    const bool silent = worker.heard <= worker.probed;
    worker.probed = t;
    if (probe == Probe::kGood) {
      worker.failures = 0;
      ++worker.successes;
      const bool first = !worker.health_known;
      if (first || (!worker.up && worker.successes >= fleet_.health_successes)) {
        worker.up = worker.health_known = true;
        say(other, StateChange::kUp, "", t);
        if (!first) {
          worker.order.joined(t, actions_);
          act(other, t);
        }
      }
      continue;
    }
    worker.successes = 0;
    if (probe == Probe::kTimeout && !silent) continue;  // it is busy, and speaks
    ++worker.failures;
    if (worker.failures < fleet_.health_failures || !worker.up) continue;
    worker.up = false;
    worker.health_known = true;
    if (probe == Probe::kNobody) {
      make_void(other, StateChange::kLost, why, t);
    } else {
      say(other, StateChange::kDown, why, t);
    }
  }
}

void Feed::tick(SimTime t) {
  look_at_posters(t);
  let_leave(t);
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    workers_[w].order.tick(t, actions_);
    act(w, t);
  }
}

SimTime Feed::due() const {
  SimTime out = posters_due_;
  for (const Worker& w : workers_) out = std::min(out, w.order.due());
  return out;
}

bool Feed::awaiting() const {
  return std::any_of(workers_.begin(), workers_.end(), [](const Worker& w) { return w.order.awaiting(); });
}

void Feed::end(SimTime t) { give(t, EndRecord{records_}); }

}  // namespace blockyard::live
