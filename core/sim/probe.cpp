#include "core/sim/probe.h"

#include <algorithm>

#include "core/engine/engine.h"

namespace blockyard {
namespace {

// The simulation as one of its workers sees it, between two events.
class Still final : public WorkerWorld {
 public:
  explicit Still(const Simulation& sim) : sim_(sim) {}
  const Workload& workload() const override { return sim_.workload(); }
  const Config& config() const override { return sim_.config(); }
  const Request& request(RequestId r) const override { return sim_.request(r); }
  bool step_is_over(SimTime at) const override { return at <= sim_.now(); }

 private:
  const Simulation& sim_;
};

// The part of the chain that the workload knows.
std::vector<Span> known_part(const Simulation& sim, Chain chain) {
  const std::uint32_t ids = sim.workload().tree.size();
  std::vector<Span> out;
  for (const Span& run : chain) {
    if (run.first >= ids) break;
    out.push_back({run.first, std::min(run.count, ids - run.first)});
    if (out.back().count < run.count) break;
  }
  return out;
}

std::uint32_t next_router(const Simulation& sim) {
  const auto replicas = static_cast<std::uint32_t>(sim.routers().size());
  return sim.config().router.replica_choice == ReplicaChoice::kTurn ? sim.arrived() % replicas : 0;
}

// A request like it: what the engine's rules ask for.
Request as_request(const Simulation& sim, const ProbePrompt& prompt) {
  Request r;
  r.arrival = sim.now();
  r.prompt_tokens = prompt.prompt_tokens;
  r.output_tokens = 1;
  r.prompt_blocks = r.known_blocks = prompt.prompt_tokens / sim.config().cache.block_tokens;
  return r;
}

SimTime wait_of(const Simulation& sim, const Worker& worker) {
  const FleetConfig& fleet = sim.config().fleet;
  const std::uint32_t places = fleet.engine == EngineKind::kSlots ? fleet.slots : fleet.max_num_seqs;
  if (worker.queued() == 0 && worker.running().size() < places) return 0;
  return worker.remaining(Still(sim), sim.now()) / std::max(1U, places);
}

SimTime prefill_of(const Simulation& sim, const Worker& worker, const Request& r, std::uint32_t hit) {
  const Config& config = sim.config();
  const std::uint32_t block = config.cache.block_tokens;
  if (config.fleet.engine == EngineKind::kSlots) return config.latency.prefill(r.prompt_blocks - hit, block);
  const auto decodes = static_cast<std::uint32_t>(worker.running().size());
  SimTime out = 0;
  for (std::uint32_t left = r.prompt_tokens - hit * block; left > 0;) {
    const std::uint32_t n = std::min(left, config.fleet.max_batched_tokens);
    out += config.latency.step(decodes, n);
    left -= n;
  }
  return out;
}

}  // namespace

Probe::Probe(const Simulation& sim, const ProbePrompt& prompt)
    : sim_(sim), prompt_(prompt), router_(next_router(sim)), workers_(sim.workers().size()) {
  const std::vector<Span> known = known_part(sim, prompt.chain);
  const Request r = as_request(sim, prompt);
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    const Worker& worker = sim.workers()[w];
    ProbeWorker& out = workers_[w];
    out.believed = sim.believed(w, router_).leading(known);
    out.held = worker.cache().resident().leading(known);
    out.wait = wait_of(sim, worker);
    out.prefill = prefill_of(sim, worker, r, engine_of(sim.config()).counted_hit(sim.config(), r, out.held));
  }
  count_blocks(known);
}

void Probe::count_blocks(const std::vector<Span>& known) {
  for (const Worker& worker : sim_.workers()) {
    BlockSet active(sim_.workload().id_count());
    const auto add = [&](RequestId r) {
      if (sim_.records()[r].counted && sim_.records()[r].router == router_)
        sim_.workload().each_prompt_run(sim_.request(r), [&active](Span run) { active.insert(run); });
    };
    for (const Sequence& s : worker.running()) add(s.request);
    for (const WaitingRequest& q : worker.waiting()) add(q.request);
    for (const RequestId r : worker.stuck()) add(r);
    active_distinct_.push_back(active.count());
    std::uint32_t there = 0;
    for (const Span& run : known) there += active.count(run);
    fresh_.push_back(chain_length(prompt_.chain) - there);
  }
}

Decision Probe::decide(std::uint32_t strategy) const {
  const Config& config = sim_.config();
  const Router& router = sim_.routers()[router_];
  const bool oracle = config.router.view == ViewMode::kOracle;
  FleetFigures figures = router.figures;
  std::vector<std::uint32_t> overlap;
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    const Worker& worker = sim_.workers()[w];
    overlap.push_back(workers_[w].believed);
    if (oracle) {
      figures.load[w] = sim_.true_load(w);
      figures.waiting[w] = worker.queued();
      figures.in_use[w] = worker.in_use();
    }
  }
  RouteInput in;
  in.see(figures, overlap);
  in.active_distinct = active_distinct_;
  in.fresh_blocks = fresh_;
  in.chain_blocks = chain_length(prompt_.chain);
  in.prompt_tokens = prompt_.prompt_tokens;
  in.block_tokens = config.cache.block_tokens;
  in.capacity_blocks = engine_of(config).pool(config);
  in.chain = prompt_.chain;
  in.tree = prompt_.tree;
  in.now = sim_.now();

  Decision d;
  d.t = sim_.now();
  d.strategy = strategy;
  d.router = router_;
  d.chain_blocks = in.chain_blocks;
  d.rows.resize(workers_.size());
  d.why.candidates.resize(workers_.size());
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    DecisionRow& row = d.rows[w];
    row.seen = in.of(w);
    row.true_overlap = workers_[w].held;
    row.true_load = sim_.true_load(w);
    row.load_age = oracle ? 0 : sim_.now() - in.told_at[w];
  }
  if (in.routable.empty()) {
    d.why.reason = "no worker is routable: the request waits at the router";
  } else {
    RouterMemory memory = router.memory;  // a copy: asking changes nothing
    d.chosen = policy_table()[strategy].choose(in, config.router.params, memory, &d.why);
  }
  for (WorkerId w = 0; w < workers_.size(); ++w) d.rows[w].score = d.why.candidates[w];
  return d;
}

}  // namespace blockyard
