#include <array>

#include "core/settings/choices.h"
#include "core/workload/traces/formats/rows.h"

namespace blockyard {

std::span<const TraceFormatRow> trace_formats() {
#define BLOCKYARD_ROW(NAME) NAME(),
  static const auto kRows = std::to_array<TraceFormatRow>({BLOCKYARD_TRACE_FORMATS(BLOCKYARD_ROW)});
#undef BLOCKYARD_ROW
  return kRows;
}

const TraceFormatRow* find_trace_format(std::string_view id) {
  for (const TraceFormatRow& row : trace_formats()) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

// What the table of settings lists, see core/settings/choices.h.
std::vector<ChoiceRow> trace_format_choices() {
  std::vector<ChoiceRow> out;
  for (const TraceFormatRow& row : trace_formats()) out.push_back({row.id, row.label, row.help});
  return out;
}

}  // namespace blockyard
