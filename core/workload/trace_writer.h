// Trace writer: a workload as a Mooncake-format trace, one request a line, one hash id a block of the cache's size.
//
// Replayed as it is, it gives the same results to the byte: times are written to the µs, ids are the dense block ids,
// block size and origin of time stand in the lines, and so do session, turn, the pause before a turn ("delay") and the
// blocks of answers that later prompts contain ("output_hash_ids"). A partial last block has no id.
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

/// The workload's prompts in words, as lines of format text: the same tokenizer makes the same blocks of them. Answers
/// are left as lengths. `words` must be there; not for closed loops.
std::string write_words(const Workload& workload);

/// The requests in the order and at the times in which a simulation saw them.
std::string write_trace(const Workload& workload, std::span<const TraceEntry> entries);

}  // namespace blockyard
