#include "core/prefix/block_set.h"

#include <algorithm>

namespace blockyard {

void BlockSet::insert(Span run) {
  each_word(run, [this](std::uint64_t i, std::uint64_t mask, unsigned) {
    words_[i] |= mask;
    occupied_[i >> 6] |= 1ULL << (i & 63);
    return true;
  });
}

void BlockSet::erase(Span run) {
  each_word(run, [this](std::uint64_t i, std::uint64_t mask, unsigned) {
    erase_bits(i, mask);
    return true;
  });
}

void BlockSet::clear() {
  each_occupied([this](std::size_t i, std::uint64_t) { words_[i] = 0; });
  std::fill(occupied_.begin(), occupied_.end(), 0);
}

std::uint32_t BlockSet::count() const {
  std::uint32_t n = 0;
  each_occupied([&n](std::size_t, std::uint64_t w) { n += static_cast<std::uint32_t>(std::popcount(w)); });
  return n;
}

std::uint32_t BlockSet::count(Span run) const {
  std::uint32_t n = 0;
  each_word(run, [&](std::uint64_t i, std::uint64_t mask, unsigned) {
    n += static_cast<std::uint32_t>(std::popcount(words_[i] & mask));
    return true;
  });
  return n;
}

std::uint32_t BlockSet::leading(Span run) const {
  std::uint32_t n = 0;
  each_word(run, [&](std::uint64_t i, std::uint64_t mask, unsigned low) {
    const std::uint64_t missing = mask & ~words_[i];
    if (missing == 0) {
      n += static_cast<std::uint32_t>(std::popcount(mask));
      return true;
    }
    n += static_cast<std::uint32_t>(std::countr_zero(missing)) - low;
    return false;
  });
  return n;
}

std::uint32_t BlockSet::leading(Chain chain) const {
  std::uint32_t n = 0;
  for (const Span& run : chain) {
    const std::uint32_t here = leading(run);
    n += here;
    if (here < run.count) break;
  }
  return n;
}

std::uint32_t BlockSet::count_without(const BlockSet& other) const {
  std::uint32_t n = 0;
  each_occupied(
      [&](std::size_t i, std::uint64_t w) { n += static_cast<std::uint32_t>(std::popcount(w & ~other.words_[i])); });
  return n;
}

std::vector<Span> BlockSet::runs() const {
  std::vector<Span> out;
  each_occupied([&out](std::size_t i, std::uint64_t w) {
    const auto base = static_cast<BlockId>(i * 64);
    while (w != 0) {
      const auto low = static_cast<unsigned>(std::countr_zero(w));
      const auto ones = static_cast<unsigned>(std::countr_one(w >> low));
      const BlockId first = base + low;
      if (!out.empty() && out.back().first + out.back().count == first) {
        out.back().count += ones;
      } else {
        out.push_back({first, ones});
      }
      if (low + ones == 64) break;
      w &= ~(((1ULL << ones) - 1) << low);
    }
  });
  return out;
}

void BlockSet::assign(Chain runs) {
  clear();
  for (const Span& run : runs) insert(run);
}

}  // namespace blockyard
