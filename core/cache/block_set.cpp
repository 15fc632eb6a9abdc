#include "core/cache/block_set.h"

#include <algorithm>

namespace blockyard {

void BlockSet::insert(Run run) {
  each_word(run, [this](std::uint64_t i, std::uint64_t mask, unsigned) {
    words_[i] |= mask;
    return true;
  });
}

std::uint32_t BlockSet::count() const {
  std::uint32_t n = 0;
  for (const std::uint64_t w : words_) n += static_cast<std::uint32_t>(std::popcount(w));
  return n;
}

std::uint32_t BlockSet::count(Run run) const {
  std::uint32_t n = 0;
  each_word(run, [&](std::uint64_t i, std::uint64_t mask, unsigned) {
    n += static_cast<std::uint32_t>(std::popcount(words_[i] & mask));
    return true;
  });
  return n;
}

std::uint32_t BlockSet::leading(Run run) const {
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
  for (const Run& run : chain) {
    const std::uint32_t here = leading(run);
    n += here;
    if (here < run.count) break;
  }
  return n;
}

std::uint32_t BlockSet::count_without(const BlockSet& other) const {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    n += static_cast<std::uint32_t>(std::popcount(words_[i] & ~other.words_[i]));
  }
  return n;
}

std::vector<Run> BlockSet::runs() const {
  std::vector<Run> out;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    std::uint64_t w = words_[i];
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
  }
  return out;
}

void BlockSet::assign(Chain runs) {
  clear();
  for (const Run& run : runs) insert(run);
}

}  // namespace blockyard
