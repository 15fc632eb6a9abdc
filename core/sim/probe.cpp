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

std::vector<ProbeWorker> probe_workers(const Simulation& sim, const ProbePrompt& prompt) {
  const std::vector<Span> known = known_part(sim, prompt.chain);
  const std::uint32_t router = next_router(sim);
  const Request r = as_request(sim, prompt);
  std::vector<ProbeWorker> out(sim.workers().size());
  for (WorkerId w = 0; w < out.size(); ++w) {
    const Worker& worker = sim.workers()[w];
    out[w].believed = sim.believed(w, router).leading(known);
    out[w].held = worker.cache().resident().leading(known);
    out[w].wait = wait_of(sim, worker);
    out[w].prefill = prefill_of(sim, worker, r, engine_of(sim.config()).counted_hit(sim.config(), r, out[w].held));
  }
  return out;
}

Decision probe_decision(const Simulation& sim, const ProbePrompt& prompt, std::uint32_t strategy) {
  const Config& config = sim.config();
  const std::vector<ProbeWorker> found = probe_workers(sim, prompt);
  const std::uint32_t number = next_router(sim);
  const Router& router = sim.routers()[number];
  const bool oracle = config.router.view == ViewMode::kOracle;
  FleetFigures figures = router.figures;
  std::vector<std::uint32_t> overlap, distinct, fresh;
  const std::vector<Span> known = known_part(sim, prompt.chain);
  for (WorkerId w = 0; w < found.size(); ++w) {
    const Worker& worker = sim.workers()[w];
    overlap.push_back(found[w].believed);
    if (oracle) {
      figures.load[w] = sim.true_load(w);
      figures.waiting[w] = worker.queued();
      figures.in_use[w] = worker.in_use();
    }
    // The different blocks of the requests that it has, and those of the prompt that are not among them.
    BlockSet active(sim.workload().id_count());
    const auto add = [&](RequestId r) {
      if (sim.records()[r].counted && sim.records()[r].router == number)
        sim.workload().each_prompt_run(sim.request(r), [&active](Span run) { active.insert(run); });
    };
    for (const Sequence& s : worker.running()) add(s.request);
    for (const WaitingRequest& q : worker.waiting()) add(q.request);
    for (const RequestId r : worker.stuck()) add(r);
    distinct.push_back(active.count());
    std::uint32_t there = 0;
    for (const Span& run : known) there += active.count(run);
    fresh.push_back(chain_length(prompt.chain) - there);
  }
  RouteInput in;
  in.see(figures, overlap);
  in.active_distinct = distinct;
  in.fresh_blocks = fresh;
  in.chain_blocks = chain_length(prompt.chain);
  in.prompt_tokens = prompt.prompt_tokens;
  in.block_tokens = config.cache.block_tokens;
  in.capacity_blocks = engine_of(config).pool(config);
  in.chain = prompt.chain;
  in.tree = prompt.tree;
  in.now = sim.now();

  Decision d;
  d.t = sim.now();
  d.strategy = strategy;
  d.router = number;
  d.chain_blocks = in.chain_blocks;
  d.rows.resize(found.size());
  d.why.candidates.resize(found.size());
  for (WorkerId w = 0; w < found.size(); ++w) {
    DecisionRow& row = d.rows[w];
    row.seen = in.of(w);
    row.true_overlap = found[w].held;
    row.true_load = sim.true_load(w);
    row.load_age = oracle ? 0 : sim.now() - in.told_at[w];
  }
  if (in.routable.empty()) {
    d.why.reason = "no worker is routable: the request waits at the router";
  } else {
    RouterMemory memory = router.memory;  // a copy: asking changes nothing
    d.chosen = policy_table()[strategy].choose(in, config.router.params, memory, &d.why);
  }
  for (WorkerId w = 0; w < found.size(); ++w) d.rows[w].score = d.why.candidates[w];
  return d;
}

}  // namespace blockyard
