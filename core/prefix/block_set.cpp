#include "core/prefix/block_set.h"

#include <algorithm>

#include "core/base/bits.h"

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
  each_occupied([&n](std::size_t, std::uint64_t w) { n += ones_of(w); });
  return n;
}

std::uint32_t BlockSet::count(Span run) const {
  std::uint32_t n = 0;
  each_word(run, [&](std::uint64_t i, std::uint64_t mask, unsigned) {
    n += ones_of(words_[i] & mask);
    return true;
  });
  return n;
}

std::uint32_t BlockSet::leading(Span run) const {
  std::uint32_t n = 0;
  each_word(run, [&](std::uint64_t i, std::uint64_t mask, unsigned low) {
    const std::uint64_t missing = mask & ~words_[i];
    if (missing == 0) {
      n += ones_of(mask);
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

std::pair<std::uint32_t, std::uint32_t> BlockSet::differences(const BlockSet& other) const {
  std::pair<std::uint32_t, std::uint32_t> n;
  for (std::size_t i = 0; i < occupied_.size(); ++i) {
    for (std::uint64_t left = occupied_[i] | other.occupied_[i]; left != 0; left &= left - 1) {
      const std::size_t at = i * 64 + static_cast<std::size_t>(std::countr_zero(left));
      const std::uint64_t differs = words_[at] ^ other.words_[at];
      if (differs == 0) continue;
      n.first += ones_of(differs & words_[at]);
      n.second += ones_of(differs & other.words_[at]);
    }
  }
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

void BlockSet::assign(const BlockSet& other) {
  for (std::size_t i = 0; i < occupied_.size(); ++i) {
    for (std::uint64_t left = occupied_[i] | other.occupied_[i]; left != 0; left &= left - 1) {
      const std::size_t at = i * 64 + static_cast<std::size_t>(std::countr_zero(left));
      words_[at] = other.words_[at];
    }
    occupied_[i] = other.occupied_[i];
  }
}

}  // namespace blockyard
