// The table of a sweep for people: the answer table as it is where that is no wider than a page, else as a list.
#include <fmt/format.h>

#include "app/cli/parts/sweep_run.h"
#include "app/cli/parts/table.h"
#include "core/base/text.h"

namespace blockyard::cli {

std::string sweep_text(const AnswerTable& answers) {
  constexpr std::size_t kMostRows = 200, kMostColumns = 6;
  if (answers.columns.size() > kMostColumns || answers.rows.size() > kMostRows) {
    std::vector<std::vector<std::string>> rows = answer_list(answers);
    const std::size_t more = rows.size() - 1 - std::min(rows.size() - 1, kMostRows);
    rows.resize(rows.size() - more);
    std::string out = text_table(rows);
    if (more > 0) out += fmt::format("… and {}: see cells.jsonl\n", counted(more, "more row"));
    return out + "\n" + answer_notes_text(answers);
  }
  // Columns that differ in what was varied alone leave the figure to a line of its own.
  const bool one = answers.one_metric() && !answers.columns[0].varied.empty();
  return (one ? metric_head(metric_table()[answers.columns[0].metric]) + "\n\n" : "") +
         answer_text(answers, TableFormat::kText);
}

}  // namespace blockyard::cli
