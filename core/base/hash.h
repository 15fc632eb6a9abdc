// StateHash: a fast, portable 64-bit digest of simulation state, for "same scenario, same seed, same bytes". Not for
// block identity (that is SHA-256, tokens/sha256.h) and not against adversaries.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace blockyard {

/// splitmix64's finaliser (Steele, Lea, Flood 2014): a bijection whose every output bit depends on every input bit.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

class StateHash {
 public:
  void add(std::uint64_t v) { h_ = mix64(h_ ^ (v + 0x9e3779b97f4a7c15ULL)) + (h_ << 1); }
  void add(double v) { add(std::bit_cast<std::uint64_t>(v)); }
  template <class T>
  void add_all(std::span<const T> values) {
    add(static_cast<std::uint64_t>(values.size()));
    for (const T& v : values) add(static_cast<std::uint64_t>(v));
  }
  std::uint64_t value() const { return mix64(h_); }

 private:
  std::uint64_t h_ = 0x243f6a8885a308d3ULL;
};

}  // namespace blockyard
