// How many random scenarios a test goes through: few by default, so that all tests together stay quick; as many as
// BLOCKYARD_SCENARIOS says where it is set.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace blockyard::test {

inline std::uint64_t how_many(std::uint64_t by_default) {
  const char* wanted = std::getenv("BLOCKYARD_SCENARIOS");
  return wanted == nullptr ? by_default : std::strtoull(wanted, nullptr, 10);
}

}  // namespace blockyard::test
