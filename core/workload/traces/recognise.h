// Recognising (SPEC 9): which format a file has and how many tokens its ids stand for, from its first records. A value
// that was given is held against what the file says; where they contradict, the error names what fits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/workload/traces/format.h"

namespace blockyard {

struct Recognised {
  const TraceFormatRow* format = nullptr;
  std::uint32_t block_tokens = 0;
};

/// `first` are the first records of the file. `format` is "" and `block_tokens` empty where nothing was given; formats
/// whose ids are the tokens' own take the cache's size.
Result<Recognised> recognise(const std::string& path, std::span<const ParsedRecord> first, const std::string& format,
                             std::optional<std::uint32_t> block_tokens, bool ignore_extra_ids,
                             std::uint32_t cache_block_tokens);

}  // namespace blockyard
