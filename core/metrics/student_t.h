// Student's t distribution: what an interval of few values is made with. In the project's own arithmetic, so that an
// interval has the same bits everywhere.
#pragma once

#include <cstdint>

namespace blockyard {

/// P(T ≤ t) with `degrees` ≥ 1 degrees of freedom, by the finite sums for whole degrees (Abramowitz and Stegun, 26.7.3
/// and 26.7.4). Off by less than 1e-12 up to 1000 degrees; from there on those of 1000, off by less than 4e-4.
double student_t_below(double t, std::uint32_t degrees);

/// The t that |T| exceeds with probability 1 − level; level within (0, 1): 0.95 gives the half-width of a two-sided 95
/// % interval in standard errors. Relative error below 1e-9 up to 1000 degrees, below 1e-3 from there on.
double student_t_two_sided(double level, std::uint32_t degrees);

}  // namespace blockyard
