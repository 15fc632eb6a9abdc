// TimeSpread: times in µs, for their mean, percentiles and greatest, in memory that does not grow for ever.
//
// Up to kExact of them are kept as they are. Beyond that they are counted in cells that double in width every kCells
// cells: a percentile is then off by at most one part in 2 · kCells of its value; number, mean and greatest stay exact.
// Invariant: what it tells follows from the times and their order alone.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/base/percentile.h"
#include "core/base/sim_time.h"

namespace blockyard::live {

class TimeSpread {
 public:
  static constexpr std::size_t kExact = 65'536;
  static constexpr std::uint64_t kCells = 256;

  /// A time below 0 counts as 0.
  void add(SimTime us) {
    us = std::max<SimTime>(us, 0);
    ++count_;
    sum_ms_ += us_to_ms(us);
    greatest_ = std::max(greatest_, us);
    if (count_ <= kExact) {
      exact_.push_back(us);
      return;
    }
    if (cells_.empty()) {
      cells_.resize(cell_of(static_cast<std::uint64_t>(kNever)) + 1, 0);
      for (const SimTime t : exact_) ++cells_[cell_of(static_cast<std::uint64_t>(t))];
      exact_ = {};
    }
    ++cells_[cell_of(static_cast<std::uint64_t>(us))];
  }
  std::uint64_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  double sum_ms() const { return sum_ms_; }
  double mean_ms() const { return sum_ms_ / static_cast<double>(count_); }
  double greatest_ms() const { return us_to_ms(greatest_); }

  /// Of at least one time; `ps` ascending.
  template <std::size_t N>
  std::array<double, N> percentiles_ms(const std::array<double, N>& ps) const {
    std::array<double, N> out{};
    if (cells_.empty()) {
      Ranking<SimTime> ranking(exact_);
      for (std::size_t i = 0; i < N; ++i) out[i] = ranking.percentile(ps[i]) / 1000.0;
      return out;
    }
    for (std::size_t i = 0; i < N; ++i)
      out[i] = percentile_of_ranks(count_, ps[i], [this](std::size_t rank) { return at_rank(rank); }) / 1000.0;
    return out;
  }

 private:
  // Below kCells each time has its own cell; then each doubling has kCells.
  static std::size_t cell_of(std::uint64_t us) {
    if (us < kCells) return static_cast<std::size_t>(us);
    const auto shift = static_cast<unsigned>(std::bit_width(us / kCells) - 1);
    return static_cast<std::size_t>(kCells * shift + (us >> shift));
  }
  // The middle of a cell.
  static double middle_of(std::size_t cell) {
    if (cell < 2 * kCells) return static_cast<double>(cell);
    const std::size_t shift = cell / kCells - 1;
    const auto low = static_cast<double>(std::uint64_t{cell - kCells * shift} << shift);
    return low + static_cast<double>((std::uint64_t{1} << shift) - 1) / 2;
  }
  double at_rank(std::size_t rank) const {
    std::uint64_t below = 0;
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
      below += cells_[cell];
      if (below > rank) return std::min(middle_of(cell), static_cast<double>(greatest_));
    }
    return static_cast<double>(greatest_);
  }

  std::uint64_t count_ = 0;
  double sum_ms_ = 0;
  SimTime greatest_ = 0;
  std::vector<SimTime> exact_;
  std::vector<std::uint64_t> cells_;
};

}  // namespace blockyard::live
