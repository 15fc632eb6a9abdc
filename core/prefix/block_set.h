// BlockSet: a set of block ids as a bitset, and Span/Chain: how a chain of blocks is written.
//
// Ids are handed out in order of first sight, so a chain is a short list of runs of consecutive ids, and membership
// tests, insertions and counts go 64 blocks at a time. A second bitset says which words are not empty, so that what
// goes over the whole set costs what is in it, not what could be. Invariants: 1. the size (number of ids) is fixed at
// construction; 2. bit i of occupied_ is set exactly where words_[i] is not 0.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/base/ids.h"

namespace blockyard {

/// Consecutive block ids first, first + 1, … first + count − 1, each the parent of the next.
struct Span {
  BlockId first = 0;
  std::uint32_t count = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

/// A prompt's full blocks in order, from the root of the prefix tree down.
using Chain = std::span<const Span>;

/// Number of blocks in a chain.
inline std::uint32_t chain_length(Chain chain) {
  std::uint32_t n = 0;
  for (const Span& r : chain) n += r.count;
  return n;
}

class BlockSet {
 public:
  BlockSet() = default;
  explicit BlockSet(std::uint32_t ids) : words_((ids + 63) / 64, 0), occupied_((words_.size() + 63) / 64, 0) {}

  bool contains(BlockId b) const { return (words_[b >> 6] >> (b & 63)) & 1U; }
  void insert(BlockId b) {
    words_[b >> 6] |= 1ULL << (b & 63);
    occupied_[b >> 12] |= 1ULL << ((b >> 6) & 63);
  }
  void erase(BlockId b) { erase_bits(b >> 6, 1ULL << (b & 63)); }
  void insert(Span run);
  void erase(Span run);
  void clear();

  /// Number of blocks in the set.
  std::uint32_t count() const;
  /// Number of blocks of the run that are in the set.
  std::uint32_t count(Span run) const;
  /// Number of leading blocks of the run that are in the set.
  std::uint32_t leading(Span run) const;
  /// Number of leading blocks of the chain that are in the set.
  std::uint32_t leading(Chain chain) const;
  /// |this \ other| and |other \ this|; both over the same ids.
  std::pair<std::uint32_t, std::uint32_t> differences(const BlockSet& other) const;
  /// The set as runs of ids, ascending.
  std::vector<Span> runs() const;
  /// Replaces the set by these runs.
  void assign(Chain runs);
  /// Replaces the set by another one over the same ids. Costs what is in the two of them.
  void assign(const BlockSet& other);
  /// Calls f(Span, whether it is in the set) for the stretches of the run that are in it or not, in order.
  template <class F>
  void each_stretch(Span run, F f) const {
    const BlockId end = run.first + run.count;
    for (BlockId at = run.first; at < end;) {
      const bool in = contains(at);
      BlockId to = at;
      while (to < end) {
        const std::uint64_t others = (in ? ~words_[to >> 6] : words_[to >> 6]) >> (to & 63);
        if (others != 0) {
          to += static_cast<BlockId>(std::countr_zero(others));
          break;
        }
        to = (to | 63U) + 1;
      }
      to = std::min(to, end);
      f(Span{at, to - at}, in);
      at = to;
    }
  }

  std::span<const std::uint64_t> words() const { return words_; }
  friend bool operator==(const BlockSet&, const BlockSet&) = default;

 private:
  // Calls f(word index, mask of the run's bits in that word) until f returns false.
  template <class F>
  static void each_word(Span run, F f) {
    std::uint64_t begin = run.first;
    const std::uint64_t end = begin + run.count;
    while (begin < end) {
      const std::uint64_t low = begin & 63;
      const std::uint64_t bits = std::min<std::uint64_t>(64 - low, end - begin);
      const std::uint64_t mask = (bits == 64 ? ~0ULL : ((1ULL << bits) - 1)) << low;
      if (!f(begin >> 6, mask, static_cast<unsigned>(low))) return;
      begin += bits;
    }
  }

  // Calls f(word index, word) for the words that are not empty, ascending.
  template <class F>
  void each_occupied(F f) const {
    for (std::size_t i = 0; i < occupied_.size(); ++i) {
      for (std::uint64_t left = occupied_[i]; left != 0; left &= left - 1) {
        const std::size_t at = i * 64 + static_cast<std::size_t>(std::countr_zero(left));
        f(at, words_[at]);
      }
    }
  }
  void erase_bits(std::size_t word, std::uint64_t mask) {
    words_[word] &= ~mask;
    if (words_[word] == 0) occupied_[word >> 6] &= ~(1ULL << (word & 63));
  }

  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> occupied_;
};

}  // namespace blockyard
