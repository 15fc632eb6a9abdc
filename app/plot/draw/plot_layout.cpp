// Where everything of a figure stands. Margins come from what is written in them: first every plot measures its own,
// then plots of one column share the widest left and right margin and plots of one row the deepest header and footer,
// so that the axes of a grid line up.
#include <algorithm>
#include <cmath>

#include "app/plot/draw/pen.h"
#include "app/plot/draw/plot_draw.h"
#include "app/plot/draw/plot_range.h"

namespace blockyard {
namespace {

constexpr float kTickGap = 8;  // between a tick's label and the plot

float row_height(const PlotFont& font) { return std::round(font.px * 1.55F); }

std::string axis_title(const std::string& label, const std::string& unit) {
  if (label.empty()) return unit;
  return unit.empty() ? label : label + " (" + unit + ")";
}

// In which unit the axis is written: that of the whole range; a log axis keeps its own.
ShownUnit unit_of(const PlotAxis& axis, AxisRange range) {
  if (axis.log) return {axis.unit, 1};
  return shown_unit(axis.unit, std::max(std::abs(range.lo), std::abs(range.hi)));
}

Ticks ticks_of(const PlotAxis& axis, AxisRange range, int target) {
  if (axis.log) return log_ticks(range.lo, range.hi, target);
  return linear_ticks(range.lo, range.hi, target, unit_of(axis, range).size);
}

float widest(const PlotFont& font, const Ticks& ticks, const std::string& suffix) {
  float out = 0;
  for (double v : ticks.at) out = std::max(out, text_size(font, format_tick(ticks, v) + suffix).x);
  return out;
}

void add_legend(const Plot& plot, const PlotStyle& style, PlotGeometry& g) {
  if (plot.lanes) {
    for (std::size_t i = 0; i < plot.lanes->kinds.size(); ++i) {
      const SwimLanes::Kind& kind = plot.lanes->kinds[i];
      g.legend.push_back({kind.name, style.colour(kind.colour, static_cast<int>(i)), false, true, -1, -1, {}});
    }
    return;
  }
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    const PlotSeries& s = plot.series[i];
    const bool box = s.style != SeriesStyle::Line && s.style != SeriesStyle::Step;
    g.legend.push_back({s.name,
                        style.colour(s.colour, static_cast<int>(i)),
                        is_dashed(plot, i),
                        box,
                        s.style == SeriesStyle::Points ? static_cast<int>(i) : -1,
                        s.markers ? static_cast<int>(i) : -1,
                        {}});
  }
}

// Places the legend from (x, y) on within `width`; a second and further rows start at `left`. Returns the rows used.
int place_legend(const PlotStyle& style, float left, float x, float y, float right, std::vector<LegendEntry>& legend) {
  int rows = 0;
  for (LegendEntry& e : legend) {
    if (e.name.empty()) continue;
    const float width = style.px(18) + style.px(6) + std::ceil(text_size(style.label, e.name).x);
    if (rows == 0) rows = 1;
    if (x + width > right && x > left) {
      x = left;
      y += row_height(style.label);
      ++rows;
    }
    e.rect = {x, y, width, row_height(style.label)};
    x += width + style.px(16);
  }
  return rows;
}

class Measure {
 public:
  Measure(const Plot& plot, const PlotView& view, const PlotStyle& style, bool several)
      : plot_(plot), view_(view), style_(style), several_(several) {}

  void run(PlotGeometry& g) const {
    g.empty = is_empty(plot_);
    add_legend(plot_, style_, g);
    g.y_title = axis_title(plot_.y.label, plot_.y.unit);
    g.left = style_.px(48);  // a first guess for the legend's rows
    header(g);
    ranges(g);
    const std::string x_unit = unit_of(plot_.x, {g.x.lo, g.x.hi}).name;
    g.x_title = has_categories(plot_) || !plot_.x.label.empty() ? axis_title(plot_.x.label, x_unit) : "";
    g.x_unit = g.x_title.empty() && !x_unit.empty() ? " " + x_unit : "";
    if (has_value_axis(plot_)) g.y_title = axis_title(plot_.y.label, unit_of(plot_.y, {g.y.lo, g.y.hi}).name);
    left(g);
    right(g);
  }

  // With the left and right margins final: how high the rows above and below the plot are.
  void heights(PlotGeometry& g) const {
    header(g);
    bottom(g);
  }

  // Once the margins are shared: the area and what depends on its pixels.
  void place(PlotGeometry& g) const {
    g.area = {g.cell.x + g.left, g.cell.y + g.header, std::max(style_.px(10), g.cell.w - g.left - g.right),
              std::max(style_.px(10), g.cell.h - g.header - g.bottom)};
    g.axis_title_y = g.area.y - style_.px(6) - row_height(style_.label) / 2;
    place_legend(style_, legend_left(g), legend_start(g),
                 g.area.y - style_.px(6) - row_height(style_.label) * static_cast<float>(legend_rows(g)),
                 g.head_right(), g.legend);
    g.x.p0 = g.area.x;
    g.x.p1 = g.area.right();
    g.y.p0 = g.area.bottom();
    g.y.p1 = g.area.y;
    if (!has_categories(plot_)) x_ticks(g);
    if (plot_.heat) {
      const float w = style_.px(12);
      g.bar = {g.area.right() + style_.px(14), g.area.y, w, g.area.h};
    }
    lanes(g);
  }

 private:
  bool titled_axis_row(const PlotGeometry& g) const {
    return !g.y_title.empty() || (plot_.heat && !heat_title().empty());
  }
  std::string heat_title() const { return axis_title(plot_.heat->label, plot_.heat->unit); }

  // The axis' name stands left of the legend if both fit; else the legend has rows of its own above it.
  float legend_left(const PlotGeometry& g) const { return g.cell.x + g.left; }
  float y_title_right(const PlotGeometry& g) const {
    const float w = text_size(style_.label, g.y_title).x;
    return g.cell.x + (w <= g.left - style_.px(kTickGap) ? g.left - style_.px(kTickGap) : w);
  }
  float legend_width(const PlotGeometry& g) const {
    float w = 0;
    for (const LegendEntry& e : g.legend) {
      if (!e.name.empty()) w += style_.px(40) + std::ceil(text_size(style_.label, e.name).x);
    }
    return w;
  }
  bool beside(const PlotGeometry& g) const {
    const float start = y_title_right(g) + (g.y_title.empty() ? 0 : style_.px(20));
    return std::max(start, legend_left(g)) + legend_width(g) - style_.px(16) <= g.head_right();
  }
  float legend_start(const PlotGeometry& g) const {
    if (!beside(g) || g.y_title.empty()) return legend_left(g);
    const float after = y_title_right(g) + style_.px(20);
    return y_title_right(g) < legend_left(g) ? legend_left(g) : after;
  }
  int legend_rows(const PlotGeometry& g) const {
    if (legend_width(g) == 0) return titled_axis_row(g) ? 1 : 0;
    if (beside(g)) return 1;
    std::vector<LegendEntry> copy = g.legend;
    return place_legend(style_, legend_left(g), legend_left(g), 0, g.head_right(), copy) + (titled_axis_row(g) ? 1 : 0);
  }

  void header(PlotGeometry& g) const {
    g.header = style_.px(4);
    if (several_ && !plot_.title.empty()) g.header += row_height(style_.heading) + style_.px(4);
    const int rows = legend_rows(g);
    if (rows > 0) g.header += row_height(style_.label) * static_cast<float>(rows) + style_.px(6);
    if (g.corner > 0) g.header = std::max(g.header, style_.px(24));
  }
  int y_target(const PlotGeometry& g) const {
    const float height = g.cell.h - g.header - row_height(style_.mono) * 2;
    return std::clamp(static_cast<int>(height / (46 * style_.scale)), 3, 5);
  }
  void ranges(PlotGeometry& g) const {
    const AxisRange x =
        shown_range_x(plot_, view_, std::clamp(static_cast<int>(g.cell.w / (100 * style_.scale)), 2, 10));
    g.x.lo = x.lo, g.x.hi = x.hi, g.x.log = plot_.x.log;
    if (has_value_axis(plot_)) {
      const AxisRange y = shown_range_y(plot_, view_, y_target(g));
      g.y.lo = y.lo, g.y.hi = y.hi, g.y.log = plot_.y.log;
      g.y_ticks = ticks_of(plot_.y, y, y_target(g));
    } else {
      const double rows = plot_.heat ? plot_.heat->rows : static_cast<double>(plot_.lanes->lanes.size());
      g.y.lo = std::max(1.0, rows), g.y.hi = 0;  // rows run downwards
    }
    if (!plot_.heat) return;
    bool any = false;
    for (double v : plot_.heat->values) {
      if (!std::isfinite(v)) continue;
      g.values = any ? AxisRange{std::min(g.values.lo, v), std::max(g.values.hi, v)} : AxisRange{v, v};
      any = true;
    }
    g.values = nice_range(g.values, false, false, 5);
    if (plot_.heat->min) g.values.lo = *plot_.heat->min;
    if (plot_.heat->max) g.values.hi = *plot_.heat->max;
    if (!(g.values.hi > g.values.lo)) g.values.hi = g.values.lo + 1;
  }
  void left(PlotGeometry& g) const {
    float w = 0;
    if (has_value_axis(plot_)) {
      w = widest(style_.mono, g.y_ticks, "");
    } else {
      for (const std::string& name : plot_.heat ? plot_.heat->row_labels : plot_.lanes->lanes) {
        w = std::max(w, text_size(style_.label, name).x);
      }
      w = std::min(w, g.cell.w * 0.25F);
    }
    g.left = std::ceil(w) + style_.px(kTickGap);
  }
  void right(PlotGeometry& g) const {
    g.right = style_.px(6);
    if (plot_.heat) {
      g.right = style_.px(14 + 12 + 6) + std::ceil(widest(style_.mono, linear_ticks(g.values.lo, g.values.hi, 5), ""));
    } else if (!has_categories(plot_)) {
      const Ticks t = ticks_of(plot_.x, {g.x.lo, g.x.hi}, 8);
      g.right = std::max(g.right, std::ceil(widest(style_.mono, t, g.x_unit) / 2));
    }
  }
  void bottom(PlotGeometry& g) const {
    g.bottom = style_.px(kTickGap) + std::ceil(style_.mono.px);
    const std::vector<std::string> names = has_categories(plot_) ? category_names(plot_) : std::vector<std::string>();
    if (!names.empty()) {
      const float slot = (g.cell.w - g.left - g.right) / static_cast<float>(names.size());
      std::size_t lines = 1;
      for (const std::string& name : names) {
        g.category_lines.push_back(wrapped(style_.label, name, slot - style_.px(8), 3));
        lines = std::max(lines, g.category_lines.back().size());
      }
      g.bottom = style_.px(kTickGap) + std::ceil(style_.label.px * 1.2F) * static_cast<float>(lines);
    }
    if (!g.x_title.empty()) g.bottom += style_.px(4) + row_height(style_.label);
  }
  void x_ticks(PlotGeometry& g) const {
    for (int target = 12; target > 0; --target) {
      g.x_ticks = ticks_of(plot_.x, {g.x.lo, g.x.hi}, target);
      float gap = g.area.w;
      for (std::size_t i = 1; i < g.x_ticks.at.size(); ++i) {
        gap = std::min(gap, g.x.px(g.x_ticks.at[i]) - g.x.px(g.x_ticks.at[i - 1]));
      }
      const float w = widest(style_.mono, g.x_ticks, g.x_unit);
      if (gap >= std::max(w + style_.px(18), style_.px(68))) return;
    }
  }
  void lanes(PlotGeometry& g) const {
    if (!plot_.lanes || plot_.lanes->lanes.empty()) return;
    std::vector<int>& rows = g.lane_rows;
    rows.assign(plot_.lanes->lanes.size(), 1);
    for (const SwimLanes::Item& item : plot_.lanes->items) {
      if (item.lane < 0 || item.lane >= static_cast<int>(rows.size())) continue;
      int& r = rows[static_cast<std::size_t>(item.lane)];
      r = std::max(r, item.sub + 1);
    }
    float total = 0;
    for (int r : rows) total += static_cast<float>(r) + 0.4F;
    float at = 0;
    for (int r : rows) {
      g.lane_tops.push_back(std::round(g.area.y + g.area.h * at / total));
      at += static_cast<float>(r) + 0.4F;
    }
    g.lane_tops.push_back(g.area.bottom());
  }

  const Plot& plot_;
  const PlotView& view_;
  const PlotStyle& style_;
  bool several_;
};

const PlotView& view_of(const FigureView& view, std::size_t i) {
  static const PlotView kFit;
  return i < view.plots.size() ? view.plots[i] : kFit;
}

}  // namespace

FigureGeometry lay_out_figure(const Rect& rect, const Figure& figure, const PlotStyle& style, const FigureView& view) {
  FigureGeometry out;
  out.rect = rect;
  Rect inner = rect.inset(style.px(style.padding));
  const bool several = figure.plots.size() > 1;
  if (style.titles) {
    const bool lend = !several && !figure.plots.empty();
    out.title = figure.title.empty() && lend ? figure.plots[0].title : figure.title;
    constexpr int kMostLines = 3;
    const std::string& subtitle = figure.subtitle.empty() && lend ? figure.plots[0].subtitle : figure.subtitle;
    const auto lines = [&](const std::string& text) {
      return text.empty() ? std::vector<std::string>() : wrapped(style.label, text, inner.w, kMostLines);
    };
    const auto height = [&](const std::vector<std::string>& of) {
      return row_height(style.label) * static_cast<float>(of.size());
    };
    out.subtitle = lines(subtitle);
    out.footnote = lines(figure.footnote);
    if (!out.title.empty()) out.title_y = inner.take_top(row_height(style.title)).y;
    if (!out.subtitle.empty()) out.subtitle_y = inner.take_top(height(out.subtitle)).y;
    if (!out.title.empty() || !out.subtitle.empty()) inner.take_top(style.px(8));
    if (!out.footnote.empty()) {
      out.footnote_y = inner.take_bottom(height(out.footnote)).y;
      inner.take_bottom(style.px(12));
    }
  }
  const std::size_t columns = static_cast<std::size_t>(std::max(1, figure.columns));
  const std::size_t rows = (figure.plots.size() + columns - 1) / columns;
  out.plots.resize(figure.plots.size());
  const float gap_x = style.px(28), gap_y = style.px(18);
  const float width = (inner.w - gap_x * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float height = (inner.h - gap_y * static_cast<float>(rows > 0 ? rows - 1 : 0)) /
                       static_cast<float>(std::max<std::size_t>(rows, 1));
  for (std::size_t i = 0; i < out.plots.size(); ++i) {
    const float x = inner.x + static_cast<float>(i % columns) * (width + gap_x);
    const float y = inner.y + static_cast<float>(i / columns) * (height + gap_y);
    out.plots[i].cell = {std::round(x), std::round(y), std::round(width), std::round(height)};
    if (i < columns && (i + 1 == columns || i + 1 == out.plots.size())) out.plots[i].corner = view.corner;
    Measure(figure.plots[i], view_of(view, i), style, several).run(out.plots[i]);
  }
  for (std::size_t i = 0; i < out.plots.size(); ++i) {
    PlotGeometry& g = out.plots[i];
    for (std::size_t k = 0; k < out.plots.size(); ++k) {
      const PlotGeometry& other = out.plots[k];
      if (k % columns == i % columns) g.left = std::max(g.left, other.left), g.right = std::max(g.right, other.right);
    }
    Measure(figure.plots[i], view_of(view, i), style, several).heights(g);
  }
  for (std::size_t i = 0; i < out.plots.size(); ++i) {
    PlotGeometry& g = out.plots[i];
    for (std::size_t k = 0; k < out.plots.size(); ++k) {
      const PlotGeometry& other = out.plots[k];
      if (k / columns == i / columns)
        g.header = std::max(g.header, other.header), g.bottom = std::max(g.bottom, other.bottom);
    }
  }
  for (std::size_t i = 0; i < out.plots.size(); ++i) {
    Measure(figure.plots[i], view_of(view, i), style, several).place(out.plots[i]);
  }
  return out;
}

float least_height(const Figure& figure, float width, const PlotStyle& style, const FigureView& view) {
  constexpr float kArea = 130, kTall = 4000;
  const FigureGeometry g = lay_out_figure({0, 0, width, style.px(kTall)}, figure, style, view);
  const auto columns = static_cast<std::size_t>(std::max(1, figure.columns));
  float plots = 0;  // the cells of all rows, as they are and as they could be
  float least = 0;
  for (std::size_t i = 0; i < g.plots.size(); i += columns) {
    float row = 0;
    for (std::size_t k = i; k < std::min(i + columns, g.plots.size()); ++k) {
      const Plot& plot = figure.plots[k];
      const float names = plot.heat ? row_height(style.label) * static_cast<float>(plot.heat->rows) : 0;
      row = std::max(row, g.plots[k].header + g.plots[k].bottom + std::max(style.px(kArea), names));
    }
    plots += g.plots[i].cell.h;
    least += row;
  }
  return std::ceil(style.px(kTall) - plots + least);
}

void prepare_view(const Figure& figure, FigureView& view) {
  constexpr std::size_t kLong = 4096;
  if (view.revision != figure.revision) {
    for (PlotView& p : view.plots) p.trees.clear();
    view.revision = figure.revision;
  }
  view.plots.resize(figure.plots.size());
  for (std::size_t i = 0; i < figure.plots.size(); ++i) {
    std::vector<MinMaxPyramid>& trees = view.plots[i].trees;
    trees.resize(figure.plots[i].series.size());
    for (std::size_t k = 0; k < trees.size(); ++k) {
      const PlotSeries& s = figure.plots[i].series[k];
      s.y.size() >= kLong ? trees[k].update(s.y) : trees[k].clear();
    }
  }
}

}  // namespace blockyard
