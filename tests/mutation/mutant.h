// Before everything else in a build of tests/mutation: which of its changes is made in this run. None without
// BLOCKYARD_MUTANT.
#pragma once

#include <cstdlib>

namespace blockyard_mutation {

struct Chosen {
  Chosen() {
    if (const char* text = std::getenv("BLOCKYARD_MUTANT")) number = std::atoi(text);
  }
  int number = 0;
};

[[gnu::init_priority(101)]] inline const Chosen chosen;
inline bool is(int number) { return chosen.number == number; }

}  // namespace blockyard_mutation
