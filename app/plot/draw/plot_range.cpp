#include "app/plot/draw/plot_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace blockyard {
namespace {

struct Range {
  bool log = false;
  double lo = std::numeric_limits<double>::infinity(), hi = -std::numeric_limits<double>::infinity();
  void add(double v) {
    if (!std::isfinite(v) || (log && v <= 0)) return;
    lo = std::min(lo, v);
    hi = std::max(hi, v);
  }
  void add_all(const std::vector<double>& values) {
    for (double v : values) add(v);
  }
  // Of ascending values the ends are enough.
  void add_ends(const std::vector<double>& v) {
    const auto fits = [&](double d) { return std::isfinite(d) && (!log || d > 0); };
    const auto first = std::find_if(v.begin(), v.end(), fits);
    const auto last = std::find_if(v.rbegin(), v.rend(), fits);
    if (first != v.end()) add(*first), add(*last);
  }
  AxisRange result() const { return lo <= hi ? AxisRange{lo, hi} : log ? AxisRange{1, 10} : AxisRange{0, 1}; }
};

// Hidden series do not stretch the plot, unless all are hidden.
bool counts(const Plot& plot, const PlotView& view, std::size_t series) {
  if (view.shows(series)) return true;
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    if (view.shows(i)) return false;
  }
  return true;
}

bool is_bars(const PlotSeries& s) { return s.style == SeriesStyle::Bars; }

AxisRange with_limits(AxisRange range, const PlotAxis& axis) {
  if (axis.min && (!axis.log || *axis.min > 0)) range.lo = *axis.min;
  if (axis.max && (!axis.log || *axis.max > 0)) range.hi = *axis.max;
  if (!(range.hi > range.lo)) range.hi = axis.log ? range.lo * 10 : range.lo + 1;
  return range;
}

}  // namespace

bool has_categories(const Plot& plot) {
  if (plot.lanes) return false;
  if (plot.waterfall) return true;
  if (plot.heat) return !plot.categories.empty();
  return !plot.categories.empty() || std::any_of(plot.series.begin(), plot.series.end(), is_bars);
}

bool is_dashed(const Plot& plot, std::size_t series) {
  const PlotSeries& s = plot.series[series];
  return s.dashed || (series >= 4 && (s.style == SeriesStyle::Line || s.style == SeriesStyle::Step));
}

bool has_value_axis(const Plot& plot) { return !plot.heat && !plot.lanes; }

std::vector<std::string> category_names(const Plot& plot) {
  if (!plot.waterfall) return plot.categories;
  std::vector<std::string> out;
  for (const Waterfall::Bar& bar : plot.waterfall->bars) out.push_back(bar.label);
  return out;
}

AxisRange data_range_x(const Plot& plot, const PlotView& view) {
  Range r{plot.x.log};
  if (has_categories(plot)) {
    const std::size_t n =
        plot.heat ? static_cast<std::size_t>(std::max(plot.heat->cols, 1)) : category_names(plot).size();
    return {-0.5, static_cast<double>(std::max<std::size_t>(n, 1)) - 0.5};
  }
  if (plot.heat) return {plot.heat->x0, plot.heat->x0 + plot.heat->dx * std::max(plot.heat->cols, 1)};
  if (plot.lanes) {
    for (const SwimLanes::Item& item : plot.lanes->items) r.add(item.start), r.add(item.end);
    return r.result();
  }
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    const PlotSeries& s = plot.series[i];
    if (!counts(plot, view, i)) continue;
    s.style == SeriesStyle::Points ? r.add_all(s.x) : r.add_ends(s.x);
  }
  return r.result();
}

AxisRange data_range_y(const Plot& plot, const PlotView& view) {
  Range r{plot.y.log};
  if (plot.waterfall) {
    for (const WaterfallSpan& span : waterfall_spans(*plot.waterfall)) r.add(span.from), r.add(span.to);
    return r.result();
  }
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    const PlotSeries& s = plot.series[i];
    if (!counts(plot, view, i)) continue;
    if (!plot.y.log && i < view.trees.size() && view.trees[i].size() == s.y.size() && !s.y.empty()) {
      const auto e = view.trees[i].extremes(s.y, 0, s.y.size());
      if (e.any()) r.add(s.y[e.min]), r.add(s.y[e.max]);
    } else {
      r.add_all(s.y);
    }
    r.add_all(s.lo);
    r.add_all(s.hi);
  }
  for (const PlotMark& mark : plot.marks) {
    if (mark.across == PlotMark::Across::Y && r.lo <= r.hi) r.add(mark.at), r.add(mark.end.value_or(mark.at));
  }
  for (const PlotNote& note : plot.notes) r.add(note.y);
  return r.result();
}

AxisRange shown_range_x(const Plot& plot, const PlotView& view, int target) {
  if (view.x) return *view.x;
  AxisRange data = data_range_x(plot, view);
  if (has_categories(plot)) return data;
  const bool points = std::all_of(plot.series.begin(), plot.series.end(),
                                  [](const PlotSeries& s) { return s.style == SeriesStyle::Points; });
  if (points && !plot.heat && !plot.lanes) data = nice_range(data, plot.x.log, false, target);
  if (data.lo == data.hi && plot.x.log) data.hi = data.lo * 10;
  if (data.lo == data.hi) data = {data.lo - 0.5, data.hi + 0.5};
  return with_limits(data, plot.x);
}

AxisRange shown_range_y(const Plot& plot, const PlotView& view, int target) {
  if (view.y) return *view.y;
  const bool zero = plot.waterfall || std::any_of(plot.series.begin(), plot.series.end(), [](const PlotSeries& s) {
                      return is_bars(s) || s.style == SeriesStyle::Area || s.style == SeriesStyle::Histogram;
                    });
  AxisRange data = data_range_y(plot, view);
  // Numbers over bars want room above (and, for negative bars, below) the tallest.
  const bool numbers =
      plot.waterfall || (plot.bar_values && std::any_of(plot.series.begin(), plot.series.end(), is_bars));
  if (numbers && !plot.y.log) {
    const double room = 0.06 * (std::max(data.hi, 0.0) - std::min(data.lo, 0.0));
    if (data.hi > 0 && !plot.y.max) data.hi += room;
    if (data.lo < 0 && !plot.y.min) data.lo -= room;
  }
  if (plot.y.min) data.lo = std::min(data.hi, *plot.y.min);
  if (plot.y.max) data.hi = std::max(data.lo, *plot.y.max);
  return with_limits(nice_range(data, plot.y.log, zero, target), plot.y);
}

}  // namespace blockyard
