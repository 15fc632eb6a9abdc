// TraceOffer: what a trace that was opened holds, how much of it fits into the fleet as it is set, and a fleet that
// fits. It is shown before the trace takes the run's place. A plain value, made once from the requests as read.
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
  /// A fleet for it.
  struct Fleet {
    std::vector<std::pair<std::string, std::string>> values;  ///< settings by path, as JSON
    std::string words;       ///< "4 workers of 924 blocks (Llama 2 13B on A100 40 GB), engine slots"
    std::uint32_t fit = 0;   ///< requests that a worker takes at all
    std::uint64_t pool = 0;  ///< blocks that a worker has for one request
  };
  std::string file;        ///< name, without folders
  std::string recognised;  ///< as the command line says it: "read as mooncake, 512 tokens a block, …"
  TraceInfo info;
  std::uint64_t longest_blocks = 0;  ///< what the longest request needs, as the fleet is set
  Fleet as_set;
  std::optional<Fleet> proposed;  ///< where another one serves it better
};

/// `presets_dir` as parse_scenario takes it; without presets nothing is proposed. O(references + presets × requests).
TraceOffer make_offer(const Prepared& trace, const std::string& presets_dir);

}  // namespace blockyard
