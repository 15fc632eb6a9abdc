// The project's own elementary functions against the 64-digit ones of the C library, whose error is below 2^−10 units
// of a double: enough to see whether a result is the nearest double or a neighbour of it.
#include "core/base/math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "core/base/rng.h"

namespace blockyard {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kDraws = 200000;
// 0.5001 is stated (math.h); the reference itself may be off by 2^−10.
constexpr long double kMostError = 0.5001L + 0x1p-10L;

bool has_reference() { return std::numeric_limits<long double>::digits >= 64; }

// The distance in units of the last place of a double of the reference's size.
long double units(double got, long double wanted) {
  int exponent = 0;
  std::frexp(wanted, &exponent);
  return std::fabs(static_cast<long double>(got) - wanted) / std::ldexp(1.0L, exponent - 53);
}

// One argument of each size and kind: a significand, times 2 to the power of a number between the bounds.
double spread(Rng& rng, int lowest, int highest) {
  const auto exponent = lowest + static_cast<int>(rng.below(static_cast<std::uint64_t>(highest - lowest + 1)));
  return std::ldexp(1 + rng.uniform(), exponent);
}

double either_sign(Rng& rng, double x) { return rng.below(2) == 0 ? x : -x; }

double close_to_one(Rng& rng) { return 1 + either_sign(rng, spread(rng, -50, -2)); }

TEST(OwnMath, ExpIsTheNearestDouble) {
  if (!has_reference()) GTEST_SKIP() << "long double is double here";
  Rng rng(1, RngPurpose::kTest);
  for (int i = 0; i < kDraws; ++i) {
    const double x = i % 2 == 0 ? (2 * rng.uniform() - 1) * 708 : either_sign(rng, spread(rng, -60, 3));
    ASSERT_LT(units(math::exp(x), std::exp(static_cast<long double>(x))), kMostError) << x;
  }
}

TEST(OwnMath, LogarithmsAreTheNearestDouble) {
  if (!has_reference()) GTEST_SKIP() << "long double is double here";
  Rng rng(2, RngPurpose::kTest);
  for (int i = 0; i < kDraws; ++i) {
    const double x = i % 2 == 0 ? spread(rng, -1070, 1022) : close_to_one(rng);
    ASSERT_LT(units(math::log(x), std::log(static_cast<long double>(x))), kMostError) << x;
    ASSERT_LT(units(math::log10(x), std::log10(static_cast<long double>(x))), kMostError) << x;
    const double y = i % 2 == 0 ? spread(rng, -70, 300) : -rng.uniform();
    ASSERT_LT(units(math::log1p(y), std::log1p(static_cast<long double>(y))), kMostError) << y;
  }
}

TEST(OwnMath, PowIsTheNearestDouble) {
  if (!has_reference()) GTEST_SKIP() << "long double is double here";
  Rng rng(3, RngPurpose::kTest);
  for (int i = 0; i < kDraws; ++i) {
    const double x = i % 2 == 0 ? spread(rng, -20, 20) : close_to_one(rng);
    const double y = either_sign(rng, spread(rng, -8, 4));
    const long double wanted = std::pow(static_cast<long double>(x), static_cast<long double>(y));
    ASSERT_LT(units(math::pow(x, y), wanted), kMostError) << x << " to the power of " << y;
  }
}

// Where the reference cannot help: laws that hold of the functions themselves.
TEST(OwnMath, WhatIsExactComesOutExact) {
  for (int e = 0; e <= 22; ++e) {
    const double power = std::stod("1e" + std::to_string(e));
    EXPECT_EQ(math::pow(10, e), power);
    EXPECT_EQ(math::log10(power), e);
    EXPECT_EQ(math::pow(10, -e), 1 / power);
  }
  for (int n = 1; n < 1000; ++n) {
    EXPECT_EQ(math::pow(n, 2), static_cast<double>(n) * n);
    EXPECT_EQ(math::pow(n, -1), 1.0 / n);
    EXPECT_EQ(math::pow(n, 0.5), std::sqrt(n));
    EXPECT_EQ(math::pow(-n, 3), -static_cast<double>(n) * n * n);
  }
  for (int e = -1074; e <= 1023; ++e) EXPECT_EQ(math::pow(2, e), std::ldexp(1.0, e)) << e;
  EXPECT_EQ(math::exp(0), 1);
  EXPECT_EQ(math::log(1), 0);
}

TEST(OwnMath, EveryStepOfTheArgumentGoesUp) {
  Rng rng(4, RngPurpose::kTest);
  for (int i = 0; i < 20000; ++i) {
    const double x = spread(rng, -30, 9);
    const double next = std::nextafter(x, kInfinity);
    ASSERT_LE(math::exp(-next), math::exp(-x));
    ASSERT_LE(math::log(x), math::log(next));
    ASSERT_LE(math::log1p(x), math::log1p(next));
  }
}

// Bits fixed once: another compiler, another processor, the same bits.
TEST(OwnMath, BitsAreTheSameEverywhere) {
  EXPECT_EQ(math::exp(1), 0x1.5bf0a8b145769p+1);
  EXPECT_EQ(math::exp(-0.7), 0x1.fc80db9dd5542p-2);
  EXPECT_EQ(math::log(10), 0x1.26bb1bbb55516p+1);
  EXPECT_EQ(math::log1p(-0.25), -0x1.269621134db92p-2);
  EXPECT_EQ(math::log10(2), 0x1.34413509f79ffp-2);
  EXPECT_EQ(math::pow(3, -1.1), 0x1.31d20b7a1eed0p-2);
  Rng rng(5, RngPurpose::kTest);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double x = spread(rng, -20, 8);
    sum += math::exp(-x) + math::log(x) + math::log1p(x) + math::log10(x) + math::pow(x, 0.37);
  }
  EXPECT_EQ(sum, -0x1.6f004074861ccp+14);
}

TEST(OwnMath, SpecialValues) {
  EXPECT_EQ(math::exp(kInfinity), kInfinity);
  EXPECT_EQ(math::exp(-kInfinity), 0);
  EXPECT_EQ(math::exp(710), kInfinity);
  EXPECT_EQ(math::exp(-746), 0);
  EXPECT_EQ(math::exp(-745), std::numeric_limits<double>::denorm_min());
  EXPECT_TRUE(std::isfinite(math::exp(709.78)));
  for (auto* f : {math::log, math::log10}) {
    EXPECT_EQ(f(0), -kInfinity);
    EXPECT_EQ(f(-0.0), -kInfinity);
    EXPECT_EQ(f(kInfinity), kInfinity);
    EXPECT_TRUE(std::isnan(f(-1)));
    EXPECT_TRUE(std::isnan(f(kNan)));
  }
  EXPECT_EQ(math::log1p(-1), -kInfinity);
  EXPECT_TRUE(std::isnan(math::log1p(-2)));
  EXPECT_EQ(math::log1p(std::numeric_limits<double>::max()), math::log(std::numeric_limits<double>::max()));
  EXPECT_TRUE(std::signbit(math::log1p(-0.0)));
  EXPECT_EQ(math::pow(kNan, 0), 1);
  EXPECT_EQ(math::pow(1, kNan), 1);
  EXPECT_EQ(math::pow(0, -2), kInfinity);
  EXPECT_EQ(math::pow(-0.0, -3), -kInfinity);
  EXPECT_EQ(math::pow(0, 2), 0);
  EXPECT_TRUE(std::isnan(math::pow(-2, 0.5)));
  EXPECT_EQ(math::pow(0.5, kInfinity), 0);
  EXPECT_EQ(math::pow(-1, kInfinity), 1);
  EXPECT_EQ(math::pow(2, 1e300), kInfinity);
  EXPECT_EQ(math::pow(std::nextafter(1.0, 0.0), 1e300), 0);
  EXPECT_EQ(math::pow(-kInfinity, 3), -kInfinity);
  EXPECT_EQ(math::pow(-kInfinity, -3), 0);
}

}  // namespace
}  // namespace blockyard
