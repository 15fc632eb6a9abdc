// Which of many points must be drawn so that the picture is the one of all points. Per pixel column the first, the
// least, the largest and the last point are kept (M4: Jugel et al., VLDB 2014); the pyramid makes a column's extremes
// cheap to find, so that a line of millions of points zooms at the cost of the columns it covers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "app/plot/data/axis.h"

namespace blockyard {

// Indices of the least and the largest finite value per block of 16, of 16 · 16, … values. Owns indices only; the
// values stay with their owner and are handed in again with each call.
class MinMaxPyramid {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Extremes {
    std::uint32_t min = kNone, max = kNone;  // kNone: no finite value in the range
    bool any() const { return min != kNone; }
  };

  // Brings the pyramid up to `values`: O(appended). Values already seen must not have changed; call clear() if they
  // have.
  void update(std::span<const double> values);
  void clear();
  std::size_t size() const { return size_; }

  // Least and largest within [first, last); `values` as in update. O(log(last − first)).
  Extremes extremes(std::span<const double> values, std::size_t first, std::size_t last) const;

 private:
  static constexpr std::size_t kFan = 16;
  std::vector<std::vector<Extremes>> levels_;
  std::size_t size_ = 0;
};

inline constexpr std::size_t kGap = SIZE_MAX;

// Indices of the points to join, in order, with kGap where the line breaks; one point beyond each end of the visible
// range is kept so that lines leave the plot rather than end in it. x ascends. `pyramid` may be null (then O(points)).
void decimate(std::span<const double> x, std::span<const double> y, const MinMaxPyramid* pyramid,
              const AxisScale& scale, std::vector<std::size_t>& out);

}  // namespace blockyard
