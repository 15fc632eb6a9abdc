#include "core/base/bits.h"

#include <gtest/gtest.h>

#include "core/base/rng.h"

namespace blockyard {
namespace {

TEST(Bits, OnesAreCountedAsOneByOne) {
  Rng rng(3, RngPurpose::kTest);
  for (int i = 0; i < 10'000; ++i) {
    std::uint64_t word = rng.below(~std::uint64_t{0});
    if (i < 130) word = i < 65 ? (i == 64 ? 0 : std::uint64_t{1} << i) : ~std::uint64_t{0} >> (i % 64);
    std::uint32_t ones = 0;
    for (int bit = 0; bit < 64; ++bit) ones += (word >> bit) & 1U;
    ASSERT_EQ(ones_of(word), ones) << word;
  }
}

}  // namespace
}  // namespace blockyard
