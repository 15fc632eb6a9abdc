// What a run will take of the machine's memory, told before it starts: accepted input must not take more than it says.
//
// The figures are estimates from above of what grows with the scenario: slots, sets of blocks, requests. They are not
// counted to the byte, and small runs count as nothing.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "core/base/result.h"
#include "core/settings/scenario.h"
#include "core/sim/simulation.h"

namespace blockyard {

/// Bytes, by what they are for.
struct MemoryNeed {
  std::uint64_t requests = 0;  ///< the workload, its tree, and a record a request
  std::uint64_t slots = 0;     ///< of the workers' caches
  std::uint64_t sets = 0;      ///< what the workers hold and the routers believe, as sets of blocks
  std::uint64_t total() const { return requests + slots + sets; }
};

/// What a generator will make, before it does; 0 for a trace, which is looked at as it is read.
MemoryNeed memory_of_workload(const WorkloadSpec& spec);

/// A simulation of these requests, `copies` times, with the requests themselves.
MemoryNeed memory_of_run(const Config& config, const Workload& workload, const RadixTree* tree, CacheKind cache,
                         std::uint32_t copies = 1);

/// "11 GiB", "640 MiB".
std::string memory_text(std::uint64_t bytes);

/// An error that says what is needed for what, where that is more than `most` bytes.
Result<void> fits_memory(const MemoryNeed& need, const Scenario& scenario, std::uint64_t most);

}  // namespace blockyard
