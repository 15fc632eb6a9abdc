// What stands under the pointer: the crosshair, a dot on every series it meets, and a box with the numbers.
#include <algorithm>
#include <cmath>

#include "app/plot/draw/draw_parts.h"
#include "app/plot/draw/plot_range.h"
#include "core/base/text.h"

namespace blockyard {
namespace {

struct Line {
  Color colour = 0;
  std::string name, value;
};

struct Found {
  std::string header;
  std::vector<Line> lines;
  std::vector<std::pair<ImVec2, Color>> dots;
  std::optional<Rect> outlined;
};

std::string with_unit(double value, const std::string& unit) {
  if (unit == "ms" || unit == "s") return duration_text(unit == "s" ? value * 1000 : value, 4);
  return unit.empty() ? format_value(value) : format_value(value) + " " + unit;
}

// Of an interval: times each with their own unit, else one unit behind both.
std::string between(double low, double high, const std::string& unit) {
  const bool time = unit == "ms" || unit == "s";
  return (time ? with_unit(low, unit) : format_value(low)) + " – " + with_unit(high, unit);
}

std::string x_text(const Plot& plot, double x) {
  const std::string value = with_unit(x, plot.x.unit);
  return plot.x.label.empty() ? value : plot.x.label + " = " + value;
}

// The point that speaks for x: of a step the one it began with, else the nearest.
std::size_t nearest(const PlotSeries& s, double x) {
  const std::size_t n = std::min(s.x.size(), std::max(s.y.size(), s.hi.size()));
  const auto begin = s.x.begin();
  auto i = static_cast<std::size_t>(std::lower_bound(begin, begin + static_cast<std::ptrdiff_t>(n), x) - begin);
  if (s.style == SeriesStyle::Step) return i < n && s.x[i] == x ? i : i > 0 ? i - 1 : 0;
  if (i >= n) return n - 1;
  return i > 0 && x - s.x[i - 1] < s.x[i] - x ? i - 1 : i;
}

class Probe {
 public:
  Probe(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view)
      : pen_(pen), st_(pen.style()), plot_(plot), g_(g), view_(view) {}

  Found at_x(double x) const {
    Found out;
    out.header = x_text(plot_, x);
    for (std::size_t i = 0; i < plot_.series.size(); ++i) {
      const PlotSeries& s = plot_.series[i];
      if (!view_.shows(i) || s.x.empty() || s.style == SeriesStyle::Points || s.style == SeriesStyle::Bars) continue;
      const Color colour = st_.colour(s.colour, static_cast<int>(i));
      if (s.style == SeriesStyle::Histogram) {
        bin(s, x, colour, out);
        continue;
      }
      if (s.y.empty() && s.hi.empty()) continue;
      const std::size_t at = nearest(s, x);
      // Beyond its ends a series has nothing to say; a pointer just beside them means them.
      const float reach = pen_.px(12);
      if (g_.x.px(x) > g_.x.px(s.x.back()) + reach || g_.x.px(x) < g_.x.px(s.x.front()) - reach) continue;
      if (s.style == SeriesStyle::Band && at < s.lo.size() && at < s.hi.size()) {
        std::string text = between(s.lo[at], s.hi[at], plot_.y.unit);
        if (at < s.y.size()) text = with_unit(s.y[at], plot_.y.unit) + "  (" + text + ")";
        out.lines.push_back({colour, s.name, text});
      } else if (at < s.y.size() && std::isfinite(s.y[at])) {
        out.lines.push_back({colour, s.name, with_unit(s.y[at], plot_.y.unit)});
        const float px = s.style == SeriesStyle::Step ? g_.x.px(x) : g_.x.px(s.x[at]);
        out.dots.push_back({{px, g_.y.px(s.y[at])}, colour});
      }
    }
    return out;
  }

  Found at_mouse(ImVec2 mouse) const {
    if (plot_.heat) return cell(mouse);
    if (plot_.lanes) return item(mouse);
    if (has_categories(plot_)) return category(mouse);
    Found out = at_x(g_.x.value(mouse.x));
    point(mouse, out);
    return out;
  }

 private:
  void bin(const PlotSeries& s, double x, Color colour, Found& out) const {
    const auto after = std::upper_bound(s.x.begin(), s.x.end(), x);
    if (after == s.x.begin() || after == s.x.end()) return;
    const auto i = static_cast<std::size_t>(after - s.x.begin()) - 1;
    if (i >= s.y.size()) return;
    out.header = between(s.x[i], s.x[i + 1], plot_.x.unit);
    out.lines.push_back({colour, s.name.empty() ? plot_.y.label : s.name, with_unit(s.y[i], plot_.y.unit)});
  }

  void point(ImVec2 mouse, Found& out) const {
    float best = pen_.px(24);
    for (std::size_t k = 0; k < plot_.series.size(); ++k) {
      const PlotSeries& s = plot_.series[k];
      if (s.style != SeriesStyle::Points || !view_.shows(k)) continue;
      for (std::size_t i = 0; i < std::min(s.x.size(), s.y.size()); ++i) {
        if (!std::isfinite(s.x[i]) || !std::isfinite(s.y[i])) continue;
        const ImVec2 p(g_.x.px(s.x[i]), g_.y.px(s.y[i]));
        const float distance = std::hypot(p.x - mouse.x, p.y - mouse.y);
        if (distance >= best) continue;
        best = distance;
        const Color colour = st_.colour(s.colour, static_cast<int>(k));
        out.header = x_text(plot_, s.x[i]);
        out.lines.assign(1, {colour, s.name, with_unit(s.y[i], plot_.y.unit)});
        if (i < s.lo.size() && i < s.hi.size()) {
          out.lines.push_back({colour, "interval", between(s.lo[i], s.hi[i], plot_.y.unit)});
        }
        out.dots.assign(1, {p, colour});
      }
    }
  }

  Found category(ImVec2 mouse) const {
    Found out;
    const std::vector<std::string> names = category_names(plot_);
    const double at = std::floor(g_.x.value(mouse.x) + 0.5);
    if (at < 0 || at >= static_cast<double>(names.size())) return out;
    const auto i = static_cast<std::size_t>(at);
    out.header = names[i];
    if (plot_.waterfall) {
      const WaterfallSpan span = waterfall_spans(*plot_.waterfall)[i];
      const bool total = plot_.waterfall->bars[i].total;
      out.lines.push_back({0, total ? "total" : "change", with_unit(span.to - span.from, plot_.y.unit)});
      if (!total) out.lines.push_back({0, "then", with_unit(span.to, plot_.y.unit)});
    }
    for (std::size_t k = 0; k < plot_.series.size(); ++k) {
      const PlotSeries& s = plot_.series[k];
      if (s.style != SeriesStyle::Bars || !view_.shows(k) || i >= s.y.size()) continue;
      std::string text = with_unit(s.y[i], plot_.y.unit);
      if (i < s.lo.size() && i < s.hi.size()) text += "  (" + between(s.lo[i], s.hi[i], plot_.y.unit) + ")";
      out.lines.push_back({st_.colour(s.colour, static_cast<int>(k)), s.name, text});
    }
    return out;
  }

  Found cell(ImVec2 mouse) const {
    Found out;
    const HeatMap& heat = *plot_.heat;
    const bool named = has_categories(plot_);
    const double x0 = named ? -0.5 : heat.x0, dx = named ? 1 : heat.dx;
    const double col = std::floor((g_.x.value(mouse.x) - x0) / dx), row = std::floor(g_.y.value(mouse.y));
    if (!(col >= 0 && col < heat.cols && row >= 0 && row < heat.rows)) return out;
    const auto c = static_cast<std::size_t>(col), r = static_cast<std::size_t>(row);
    const std::size_t at = r * static_cast<std::size_t>(heat.cols) + c;
    out.header = r < heat.row_labels.size() ? heat.row_labels[r] : "row " + std::to_string(r + 1);
    if (named) {
      out.header += ", " + plot_.categories[std::min(c, plot_.categories.size() - 1)];
    } else {
      out.header += ", " + between(heat.x0 + col * heat.dx, heat.x0 + (col + 1) * heat.dx, plot_.x.unit);
    }
    const bool known = at < heat.values.size() && std::isfinite(heat.values[at]);
    out.lines.push_back({0, heat.label, known ? with_unit(heat.values[at], heat.unit) : "no data"});
    const float left = g_.x.px(x0 + col * dx), right = g_.x.px(x0 + (col + 1) * dx), top = g_.y.px(row),
                bottom = g_.y.px(row + 1);
    out.outlined = Rect{std::round(left), std::round(top), std::max(2.0F, right - left), bottom - top};
    return out;
  }

  Found item(ImVec2 mouse) const {
    Found out;
    const SwimLanes& lanes = *plot_.lanes;
    for (std::size_t i = 0; i < lanes.items.size(); ++i) {
      const SwimLanes::Item& it = lanes.items[i];
      const auto kind = static_cast<std::size_t>(it.kind);
      if (!view_.shows(kind)) continue;
      const Rect r = lane_item_rect(pen_, plot_, g_, i);
      if (!r.contains(mouse)) continue;
      const SwimLanes::Kind none{};
      const SwimLanes::Kind& k = kind < lanes.kinds.size() ? lanes.kinds[kind] : none;
      out.header = it.text.empty() ? lanes.lanes[static_cast<std::size_t>(it.lane)] : it.text;
      out.lines.assign(1, {st_.colour(k.colour, it.kind), k.name, with_unit(it.end - it.start, plot_.x.unit)});
      out.lines.push_back({0, "from", with_unit(it.start, plot_.x.unit)});
      out.lines.push_back({0, "to", with_unit(it.end, plot_.x.unit)});
      const float left = std::max(r.x, g_.area.x), right = std::min(r.right(), g_.area.right());
      out.outlined = Rect{left, r.y, right - left, r.h};
    }
    return out;
  }

  const Pen& pen_;
  const PlotStyle& st_;
  const Plot& plot_;
  const PlotGeometry& g_;
  const PlotView& view_;
};

void draw_box(const Pen& pen, const Found& found, const PlotGeometry& g, ImVec2 mouse) {
  const PlotStyle& st = pen.style();
  const float row = std::round(st.label.px * 1.5F), pad = pen.px(10), swatch = pen.px(9);
  float names = 0, values = 0;
  bool coloured = false;
  for (const Line& l : found.lines) {
    names = std::max(names, text_size(st.label, l.name).x);
    values = std::max(values, text_size(st.mono, l.value).x);
    coloured = coloured || l.colour != 0;
  }
  const float indent = coloured ? swatch + pen.px(7) : 0;
  const float w =
      std::ceil(std::max(text_size(st.label, found.header).x, indent + names + pen.px(20) + values) + 2 * pad);
  const float h = row * static_cast<float>(found.lines.size() + 1) + pen.px(12);
  Rect box{mouse.x + pen.px(14), mouse.y - h - pen.px(8), w, h};
  if (box.right() > g.cell.right()) box.x = mouse.x - pen.px(14) - w;
  box.x = std::round(std::max(box.x, g.cell.x));
  box.y = std::round(std::clamp(box.y, g.cell.y, std::max(g.cell.y, g.cell.bottom() - h)));
  const Rect shadow{box.x - pen.px(2), box.y + pen.px(2), box.w + pen.px(4), box.h + pen.px(2)};
  pen.box(shadow, faded(st.theme.shadow, 0.5F), pen.px(8));
  pen.box(box, st.theme.raised, pen.px(6));
  pen.outline(box, st.theme.line_strong, pen.px(6));
  float middle = box.y + pen.px(6) + row / 2;
  pen.text(st.label, {box.x + pad, middle}, st.theme.text_secondary, found.header, {0, 0.5F});
  for (const Line& l : found.lines) {
    middle += row;
    if (l.colour != 0) pen.box({box.x + pad, std::round(middle - swatch / 2), swatch, swatch}, l.colour, pen.px(2));
    pen.text(st.label, {box.x + pad + indent, middle}, st.theme.text, l.name, {0, 0.5F});
    pen.text(st.mono, {box.right() - pad, middle}, st.theme.text, l.value, {1, 0.5F});
  }
}

}  // namespace

void draw_readout(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view) {
  const PlotStyle& st = pen.style();
  const bool pointed = view.mouse && g.area.contains(*view.mouse);
  if (!pointed && !view.cursor_x) return;
  const Probe probe(pen, plot, g, view);
  const bool crosshair = !has_categories(plot) && (!plot.heat || !pointed) && (!plot.lanes || !pointed);
  const double x = pointed ? g.x.value(view.mouse->x) : *view.cursor_x;
  if (!pointed && (!crosshair || x < g.x.lo || x > g.x.hi)) return;
  const Found found = pointed ? probe.at_mouse(*view.mouse) : probe.at_x(x);
  pen.list().PushClipRect(g.area.min(), g.area.max(), true);
  if (crosshair) pen.line({g.x.px(x), g.area.y}, {g.x.px(x), g.area.bottom()}, st.theme.text_muted);
  if (found.outlined) pen.outline(*found.outlined, st.theme.text, pen.px(2));
  for (const auto& [at, colour] : found.dots) {
    pen.list().AddCircleFilled(at, pen.px(5), st.theme.panel, 20);
    pen.list().AddCircleFilled(at, pen.px(3.5F), colour, 20);
  }
  pen.list().PopClipRect();
  if (pointed && !found.lines.empty()) draw_box(pen, found, g, *view.mouse);
}

}  // namespace blockyard
