// Percentiles by linear interpolation between closest ranks, once for everybody: x = p · (n − 1) / 100, i = floor(x),
// v[i] + (v[i + 1] − v[i]) · (x − i).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/base/check.h"

namespace blockyard {

/// The p-th percentile (0 … 100) of n ≥ 1 values of which `at(i)` tells the i-th smallest. It is asked for rank i,
/// then, where there is one, for i + 1.
template <class At>
double percentile_of_ranks(std::size_t n, double p, const At& at) {
  BY_CHECK(n > 0, "percentile of nothing");
  const double x = p * static_cast<double>(n - 1) / 100.0;
  const auto i = static_cast<std::size_t>(std::floor(x));
  const double low = static_cast<double>(at(i));
  if (i + 1 >= n) return low;
  return low + (static_cast<double>(at(i + 1)) - low) * (x - static_cast<double>(i));
}

/// Of sorted values.
template <class T>
double percentile(const std::vector<T>& sorted, double p) {
  return percentile_of_ranks(sorted.size(), p, [&sorted](std::size_t i) { return sorted[i]; });
}

/// Of values in any order, for ascending p: each rank only parts what is left into smaller and greater.
template <class T>
class Ranking {
 public:
  explicit Ranking(std::vector<T> values) : values_(std::move(values)), left_(values_.begin()) {}
  Ranking(const Ranking&) = delete;
  Ranking& operator=(const Ranking&) = delete;

  bool empty() const { return values_.empty(); }

  double percentile(double p) {
    return percentile_of_ranks(values_.size(), p, [this](std::size_t i) {
      const auto place = values_.begin() + static_cast<std::ptrdiff_t>(i);
      // The rank after the last one: the least of what is greater. No later rank lies before it.
      if (place == left_ + 1 && parted_) return *std::min_element(place, values_.end());
      std::nth_element(left_, place, values_.end());
      left_ = place;
      parted_ = true;
      return *place;
    });
  }
  double greatest() { return static_cast<double>(*std::max_element(left_, values_.end())); }

 private:
  std::vector<T> values_;
  typename std::vector<T>::iterator left_;
  bool parted_ = false;
};

}  // namespace blockyard
