// A straight line through measured points that a few wild ones do not turn: Huber's M-estimate (Huber 1964, Robust
// Estimation of a Location Parameter), by iteratively reweighted least squares, and how sure it is by resampling.
//
// Invariants: 1. the same points, in the same order, and the same seed give the same bits; 2. on points that lie on a
// line it is that line; 3. an interval holds the estimate's resamples, not the measurements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace blockyard::live {

struct LinePoint {
  double x = 0;
  double y = 0;
};

/// 95 % of an estimate's bootstrap resamples: their 2.5th and 97.5th percentile.
struct Interval {
  double low = 0;
  double high = 0;
};

/// Good: R² ≥ 0.98 and p95 of |residual| / fitted ≤ 15 %; fair: 0.9 and 30 %; else poor.
enum class FitQuality : std::uint8_t { kGood, kFair, kPoor };
std::string_view fit_quality_name(FitQuality quality);

struct LineFit {
  std::size_t n = 0;
  double intercept = 0;  ///< ≥ 0: a negative one becomes 0
  double slope = 0;
  Interval intercept_95, slope_95;
  double r2 = 0;               ///< 1 − Σ residual² / Σ (y − mean)², unweighted
  double median_residual = 0;  ///< of |residual| / fitted
  double p95_residual = 0;
  FitQuality quality = FitQuality::kPoor;
  /// How often the mean residual changes its sign from one x to the next, and among how many different x: a line
  /// through a curve changes it twice, noise about every second time.
  std::size_t sign_changes = 0;
  std::size_t places = 0;
  double at(double x) const { return intercept + slope * x; }
};

/// k = 1.345, scale = 1.4826 × the median absolute residual, at most 50 rounds, 1,000 resamples. Nothing where the
/// points have fewer than two different x.
std::optional<LineFit> fit_line(const std::vector<LinePoint>& points, std::uint64_t seed);

/// The median of n ≥ 1 values, with the interval of 1,000 resamples.
struct MedianFit {
  std::size_t n = 0;
  double median = 0;
  Interval median_95;
};
MedianFit fit_median(const std::vector<double>& values, std::uint64_t seed);

}  // namespace blockyard::live
