#include "core/io/experiments/answer_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/words/nearest.h"
#include "core/base/words/printable.h"

namespace blockyard {
namespace {

constexpr const char* kFormats[] = {"text", "csv", "markdown", "latex"};
constexpr std::string_view kExtensions[] = {"txt", "csv", "md", "tex"};

template <class F>
bool any_cell(const AnswerTable& table, F f) {
  return std::any_of(table.rows.begin(), table.rows.end(),
                     [&](const AnswerRow& row) { return std::any_of(row.cells.begin(), row.cells.end(), f); });
}

bool any_best(const AnswerTable& t) {
  return any_cell(t, [](const AnswerCell& c) { return c.best; });
}
bool any_saturated(const AnswerTable& t) {
  return any_cell(t, [](const AnswerCell& c) { return c.saturated; });
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string replaced(std::string text, const std::vector<std::pair<std::string_view, std::string_view>>& by) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto hit = std::find_if(by.begin(), by.end(), [&](const auto& pair) {
      return std::string_view(text).substr(i, pair.first.size()) == pair.first;
    });
    if (hit == by.end()) {
      out += text[i++];
    } else {
      out += hit->second;
      i += hit->first.size();
    }
  }
  return out;
}

// Characters that Markdown would take for marks.
std::string markdown(const std::string& text) {
  return replaced(text, {{"|", "\\|"}, {"*", "\\*"}, {"_", "\\_"}, {"\n", " "}});
}

std::string latex(const std::string& text) {
  return replaced(text, {{"\\", "\\textbackslash{}"},
                         {"_", "\\_"},
                         {"%", "\\%"},
                         {"&", "\\&"},
                         {"#", "\\#"},
                         {"$", "\\$"},
                         {"{", "\\{"},
                         {"}", "\\}"},
                         {"~", "\\textasciitilde{}"},
                         {"^", "\\textasciicircum{}"},
                         {"±", "$\\pm$"},
                         {"×", "$\\times$"},
                         {"–", "--"},
                         {"†", "\\dag{}"},
                         {"·", "$\\cdot$"},
                         {"−", "$-$"},
                         {"…", "\\dots{}"},
                         {"\n", " "}});
}

}  // namespace

std::vector<std::string> table_format_ids() { return {std::begin(kFormats), std::end(kFormats)}; }

Result<TableFormat> parse_table_format(const std::string& id) {
  const std::vector<std::string> ids = table_format_ids();
  const auto at = std::find(ids.begin(), ids.end(), id);
  if (at == ids.end()) {
    return Error{
        fmt::format("--format: '{}' is no format of a table; it must be {}", quoted_part(id), fmt::join(ids, ", "))};
  }
  return static_cast<TableFormat>(at - ids.begin());
}

std::string_view table_extension(TableFormat format) { return kExtensions[static_cast<std::size_t>(format)]; }

std::vector<std::vector<std::string>> answer_rows(const AnswerTable& t) {
  std::vector<std::vector<std::string>> out{t.row_heads};
  for (std::size_t c = 0; c < t.columns.size(); ++c) out[0].push_back(t.head(c));
  for (std::size_t r = 0; r < t.rows.size(); ++r) {
    std::vector<std::string> row = t.rows[r].labels;
    for (std::size_t c = 0; c < t.columns.size(); ++c) {
      const AnswerCell& cell = t.rows[r].cells[c];
      row.push_back(t.text(r, c) + (cell.saturated ? " †" : "") + (cell.best ? " *" : ""));
    }
    out.push_back(std::move(row));
  }
  return out;
}

std::vector<std::vector<std::string>> answer_list(const AnswerTable& t) {
  std::size_t metrics = 1;
  while (metrics < t.columns.size() && t.columns[metrics].varied == t.columns[0].varied) ++metrics;
  std::vector<std::vector<std::string>> out{t.row_heads};
  out[0].push_back("Varied");
  for (std::size_t m = 0; m < metrics; ++m) out[0].push_back(metric_head(metric_table()[t.columns[m].metric]));
  const std::vector<std::vector<std::string>> cells = answer_rows(t);
  const std::size_t labels = t.row_heads.size();
  for (std::size_t r = 0; r < t.rows.size(); ++r) {
    for (std::size_t c = 0; c + metrics <= t.columns.size(); c += metrics) {
      std::vector<std::string> row = t.rows[r].labels;
      row.push_back(t.columns[c].varied);
      for (std::size_t m = 0; m < metrics; ++m) row.push_back(cells[r + 1][labels + c + m]);
      out.push_back(std::move(row));
    }
  }
  return out;
}

std::vector<std::string> answer_notes(const AnswerTable& t) {
  std::vector<std::string> out = t.says;
  for (const std::string& caution : t.cautions)
    out.push_back((caution.find(" is saturated: ") != std::string::npos ? "† " : "") + caution + ".");
  for (const std::string& method : t.method) out.push_back(method + ".");
  return out;
}

std::string answer_csv(const AnswerTable& t) {
  const bool saturated = any_saturated(t);
  std::vector<std::vector<std::string>> rows{t.row_heads};
  for (std::size_t c = 0; c < t.columns.size(); ++c) {
    rows[0].push_back(t.head(c));
    rows[0].push_back(t.head(c) + " ±");
    if (saturated) rows[0].push_back(t.head(c) + " saturated");
  }
  for (const AnswerRow& from : t.rows) {
    std::vector<std::string> row = from.labels;
    for (const AnswerCell& cell : from.cells) {
      const std::string value = plain_value(cell.estimate);
      row.push_back(value == "–" ? "" : value);
      row.push_back(plain_half(cell.estimate));
      if (saturated) row.push_back(cell.saturated ? "yes" : "no");
    }
    rows.push_back(std::move(row));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) out += (c > 0 ? "," : "") + csv_field(row[c]);
    out += "\n";
  }
  return out;
}

std::string answer_markdown(const AnswerTable& t) {
  std::string out = "|", rule = "|";
  for (const std::string& head : t.row_heads) out += fmt::format(" {} |", markdown(head)), rule += " --- |";
  for (std::size_t c = 0; c < t.columns.size(); ++c)
    out += fmt::format(" {} |", markdown(t.head(c))), rule += " ---: |";
  out += "\n" + rule + "\n";
  for (std::size_t r = 0; r < t.rows.size(); ++r) {
    out += "|";
    for (const std::string& label : t.rows[r].labels) out += fmt::format(" `{}` |", replaced(label, {{"|", "\\|"}}));
    for (std::size_t c = 0; c < t.columns.size(); ++c) {
      const AnswerCell& cell = t.rows[r].cells[c];
      const std::string text = markdown(t.text(r, c));
      out += fmt::format(" {}{} |", cell.best ? "**" + text + "**" : text, cell.saturated ? " †" : "");
    }
    out += "\n";
  }
  out += "\n";
  if (any_best(t)) out += "Bold: the best of a column, and whatever cannot be told from it.\n\n";
  for (const std::string& note : answer_notes(t)) {
    const std::size_t indent = note.find_first_not_of(' ');
    out += (indent > 0 ? "- " : "\n") + markdown(note.substr(indent)) + "\n";
  }
  return out;
}

std::string answer_latex(const AnswerTable& t) {
  std::string out;
  out += fmt::format("% {}\n% \\usepackage{{booktabs}}\n", printable(t.title));
  for (const std::string& note : answer_notes(t)) out += fmt::format("% {}\n", replaced(note, {{"\n", " "}}));
  out += fmt::format("\\begin{{tabular}}{{{}{}}}\n\\toprule\n", std::string(t.row_heads.size(), 'l'),
                     std::string(t.columns.size(), 'r'));
  std::vector<std::string> cells;
  for (const std::string& head : t.row_heads) cells.push_back(latex(head));
  for (std::size_t c = 0; c < t.columns.size(); ++c) cells.push_back(latex(t.head(c)));
  out += fmt::format("{} \\\\\n\\midrule\n", fmt::join(cells, " & "));
  for (std::size_t r = 0; r < t.rows.size(); ++r) {
    cells.clear();
    for (const std::string& label : t.rows[r].labels) cells.push_back(fmt::format("\\texttt{{{}}}", latex(label)));
    for (std::size_t c = 0; c < t.columns.size(); ++c) {
      const AnswerCell& cell = t.rows[r].cells[c];
      const std::string value = latex(plain_value(cell.estimate)), half = plain_half(cell.estimate);
      std::string text = cell.best ? fmt::format("\\textbf{{{}}}", value) : value;
      if (!half.empty()) text += " $\\pm$ " + half;
      if (cell.saturated) text += "\\dag";
      cells.push_back(std::move(text));
    }
    out += fmt::format("{} \\\\\n", fmt::join(cells, " & "));
  }
  return out + "\\bottomrule\n\\end{tabular}\n";
}

std::string grid_text(const std::vector<std::vector<std::string>>& rows, std::size_t labels, TableFormat format) {
  std::string out;
  const bool latexed = format == TableFormat::kLatex, marked = format == TableFormat::kMarkdown;
  const std::size_t columns = rows.empty() ? 0 : rows[0].size();
  if (latexed) {
    out += fmt::format("\\begin{{tabular}}{{{}{}}}\n\\toprule\n", std::string(std::min(labels, columns), 'l'),
                       std::string(columns - std::min(labels, columns), 'r'));
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::vector<std::string> cells;
    for (const std::string& cell : rows[r])
      cells.push_back(latexed ? latex(cell) : marked ? markdown(cell) : csv_field(cell));
    out += latexed  ? fmt::format("{} \\\\\n", fmt::join(cells, " & "))
           : marked ? fmt::format("| {} |\n", fmt::join(cells, " | "))
                    : fmt::format("{}\n", fmt::join(cells, ","));
    if (r > 0) continue;
    if (latexed) out += "\\midrule\n";
    if (marked) {
      out += "|";
      for (std::size_t c = 0; c < columns; ++c) out += c < labels ? " --- |" : " ---: |";
      out += "\n";
    }
  }
  return latexed ? out + "\\bottomrule\n\\end{tabular}\n" : out;
}

}  // namespace blockyard
