// Numbers as people read them: examples, and the laws that hold for all of them.
#include "core/base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include "core/base/percentile.h"
#include "core/base/rng.h"

namespace blockyard {
namespace {

std::string plain(std::string text) {
  std::erase(text, ',');
  return text;
}

// Reads a duration back: its value and what its last digit is worth, ms.
struct Read {
  double ms = 0;
  double last_digit = 0;
};
Read read_duration(const std::string& text) {
  Read out;
  const std::string words = plain(text);
  const char* at = words.c_str();
  while (*at != '\0') {
    char* behind = nullptr;
    const std::string number(at, std::strspn(at, "0123456789."));
    const double value = std::strtod(at, &behind);
    std::string unit(behind + 1);
    unit = unit.substr(0, unit.find(' '));
    const double size = unit == "ms"    ? 1
                        : unit == "s"   ? 1e3
                        : unit == "min" ? 6e4
                        : unit == "h"   ? 3.6e6
                        : unit == "d"   ? 8.64e7
                                        : NAN;
    out.ms += value * size;
    const std::size_t dot = number.find('.');
    out.last_digit =
        size * std::pow(10.0, dot == std::string::npos ? 0 : -static_cast<double>(number.size() - dot - 1));
    at = behind + 1 + unit.size();
    if (*at == ' ') ++at;
  }
  return out;
}

// Values of all sizes, and those next to where the unit changes.
std::vector<double> durations() {
  std::vector<double> out{0,        0.001,     0.5,     9.995,   12.5,   99.95,  314,    999.4,   999.5,
                          999.6,    1000,      1005,    59'940,  59'949, 59'951, 59'999, 60'000,  3'599'499,
                          3.5996e6, 3'600'000, 1.727e8, 1.728e8, 1.73e8, 1.2e9,  9.9e11, 1206453, 1'448.038};
  Rng rng(7, RngPurpose::kTest);
  for (int i = 0; i < 4000; ++i) out.push_back(std::pow(10.0, rng.uniform() * 12 - 3));
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Text, DurationsReadAsPeopleSayThem) {
  EXPECT_EQ(duration_text(1'206'453), "20 min 6 s");
  EXPECT_EQ(duration_text(12.5), "12.5 ms");
  EXPECT_EQ(duration_text(1200), "1.2 s");
  EXPECT_EQ(duration_text(0), "0 ms");
  EXPECT_EQ(duration_text(0.5), "0.5 ms");
  EXPECT_EQ(duration_text(314), "314 ms");
  EXPECT_EQ(duration_text(999.7), "1 s");
  EXPECT_EQ(duration_text(59'960), "1 min");
  EXPECT_EQ(duration_text(7'500'000), "2 h 5 min");
  EXPECT_EQ(duration_text(3'600'000), "1 h");
  EXPECT_EQ(duration_text(86'400'000.0 * 3 + 3'600'000 * 4), "3 d 4 h");
  EXPECT_EQ(duration_text(-250), "−250 ms");
  EXPECT_EQ(duration_text(1'448.038, 4), "1.448 s");
  EXPECT_EQ(duration_text(std::numeric_limits<double>::quiet_NaN()), "–");
}

TEST(Text, ADurationIsMeantWithinHalfItsLastDigitAndMoreIsNeverWrittenAsLess) {
  double before = 0;
  for (const double ms : durations()) {
    const Read read = read_duration(duration_text(ms));
    ASSERT_LE(std::abs(read.ms - ms), read.last_digit * 0.5000001 + 1e-12) << ms << " is " << duration_text(ms);
    // What is rounded to minutes comes after what is rounded to seconds: by no more than half of the former.
    ASSERT_GE(read.ms, before - 1e-9) << ms << " is " << duration_text(ms);
    before = read.ms;
  }
}

TEST(Text, FiguresHaveThreeDigitsAndSeparators) {
  EXPECT_EQ(figure_text(1.337), "1.34");
  EXPECT_EQ(figure_text(12.46), "12.5");
  EXPECT_EQ(figure_text(9.997), "10.0");
  EXPECT_EQ(figure_text(12'031), "12,031");
  EXPECT_EQ(figure_text(0), "0.00");
  EXPECT_EQ(figure_text(-0.25), "−0.250");
  EXPECT_EQ(figure_text(0.25, 3, true), "0.25");
  EXPECT_EQ(figure_text(1e6, 3, true), "1,000,000");
  EXPECT_EQ(figure_text(std::numeric_limits<double>::infinity()), "–");
  double before = 0;
  for (const double v : durations()) {
    const double read = std::strtod(plain(figure_text(v)).c_str(), nullptr);
    ASSERT_GE(read, before) << v;
    ASSERT_NEAR(read, v, std::max(v * 0.00501, 0.00006)) << v;
    before = read;
  }
}

TEST(Text, CountsHaveAPlural) {
  EXPECT_EQ(counted(1, "block"), "1 block");
  EXPECT_EQ(counted(0, "block"), "0 blocks");
  EXPECT_EQ(counted(12'031, "request"), "12,031 requests");
  EXPECT_EQ(counted(2, "entry", "entries"), "2 entries");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'000'000), "1,000,000");
}

TEST(Text, ShortCountsAreMonotone) {
  EXPECT_EQ(short_count(9'999), "9999");
  EXPECT_EQ(short_count(41'203), "41.2k");
  EXPECT_EQ(short_count(99'970), "100k");
  EXPECT_EQ(short_count(999'700), "1.0M");
  double before = 0;
  for (const double v : durations()) {
    const std::string text = plain(short_count(static_cast<std::uint64_t>(v)));
    const double unit = text.back() == 'k' ? 1e3 : text.back() == 'M' ? 1e6 : 1;
    const double read = std::strtod(text.c_str(), nullptr) * unit;
    ASSERT_GE(read, before) << v;
    before = read;
  }
}

TEST(Text, MomentsAreClockTimes) {
  EXPECT_EQ(moment_text(12'413'000), "12.413 s");
  EXPECT_EQ(moment_text(128'413'000), "2:08.413");
  EXPECT_EQ(moment_text(3'728'413'000), "1:02:08.413");
  EXPECT_EQ(moment_text(59'999'600), "1:00.000");
  EXPECT_EQ(moment_text(-1), "–");
}

TEST(Text, QuantitiesCarryTheirUnit) {
  EXPECT_EQ(quantity_text(1'206'453, "ms"), "20 min 6 s");
  EXPECT_EQ(quantity_text(1206.453, "s"), "20 min 6 s");
  EXPECT_EQ(quantity_text(27.44, "%"), "27.4 %");
  EXPECT_EQ(quantity_text(1.337, "×"), "1.34×");
  EXPECT_EQ(quantity_text(38.61, "req/s"), "38.6 req/s");
  EXPECT_EQ(quantity_text(8443, ""), "8,443");
}

TEST(Text, ARankingTellsThePercentilesOfTheSortedValues) {
  Rng rng(11, RngPurpose::kTest);
  for (std::size_t n = 1; n < 60; ++n) {
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i) values.push_back(std::floor(rng.uniform() * 20));
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    Ranking<double> ranking(values);
    for (const double p : {0.0, 1.0, 2.0, 50.0, 95.0, 99.0, 100.0}) {
      ASSERT_EQ(ranking.percentile(p), percentile(sorted, p)) << n << " values, p" << p;
    }
    EXPECT_EQ(ranking.greatest(), sorted.back());
  }
}

}  // namespace
}  // namespace blockyard
