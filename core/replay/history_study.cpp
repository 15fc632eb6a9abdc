// A routing of a real router studied after the fact: what it saw is in its record, what was true is in the fleet right
// before. What a policy keeps between its choices (whose turn it is, what it has bound, what it draws) is not recorded:
// each is asked under several such memories, and has an answer where all of them come to the same.
#include <algorithm>

#include "core/replay/history.h"

namespace blockyard {
namespace {

using live::RouteRecord;

// What the policies may see, as the router saw it; holds what a RouteInput refers to.
struct Seen {
  FleetFigures figures;
  std::vector<std::uint32_t> overlap, distinct, fresh;
  std::vector<Span> chain;
  PrefixTree keys;
  RouteInput in;
};

void fill(Seen& seen, const RouteRecord& r, const live::ObservedFleet& before, std::span<const BlockId> blocks,
          const PolicyParams& params, SimTime t) {
  const std::uint32_t block_tokens = before.config().cache.block_tokens;
  RouteInput& in = seen.in;
  seen.figures = FleetFigures(r.sights.size());
  for (WorkerId w = 0; w < r.sights.size(); ++w) {
    const live::WorkerSight& s = r.sights[w];
    WorkerFigures f;
    f.routable = s.routable;
    f.load = s.load;
    f.waiting = s.waiting;
    f.in_use = s.in_use;
    f.active = s.active;
    f.active_blocks = s.active_blocks;
    f.pending_tokens = s.pending_tokens;
    f.told_at = std::max<SimTime>(0, before.observed(w).figures_at);
    seen.figures.set(w, f);
    seen.overlap.push_back(s.overlap);
    seen.distinct.push_back(before.distinct_blocks(w));
    seen.fresh.push_back(before.fresh_blocks(w, blocks));
    if (in.capacity_blocks == 0) in.capacity_blocks = before.observed(w).capacity_blocks(block_tokens);
  }
  in.chain_blocks = static_cast<std::uint32_t>(r.codes.size());
  in.prompt_tokens = r.prompt_tokens;
  in.block_tokens = block_tokens;
  in.now = t;
  in.see(seen.figures, seen.overlap);
  in.active_distinct = seen.distinct;
  in.fresh_blocks = seen.fresh;
  // The block that the hashing ones make their key of, by its digest, as the router has it.
  const std::uint32_t key = std::min(static_cast<std::uint32_t>(params.prefix_tokens) / block_tokens, in.chain_blocks);
  seen.chain = {{0, in.chain_blocks}};
  if (key > 0) {
    Digest digest = r.root;
    for (std::uint32_t k = 0; k < key; ++k) digest = live::chained(digest, r.codes[k]);
    std::vector<Span> made;
    seen.keys.extend(kNone, digest_prefix(digest), 1, made);
    seen.chain = {{0, key - 1}, {made.front().first, 1}, {0, in.chain_blocks - key}};
  }
  in.chain = seen.chain;
  in.tree = &seen.keys;
}

// What a strategy makes of it, whatever it remembers; `wanted`: the worker that it is known to have chosen, or kNone.
void ask(const PolicyRow& policy, const Seen& seen, const PolicyParams& params, WorkerId wanted, Decision& d) {
  constexpr std::uint64_t kDraws = 8;
  const auto workers = static_cast<WorkerId>(seen.figures.size());
  std::optional<WorkerId> same;
  bool all_same = true, binds = false;
  for (std::uint64_t i = 0; i < std::max<std::uint64_t>(kDraws, workers); ++i) {
    RouterMemory memory(i);
    memory.cursor = memory.next_round_robin = static_cast<WorkerId>(i % workers);
    Explanation why;
    why.candidates.resize(workers);
    const WorkerId w = policy.choose(seen.in, params, memory, &why);
    binds = binds || !memory.bound.empty() || !memory.sessions.bound.empty();
    if (!same || w == wanted) {
      d.why = why;
      if (w == wanted) d.chosen = w;
    }
    all_same = all_same && (!same || *same == w);
    same = w;
  }
  if (wanted != kNone) {
    if (d.chosen == wanted) return;
    d.chosen = wanted;  // it remembered something that is not known here: neither are its scores
    d.why = {};
    return;
  }
  std::string unknown;
  if (policy.reads(Signal::kSession)) {
    unknown = "not known: it goes by the request's session, which is not recorded";
  } else if (binds) {
    unknown = "not known: it goes by what it remembers of earlier requests";
  } else if (!all_same) {
    unknown = d.why.reason.find("tie of") != std::string::npos ? "not known: a tie, and whose turn it was is not recorded"
                                                               : "not known: it draws, or takes turns";
  }
  d.chosen = unknown.empty() ? *same : kNone;
  if (!unknown.empty()) d.why.reason = unknown;
}

}  // namespace

std::optional<RoutingStudy> History::routing_of(RequestId r) const {
  std::size_t i = events_at_cursor();
  while (i > 0 && !(log_[i - 1].type == EventType::kRoute && log_[i - 1].request == r)) --i;
  if (i == 0) return std::nullopt;
  const std::uint64_t at = log_[i - 1].handled - 1;
  if (at < first_) return std::nullopt;
  const auto* route = std::get_if<RouteRecord>(&record(at).body);
  // A strategy of another version is not known here.
  if (route == nullptr || find_policy(route->strategy) == kNone) return std::nullopt;
  const auto behind = std::partition_point(checkpoints_.begin(), checkpoints_.end(),
                                           [at](const Checkpoint& c) { return c.record <= at; });
  const Checkpoint& from = *std::prev(behind);
  live::ObservedFleet before = *from.fleet;
  for (std::uint64_t k = from.record; k < at; ++k) before.apply(record(k), nullptr);
  before.make_room_for_names();

  const SimTime t = record(at).t;
  const auto workers = static_cast<WorkerId>(route->sights.size());
  const Workload& workload = names_.workload();
  std::vector<BlockId> blocks;
  workload.each_prompt_run(workload.requests[r], [&blocks](const Span& run) {
    for (std::uint32_t k = 0; k < run.count; ++k) blocks.push_back(run.first + k);
  });
  const PolicyParams& params = before.session().fleet().router.config.params;
  Seen seen;
  fill(seen, *route, before, blocks, params, t);

  RoutingStudy study;
  Decision& d = study.used;
  d.request = r;
  d.t = t;
  d.strategy = find_policy(route->strategy);
  d.chain_blocks = static_cast<std::uint32_t>(route->codes.size());
  for (WorkerId w = 0; w < workers; ++w) {
    DecisionRow row;
    row.seen = seen.in.of(w);
    const BlockSet& held = before.workers()[w].cache().resident();
    row.true_overlap = static_cast<std::uint32_t>(
        std::find_if_not(blocks.begin(), blocks.end(), [&held](BlockId b) { return held.contains(b); }) - blocks.begin());
    row.true_load = before.true_load(w);
    row.load_age = t - row.seen.told_at;
    d.rows.push_back(row);
  }
  const auto scored = [workers](Decision& decision) {
    for (WorkerId w = 0; w < workers; ++w)
      decision.rows[w].score = w < decision.why.candidates.size() ? decision.why.candidates[w] : CandidateScore();
  };
  const Decision plain = d;
  const bool any = std::any_of(route->sights.begin(), route->sights.end(), [](const auto& s) { return s.routable; });
  if (any) ask(policy_table()[d.strategy], seen, params, route->worker, d);
  d.chosen = route->worker;
  d.why.reason = route->reason;
  scored(d);
  for (std::uint32_t s = 0; any && s < policy_table().size(); ++s) {
    if (s == d.strategy) {
      study.strategies.push_back(d);
      continue;
    }
    Decision other = plain;
    other.strategy = s;
    ask(policy_table()[s], seen, params, kNone, other);
    scored(other);
    study.strategies.push_back(std::move(other));
  }
  return study;
}

}  // namespace blockyard
