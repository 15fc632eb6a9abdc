// Reads recorded requests (SPEC 9): finds out what a file is, reads it by its format's row, and cuts it into a
// workload.
//
// A trace is read whole or not at all: the first bad line is an error of one line, `path:line: field: what; what is
// allowed`. What was taken for granted (format, block size, unit of time) is said in Workload::read_as. Memory follows
// the distinct ids and the number of requests, not the size of the file. Invariants of what comes out: those of
// Workload; block ids are handed out in request index order.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/settings/workload_spec.h"
#include "core/workload/traces/format.h"
#include "core/workload/traces/raw_trace.h"
#include "core/workload/workload.h"

namespace blockyard {

/// What a file may cost.
struct TraceLimits {
  std::uint64_t most_bytes = std::uint64_t{64} << 30U;                    ///< that a file may unpack to
  std::uint64_t most_memory = std::numeric_limits<std::uint64_t>::max();  ///< that its requests may take, bytes
};

/// How a trace is read, besides what the scenario says.
struct TraceReading {
  std::uint32_t cache_block_tokens = 16;
  TraceLimits limits;
  WordLender* words = nullptr;  ///< cuts words; nullptr: formats that hold words are refused
  std::uint64_t seed = 0;       ///< of arrivals, where the file has no times
  /// Called now and then with what has been read so far.
  std::function<void(std::uint64_t bytes, std::size_t requests)> progress;
};

/// The files that a path stands for: itself, or those of a folder that look like traces, by name.
Result<std::vector<std::string>> trace_files(const std::vector<std::string>& paths);

/// Reads and checks the files that `paths` name, merged in that order. Uses of the spec what says how a trace is read:
/// format, block_tokens, limit, ignore_extra_ids, turns.
Result<RawTrace> parse_trace(const std::vector<std::string>& paths, const WorkloadSpec& spec,
                             const TraceReading& reading);

/// Sorts by recorded time (stable) and cuts trace blocks into cache blocks (SPEC 3). Uses of the spec start,
/// time_scale, replay, think_scale, sessions_at_once.
Result<Workload> cut_trace(const RawTrace& trace, const WorkloadSpec& spec, const TraceReading& reading);

/// Both.
Result<Workload> read_trace(const std::vector<std::string>& paths, const WorkloadSpec& spec,
                            const TraceReading& reading);

}  // namespace blockyard
