// The generators of SPEC 9: rag, chat, agent, few_shot, uniform, demo. Each turns a spec into sessions of prompts made
// of named contents; what they have in common (arrivals, order, chains) is done once, here.
//
// Contents come from RngPurpose::kWorkload and arrivals from kArrival, so changing the rate does not change what is
// asked.
#pragma once

#include <cstdint>

#include "core/base/result.h"
#include "core/settings/workload_spec.h"
#include "core/workload/words/word_source.h"
#include "core/workload/workload.h"

namespace blockyard {

/// Requests of a generated workload. `words` are those of `demo`; without them it is refused. An error where the spec
/// would make more than can be simulated.
Result<Workload> generate_workload(const WorkloadSpec& spec, std::uint32_t block_tokens, std::uint64_t seed,
                                   WordLender* words = nullptr);

}  // namespace blockyard
