#include "app/plot/data/plot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "core/base/math.h"

namespace blockyard {
namespace {

std::vector<double> finite_sorted(std::span<const double> samples) {
  std::vector<double> out;
  out.reserve(samples.size());
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(out), [](double v) { return std::isfinite(v); });
  std::sort(out.begin(), out.end());
  return out;
}

bool any_finite(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

Figure make_figure(Plot plot, std::string footnote) {
  Figure figure;
  figure.plots.push_back(std::move(plot));
  figure.footnote = std::move(footnote);
  return figure;
}

bool is_empty(const Plot& plot) {
  if (plot.heat && plot.heat->rows > 0 && plot.heat->cols > 0 && any_finite(plot.heat->values)) return false;
  if (plot.lanes && !plot.lanes->items.empty() && !plot.lanes->lanes.empty()) return false;
  if (plot.waterfall && !plot.waterfall->bars.empty()) return false;
  for (const PlotSeries& s : plot.series) {
    if (s.style == SeriesStyle::Bars ? any_finite(s.y) && !plot.categories.empty()
                                     : any_finite(s.x) && (any_finite(s.y) || any_finite(s.lo))) {
      return false;
    }
  }
  return true;
}

std::vector<double> histogram_edges(std::span<const double> samples, int bins) {
  std::vector<double> out;
  const std::vector<double> v = finite_sorted(samples);
  if (v.empty()) return out;
  double lo = v.front(), hi = v.back();
  if (lo == hi) {
    const double half = lo == 0 ? 0.5 : std::abs(lo) * 0.05;
    lo -= half, hi += half;
  }
  if (bins <= 0) {
    const auto quartile = [&](double q) { return v[static_cast<std::size_t>(q * static_cast<double>(v.size() - 1))]; };
    const double width = 2 * (quartile(0.75) - quartile(0.25)) / math::pow(static_cast<double>(v.size()), 1.0 / 3);
    bins = width > 0 ? static_cast<int>(std::clamp(std::ceil((hi - lo) / width), 1.0, 80.0)) : 20;
  }
  for (int i = 0; i <= bins; ++i) out.push_back(i == bins ? hi : lo + (hi - lo) * i / bins);
  return out;
}

PlotSeries make_histogram(std::string name, std::span<const double> samples, std::vector<double> edges,
                          PlotColour colour) {
  PlotSeries out;
  out.name = std::move(name);
  out.style = SeriesStyle::Histogram;
  out.colour = colour;
  out.x = std::move(edges);
  if (out.x.size() < 2) return out;
  out.y.assign(out.x.size() - 1, 0.0);
  for (double s : samples) {
    if (!(s >= out.x.front() && s <= out.x.back())) continue;
    const auto after = static_cast<std::size_t>(std::upper_bound(out.x.begin(), out.x.end(), s) - out.x.begin());
    out.y[std::min(after, out.y.size()) - 1] += 1;
  }
  return out;
}

PlotSeries make_cdf(std::string name, std::span<const double> samples, PlotColour colour) {
  PlotSeries out;
  out.name = std::move(name);
  out.style = SeriesStyle::Step;
  out.colour = colour;
  out.x = finite_sorted(samples);
  out.y.resize(out.x.size());
  for (std::size_t i = 0; i < out.y.size(); ++i) {
    out.y[i] = 100.0 * static_cast<double>(i + 1) / static_cast<double>(out.y.size());
  }
  return out;
}

std::vector<int> pack_lanes(SwimLanes& lanes) {
  struct Extent {
    double start = 0, end = 0;
    std::vector<std::size_t> items;
  };
  std::vector<int> rows(lanes.lanes.size(), 1);
  std::map<std::pair<int, std::int64_t>, Extent> groups;
  std::int64_t alone = -1;  // an item without a group is one of its own
  for (std::size_t i = 0; i < lanes.items.size(); ++i) {
    const SwimLanes::Item& item = lanes.items[i];
    Extent& g = groups[{item.lane, item.group >= 0 ? item.group : --alone}];
    g.start = g.items.empty() ? item.start : std::min(g.start, item.start);
    g.end = g.items.empty() ? item.end : std::max(g.end, item.end);
    g.items.push_back(i);
  }
  std::vector<std::pair<int, const Extent*>> order;
  for (const auto& [key, extent] : groups) order.emplace_back(key.first, &extent);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second->start < b.second->start; });
  std::map<int, std::vector<double>> busy_until;
  for (const auto& [lane, extent] : order) {
    if (lane < 0 || lane >= static_cast<int>(rows.size())) continue;
    std::vector<double>& until = busy_until[lane];
    std::size_t row = 0;
    while (row < until.size() && until[row] > extent->start) ++row;
    if (row == until.size()) until.push_back(0);
    until[row] = extent->end;
    for (std::size_t i : extent->items) lanes.items[i].sub = static_cast<int>(row);
    rows[static_cast<std::size_t>(lane)] = std::max(rows[static_cast<std::size_t>(lane)], static_cast<int>(row) + 1);
  }
  return rows;
}

std::vector<WaterfallSpan> waterfall_spans(const Waterfall& waterfall) {
  std::vector<WaterfallSpan> out;
  double level = 0;
  for (const Waterfall::Bar& bar : waterfall.bars) {
    const double value = std::isfinite(bar.value) ? bar.value : 0;
    const double from = bar.total ? 0 : level;
    level = bar.total ? value : level + value;
    out.push_back({from, level});
  }
  return out;
}

}  // namespace blockyard
