// RouterView: what the router believes about the fleet, and RouteInput: all that a routing policy may see of it.
//
// Nothing but messages carries a worker's truth here (sim/ delivers them). A policy is given a RouteInput and cannot
// reach a Worker. Invariants: 1. active and active_blocks are exact: the router counts them itself; 2. the rest is as
// old as the last message, moved on by speculation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/cache/block_set.h"

namespace blockyard {

/// What the router believes about one worker.
struct WorkerView {
  BlockSet blocks;
  double load = 0;  ///< ms of remaining work, or requests, by the load metric
  std::uint32_t waiting = 0;
  std::uint32_t in_use = 0;         ///< blocks
  SimTime load_at = 0;              ///< when the figures were true; 0 before the first heartbeat
  SimTime blocks_at = 0;            ///< when the set was last replaced
  std::uint32_t active = 0;         ///< requests routed to it and not finished: exact
  std::uint64_t active_blocks = 0;  ///< sum of their chain lengths: exact
  bool routable = true;
};

/// One worker in a decision, as the policy sees it.
struct WorkerFigures {
  bool routable = true;
  std::uint32_t overlap = 0;  ///< leading blocks of the chain that the view holds
  double load = 0;
  std::uint32_t waiting = 0;
  std::uint32_t in_use = 0;
  std::uint32_t active = 0;
  std::uint64_t active_blocks = 0;
};

/// All that a policy may see. No output length, no truth (law 7).
struct RouteInput {
  std::uint32_t chain_blocks = 0;  ///< len
  std::uint32_t prompt_tokens = 0;
  std::uint32_t block_tokens = 16;
  std::uint32_t capacity_blocks = 0;
  std::span<const WorkerFigures> workers;  ///< all W, routable or not
  std::span<const WorkerId> routable;      ///< ascending, at least one
  Chain chain;
  const class PrefixTree* tree = nullptr;  ///< for digests of the chain's blocks
};

}  // namespace blockyard
