// TraceOffer: what a trace that was opened holds, how much of it fits into the fleet as set, and a fleet that fits.
// What is shown before the trace takes the run's place. A plain value, made once from the requests as read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/experiment/prepared.h"
#include "core/workload/trace_info.h"

namespace blockyard {

struct TraceOffer {
  /// A fleet for it: settings by path as JSON, in words, and how many requests it takes.
  struct Fleet {
    std::vector<std::pair<std::string, std::string>> values;
    std::string words;
    std::uint32_t fit = 0;
  };
  std::string file;        ///< name, without folders
  std::string recognised;  ///< "bailian, ids of 16 tokens"
  TraceInfo info;
  Fleet as_set;
  std::optional<Fleet> proposed;  ///< where another one serves it better
};

/// How many of the requests a worker of that capacity takes at all.
std::uint32_t requests_that_fit(const Workload& workload, EngineKind engine, std::uint32_t capacity_blocks,
                                std::uint32_t block_tokens);

/// `presets_dir` as parse_scenario takes it; without presets nothing is proposed.
TraceOffer make_offer(const Prepared& trace, const std::string& presets_dir);

}  // namespace blockyard
