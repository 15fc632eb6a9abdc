// Numbers as people read them: the one formatter of axes, tables, the inspector, key figures and the command line.
// Invariants: 1. more is never written as less (digits are monotone); 2. what is written differs from what was meant by
// no more than half of its last digit; 3. nothing is written with a power of ten or a unit that has to be converted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/sim_time.h"

namespace blockyard {

/// 1234567 → "1,234,567".
std::string with_commas(std::uint64_t n);
/// Where a column has no room for more: 41203 → "41.2k".
std::string short_count(std::uint64_t n);
/// "1 block", "12,031 blocks"; `many` where the plural is not the noun with an s.
std::string counted(std::uint64_t n, std::string_view one, std::string_view many = {});
/// `digits` significant digits, never fewer than those before the point, separated: "1.34", "12.5", "12,031"; "–" for
/// what is not finite. Trailing zeros stay unless `trim`, so that a figure that changes does not jump about.
std::string figure_text(double v, int digits = 3, bool trim = false);
/// A duration in the units that people use: "0.5 ms", "12.5 ms", "1.2 s", "20 min 6 s", "2 h 5 min", "3 d 4 h".
std::string duration_text(double ms, int digits = 3);
/// A moment of a run, to the ms: "12.413 s", "2:08.413", "1:02:08.413"; "–" before it.
std::string moment_text(SimTime t);
/// "71.8 %"; "–" for NaN.
std::string percent_text(double fraction);
/// A value in the unit of a figure or an axis: "ms" and "s" as durations, everything else as a figure and its unit.
std::string quantity_text(double v, std::string_view unit, int digits = 3);

}  // namespace blockyard
