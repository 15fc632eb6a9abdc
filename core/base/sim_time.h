// Simulated time: a signed 64-bit count of microseconds from the scenario's start (SPEC 1). Nothing in core reads a
// clock.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace blockyard {

using SimTime = std::int64_t;

/// Later than any event: "never".
inline constexpr SimTime kNever = std::numeric_limits<SimTime>::max();

/// Milliseconds to microseconds, half away from zero; applied once, after a formula's sum (SPEC 1).
inline SimTime ms_to_us(double ms) { return static_cast<SimTime>(std::llround(ms * 1000.0)); }

/// Microseconds as the results show them: a double of ms.
inline double us_to_ms(SimTime us) { return static_cast<double>(us) / 1000.0; }

}  // namespace blockyard
