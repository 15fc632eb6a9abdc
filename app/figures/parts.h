// What the pictures of this room share: times of a series, windows over it, faults as marks, units. Private to
// figures/.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "app/plot/data/plot.h"
#include "core/experiment/run.h"

namespace blockyard::figures {

inline constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// A latency axis' unit, by the greatest value that it will show, and what ms are multiplied by to get there.
struct TimeUnit {
  const char* name;
  double factor;
};
inline TimeUnit unit_for_ms(double greatest_ms) {
  return greatest_ms >= 20000 ? TimeUnit{"s", 0.001} : TimeUnit{"ms", 1};
}

inline PlotSeries series(std::string name, SeriesStyle style, PlotColour colour) {
  PlotSeries s;
  s.name = std::move(name);
  s.style = style;
  s.colour = colour;
  return s;
}

/// The width of a bucket and the end of bucket i, s.
inline double bucket_s(const RunResults& r) { return us_to_ms(r.bucket) / 1000; }
inline double time_of(const RunResults& r, std::size_t bucket) { return bucket_s(r) * static_cast<double>(bucket + 1); }

/// Buckets of the sliding windows: a fortieth of the run, at least a second where there are so many.
inline std::size_t window_of(const RunResults& r) {
  const double second = bucket_s(r) > 0 ? 1 / bucket_s(r) : 1;
  return std::max<std::size_t>(1, std::max(r.series.size() / 40, static_cast<std::size_t>(std::lround(second))));
}
inline std::string window_text(const RunResults& r) {
  return fmt::format("{:.3g} s sliding window", bucket_s(r) * static_cast<double>(window_of(r)));
}

/// Σ of(bucket) over the window that ends with each bucket.
template <class F>
std::vector<double> windowed(const RunResults& r, F of) {
  const std::size_t window = window_of(r);
  std::vector<double> out;
  double sum = 0;
  for (std::size_t i = 0; i < r.series.size(); ++i) {
    sum += static_cast<double>(of(r.series[i]));
    if (i >= window) sum -= static_cast<double>(of(r.series[i - window]));
    out.push_back(sum);
  }
  return out;
}

/// 100 · part / whole; NaN where there is no whole.
inline double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : kNothing; }

/// The scenario's faults as marks over time; an outage is a span.
std::vector<PlotMark> fault_marks(const RunResults& r);

/// "0", "1", "2–3", "4–7" …: bins of match lengths that double; and which of them a length is in.
std::string match_bin_name(std::size_t bin);
std::size_t match_bin(std::uint32_t blocks);

}  // namespace blockyard::figures
