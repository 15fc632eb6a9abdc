// The table behind a figure. One shape for every kind of plot, so that one reader reads them all: a row a point, bar,
// bin, cell, rectangle or mark; columns that do not apply stay empty.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include "app/plot/data/plot.h"

namespace blockyard {
namespace {

constexpr std::string_view kHeader = "plot,kind,series,label,x,x_end,y,low,high,x_unit,y_unit\r\n";

std::string quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

struct Row {
  std::string_view kind, series, label;
  std::optional<double> x, x_end, y, low, high;
};

class Table {
 public:
  explicit Table(std::string& out) : out_(out) {}
  void begin(const Plot& plot, std::size_t index) {
    name_ = quoted(plot.title.empty() ? fmt::format("plot {}", index + 1) : plot.title);
    x_unit_ = quoted(plot.x.unit);
    y_unit_ = quoted(plot.heat ? plot.heat->unit : plot.y.unit);
  }
  void add(const Row& row) {
    auto at = std::back_inserter(out_);
    fmt::format_to(at, "{},{},{},{}", name_, row.kind, quoted(row.series), quoted(row.label));
    for (const std::optional<double>& v : {row.x, row.x_end, row.y, row.low, row.high}) {
      v ? fmt::format_to(at, ",{}", *v) : fmt::format_to(at, ",");
    }
    fmt::format_to(at, ",{},{}\r\n", x_unit_, y_unit_);
  }

 private:
  std::string& out_;
  std::string name_, x_unit_, y_unit_;
};

std::optional<double> at(const std::vector<double>& v, std::size_t i) {
  return i < v.size() ? std::optional<double>(v[i]) : std::nullopt;
}

std::string_view style_name(SeriesStyle style) {
  constexpr std::string_view kNames[] = {"line", "step", "area", "points", "bars", "histogram", "band"};
  return kNames[static_cast<std::size_t>(style)];
}

void add_series(Table& table, const Plot& plot, const PlotSeries& s) {
  if (s.style == SeriesStyle::Bars) {
    for (std::size_t i = 0; i < s.y.size(); ++i) {
      const std::string_view label = i < plot.categories.size() ? std::string_view(plot.categories[i]) : "";
      table.add({"bars", s.name, label, {}, {}, s.y[i], at(s.lo, i), at(s.hi, i)});
    }
    return;
  }
  const bool bins = s.style == SeriesStyle::Histogram;
  const std::size_t n = std::max({s.x.size() - (bins && !s.x.empty() ? 1 : 0), s.y.size(), s.lo.size(), s.hi.size()});
  for (std::size_t i = 0; i < n; ++i) {
    table.add({style_name(s.style), s.name, "", at(s.x, i), bins ? at(s.x, i + 1) : std::nullopt, at(s.y, i),
               at(s.lo, i), at(s.hi, i)});
  }
}

void add_heat(Table& table, const Plot& plot, const HeatMap& heat) {
  for (int r = 0; r < heat.rows; ++r) {
    for (int c = 0; c < heat.cols; ++c) {
      const auto row = static_cast<std::size_t>(r), col = static_cast<std::size_t>(c);
      const std::string name = row < heat.row_labels.size() ? heat.row_labels[row] : std::to_string(r);
      const std::optional<double> value = at(heat.values, row * static_cast<std::size_t>(heat.cols) + col);
      if (col < plot.categories.size()) {
        table.add({"heat", name, plot.categories[col], {}, {}, value, {}, {}});
      } else {
        table.add({"heat", name, "", heat.x0 + c * heat.dx, heat.x0 + (c + 1) * heat.dx, value, {}, {}});
      }
      const std::size_t cell = row * static_cast<std::size_t>(heat.cols) + col;
      if (cell < heat.names.size()) {
        table.add({"name", name, heat.names[cell], static_cast<double>(c), {}, {}, {}, {}});
      }
    }
  }
}

void add_lanes(Table& table, const SwimLanes& lanes) {
  for (const SwimLanes::Item& item : lanes.items) {
    const auto lane = static_cast<std::size_t>(item.lane), kind = static_cast<std::size_t>(item.kind);
    const std::string name =
        fmt::format("{}: {}", lane < lanes.lanes.size() ? lanes.lanes[lane] : std::to_string(item.lane),
                    kind < lanes.kinds.size() ? lanes.kinds[kind].name : std::to_string(item.kind));
    table.add({"lane", name, item.text, item.start, item.end, {}, {}, {}});
  }
}

void add_waterfall(Table& table, const Waterfall& waterfall) {
  const std::vector<WaterfallSpan> spans = waterfall_spans(waterfall);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const Waterfall::Bar& bar = waterfall.bars[i];
    table.add({bar.total ? "total" : "change",
               "",
               bar.label,
               {},
               {},
               bar.value,
               std::min(spans[i].from, spans[i].to),
               std::max(spans[i].from, spans[i].to)});
  }
}

}  // namespace

std::string to_csv(const Figure& figure) {
  std::string out(kHeader);
  Table table(out);
  for (std::size_t i = 0; i < figure.plots.size(); ++i) {
    const Plot& plot = figure.plots[i];
    table.begin(plot, i);
    for (const PlotSeries& s : plot.series) add_series(table, plot, s);
    if (plot.heat) add_heat(table, plot, *plot.heat);
    if (plot.lanes) add_lanes(table, *plot.lanes);
    if (plot.waterfall) add_waterfall(table, *plot.waterfall);
    for (const PlotMark& mark : plot.marks) {
      if (mark.across == PlotMark::Across::X) {
        table.add({"mark", "", mark.label, mark.at, mark.end, {}, {}, {}});
      } else {
        table.add(
            {"mark", "", mark.label, {}, {}, mark.at, mark.end ? std::optional(mark.at) : std::nullopt, mark.end});
      }
    }
    for (const PlotNote& note : plot.notes) table.add({"note", "", note.text, note.x, {}, note.y, {}, {}});
  }
  return out;
}

}  // namespace blockyard
