#include "core/engine/engine.h"

#include <array>

namespace blockyard {

std::span<const EngineRow> engine_table() {
  static const auto table = std::to_array<EngineRow>({
      {"slots", "Slots", "A fixed number of requests at once, each planned as a whole.", slots_engine()},
      {"continuous", "Continuous batching", "vLLM v1's step loop: batching step by step, chunked prefill, preemption.",
       continuous_engine()},
  });
  return table;
}

}  // namespace blockyard
