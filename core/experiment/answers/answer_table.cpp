#include "core/experiment/answers/answer_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/math.h"
#include "core/base/text.h"
#include "core/base/words/number.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace {

constexpr std::size_t kMostCautions = 6;
constexpr std::size_t kMostRivals = 5;

std::string plain(const std::string& json) {
  if (json.size() >= 2 && json.front() == '"' && json.back() == '"') return json.substr(1, json.size() - 2);
  return json;
}

// "Sync 1 s", "Workers 8", "router.nothing 3".
std::string varied_text(const SweepAxis& axis, const std::string& value) {
  const Setting* row = find_setting(axis.path);
  const std::string name = axis.path == kStalenessAxis ? "Staleness"
                           : row == nullptr            ? axis.path
                                                       : std::string(row->label);
  const std::string_view unit = axis.path == kStalenessAxis ? "ms" : row == nullptr ? "" : row->unit;
  const auto number = finite_number(value);
  return fmt::format("{} {}", name, number && !unit.empty() ? quantity_text(*number, unit) : plain(value));
}

std::string method_of_intervals(IntervalFrom from, std::size_t seeds) {
  if (from == IntervalFrom::kSeeds)
    return fmt::format(
        "±: half of the 95 % interval of the mean over {} seeds (Student's t); differences are taken seed "
        "by seed",
        seeds);
  return fmt::format(
      "±: half of the 95 % interval by batch means ({} batches of the run{}); differences are taken batch by batch on "
      "the same requests",
      RunBatches::kBatches, seeds > 1 ? fmt::format(", means over {} seeds", seeds) : "");
}

// A column's sentences: who is best, and how it does against each other.
void say_column(AnswerTable& table, const AnswerColumn& column, std::span<const std::string> names) {
  const FleetRanking& r = column.ranking;
  if (r.rivals.empty()) return;
  const Metric& m = metric_table()[column.metric];
  table.says.push_back(fmt::format("{}{} is best at {}: {}.", column.varied.empty() ? "" : column.varied + ": ",
                                   names[r.best()], m.label, estimate_text(r.estimates[r.best()], m)));
  for (std::string& sentence : verdict(r, names, kMostRivals)) table.says.push_back("  " + std::move(sentence));
}

void add_caution(AnswerTable& table, std::string text, std::size_t& more) {
  if (table.cautions.size() < kMostCautions) {
    table.cautions.push_back(std::move(text));
  } else {
    ++more;
  }
}

void end_cautions(AnswerTable& table, std::size_t more) {
  if (more > 0) table.cautions.push_back(fmt::format("… and {} more", more));
}

std::string names_of(const std::vector<std::string>& labels) { return fmt::format("{}", fmt::join(labels, " · ")); }

// Which cells of a sweep stand where: by row, then column, its repeats.
struct Grid {
  std::vector<std::size_t> of_rows, of_columns;  // axes
  std::size_t rows = 1, columns = 1, repeats = 1;
  std::vector<std::vector<const SweepCell*>> groups;

  Grid(const SweepPlan& plan, const std::vector<SweepCell>& cells) {
    std::vector<std::size_t> numbers;
    for (std::size_t a = 0; a < plan.axes.size(); ++a) {
      const SweepAxis& axis = plan.axes[a];
      if (axis.path == "seed") {
        repeats = axis.values.size();
        continue;
      }
      const bool number = std::all_of(axis.values.begin(), axis.values.end(),
                                      [](const std::string& v) { return finite_number(v).has_value(); });
      (number ? numbers : of_rows).push_back(a);
    }
    if (of_rows.empty() && !numbers.empty()) {
      of_rows.push_back(numbers.front());
      numbers.erase(numbers.begin());
    }
    of_columns = std::move(numbers);
    for (const std::size_t a : of_rows) rows *= plan.axes[a].values.size();
    for (const std::size_t a : of_columns) columns *= plan.axes[a].values.size();
    groups.resize(rows * columns);
    for (const SweepCell& cell : cells) {
      const std::vector<std::size_t> at = plan.places(cell.cell);
      std::size_t row = 0, column = 0;
      for (const std::size_t a : of_rows) row = row * plan.axes[a].values.size() + at[a];
      for (const std::size_t a : of_columns) column = column * plan.axes[a].values.size() + at[a];
      groups[row * columns + column].push_back(&cell);
    }
  }

  // The values of some of the axes at a place among their combinations.
  static std::vector<std::size_t> places(const SweepPlan& plan, const std::vector<std::size_t>& axes,
                                         std::size_t index) {
    std::vector<std::size_t> out(axes.size());
    for (std::size_t k = axes.size(); k-- > 0;) {
      const std::size_t n = plan.axes[axes[k]].values.size();
      out[k] = index % n;
      index /= n;
    }
    return out;
  }
};

}  // namespace

std::string metric_head(const Metric& m) {
  return m.unit.empty() ? std::string(m.label) : fmt::format("{}, {}", m.label, m.unit);
}

std::string plain_value(const Estimate& e) {
  if (!std::isfinite(e.value)) return "–";
  if (!e.has_interval() || e.half <= 0) {
    std::string text = figure_text(e.value, 4);
    text.erase(std::remove(text.begin(), text.end(), ','), text.end());  // to be pasted and read as a number
    return text;
  }
  // The half-width to two digits, the value to the same place.
  const int places = std::clamp(1 - static_cast<int>(std::floor(math::log10(e.half))), 0, 6);
  return fmt::format("{:.{}f}", e.value, places);
}

std::string plain_half(const Estimate& e) {
  if (!std::isfinite(e.value) || !e.has_interval()) return "";
  if (e.half <= 0) return "0";
  const int places = std::clamp(1 - static_cast<int>(std::floor(math::log10(e.half))), 0, 6);
  return fmt::format("{:.{}f}", e.half, places);
}

std::string plain_estimate(const Estimate& e) {
  const std::string half = plain_half(e);
  return half.empty() ? plain_value(e) : fmt::format("{} ± {}", plain_value(e), half);
}

bool AnswerTable::one_metric() const {
  return std::all_of(columns.begin(), columns.end(),
                     [this](const AnswerColumn& c) { return c.metric == columns.front().metric; });
}

std::string AnswerTable::head(std::size_t column) const {
  const AnswerColumn& c = columns[column];
  const std::string figure = metric_head(metric_table()[c.metric]);
  if (c.varied.empty()) return figure;
  return one_metric() ? c.varied : fmt::format("{}: {}", c.varied, figure);
}

std::string AnswerTable::text(std::size_t row, std::size_t column) const {
  return plain_estimate(rows[row].cells[column].estimate);
}

AnswerTable answer_table(const Comparison& c, const std::vector<std::string>& metrics, const std::string& by,
                         const Warmup& warmup) {
  AnswerTable out;
  out.title = c.scenario.name;
  const bool strategies =
      std::all_of(c.fleets.begin(), c.fleets.end(), [](const ComparedFleet& f) { return f.by_strategy; });
  out.row_heads = {strategies ? "Strategy" : "Fleet"};
  std::vector<std::string> names;
  for (const ComparedFleet& fleet : c.fleets) {
    names.push_back(fleet.name);
    out.rows.push_back({{fleet.name}, {}});
  }
  const IntervalFrom from = c.interval_from();
  std::uint32_t dropped = 0;
  for (const std::string& id : metrics) {
    AnswerColumn column;
    column.metric = static_cast<std::size_t>(find_metric(id) - metric_table().data());
    const std::vector<FleetRuns> runs = c.fleet_runs(column.metric);
    dropped = warmup.batches(runs);
    column.ranking = rank_fleets(runs, column.metric, from, dropped);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      out.rows[i].cells.push_back(
          {column.ranking.estimates[i], column.ranking.among_best(i) && runs.size() > 1, runs[i].saturated});
    }
    out.columns.push_back(std::move(column));
  }
  for (const AnswerColumn& column : out.columns) {
    if (metric_table()[column.metric].id == by) say_column(out, column, names);
  }
  std::size_t more = 0;
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    const Summary& s = c.runs[i][0].summary;
    if (s.saturation)
      add_caution(out,
                  fmt::format("{} is saturated: {}. What would help: {}", names[i], saturation_text(*s.saturation),
                              saturation_remedy(*s.saturation, c.fleets[i].scenario)),
                  more);
    if (!s.rejected_reason.empty())
      add_caution(out, fmt::format("Not run under {}: {}", names[i], s.rejected_reason), more);
  }
  end_cautions(out, more);
  const RunBatches& run = c.runs[0][0].batches;
  out.method = method_text(run, dropped, warmup, from, c.seeds.size());
  return out;
}

std::vector<std::string> method_text(const RunBatches& run, std::uint32_t dropped, const Warmup& warmup,
                                     IntervalFrom from, std::size_t seeds) {
  std::vector<std::string> out;
  if (dropped > 0) {
    out.push_back(fmt::format("Without the warm-up, the first {} of {} ({})", with_commas(run.requests_in(dropped)),
                              counted(run.requests, "request"),
                              warmup.automatic ? "MSER-5, in twentieths of the run" : "as --warmup says"));
  } else if (run.any() && warmup.automatic) {
    out.push_back(run.settled ? "All requests count: MSER-5 finds no warm-up"
                              : "All requests count: MSER-5 finds no end of a warm-up in the first quarter of the run");
  }
  out.push_back(method_of_intervals(from, seeds));
  return out;
}

AnswerTable answer_table(const SweepPlan& plan, const std::vector<SweepCell>& cells, const Scenario& first,
                         const Warmup& warmup) {
  AnswerTable out;
  out.title = plan.title;
  const Grid grid(plan, cells);
  const IntervalFrom from =
      first.workload.type != WorkloadType::kTrace && grid.repeats > 1 ? IntervalFrom::kSeeds : IntervalFrom::kBatches;
  for (const std::size_t a : grid.of_rows) {
    const Setting* row = find_setting(plan.axes[a].path);
    out.row_heads.push_back(row == nullptr ? plan.axes[a].path : std::string(row->label));
  }
  std::vector<std::string> names;
  for (std::size_t r = 0; r < grid.rows; ++r) {
    AnswerRow row;
    const auto at = Grid::places(plan, grid.of_rows, r);
    for (std::size_t k = 0; k < at.size(); ++k) {
      const SweepAxis& axis = plan.axes[grid.of_rows[k]];
      row.labels.push_back(plain(axis.values[at[k]]));
    }
    names.push_back(row.labels.empty() ? plan.name : names_of(row.labels));
    if (row.labels.empty()) row.labels.push_back(plan.name);
    out.rows.push_back(std::move(row));
  }
  if (out.row_heads.empty()) out.row_heads.push_back("Scenario");
  std::uint32_t most_dropped = 0;
  const RunBatches* run = nullptr;
  for (std::size_t col = 0; col < grid.columns; ++col) {
    std::vector<std::string> varied;
    const auto at = Grid::places(plan, grid.of_columns, col);
    for (std::size_t k = 0; k < at.size(); ++k) {
      const SweepAxis& axis = plan.axes[grid.of_columns[k]];
      varied.push_back(varied_text(axis, axis.values[at[k]]));
    }
    for (const std::string& id : plan.metrics) {
      AnswerColumn column;
      column.varied = fmt::format("{}", fmt::join(varied, ", "));
      column.metric = static_cast<std::size_t>(find_metric(id) - metric_table().data());
      std::vector<FleetRuns> runs(grid.rows);
      for (std::size_t r = 0; r < grid.rows; ++r) {
        for (const SweepCell* cell : grid.groups[r * grid.columns + col]) {
          runs[r].values.push_back(cell->value(metric_table()[column.metric]));
          runs[r].batches.push_back(&cell->batches);
          runs[r].saturated = runs[r].saturated || cell->summary.saturation.has_value();
        }
      }
      const std::uint32_t dropped = warmup.batches(runs);
      if (dropped >= most_dropped && !runs[0].batches.empty()) {
        most_dropped = dropped;
        run = runs[0].batches[0];
      }
      column.ranking = rank_fleets(runs, column.metric, from, dropped);
      for (std::size_t r = 0; r < grid.rows; ++r) {
        out.rows[r].cells.push_back(
            {column.ranking.estimates[r], column.ranking.among_best(r) && grid.rows > 1, runs[r].saturated});
      }
      if (id == plan.metrics.back() || plan.metrics.size() <= 2) say_column(out, column, names);
      out.columns.push_back(std::move(column));
    }
  }
  std::size_t more = 0;
  std::map<std::string, std::size_t> reasons;  // of rejections, and in how many cells
  for (std::size_t g = 0; g < grid.groups.size(); ++g) {
    bool said = false;
    for (const SweepCell* cell : grid.groups[g]) {
      if (!cell->summary.rejected_reason.empty()) ++reasons[cell->summary.rejected_reason];
      if (!cell->summary.saturation || said) continue;
      said = true;
      const std::string varied = out.columns[g % grid.columns * plan.metrics.size()].varied;
      add_caution(out,
                  fmt::format("{}{} is saturated: {}", names[g / grid.columns], varied.empty() ? "" : " at " + varied,
                              saturation_text(*cell->summary.saturation)),
                  more);
    }
  }
  for (const auto& [reason, n] : reasons)
    add_caution(out, fmt::format("Not run in {}: {}", counted(n, "cell"), reason), more);
  end_cautions(out, more);
  if (run != nullptr) {
    out.method = method_text(*run, most_dropped, warmup, from, grid.repeats);
    if (most_dropped > 0 && grid.columns > 1) out.method[0] += "; that is the longest of any column";
  }
  return out;
}

}  // namespace blockyard
