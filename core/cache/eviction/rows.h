// The rows of the eviction policies, one from each file of this folder, and what their indices share.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/cache/eviction.h"

namespace blockyard::eviction {

/// Every policy once, in the order of eviction_table(): each row is defined in the file of its policy.
#define BLOCKYARD_EVICTIONS(ROW) \
  ROW(kLru)                      \
  ROW(kFifo)                     \
  ROW(kLfu)                      \
  ROW(kBelady)                   \
  ROW(kRandom)

#define BLOCKYARD_DECLARE(NAME) extern const EvictionRow NAME;
BLOCKYARD_EVICTIONS(BLOCKYARD_DECLARE)
#undef BLOCKYARD_DECLARE

/// Grows a vector to at least n elements.
template <class V>
void at_least(V& v, std::size_t n) {
  if (v.size() < n) v.resize(std::max(n, v.size() * 2));
}

/// Makes an index of type Index that does not look at the radix tree.
template <class Index>
std::unique_ptr<EvictionIndex> make(const RadixTree*) {
  return std::make_unique<Index>();
}

}  // namespace blockyard::eviction
