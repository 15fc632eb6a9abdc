#include "app/cli/answers/answer_args.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/cli/parts/help.h"
#include "app/cli/parts/table.h"

namespace blockyard::cli {

void AnswerArgs::add_to(CLI::App& app) {
  app.add_option("--warmup", warmup,
                 "Requests at the beginning of a run that no figure of the table counts: auto (found by MSER-5) or a "
                 "number, which is rounded up to a twentieth of the run and is at most a quarter of it")
      ->type_name("auto|N")
      ->capture_default_str();
  app.add_option("--format", format,
                 fmt::format("How the table is printed, and written into the folder: {}", listed(table_format_ids())))
      ->type_name("FORMAT")
      ->capture_default_str();
}

Result<AnswerWanted> AnswerWanted::of(const AnswerArgs& args) {
  auto warmup = parse_warmup(args.warmup);
  if (!warmup) return warmup.error();
  auto format = parse_table_format(args.format);
  if (!format) return format.error();
  return AnswerWanted{*warmup, *format};
}

std::string answer_text(const AnswerTable& table, TableFormat format) {
  switch (format) {
    case TableFormat::kCsv:
      return answer_csv(table);
    case TableFormat::kMarkdown:
      return answer_markdown(table);
    case TableFormat::kLatex:
      return answer_latex(table);
    case TableFormat::kText:
      break;
  }
  return text_table(answer_rows(table)) + "\n" + answer_notes_text(table);
}

std::string answer_notes_text(const AnswerTable& table) {
  const bool any_best = std::any_of(table.rows.begin(), table.rows.end(), [](const AnswerRow& row) {
    return std::any_of(row.cells.begin(), row.cells.end(), [](const AnswerCell& cell) { return cell.best; });
  });
  std::string out = any_best ? "* the best of a column, and whatever cannot be told from it\n" : "";
  for (const std::string& note : answer_notes(table)) out += note + "\n";
  return out;
}

std::vector<std::string> comma_list(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    if (comma > begin) out.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return out;
}

}  // namespace blockyard::cli
