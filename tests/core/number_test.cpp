// Numbers in text: the same whatever the standard library and its locale.
#include "core/base/words/number.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include "core/base/rng.h"

namespace blockyard {
namespace {

TEST(Number, WhatIsWrittenIsRead) {
  Rng rng(1, RngPurpose::kTest);
  for (int i = 0; i < 20'000; ++i) {
    const double v = std::bit_cast<double>(rng.next());
    if (!std::isfinite(v)) continue;
    const std::string text = fmt::format("{}", v);
    EXPECT_EQ(finite_number(text), v) << text;
    double front = 0;
    EXPECT_EQ(leading_number(text + "x", front), text.size()) << text;
    EXPECT_EQ(front, v);
  }
}

TEST(Number, ItsFormIsStrict) {
  for (const char* none : {"", " 1", "+1", "1 ", ".", "-", "e5", "1e5x", "0x10", "1,5", "--1", "1e999", "inf", "nan"})
    EXPECT_FALSE(finite_number(none)) << none;
  EXPECT_EQ(finite_number("-.5"), -0.5);
  EXPECT_EQ(finite_number("5."), 5);
  EXPECT_EQ(finite_number("1e3"), 1000);
  double out = 0;
  EXPECT_EQ(leading_number("8GiB", out), 1U);
  EXPECT_EQ(out, 8);
  EXPECT_EQ(leading_number("1e", out), 1U) << "an exponent without digits is none";
  EXPECT_EQ(leading_number("-inf", out), 4U);
  EXPECT_TRUE(std::isinf(out) && out < 0);
  EXPECT_EQ(leading_number("none", out), 0U);
}

}  // namespace
}  // namespace blockyard
