// make_workload: from what a scenario says to the requests of a run.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/settings/scenario.h"
#include "core/settings/workload_spec.h"
#include "core/workload/words/word_source.h"
#include "core/workload/workload.h"

namespace blockyard {

/// The files that a scenario's path names: several stand with commas between, unless a file has that very name.
std::vector<std::string> trace_paths(const std::string& path, const std::string& base_dir);

/// What a scenario says about words; a relative path of a tokenizer is looked up from the scenario's folder, then from
/// the working one.
WordSettings word_settings(const Scenario& scenario);

/// The requests of a scenario, cut into cache blocks of that size: its workload's, and the prompts that it sends.
Result<Workload> make_workload(const Scenario& scenario, std::uint32_t block_tokens);

/// Reads the trace or runs the generator. `block_tokens` is the cache's block size; `base_dir` is where a relative
/// trace path is looked up; a trace that would take more than `most_memory` bytes is an error. Same arguments, same
/// bytes; contents and arrivals are drawn from streams of their own.
Result<Workload> make_workload(const WorkloadSpec& spec, std::uint32_t block_tokens, std::uint64_t seed,
                               const std::string& base_dir,
                               std::uint64_t most_memory = std::numeric_limits<std::uint64_t>::max());

}  // namespace blockyard
