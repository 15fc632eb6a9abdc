// Fidelity: what the simulation does as vLLM v1 does it, what it simplifies and what it leaves out, row by row with the
// source of each and the change to vLLM that it follows. One table, shown by the command line, the window and the
// README.
//
// Invariant: rows say what holds under the defaults; where a setting changes that, the row names it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace blockyard {

enum class Fidelity : std::uint8_t { kAsInVllm, kSimplified, kLeftOut };

struct FidelityRow {
  std::string_view aspect;
  Fidelity fidelity;
  std::string_view note;         ///< what it does here, in a sentence or two
  std::string_view source;       ///< where vLLM does it: a file below vllm/v1/core unless it says otherwise
  std::string_view change = {};  ///< the pull request to vLLM that it follows, and its date; "" for what v1 began with
};

/// "as in vLLM", "simplified", "left out".
std::string_view fidelity_name(Fidelity fidelity);

/// Ordered: first what is as in vLLM, then what is simpler, then what is missing.
std::span<const FidelityRow> fidelity_table();

}  // namespace blockyard
