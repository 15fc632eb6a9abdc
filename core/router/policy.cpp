#include "core/router/policy.h"

#include "core/router/policies/common.h"

namespace blockyard {

std::span<const PolicyRow> policy_table() {
  using namespace policies;
  static const std::array<PolicyRow, 12> table{
      kRoundRobin, kRandom,           kLeastLoaded,  kPowerOfTwo,        kCacheAware, kStickyPrefix,
      kKvCost,     kSglangCacheAware, kLlmdWeighted, kAibrixPrefixCache, kPrefixHash, kLmetric};
  return table;
}

std::uint32_t find_policy(std::string_view id) {
  const auto table = policy_table();
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    if (table[i].id == id) return i;
  }
  return kNone;
}

}  // namespace blockyard
