// Prompts as token ids: each full block of the cache's size becomes one id, so that equal tokens give equal blocks.
// Used by the formats that hold tokens or words. Private to traces/.
#pragma once

#include <cstdint>
#include <span>

#include "core/workload/traces/raw_trace.h"

namespace blockyard {

/// Gives `line` the ids of `tokens`: its prompt's, of which there are line.prompt_tokens, and of what is known of the
/// answer behind them.
void add_token_ids(RawTrace& trace, std::span<const std::uint32_t> tokens, std::uint32_t block_tokens, TraceLine& line);

}  // namespace blockyard
