// The figures that a router has of its workers, and RouteInput: all that a routing policy may see. Figures of all
// workers stand in columns, since a decision reads one or two of them for every worker and the rest for none.
//
// Nothing but messages carries a worker's truth here (sim/ delivers them). A policy is given a RouteInput and cannot
// reach a Worker. Invariants: 1. active, active_blocks, pending_tokens and active_distinct are exact: the router counts
// them itself, over the requests that it routed; 2. the rest is as old as the last message, moved on by speculation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/prefix/block_set.h"

namespace blockyard {

/// One worker in a decision, as the policy sees it.
struct WorkerFigures {
  bool routable = true;
  std::uint32_t overlap = 0;  ///< leading blocks of the chain that the view holds
  double load = 0;            ///< ms of remaining work, or requests, by the load metric
  std::uint32_t waiting = 0;
  std::uint32_t in_use = 0;           ///< blocks
  std::uint32_t active = 0;           ///< requests routed to it and not finished: exact
  std::uint64_t active_blocks = 0;    ///< sum of their chain lengths: exact
  std::uint64_t pending_tokens = 0;   ///< tokens to prefill of its requests without a first token: exact
  SimTime told_at = 0;                ///< when load, waiting and in_use were true; 0 before the first heartbeat
  std::uint32_t active_distinct = 0;  ///< different blocks in the chains of its active requests: exact
  std::uint32_t fresh_blocks = 0;     ///< blocks of the chain that are not among those
};

/// The same of all W workers, a column a figure; overlap, distinct and fresh blocks belong to a decision and are kept
/// there.
struct FleetFigures {
  explicit FleetFigures(std::size_t workers = 0)
      : load(workers),
        waiting(workers),
        in_use(workers),
        active(workers),
        active_blocks(workers),
        pending_tokens(workers),
        told_at(workers) {
    for (WorkerId w = 0; w < workers; ++w) routable.push_back(w);
  }
  std::size_t size() const { return load.size(); }
  bool is_routable(WorkerId w) const { return std::binary_search(routable.begin(), routable.end(), w); }
  void set_routable(WorkerId w, bool yes) {
    const auto at = std::lower_bound(routable.begin(), routable.end(), w);
    const bool now = at != routable.end() && *at == w;
    if (yes && !now) routable.insert(at, w);
    if (!yes && now) routable.erase(at);
  }
  WorkerFigures of(WorkerId w) const {
    return {is_routable(w),    0,         load[w], waiting[w], in_use[w], active[w], active_blocks[w],
            pending_tokens[w], told_at[w]};
  }
  void set(WorkerId w, const WorkerFigures& f) {
    set_routable(w, f.routable);
    load[w] = f.load;
    waiting[w] = f.waiting;
    in_use[w] = f.in_use;
    active[w] = f.active;
    active_blocks[w] = f.active_blocks;
    pending_tokens[w] = f.pending_tokens;
    told_at[w] = f.told_at;
  }

  std::vector<double> load;
  std::vector<std::uint32_t> waiting, in_use, active;
  std::vector<std::uint64_t> active_blocks, pending_tokens;
  std::vector<SimTime> told_at;
  std::vector<WorkerId> routable;  ///< ascending
};

/// All that a policy may see. No output length, no truth (law 7).
struct RouteInput {
  std::uint32_t chain_blocks = 0;  ///< len
  std::uint32_t prompt_tokens = 0;
  std::uint32_t block_tokens = 16;
  std::uint32_t capacity_blocks = 0;
  std::span<const WorkerId> routable;  ///< ascending, at least one
  Chain chain;
  const class PrefixTree* tree = nullptr;  ///< for digests of the chain's blocks
  SimTime now = 0;
  std::uint32_t session = kNone;  ///< number of the request's session; kNone: it has none
  std::string_view session_name;  ///< its name, UTF-8

  // Of all W workers, routable or not.
  std::span<const std::uint32_t> overlap;
  std::span<const double> load;
  std::span<const std::uint32_t> waiting, in_use, active;
  std::span<const std::uint64_t> active_blocks, pending_tokens;
  std::span<const SimTime> told_at;
  std::span<const std::uint32_t> active_distinct, fresh_blocks;  ///< empty where nobody counts them
  std::size_t size() const { return load.size(); }
  bool is_routable(WorkerId w) const { return std::binary_search(routable.begin(), routable.end(), w); }
  WorkerFigures of(WorkerId w) const {
    return {is_routable(w),
            overlap[w],
            load[w],
            waiting[w],
            in_use[w],
            active[w],
            active_blocks[w],
            pending_tokens[w],
            told_at[w],
            active_distinct.empty() ? 0 : active_distinct[w],
            fresh_blocks.empty() ? 0 : fresh_blocks[w]};
  }

  /// Lets the policy see these; both must outlive the decision.
  void see(const FleetFigures& fleet, std::span<const std::uint32_t> overlaps) {
    routable = fleet.routable;
    overlap = overlaps;
    load = fleet.load;
    waiting = fleet.waiting;
    in_use = fleet.in_use;
    active = fleet.active;
    active_blocks = fleet.active_blocks;
    pending_tokens = fleet.pending_tokens;
    told_at = fleet.told_at;
  }
};

}  // namespace blockyard
