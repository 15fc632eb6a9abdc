#include "app/figures/number_table.h"

#include <fmt/format.h>

#include <cmath>

#include "core/base/text.h"
#include "core/io/experiments/answer_text.h"

namespace blockyard {
namespace {

// Counts keep all their digits and carry no unit: the head says what they count.
std::string value_text(double v, const Metric& m) {
  if (!std::isfinite(v)) return "–";
  const bool count = m.id == "evictions" || m.id == "rejected";
  return count ? with_commas(static_cast<std::uint64_t>(std::llround(v))) : quantity_text(v, m.unit);
}

}  // namespace

NumberTable number_table(const LossWaterfall& w) {
  NumberTable out;
  out.head = {{"Each row has one cause more", false},
              {"Hit rate"},
              {"Lost"},
              {"Hit tokens", true, 1},
              {"Lost tokens", true, 2}};
  for (std::size_t i = 0; i < w.steps.size(); ++i) {
    const std::uint64_t hit = w.steps[i].hit_tokens;
    std::vector<std::string> row{w.steps[i].label, quantity_text(w.percent(static_cast<double>(hit)), "%"), "",
                                 with_commas(hit), ""};
    if (i > 0) {
      const std::int64_t lost = w.loss(i);
      row[2] = quantity_text(w.percent(static_cast<double>(lost)), "%");
      row[4] = fmt::format("{}{}", lost < 0 ? "−" : "", with_commas(static_cast<std::uint64_t>(std::abs(lost))));
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

NumberTable number_table(const AnswerTable& answers) {
  constexpr std::size_t kMostColumns = 7;
  const bool wide = answers.columns.size() > kMostColumns;
  const std::vector<std::vector<std::string>> rows = wide ? answer_list(answers) : answer_rows(answers);
  const std::size_t labels = answers.row_heads.size() + (wide ? 1 : 0);
  NumberTable out;
  for (std::size_t c = 0; c < rows[0].size(); ++c) {
    const bool figures = c >= labels;
    // The first two figures stay.
    out.head.push_back({rows[0][c], figures, figures && c > labels + 1 ? static_cast<int>(c - labels) : 0});
  }
  out.rows.assign(rows.begin() + 1, rows.end());
  return out;
}

NumberTable number_table(const RunResults& r) {
  NumberTable out;
  out.head = {{"Figure of the whole run", false}, {"Value"}};
  for (const Metric& m : metric_table()) {
    if (m.of_aftermath != nullptr) continue;
    const double v = m.of(r.summary);
    if (std::isfinite(v)) out.rows.push_back({std::string(m.label), value_text(v, m)});
  }
  return out;
}

std::string to_csv(const NumberTable& table) {
  const auto field = [](const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  std::string out;
  for (std::size_t c = 0; c < table.head.size(); ++c) out += (c > 0 ? "," : "") + field(table.head[c].text);
  out += "\n";
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) out += (c > 0 ? "," : "") + field(row[c]);
    out += "\n";
  }
  return out;
}

}  // namespace blockyard
