// Counting bits without the instruction for it: the library is built for every 64-bit processor of its kind, where
// std::popcount is a call into the compiler's library, by tables, and several times as slow.
#pragma once

#include <cstdint>

namespace blockyard {

/// The number of bits of the word that are 1.
constexpr std::uint32_t ones_of(std::uint64_t word) {
  word -= (word >> 1) & 0x5555555555555555;
  word = (word & 0x3333333333333333) + ((word >> 2) & 0x3333333333333333);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return static_cast<std::uint32_t>((word * 0x0101010101010101) >> 56);
}

}  // namespace blockyard
