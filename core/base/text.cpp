#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/math.h"

namespace blockyard {
namespace {

constexpr const char* kNothing = "–";

std::string with_separators(std::string number) {
  const std::size_t first = number[0] == '-' ? 1 : 0;
  for (std::size_t i = std::min(number.find('.'), number.size()); i > first + 3; i -= 3) number.insert(i - 3, 1, ',');
  return number;
}

std::string without_trailing_zeros(std::string number) {
  if (number.find('.') == std::string::npos) return number;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number;
}

// Decimals with which v > 0 has `digits` significant ones.
int decimals_of(double v, int digits) {
  int decimals = std::clamp(digits - 1 - static_cast<int>(std::floor(math::log10(v))), 0, 9);
  // 9.996 with three digits is 10.0, not 10.00.
  const double unit = math::pow(10.0, decimals);
  if (decimals > 0 && std::round(v * unit) >= math::pow(10.0, digits)) --decimals;
  return decimals;
}

double rounded(double v, int digits) {
  if (v <= 0) return 0;
  const double unit = math::pow(10.0, decimals_of(v, digits));
  return std::round(v * unit) / unit;
}

std::string two_units(std::uint64_t n, std::uint64_t per, const char* large, const char* small) {
  if (n % per == 0) return fmt::format("{} {}", with_commas(n / per), large);
  return fmt::format("{} {} {} {}", with_commas(n / per), large, n % per, small);
}

std::string positive_duration(double ms, int digits) {
  if (rounded(ms, digits) < 1000) return figure_text(ms, digits, true) + " ms";
  if (rounded(ms / 1e3, digits) < 60) return figure_text(ms / 1e3, digits, true) + " s";
  const double s = std::round(ms / 1e3);
  if (s < 3600) return two_units(static_cast<std::uint64_t>(s), 60, "min", "s");
  const double min = std::round(ms / 6e4);
  if (min < 48 * 60) return two_units(static_cast<std::uint64_t>(min), 60, "h", "min");
  return two_units(static_cast<std::uint64_t>(std::min(std::round(ms / 3.6e6), 1e15)), 24, "d", "h");
}

}  // namespace

std::string with_commas(std::uint64_t n) { return with_separators(std::to_string(n)); }

std::string short_count(std::uint64_t n) {
  // Whole tenths, rounded: the next unit begins where the last one would need another digit.
  const auto tenths = [n](double unit) { return std::round(static_cast<double>(n) / unit * 10) / 10; };
  if (n < 10'000) return std::to_string(n);
  if (tenths(1e3) < 100) return fmt::format("{:.1f}k", tenths(1e3));
  if (std::round(static_cast<double>(n) / 1e3) < 1000) return fmt::format("{:.0f}k", static_cast<double>(n) / 1e3);
  return with_separators(fmt::format("{:.1f}", tenths(1e6))) + "M";
}

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
  if (n == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", with_commas(n), one) : fmt::format("{} {}", with_commas(n), many);
}

std::string figure_text(double v, int digits, bool trim) {
  if (!std::isfinite(v)) return kNothing;
  const double size = std::abs(v);
  // Very little is written to the same place after the point as 1 would be, and two more.
  const int decimals = size < 1 ? std::min(decimals_of(std::max(size, 1e-9), digits), digits + 1)
                                : decimals_of(std::min(size, 1e15), digits);
  std::string text = fmt::format("{:.{}f}", std::min(size, 1e15), size == 0 ? digits - 1 : decimals);
  if (trim) text = without_trailing_zeros(std::move(text));
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return (v < 0 && !zero ? "−" : "") + with_separators(std::move(text));
}

std::string duration_text(double ms, int digits) {
  if (!std::isfinite(ms)) return kNothing;
  return (ms < 0 ? "−" : "") + positive_duration(std::abs(ms), digits);
}

std::string moment_text(SimTime t) {
  if (t < 0) return kNothing;
  const auto ms = static_cast<std::uint64_t>((t + 500) / 1000);
  const std::uint64_t s = ms / 1000 % 60, min = ms / 60'000 % 60, h = ms / 3'600'000;
  if (h > 0) return fmt::format("{}:{:02}:{:02}.{:03}", h, min, s, ms % 1000);
  if (min > 0) return fmt::format("{}:{:02}.{:03}", min, s, ms % 1000);
  return fmt::format("{}.{:03} s", s, ms % 1000);
}

std::string percent_text(double fraction) {
  if (!std::isfinite(fraction)) return kNothing;
  return fmt::format("{:.1f} %", fraction * 100);
}

std::string quantity_text(double v, std::string_view unit, int digits) {
  if (!std::isfinite(v)) return kNothing;
  if (unit == "ms") return duration_text(v, digits);
  if (unit == "s") return duration_text(v * 1000, digits);
  if (unit == "%" || unit.starts_with("% ")) return figure_text(v, digits) + " %";
  const std::string number = figure_text(v, digits, std::abs(v) == std::floor(std::abs(v)));
  if (unit.empty()) return number;
  if (unit == "1/s") return number + "/s";
  return unit == "×" ? number + "×" : fmt::format("{} {}", number, unit);
}

}  // namespace blockyard
