// The router at work: what a policy gets to see, and what a choice does to the view (SPEC 5).
#include <algorithm>

#include "core/base/check.h"
#include "core/sim/host.h"

namespace blockyard {

const BlockSet& Simulation::believed(WorkerId w) const {
  BY_CHECK(!by_runs(), "there are no sets of blocks where caches are kept by runs");
  return oracle() ? workers_[w].cache().resident() : views_[w].blocks;
}

double Simulation::true_load(WorkerId w, SimTime at) const {
  const Host host(const_cast<Simulation&>(*this), w, nullptr);  // remaining() only reads it
  const Worker& worker = workers_[w];
  if (config_.router.load_metric == LoadMetric::kQueueDepth) {
    return worker.queue_depth();
  }
  return us_to_ms(worker.remaining(host, at));
}

std::uint32_t Simulation::unbooked_steps(WorkerId w, SimTime at) const {
  const Host host(const_cast<Simulation&>(*this), w, nullptr);
  return workers_[w].step_info().over(at, host.step_is_over(at));
}

Divergence Simulation::divergence(WorkerId w) const {
  if (const RunCache* truth = workers_[w].run_cache()) {
    if (oracle()) return {};
    std::uint32_t believed_blocks = 0;
    std::uint32_t common = 0;
    if (run_views_) {
      run_views_->each(w, [&](EdgeId e, std::uint32_t blocks) {
        believed_blocks += blocks;
        common += std::min(blocks, truth->held_of(e));
      });
    } else {
      believed_blocks = views_[w].blocks.count();
      truth->each_held([&](EdgeId e, std::uint32_t blocks) {
        common += views_[w].blocks.count(Span{tree_->edge(e).first, blocks});
      });
    }
    return {believed_blocks - common, truth->taken() - common};
  }
  const BlockSet& truth = workers_[w].cache().resident();
  const BlockSet& belief = believed(w);
  return {belief.count_without(truth), truth.count_without(belief)};
}

std::uint32_t Simulation::believed_overlap(WorkerId w, RequestId r, Chain chain) const {
  if (run_views_) return run_views_->overlap(w, path_of(r));
  if (oracle()) return workers_[w].hit(*workload_, request(r));
  return views_[w].blocks.leading(chain);
}

void Simulation::fill_input(RequestId r, bool overlaps, RouteScratch& scratch, RouteInput& in) const {
  const Request& q = request(r);
  scratch.chain.clear();
  workload_->each_prompt_run(q, [&scratch](Span run) { scratch.chain.push_back(run); });
  scratch.overlap.resize(workers_.size());
  if (!overlaps) {
    std::fill(scratch.overlap.begin(), scratch.overlap.end(), 0U);
  } else if (run_views_) {
    run_views_->overlaps(path_of(r), scratch.overlap);
  } else {
    for (WorkerId w = 0; w < workers_.size(); ++w) scratch.overlap[w] = believed_overlap(w, r, scratch.chain);
  }
  in.see(figures_, scratch.overlap);
  if (oracle()) {
    FleetFigures& truth = scratch.truth;
    if (truth.size() != workers_.size()) truth = FleetFigures(workers_.size());
    for (WorkerId w = 0; w < workers_.size(); ++w) {
      const LoadFigures f = load_of(w);
      truth.load[w] = f.load;
      truth.waiting[w] = f.waiting;
      truth.in_use[w] = f.in_use;
    }
    in.load = truth.load;
    in.waiting = truth.waiting;
    in.in_use = truth.in_use;
  }
  in.chain_blocks = q.prompt_blocks;
  in.prompt_tokens = q.prompt_tokens;
  in.block_tokens = config_.cache.block_tokens;
  in.capacity_blocks = engine_of(config_).pool(config_);
  in.chain = scratch.chain;
  in.tree = &workload_->tree;
}

Decision Simulation::decide(RequestId r, std::uint32_t strategy) const {
  Decision d;
  d.request = r;
  d.t = now_;
  d.strategy = strategy;
  RouteScratch scratch;
  RouteInput in;
  fill_input(r, true, scratch, in);
  d.chain_blocks = in.chain_blocks;
  d.rows.resize(workers_.size());
  d.why.candidates.resize(workers_.size());
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    DecisionRow& row = d.rows[w];
    row.seen = in.of(w);
    row.true_overlap = workers_[w].hit(*workload_, request(r));
    row.true_load = true_load(w);
    row.load_age = oracle() ? 0 : now_ - figures_.told_at[w];
  }
  if (!in.routable.empty()) {
    RouterMemory memory = memory_;  // a copy: asking changes nothing
    d.chosen = policy_table()[strategy].choose(in, config_.router.params, memory, &d.why);
  } else {
    d.why.reason = "no worker is routable: the request waits at the router";
  }
  for (WorkerId w = 0; w < workers_.size(); ++w) d.rows[w].score = d.why.candidates[w];
  return d;
}

// A load of remaining work is a time, so the sum is one of whole µs, however many are added: or else loads that are
// equal would not always be found to be.
double Simulation::grown(double load) const {
  const double by = config_.router.effective_speculative_load();
  if (config_.router.load_metric == LoadMetric::kQueueDepth) return load + by;
  return us_to_ms(ms_to_us(load) + ms_to_us(by));
}

void Simulation::route(RequestId r, EventSink* sink) {
  const PolicyRow& policy = policy_table()[config_.router.strategy];
  RouteInput in;
  fill_input(r, policy.needs_overlap, scratch_, in);
  RequestRecord& record = records_[r];
  if (in.routable.empty()) {
    record.status = RequestStatus::kParked;
    parked_.push_back(r);
    return;
  }
  Decision decision;
  const bool explain = sink != nullptr && sink->wants_decisions();
  if (explain) decision = decide(r, config_.router.strategy);
  const WorkerId w = policy.choose(in, config_.router.params, memory_, nullptr);
  BY_CHECK(w < workers_.size() && figures_.is_routable(w), "a policy chose a worker that is not routable");

  record.worker = w;
  record.predicted = policy.needs_overlap ? in.overlap[w] : believed_overlap(w, r, in.chain);
  record.status = RequestStatus::kWaiting;
  ++figures_.active[w];
  figures_.active_blocks[w] += in.chain_blocks;
  if (!oracle()) {
    if (config_.router.speculative_insert) {
      if (run_views_) {
        run_views_->insert(w, path_of(r));
      } else {
        for (const Span& run : in.chain) views_[w].blocks.insert(run);
      }
    }
    figures_.load[w] = grown(figures_.load[w]);
  }
  emit(sink, {now_, EventType::kRoute, r, w, record.predicted, {}, explain ? &decision : nullptr});
  Host host(*this, w, sink);
  workers_[w].enqueue(host, r, now_);
}

void Simulation::route_parked(EventSink* sink) {
  std::deque<RequestId> parked;
  parked.swap(parked_);
  for (const RequestId r : parked) route(r, sink);
}

}  // namespace blockyard
