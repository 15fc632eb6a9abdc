// A routing studied after the fact: the run is replayed to right before it, and each strategy is asked in turn.
#include "core/base/check.h"
#include "core/engine/engine.h"
#include "core/replay/player.h"

namespace blockyard {
namespace {

// Waits for the routing of one request, and keeps its router's memory as it was right before.
class RoutingWitness final : public EventSink {
 public:
  RoutingWitness(RequestId request, const Simulation& sim)
      : request_(request), router_(sim.router_of(request)), before_(sim.routers()[router_].memory) {}
  bool wants_decisions() const override { return !found_; }
  void on_event(const Event& e, const Simulation& sim) override {
    if (found_) return;
    if (e.type == EventType::kRoute && e.request == request_) {
      found_ = *e.decision;
    } else {
      before_ = sim.routers()[router_].memory;
    }
  }
  const std::optional<Decision>& found() const { return found_; }
  const RouterMemory& before() const { return before_; }

 private:
  RequestId request_;
  std::uint32_t router_;
  RouterMemory before_;
  std::optional<Decision> found_;
};

}  // namespace

std::optional<RoutingStudy> Player::routing_of(RequestId r) const {
  std::size_t i = events_at_cursor_;
  while (i > 0 && !(log_[i - 1].type == EventType::kRoute && log_[i - 1].request == r)) --i;
  if (i == 0) return std::nullopt;
  const Target before = before_event(i - 1);
  const Checkpoint& start = checkpoint_before(before);
  Simulation sim = *start.sim;
  std::size_t made = start.changes;
  advance(sim, made, before);
  RoutingWitness witness(r, sim);
  sim.step(&witness);
  BY_CHECK(witness.found().has_value(), "a replay does not route as the run did");

  RoutingStudy study{*witness.found(), {}};
  const Request& request = sim.request(r);
  const std::vector<Span> chain = sim.workload().prompt_chain(request);
  FleetFigures figures(study.used.rows.size());
  std::vector<std::uint32_t> overlap, distinct, fresh;
  for (WorkerId w = 0; w < figures.size(); ++w) {
    const WorkerFigures& seen = study.used.rows[w].seen;
    figures.set(w, seen);
    overlap.push_back(seen.overlap);
    distinct.push_back(seen.active_distinct);
    fresh.push_back(seen.fresh_blocks);
  }
  const Config& config = sim.config();
  RouteInput in;
  in.chain_blocks = study.used.chain_blocks;
  in.prompt_tokens = request.prompt_tokens;
  in.block_tokens = config.cache.block_tokens;
  in.capacity_blocks = engine_of(config).pool(config);
  in.chain = chain;
  in.tree = &sim.workload().tree;
  in.now = study.used.t;
  in.session = request.session;
  if (request.session != kNone) in.session_name = sim.workload().sessions[request.session];
  in.see(figures, overlap);
  in.active_distinct = distinct;
  in.fresh_blocks = fresh;
  for (std::uint32_t s = 0; s < policy_table().size(); ++s) {
    Decision d = study.used;
    if (s != study.used.strategy) {
      RouterMemory memory = witness.before();
      d.strategy = s;
      d.why = {};
      d.why.candidates.resize(figures.size());
      d.chosen = policy_table()[s].choose(in, config.router.params, memory, &d.why);
      for (std::size_t w = 0; w < figures.size(); ++w) d.rows[w].score = d.why.candidates[w];
    }
    study.strategies.push_back(std::move(d));
  }
  return study;
}

}  // namespace blockyard
