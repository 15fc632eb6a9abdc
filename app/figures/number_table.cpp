#include "app/figures/number_table.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "core/base/text.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace {

// What tables of fleets and cells say, by metric.
struct Column {
  std::string_view metric, head;
  int spare = 0;
};
constexpr std::array<Column, 7> kColumns{{{"block_hit_rate", "Hit rate"},
                                          {"ttft_mean", "TTFT mean", 1},
                                          {"ttft_p95", "TTFT p95"},
                                          {"e2e_p95", "E2E p95", 4},
                                          {"evictions", "Evicted", 3},
                                          {"imbalance", "Imbalance", 2},
                                          {"rejected", "Rejected"}}};

void add_columns(NumberTable& table) {
  for (const Column& c : kColumns) table.head.push_back({std::string(c.head), true, c.spare, c.metric == "rejected"});
}

// Counts keep all their digits and carry no unit: the head says what they count.
std::string value_text(double v, const Metric& m) {
  if (!std::isfinite(v)) return "–";
  const bool count = m.id == "evictions" || m.id == "rejected";
  return count ? with_commas(static_cast<std::uint64_t>(std::llround(v))) : quantity_text(v, m.unit);
}

std::string interval_text(const Interval& v, const Metric& m) {
  const std::string mean = value_text(v.mean, m);
  return v.high > v.mean ? fmt::format("{} ± {}", mean, value_text(v.high - v.mean, m)) : mean;
}

// "round_robin" for "\"round_robin\"".
std::string plain(const std::string& json) {
  const bool quoted = json.size() >= 2 && json.front() == '"' && json.back() == '"';
  return quoted ? json.substr(1, json.size() - 2) : json;
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

NumberTable number_table(const Comparison& c) {
  NumberTable out;
  out.head.push_back({"Fleet", false});
  add_columns(out);
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    std::vector<std::string> row{c.fleets[i].label};
    for (const Column& column : kColumns) {
      const Metric& m = *find_metric(column.metric);
      row.push_back(interval_text(c.interval(i, m), m));
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

NumberTable number_table(const SweepPlan& plan, const std::vector<SweepCell>& cells) {
  NumberTable out;
  for (const SweepAxis& axis : plan.axes) {
    const Setting* row = find_setting(axis.path);
    std::string head = row == nullptr ? axis.path : std::string(row->label);
    if (row != nullptr && !row->unit.empty()) head += fmt::format(", {}", row->unit);
    out.head.push_back({std::move(head), false});
  }
  add_columns(out);
  for (const SweepCell& cell : cells) {
    std::vector<std::string> row;
    const std::vector<std::size_t> places = plan.places(cell.cell);
    for (std::size_t a = 0; a < places.size(); ++a) row.push_back(plain(plan.axes[a].values[places[a]]));
    for (const Column& column : kColumns) {
      const Metric& m = *find_metric(column.metric);
      row.push_back(value_text(cell.value(m), m));
    }
    out.rows.push_back(std::move(row));
  }
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
