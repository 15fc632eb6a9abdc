#include "core/cache/eviction.h"

#include <array>

#include "core/base/check.h"
#include "core/cache/eviction/rows.h"

namespace blockyard {

std::span<const EvictionRow> eviction_table() {
#define BLOCKYARD_ROW(NAME) eviction::NAME,
  static const auto table = std::to_array<EvictionRow>({BLOCKYARD_EVICTIONS(BLOCKYARD_ROW)});
#undef BLOCKYARD_ROW
  return table;
}

const EvictionRow& eviction_row(EvictionPolicy policy) { return eviction_table()[static_cast<std::size_t>(policy)]; }

EvictionPolicy eviction_policy(std::string_view id) {
  const auto table = eviction_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].id == id) return static_cast<EvictionPolicy>(i);
  }
  BY_CHECK(false, "no such eviction policy");
}

}  // namespace blockyard
