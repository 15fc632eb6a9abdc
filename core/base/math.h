// Elementary functions whose every bit is the project's own.
//
// A C library may round exp() or pow() one way on one processor and another way on the next: glibc picks variants with
// or without fused multiply-add by what the processor has. Whatever reaches a result, a route, a workload or a picture
// calls these instead; tests/structure/own_math.py says where that is.
//
// 1. Built from + − × ÷ on doubles and from their bits alone, compiled without contraction (-ffp-contract=off): the
//    same argument gives the same bits on every processor and compiler that has IEEE 754 doubles.
// 2. Sums are carried as pairs of doubles, so that a result is rounded once, from a value with more than 64 good bits:
//    within 0.5001 units in the last place (tests/core/math_test.cpp), hence the nearest double of nearly every
//    argument. Results below 2^−1022 are within one unit.
// 3. What is exact comes out exact: pow(10, 3), log10(1000), exp(0).
// 4. NaN, infinities and zeros as IEEE 754 wants them; errno and the rounding mode are not looked at.
#pragma once

namespace blockyard::math {

/// e^x.
double exp(double x);
/// Natural logarithm; −∞ of 0, NaN below.
double log(double x);
/// log(1 + x), also where x is tiny; −∞ of −1, NaN below.
double log1p(double x);
/// Logarithm to base 10; −∞ of 0, NaN below.
double log10(double x);
/// x^y; 1 where y is 0. NaN where x is negative and y no whole number.
double pow(double x, double y);

}  // namespace blockyard::math
