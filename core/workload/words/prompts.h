// Prompts that a scenario adds to its workload by hand (`prompts`): each a request of its own at its time, in words.
//
// They come after all that arrives by that time, so what happens before one does not change by it. Block ids of the
// workload stay as they are; those that only these prompts hold come behind them.
#pragma once

#include <optional>
#include <span>

#include "core/base/result.h"
#include "core/settings/scenario.h"
#include "core/workload/words/word_source.h"
#include "core/workload/workload.h"

namespace blockyard {

/// The tokens of such a prompt.
std::vector<TokenId> tokens_of(const SentPrompt& prompt, const WordSource& words);

/// What answers prompt number `number` of a scenario.
std::vector<TokenId> answer_to_sent(const SentPrompt& prompt, std::size_t number, const WordSource& words);

/// Adds them. An error where the workload's arrivals follow from the run (closed loops), or a prompt has no token.
std::optional<Error> add_prompts(std::span<const SentPrompt> prompts, const WordSource& words, Workload& out);

}  // namespace blockyard
