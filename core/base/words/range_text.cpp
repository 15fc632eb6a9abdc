#include "core/base/words/range_text.h"

#include <fmt/format.h>

#include <cmath>

namespace blockyard {

std::string range_text(double low, double high) {
  constexpr double kNoLimit = 1e9;  // a bound that only keeps arithmetic safe is nobody's concern
  if (high >= kNoLimit) return fmt::format("{} or more", low);
  const bool fractions = high - low <= 1 || low != std::floor(low) || high != std::floor(high);
  return fractions ? fmt::format("between {} and {}", low, high) : fmt::format("from {} to {}", low, high);
}

}  // namespace blockyard
