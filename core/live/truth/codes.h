// What names a block of a live fleet: its code, which tells its tokens and no more, and the digest of its chain.
//
// Identity is the program's own, so that engines need no common hash function. A code is the first 16 bytes of the
// SHA-256 of the unit block's token ids; digest(k) = SHA-256(digest(k−1) ‖ code(k)), where digest(−1) says under which
// adapter and salt the chain stands (core/live/README.md, "Truth").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/hash.h"
#include "core/tokens/sha256.h"

namespace blockyard::live {

/// 16 bytes, as two big-endian halves. All zero: none is known.
struct Code {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool none() const { return high == 0 && low == 0; }
  bool operator==(const Code&) const = default;
};

/// The code of one unit block. `mark`: what it hangs on beside its text (images, embeddings); such a code is no
/// request's.
Code code_of(std::span<const std::uint32_t> tokens, std::string_view mark = {});

/// digest(−1): zeros, or with an adapter or a salt SHA-256(adapter ‖ 0x00 ‖ salt).
Digest root_digest(std::string_view adapter, std::string_view salt);

/// digest(k) from digest(k−1).
Digest chained(const Digest& before, const Code& code);

/// 32 lower-case hexadecimal digits, and back; nothing where it is not that.
std::string code_text(const Code& code);
std::optional<Code> parse_code(std::string_view text);

/// The ends of a chain, well mixed.
struct CodeHash {
  std::uint64_t operator()(const Code& c) const { return mix64(c.high ^ mix64(c.low)); }
};

}  // namespace blockyard::live
