// An answer table as text to paste: CSV, Markdown and LaTeX, and rows of cells for a terminal or a page. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/experiment/answers/answer_table.h"

namespace blockyard {

enum class TableFormat : std::uint8_t { kText, kCsv, kMarkdown, kLatex };

/// What --format can be, in the order of TableFormat.
std::vector<std::string> table_format_ids();
/// Errors name the option.
Result<TableFormat> parse_table_format(const std::string& id);
/// The extension of a file of that format: "txt", "csv", "md", "tex".
std::string_view table_extension(TableFormat format);

/// Head and rows of cells: the best of a column with '*' (or what cannot be told from it), saturated ones with '†'.
std::vector<std::vector<std::string>> answer_rows(const AnswerTable& table);
/// The same as a list, for tables that are too wide: a row for each row and each combination of what was varied, which
/// stands behind the labels, and a column a figure.
std::vector<std::vector<std::string>> answer_list(const AnswerTable& table);
/// What stands below the table, a line each: sentences, cautions, method; the legend of the marks that occur.
std::vector<std::string> answer_notes(const AnswerTable& table);

/// RFC 4180: figures and half-widths in columns of their own, "yes" where saturated; no notes.
std::string answer_csv(const AnswerTable& table);
/// A GitHub table, the best in bold, with its notes below.
std::string answer_markdown(const AnswerTable& table);
/// A tabular with booktabs' rules, the best in bold, its notes as comments.
std::string answer_latex(const AnswerTable& table);

/// Any other table, whose first row is its head and whose first `labels` columns are names, in the same formats; not
/// kText.
std::string grid_text(const std::vector<std::vector<std::string>>& rows, std::size_t labels, TableFormat format);

}  // namespace blockyard
