// Learns a byte-level vocabulary from texts: the trainer behind the built-in tokenizer (SPEC 3.1).
//
// Deterministic: of the pairs that occur most often, the one with the lowest ids is joined, whatever the machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/tokens/tokenizer.h"

namespace blockyard {

/// The text of the built-in tokenizer's end mark.
inline constexpr const char* kEndMark = "<|end|>";
/// Entries of the built-in tokenizer: 256 bytes, what was joined, the end mark.
inline constexpr std::uint32_t kBuiltInEntries = 4096;

/// Byte-pair encoding with `entries` entries (at least 257): the bytes 0 … 255 have the ids 0 … 255, then come the
/// tokens in the order in which they were joined, at last the end mark. Pieces are cut as Llama 3 cuts them, so that no
/// token crosses a word, and numbers go three digits at a time. Fewer entries where there is nothing left to join.
Tokenizer train_tokenizer(const std::vector<std::string>& texts, std::uint32_t entries, const std::string& name);

}  // namespace blockyard
