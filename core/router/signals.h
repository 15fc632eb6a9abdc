// The signals that policies read, as receipts and "why here?" show them; and whether a choice came to a tie.
#pragma once

#include <span>
#include <string_view>

#include "core/router/policy.h"

namespace blockyard {

struct SignalRow {
  Signal signal;
  std::string_view id;     ///< as receipts name it
  std::string_view label;  ///< the head of a column
  std::string_view help;
  double (*of)(const WorkerFigures& w);  ///< nullptr where it is the request's, not a worker's
};
std::span<const SignalRow> signal_table();

/// Whether the cursor chose among several: the eligible candidates. take_lowest() writes the words.
inline bool came_to_a_tie(const Explanation& why) { return why.reason.find("; tie of ") != std::string::npos; }

}  // namespace blockyard
