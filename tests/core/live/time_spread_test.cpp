// Times in bounded memory: exact while they are few, near enough when they are many, and told the same however often.
#include "core/live/routing/time_spread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace blockyard::live {
namespace {

TEST(TimeSpread, IsExactWhileTimesAreFew) {
  TimeSpread spread;
  for (SimTime t = 100; t >= 1; --t) spread.add(t * 1000);
  EXPECT_EQ(spread.size(), 100U);
  EXPECT_DOUBLE_EQ(spread.mean_ms(), 50.5);
  EXPECT_DOUBLE_EQ(spread.greatest_ms(), 100);
  const auto p = spread.percentiles_ms<3>({0, 50, 99});
  EXPECT_DOUBLE_EQ(p[0], 1);
  EXPECT_DOUBLE_EQ(p[1], 50.5);
  EXPECT_DOUBLE_EQ(p[2], 99.01);
}

TEST(TimeSpread, IsNearWhenTheyAreMany) {
  for (const double widest : {3.0, 200.0, 1e5, 3e9}) {  // µs: cells of their own, and far beyond
    std::mt19937_64 rng(7);
    TimeSpread spread;
    std::vector<SimTime> all;
    for (std::size_t i = 0; i < 3 * TimeSpread::kExact; ++i) {
      const auto t = static_cast<SimTime>(static_cast<double>(rng() >> 11) / 9007199254740992.0 * widest);
      all.push_back(t);
      spread.add(t);
    }
    std::sort(all.begin(), all.end());
    const auto p = spread.percentiles_ms<4>({1, 50, 95, 99});
    const double ps[] = {1, 50, 95, 99};
    for (std::size_t i = 0; i < 4; ++i) {
      const double exact = percentile(all, ps[i]) / 1000;
      EXPECT_NEAR(p[i], exact, exact / 500 + 0.0005) << widest << " " << ps[i];
    }
    EXPECT_DOUBLE_EQ(spread.greatest_ms(), us_to_ms(all.back()));
  }
}

TEST(TimeSpread, TakesWhateverTimeThereIs) {
  TimeSpread spread;
  for (std::size_t i = 0; i < 2 * TimeSpread::kExact; ++i) spread.add(i % 2 == 0 ? -1 : kNever);
  EXPECT_DOUBLE_EQ(spread.greatest_ms(), us_to_ms(kNever));
  EXPECT_DOUBLE_EQ(spread.percentiles_ms<1>({0})[0], 0);
}

}  // namespace
}  // namespace blockyard::live
