// What the benchmarks run on. Each input is made once and kept.
#pragma once

#include <string>

#include "core/experiment/prepared.h"

namespace blockyard::bench {

/// The public synthetic trace of Mooncake; "" where its folder is missing.
std::string trace_path();

/// A scenario of the given number of workers with 20,000 blocks each, prepared: of that trace where `requests` is 0,
/// else of as many generated requests with long prompts.
const Prepared& prepared(std::uint32_t workers, std::uint32_t requests);

/// Blocks of all prompts.
std::uint64_t block_references(const Workload& workload);

/// Whether the large runs are wanted (--large).
bool& large();

}  // namespace blockyard::bench
