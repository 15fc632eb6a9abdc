// Trace writer: a workload as a Mooncake-format trace, one request a line, one hash id a block of the cache's size.
//
// Replayed with `block_tokens` set to that size it gives the same results to the byte: times are written to the µs, ids
// are the dense block ids, and blocks of answers that later prompts contain stand in the extra field
// "output_hash_ids". A partial last block has an id of its own, which no other line holds.
#pragma once

#include <span>
#include <string>

#include "core/base/ids.h"
#include "core/base/sim_time.h"
#include "core/workload/workload.h"

namespace blockyard {

/// A request of the workload and when it arrived.
struct TraceEntry {
  RequestId request = 0;  ///< into Workload::requests
  SimTime arrival = 0;
};

/// The whole workload. Not for closed loops: their arrivals follow from a simulation.
std::string write_trace(const Workload& workload);

/// The requests in the order and at the times in which a simulation saw them.
std::string write_trace(const Workload& workload, std::span<const TraceEntry> entries);

}  // namespace blockyard
