#include "core/live/calibrate/line_fit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/base/percentile.h"
#include "core/base/rng.h"

namespace blockyard::live {
namespace {

constexpr double kHuber = 1.345;         // 95 % as efficient as least squares where errors are normal
constexpr double kNormalScale = 1.4826;  // makes the median absolute residual a standard deviation there
constexpr int kRounds = 50;
constexpr int kResamples = 1000;

struct Line {
  double intercept = 0, slope = 0;
  double at(double x) const { return intercept + slope * x; }
};

double median_of(std::vector<double> values) { return Ranking<double>(std::move(values)).percentile(50); }

// Weighted least squares, around the weighted means, which loses no digits to a large x.
Line weighted(const std::vector<LinePoint>& points, const std::vector<double>& weights) {
  double w = 0, x = 0, y = 0;
  for (std::size_t i = 0; i < points.size(); ++i)
    w += weights[i], x += weights[i] * points[i].x, y += weights[i] * points[i].y;
  x /= w, y /= w;
  double xx = 0, xy = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double dx = points[i].x - x;
    xx += weights[i] * dx * dx, xy += weights[i] * dx * (points[i].y - y);
  }
  const double slope = xx > 0 ? xy / xx : 0;
  return {y - slope * x, slope};
}

Line huber(const std::vector<LinePoint>& points) {
  std::vector<double> weights(points.size(), 1), residuals(points.size());
  Line line = weighted(points, weights);
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < points.size(); ++i) residuals[i] = std::abs(points[i].y - line.at(points[i].x));
    const double scale = kNormalScale * median_of(residuals);
    if (!(scale > 0)) break;  // half of the points lie on it
    for (std::size_t i = 0; i < points.size(); ++i)
      weights[i] = residuals[i] <= kHuber * scale ? 1 : kHuber * scale / residuals[i];
    const Line next = weighted(points, weights);
    const bool settled = next.intercept == line.intercept && next.slope == line.slope;
    line = next;
    if (settled) break;
  }
  line.intercept = std::max(0.0, line.intercept);
  return line;
}

bool has_two_places(const std::vector<LinePoint>& points) {
  return std::any_of(points.begin(), points.end(), [&](const LinePoint& p) { return p.x != points.front().x; });
}

template <class T>
std::vector<T> resample(const std::vector<T>& from, Rng& rng) {
  std::vector<T> out;
  out.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) out.push_back(from[rng.below(from.size())]);
  return out;
}

Interval interval_of(std::vector<double> estimates) {
  std::sort(estimates.begin(), estimates.end());
  return {percentile(estimates, 2.5), percentile(estimates, 97.5)};
}

void judge(LineFit& fit, const std::vector<LinePoint>& points) {
  double mean = 0;
  for (const LinePoint& p : points) mean += p.y / static_cast<double>(points.size());
  double left = 0, all = 0;
  std::vector<double> relative;
  std::map<double, double> at;  // Σ residuals by x
  for (const LinePoint& p : points) {
    const double residual = p.y - fit.at(p.x);
    left += residual * residual, all += (p.y - mean) * (p.y - mean);
    at[p.x] += residual;
    relative.push_back(residual == 0 ? 0 : std::abs(residual) / std::max(fit.at(p.x), 1e-300));
  }
  fit.r2 = all > 0 ? 1 - left / all : left > 0 ? 0 : 1;
  Ranking<double> ranking(std::move(relative));
  fit.median_residual = ranking.percentile(50);
  fit.p95_residual = ranking.percentile(95);
  const auto within = [&](double r2, double p95) { return fit.r2 >= r2 && fit.p95_residual <= p95; };
  fit.quality = within(0.98, 0.15) ? FitQuality::kGood : within(0.9, 0.30) ? FitQuality::kFair : FitQuality::kPoor;
  fit.places = at.size();
  for (auto next = at.begin(), last = next++; next != at.end(); last = next++)
    fit.sign_changes += (last->second < 0) != (next->second < 0) ? 1 : 0;
}

}  // namespace

std::string_view fit_quality_name(FitQuality quality) {
  return quality == FitQuality::kGood ? "good" : quality == FitQuality::kFair ? "fair" : "poor";
}

std::optional<LineFit> fit_line(const std::vector<LinePoint>& points, std::uint64_t seed) {
  if (points.empty() || !has_two_places(points)) return std::nullopt;
  const Line line = huber(points);
  LineFit fit;
  fit.n = points.size();
  fit.intercept = line.intercept, fit.slope = line.slope;
  judge(fit, points);
  Rng rng(seed, RngPurpose::kCalibration);
  std::vector<double> intercepts, slopes;
  for (int i = 0; i < kResamples; ++i) {
    std::vector<LinePoint> drawn = resample(points, rng);
    while (!has_two_places(drawn)) drawn = resample(points, rng);
    const Line other = huber(drawn);
    intercepts.push_back(other.intercept), slopes.push_back(other.slope);
  }
  fit.intercept_95 = interval_of(std::move(intercepts));
  fit.slope_95 = interval_of(std::move(slopes));
  return fit;
}

MedianFit fit_median(const std::vector<double>& values, std::uint64_t seed) {
  Rng rng(seed, RngPurpose::kCalibration);
  std::vector<double> medians;
  for (int i = 0; i < kResamples; ++i) medians.push_back(median_of(resample(values, rng)));
  return {values.size(), median_of(values), interval_of(std::move(medians))};
}

}  // namespace blockyard::live
