// What a workload holds, before any fleet serves it: counts, lengths, and how much of it a cache could serve at best.
//
// The bounds know no time and no fleet: one cache, requests one after another in index order. So they are what routing
// and eviction can lose against, not what they will reach.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/sim_time.h"
#include "core/workload/traces/trace_reader.h"
#include "core/workload/workload.h"

namespace blockyard {

struct LengthSummary {
  std::uint32_t min = 0;
  double mean = 0;
  double p50 = 0;
  double p95 = 0;
  std::uint32_t max = 0;
};

/// Hits of one LRU cache of that many blocks (SPEC 4.1: the tail of what is released together goes first). Requests
/// that are longer than the cache do not run, as at a worker: they count for nothing.
struct CapacityPoint {
  std::uint32_t capacity_blocks = 0;
  std::uint64_t hit_blocks = 0;
  double ratio = 0;                 ///< of the prompt blocks of those that ran
  std::uint32_t requests = 0;       ///< that ran
  std::uint64_t prompt_blocks = 0;  ///< of those
};

struct TraceInfo {
  std::uint32_t requests = 0;
  std::uint32_t users = 0;  ///< chats, sessions or users; a trace without them has one a request
  SimTime span = 0;         ///< µs from the first arrival to the last (closed loops: 0)
  LengthSummary prompt;     ///< tokens
  LengthSummary output;     ///< tokens
  std::uint32_t block_tokens = 16;
  std::uint64_t prompt_blocks = 0;    ///< block references: sum of the chains' lengths
  std::uint32_t distinct_blocks = 0;  ///< of prompts
  std::uint64_t best_hit_blocks = 0;  ///< one cache without limit: leading blocks that were seen before
  std::uint32_t best_hit_requests = 0;
  double best_ratio = 0;
  std::vector<CapacityPoint> curve;
};

/// O(references) for the bounds, and again for each capacity.
TraceInfo trace_info(const Workload& workload, std::span<const std::uint32_t> capacities);

/// A prefix that several requests share, in words.
struct SharedPrefix {
  std::uint32_t tokens = 0;    ///< of its full blocks
  std::uint32_t requests = 0;  ///< that begin with it
  std::string words;           ///< all of it
};
/// The longest prefixes that two requests or more begin with, longest first; of those that are part of a longer one
/// only where more requests share them. At most `most`; none where the workload has no words.
std::vector<SharedPrefix> shared_prefixes(const Workload& workload, const RadixTree& tree, std::size_t most);

/// Capacities for a curve: 1, 2, 5 times powers of ten, from `least` to what holds every distinct block.
std::vector<std::uint32_t> curve_capacities(std::uint32_t least, std::uint32_t distinct_blocks);

/// Reuse counted in the trace's own blocks, a partial last one included: the figures that trace papers print.
struct IdReuse {
  std::uint64_t ids = 0;
  std::uint64_t hits = 0;  ///< leading ids of each request, in arrival order, whose whole prefix was seen before
};
IdReuse id_reuse(const RawTrace& trace);

}  // namespace blockyard
