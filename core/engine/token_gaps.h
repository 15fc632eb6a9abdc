// TokenGaps: how long each output token came after the one before it (inter-token latency), as counts of equal gaps.
//
// A value, cheap to add to and to copy: steps of equal length make equal gaps. Invariant: sorted_ ascends strictly and
// holds more entries than recent_ ever will, so that adding costs O(log n) on average.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/sim_time.h"

namespace blockyard {

/// Output tokens handed out; engine slots counts a request's as it finishes.
struct TokenTotals {
  std::uint64_t handed_out = 0;
  std::uint64_t gaps = 0;  ///< of those that came after another one of the same request
  SimTime gap_time = 0;    ///< Σ time since that one, µs
};

class TokenGaps {
 public:
  /// A gap in µs, and how many tokens came after it.
  using Count = std::pair<SimTime, std::uint64_t>;

  void add(SimTime gap, std::uint64_t tokens = 1) {
    if (tokens == 0) return;
    tokens_ += tokens;
    total_ += gap * static_cast<SimTime>(tokens);
    if (!recent_.empty() && recent_.back().first == gap) {
      recent_.back().second += tokens;
      return;
    }
    if (recent_.size() >= std::max(kFew, sorted_.size())) {
      sorted_ = sorted();
      recent_.clear();
    }
    recent_.emplace_back(gap, tokens);
  }

  std::uint64_t tokens() const { return tokens_; }
  /// Σ gaps, µs.
  SimTime total() const { return total_; }
  /// All counts, gaps ascending.
  std::vector<Count> sorted() const {
    std::vector<Count> all = sorted_;
    all.insert(all.end(), recent_.begin(), recent_.end());
    std::sort(all.begin(), all.end());
    std::size_t n = 0;
    for (const Count& c : all) {
      if (n > 0 && all[n - 1].first == c.first) {
        all[n - 1].second += c.second;
      } else {
        all[n++] = c;
      }
    }
    all.resize(n);
    return all;
  }

 private:
  static constexpr std::size_t kFew = 64;
  std::vector<Count> sorted_;
  std::vector<Count> recent_;
  std::uint64_t tokens_ = 0;
  SimTime total_ = 0;
};

}  // namespace blockyard
