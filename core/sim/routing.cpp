// The router at work: what a policy gets to see, and what a choice does to the view (SPEC 5).
#include <algorithm>

#include "core/base/check.h"
#include "core/sim/host.h"
#include "core/tokens/sha256.h"

namespace blockyard {

void Simulation::check_worker(WorkerId w) const { workers_[w].check(World(*this, w)); }

Prompt Simulation::prompt_of(RequestId r, Chain chain) const {
  return {chain, tree_ == nullptr ? EdgePath() : path_of(r)};
}

std::uint32_t Simulation::believed_overlap(const Router& router, WorkerId w, RequestId r, const Prompt& prompt) const {
  const Belief& belief = belief_of(router);
  if (belief.answers()) return belief.overlap(w, prompt);
  return workers_[w].hit(*workload_, request(r));
}

void Simulation::fill_input(RequestId r, Wanted wanted, RouteScratch& scratch, RouteInput& in) const {
  const Request& q = request(r);
  const std::uint32_t own = router_asked(r);
  const Router& router = routers_[own];
  scratch.chain.clear();
  workload_->each_prompt_run(q, [&scratch](Span run) { scratch.chain.push_back(run); });
  const Prompt prompt = prompt_of(r, scratch.chain);
  scratch.overlap.resize(workers_.size());
  if (!wanted.overlap) {
    std::fill(scratch.overlap.begin(), scratch.overlap.end(), 0U);
  } else if (belief_of(router).answers()) {
    belief_of(router).overlaps(prompt, scratch.overlap);
  } else {
    for (WorkerId w = 0; w < workers_.size(); ++w) scratch.overlap[w] = workers_[w].hit(*workload_, q);
  }
  in.see(router.figures, scratch.overlap);
  if (wanted.distinct && tree_ != nullptr) {
    ActiveBlocks counted;  // where the strategy in use does not count them: counted now
    if (!router.active.counts()) {
      counted = ActiveBlocks(config_.fleet.workers, tree_);
      for (WorkerId w = 0; w < workers_.size(); ++w) {
        each_request_at(w, [&](RequestId other) {
          const RequestRecord& record = records_[other];
          if (record.counted && record.router == own) counted.add(w, path_of(other));
        });
      }
    }
    const ActiveBlocks& active = router.active.counts() ? router.active : counted;
    scratch.distinct.resize(workers_.size());
    scratch.fresh.resize(workers_.size());
    for (WorkerId w = 0; w < workers_.size(); ++w) {
      scratch.distinct[w] = active.distinct(w);
      scratch.fresh[w] = active.fresh(w, prompt.path);
    }
    in.active_distinct = scratch.distinct;
    in.fresh_blocks = scratch.fresh;
  }
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
  in.now = now_;
  in.session = q.session;
  if (q.session != kNone) in.session_name = workload_->sessions[q.session];
}

Decision Simulation::describe(RequestId r, std::uint32_t strategy, const RouteInput& in) const {
  Decision d;
  d.request = r;
  d.t = now_;
  d.strategy = strategy;
  d.router = router_asked(r);
  d.chain_blocks = in.chain_blocks;
  d.rows.resize(workers_.size());
  d.why.candidates.resize(workers_.size());
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    DecisionRow& row = d.rows[w];
    row.seen = in.of(w);
    row.true_overlap = workers_[w].hit(*workload_, request(r));
    row.true_load = true_load(w);
    row.load_age = oracle() ? 0 : now_ - in.told_at[w];
  }
  return d;
}

Decision Simulation::decide(RequestId r, std::uint32_t strategy) const {
  RouteScratch scratch;
  RouteInput in;
  fill_input(r, {}, scratch, in);
  Decision d = describe(r, strategy, in);
  if (!in.routable.empty()) {
    RouterMemory memory = routers_[d.router].memory;  // a copy: asking changes nothing
    d.chosen = policy_table()[strategy].choose(in, config_.router.params, memory, &d.why);
  } else {
    d.why.reason = "no worker is routable: the request waits at the router";
  }
  for (WorkerId w = 0; w < workers_.size(); ++w) d.rows[w].score = d.why.candidates[w];
  return d;
}

std::uint64_t Simulation::pending_of(RequestId r) const {
  const RequestRecord& record = records_[r];
  if (record.first_token >= 0) return 0;
  const std::uint64_t tokens = request(r).prompt_tokens;
  const std::uint64_t held = std::uint64_t{record.predicted} * config_.cache.block_tokens;
  return tokens > held ? tokens - held : 0;
}

// The router counts a request that it has routed to record.worker.
void Simulation::count(RequestId r) {
  RequestRecord& record = records_[r];
  Router& router = routers_[record.router];
  record.counted = true;
  ++router.figures.active[record.worker];
  router.figures.active_blocks[record.worker] += request(r).prompt_blocks;
  router.figures.pending_tokens[record.worker] += pending_of(r);
  if (router.active.counts()) router.active.add(record.worker, path_of(r));
}

void Simulation::uncount(RequestId r) {
  RequestRecord& record = records_[r];
  if (!record.counted) return;
  Router& router = routers_[record.router];
  record.counted = false;
  --router.figures.active[record.worker];
  router.figures.active_blocks[record.worker] -= request(r).prompt_blocks;
  router.figures.pending_tokens[record.worker] -= pending_of(r);
  if (router.active.counts()) router.active.take_away(record.worker, path_of(r));
}

// Begins to count different active blocks where the strategy reads them, or ends it.
void Simulation::count_distinct() {
  const bool reads = policy_table()[config_.router.strategy].reads(Signal::kActiveDistinct);
  for (Router& router : routers_) {
    if (reads == router.active.counts()) continue;
    router.active = {};
    if (!reads) continue;
    BY_CHECK(tree_ != nullptr, "a strategy that counts different blocks needs the tree of the workload");
    router.active = ActiveBlocks(config_.fleet.workers, tree_);
    for (WorkerId w = 0; w < workers_.size(); ++w) {
      each_request_at(w, [&](RequestId r) {
        if (records_[r].counted && &routers_[records_[r].router] == &router) router.active.add(w, path_of(r));
      });
    }
  }
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
  RequestRecord& record = records_[r];
  Router& router = routers_[record.router];
  if (!router.up || router.figures.routable.empty()) {
    record.status = RequestStatus::kParked;
    parked_.push_back(r);
    return;
  }
  const bool explain = sink != nullptr && sink->wants_decisions();
  RouteInput in;
  fill_input(r, {explain || policy.reads(Signal::kOverlap), explain || policy.reads(Signal::kActiveDistinct)}, scratch_,
             in);
  Decision decision;
  if (explain) decision = describe(r, config_.router.strategy, in);
  const WorkerId w = policy.choose(in, config_.router.params, router.memory, explain ? &decision.why : nullptr);
  BY_CHECK(w < workers_.size() && router.figures.is_routable(w), "a policy chose a worker that is not routable");
  if (explain) {
    decision.chosen = w;
    for (WorkerId v = 0; v < workers_.size(); ++v) decision.rows[v].score = decision.why.candidates[v];
  }

  const Prompt prompt = prompt_of(r, in.chain);
  record.worker = w;
  record.predicted = policy.reads(Signal::kOverlap) ? in.overlap[w] : believed_overlap(router, w, r, prompt);
  record.status = RequestStatus::kWaiting;
  ++present_[w];
  count(r);
  if (!oracle()) {
    router.belief.routed(w, prompt, now_);
    router.figures.load[w] = grown(router.figures.load[w]);
  }
  emit(sink, {now_, EventType::kRoute, r, w, record.predicted, {}, explain ? &decision : nullptr, record.router});
  Host host(*this, w, sink);
  workers_[w].enqueue(host, r, now_);
}

void Simulation::route_parked(std::uint32_t router, EventSink* sink) {
  std::deque<RequestId> parked;
  parked.swap(parked_);
  for (const RequestId r : parked) {
    if (router == kEveryRouter || records_[r].router == router) {
      route(r, sink);  // which parks it again where its router is down
    } else {
      parked_.push_back(r);
    }
  }
}

}  // namespace blockyard
