// Trace readers: JSON Lines of recorded requests (SPEC 9) as a Workload. Plain or gzip, told by the first bytes.
//
// A trace is read whole or not at all: the first bad line is an error of one line, `path:line: field: what; what is
// allowed`. Invariants of what comes out: those of Workload; block ids are handed out in request index order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/sim_time.h"
#include "core/settings/workload_spec.h"
#include "core/workload/workload.h"

namespace blockyard {

/// The lines of a trace as they stand in the file, checked but not yet cut into blocks.
struct RawTrace {
  struct Line {
    SimTime arrival = 0;  ///< µs, scaled
    std::uint32_t prompt_tokens = 0;
    std::uint32_t output_tokens = 0;
    std::uint32_t ids_count = 0;         ///< hash_ids, of which those beyond the prompt are left out
    std::uint32_t output_ids_count = 0;  ///< output_hash_ids, right behind them
    std::uint32_t user = 0;              ///< bailian: which chat; mooncake: which line
    std::size_t ids_begin = 0;           ///< into ids
  };
  std::string path;
  std::uint32_t block_tokens = 512;
  std::vector<Line> lines;
  std::vector<std::uint64_t> ids;
  std::vector<std::string> warnings;
};

/// Reads and checks a trace file. `limit`: the first requests of the file only. `needed_block_tokens` is the block size
/// for which every line must have enough hash ids (the cache's).
Result<RawTrace> parse_trace(const std::string& path, TraceFormat format, std::uint32_t trace_block_tokens,
                             double time_scale, std::optional<std::uint32_t> limit, std::uint32_t needed_block_tokens);

/// Sorts by arrival (stable) and cuts trace blocks into cache blocks (SPEC 3).
Result<Workload> cut_trace(const RawTrace& trace, std::uint32_t cache_block_tokens);

/// Both. The trace's block size must be a multiple of the cache's.
Result<Workload> read_trace(const std::string& path, TraceFormat format, std::uint32_t trace_block_tokens,
                            double time_scale, std::optional<std::uint32_t> limit, std::uint32_t cache_block_tokens);

}  // namespace blockyard
