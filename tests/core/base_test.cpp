// base: random generator, digests, results.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/sim_time.h"
#include "core/tokens/sha256.h"

namespace blockyard {
namespace {

TEST(Rng, OneStreamAPurposeAndTheSameEveryTime) {
  Rng a(42, RngPurpose::kWorkload);
  Rng b(42, RngPurpose::kWorkload);
  Rng other(42, RngPurpose::kRouting);
  const std::uint64_t first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, other.next());
}

TEST(Rng, BelowStaysBelowAndReachesAll) {
  Rng rng(1, RngPurpose::kTest);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen[rng.below(7)];
  for (const int n : seen) EXPECT_NEAR(n, 1000, 150);
}

TEST(Rng, DistributionsHaveTheirMeans) {
  Rng rng(7, RngPurpose::kTest);
  constexpr int kDraws = 40000;
  double e = 0, n = 0, n2 = 0, g = 0, g_small = 0;
  for (int i = 0; i < kDraws; ++i) {
    e += rng.exponential(3.0);
    const double x = rng.normal();
    n += x;
    n2 += x * x;
    g += rng.gamma(4.0, 0.5);
    g_small += rng.gamma(0.25, 8.0);
  }
  EXPECT_NEAR(e / kDraws, 3.0, 0.08);
  EXPECT_NEAR(n / kDraws, 0.0, 0.03);
  EXPECT_NEAR(n2 / kDraws, 1.0, 0.03);
  EXPECT_NEAR(g / kDraws, 2.0, 0.03);
  EXPECT_NEAR(g_small / kDraws, 2.0, 0.12);
}

TEST(Zipf, RanksFallAsTheLawSays) {
  const ZipfTable zipf(100, 1.0);
  Rng rng(3, RngPurpose::kTest);
  std::vector<int> seen(100, 0);
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) ++seen[zipf.draw(rng)];
  double harmonic = 0;
  for (int k = 1; k <= 100; ++k) harmonic += 1.0 / k;
  EXPECT_NEAR(seen[0], kDraws / harmonic, 500);
  EXPECT_NEAR(seen[9], kDraws / harmonic / 10, 200);
}

TEST(SimTime, RoundsHalfAwayFromZero) {
  EXPECT_EQ(ms_to_us(0.0005), 1);
  EXPECT_EQ(ms_to_us(-0.0005), -1);
  EXPECT_EQ(ms_to_us(2.5), 2500);
}

TEST(Sha256, KnownAnswerAndChaining) {
  const std::string abc = "abc";  // FIPS 180-4, example 1
  EXPECT_EQ(to_hex(sha256({reinterpret_cast<const std::uint8_t*>(abc.data()), abc.size()})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const std::vector<std::uint32_t> tokens(16, 5);
  const Digest first = block_digest(kRootDigest, tokens);
  EXPECT_NE(first, block_digest(first, tokens)) << "the same tokens behind another prefix are another block";
  EXPECT_NE(trace_block_digest(kRootDigest, 1, 0), trace_block_digest(kRootDigest, 1, 1));
}

TEST(Result, HoldsAValueOrWhyNot) {
  const Result<int> good = 3;
  const Result<int> bad = Error{"no"};
  EXPECT_TRUE(good);
  EXPECT_EQ(*good, 3);
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().message, "no");
  EXPECT_DEATH((void)bad.value(), "value\\(\\) of an error");
}

TEST(Result, AnErrorIsOneLineWhateverItQuotes) {
  const Error error("/docum\nts\r\x1b[2J: no such key \x7f…");
  EXPECT_EQ(error.message, "/docum\\nts\\u000d\\u001b[2J: no such key \\u007f…") << "terminals and logs get no controls";
}

}  // namespace
}  // namespace blockyard
