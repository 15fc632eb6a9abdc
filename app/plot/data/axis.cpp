#include "app/plot/data/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/math.h"
#include "core/base/text.h"

namespace blockyard {
namespace {

constexpr double kTiny = 1e-300;

// The 1, 2, 5 · 10^n next to `rough`.
double nice_step(double rough) {
  if (!(rough > 0) || !std::isfinite(rough)) return 1;
  const double power = math::pow(10.0, std::floor(math::log10(rough)));
  const double f = rough / power;
  return power * (f < 1.5 ? 1 : f < 3.2 ? 2 : f < 7.1 ? 5 : 10);
}

// The largest 1, 2, 5 · 10^n at or under v (or the smallest at or over it).
double nice_bound(double v, bool up) {
  const double power = math::pow(10.0, std::floor(math::log10(v) + 1e-12));
  const double f = v / power;
  if (up) return power * (f <= 1.0000001 ? 1 : f <= 2.0000001 ? 2 : f <= 5.0000001 ? 5 : 10);
  return power * (f >= 4.9999999 ? 5 : f >= 1.9999999 ? 2 : 1);
}

std::string with_separators(std::string number) {
  for (std::size_t i = std::min(number.find('.'), number.size()); i > 3; i -= 3) number.insert(i - 3, 1, ',');
  return number;
}

}  // namespace

double AxisScale::fraction(double v) const {
  if (log) return (math::log10(std::max(v, kTiny)) - math::log10(lo)) / (math::log10(hi) - math::log10(lo));
  return (v - lo) / (hi - lo);
}

double AxisScale::at_fraction(double f) const {
  return log ? math::pow(10.0, math::log10(lo) + f * (math::log10(hi) - math::log10(lo))) : lo + f * (hi - lo);
}

float AxisScale::px(double v) const {
  return p0 + static_cast<float>(std::clamp(fraction(v), -10.0, 11.0)) * (p1 - p0);
}

double AxisScale::value(float p) const {
  return p1 == p0 ? lo : at_fraction(static_cast<double>((p - p0) / (p1 - p0)));
}

Ticks linear_ticks(double lo, double hi, int target, double shown) {
  Ticks out;
  out.shown = shown;
  lo /= shown, hi /= shown;
  if (!std::isfinite(lo) || !std::isfinite(hi) || !(hi > lo)) return out;
  out.step = nice_step((hi - lo) / std::max(target, 1));
  const double slack = out.step * 1e-6;
  const double first = std::ceil((lo - slack) / out.step);
  for (int i = 0; i < 1000; ++i) {
    const double v = (first + i) * out.step;
    if (v > hi + slack) break;
    out.at.push_back(v == 0 ? 0 : v * shown);  // no minus zero
  }
  return out;
}

Ticks log_ticks(double lo, double hi, int target) {
  Ticks out;
  out.step = 0;
  if (!(lo > 0) || !(hi > lo) || !std::isfinite(hi)) return out;
  const double decades = math::log10(hi / lo);
  if (decades < 0.7) return linear_ticks(lo, hi, target);
  const bool fine = decades * 3 <= std::max(7, target + 3);
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / std::max(target, 1))));
  const int first = static_cast<int>(std::floor(math::log10(lo) + 1e-9));
  for (int e = first; e <= static_cast<int>(std::ceil(math::log10(hi))); ++e) {
    if (!fine && e % stride != 0) continue;
    for (double m : {1.0, 2.0, 5.0}) {
      const double v = m * math::pow(10.0, e);
      if (m > 1 && !fine) break;
      if (v >= lo * (1 - 1e-9) && v <= hi * (1 + 1e-9)) out.at.push_back(v);
    }
  }
  return out;
}

AxisRange nice_range(AxisRange data, bool log, bool from_zero, int target) {
  if (log) {
    const double lo = data.lo > 0 ? data.lo : 1e-3;
    const double hi = std::max(data.hi, lo);
    AxisRange out{nice_bound(lo, false), nice_bound(hi, true)};
    if (out.hi <= out.lo) out.hi = out.lo * 10;
    return out;
  }
  double lo = data.lo, hi = data.hi;
  if (lo == hi) {  // a constant: in the upper part of a range from zero
    if (lo == 0) return {0, 1};
    lo > 0 ? hi *= 1.2 : lo *= 1.2;
    from_zero = true;
  }
  if (from_zero || (lo > 0 && lo < 0.6 * hi)) lo = std::min(lo, 0.0);
  if (from_zero || (hi < 0 && hi > 0.6 * lo)) hi = std::max(hi, 0.0);
  // The wider range may ask for a wider step: again, until the ends are ticks of the range itself.
  for (int round = 0; round < 4; ++round) {
    const double step = nice_step((hi - lo) / std::max(target, 1));
    lo = std::floor(lo / step + 1e-9) * step;
    hi = std::ceil(hi / step - 1e-9) * step;
  }
  return {lo, hi};
}

ShownUnit shown_unit(const std::string& unit, double largest) {
  struct Row {
    const char* name;
    double ms;     // one of it
    double up_to;  // ms that an axis in it may show; the next unit follows
  };
  static constexpr Row kTimes[] = {{"ms", 1, 10'000}, {"s", 1e3, 1.2e6}, {"min", 6e4, 1.08e7}, {"h", 3.6e6, 1e300}};
  const double own = unit == "ms" ? 1 : unit == "s" ? 1e3 : 0;
  if (own == 0) return {unit, 1};
  for (const Row& row : kTimes) {
    if (row.ms >= own && std::abs(largest) * own <= row.up_to) return {row.name, row.ms / own};
  }
  return {unit, 1};
}

std::string format_tick(double value, double step, double largest) {
  if (value == 0) return "0";
  const double a = std::abs(value);
  if (a < 1e-4 || largest >= 1e12) return fmt::format("{:.3g}", value);
  if (step <= 0) return format_value(value);  // log axis: each tick by its own size
  if (largest >= 1e7) return format_tick(value / 1e6, step / 1e6, largest / 1e6) + " million";
  const int decimals = std::clamp(static_cast<int>(std::ceil(-math::log10(step) - 1e-9)), 0, 6);
  const std::string text = fmt::format("{:.{}f}", a, decimals);
  // Separators are for what is hard to read without: 1500, but 12,000, in all ticks of an axis alike.
  const std::string digits = largest < 1e4 ? text : with_separators(text);
  return (value < 0 ? "-" : "") + digits;
}

std::string format_tick(const Ticks& ticks, double value) {
  double largest = 0;
  for (const double v : ticks.at) largest = std::max(largest, std::abs(v));
  return format_tick(value / ticks.shown, ticks.step, largest / ticks.shown);
}

std::string format_value(double value) { return figure_text(value, 4, true); }

}  // namespace blockyard
