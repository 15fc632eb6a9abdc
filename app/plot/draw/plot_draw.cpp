// A figure from the outside in: titles, then per plot axes and grid, marks, data, labels, read-out.
#include "app/plot/draw/plot_draw.h"

#include <algorithm>
#include <cmath>

#include "app/plot/draw/draw_parts.h"
#include "app/plot/draw/plot_range.h"

namespace blockyard {
namespace {

class PlotPainter {
 public:
  PlotPainter(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view, bool several)
      : pen_(pen), st_(pen.style()), plot_(plot), g_(g), view_(view), several_(several) {}

  void draw() const {
    heading();
    legend();
    if (g_.empty) return nothing();
    axes();
    clip(0);
    marks();
    if (plot_.heat) draw_heat(pen_, plot_, g_);
    if (plot_.lanes) draw_lanes(pen_, plot_, g_, view_);
    pen_.list().PopClipRect();
    clip(pen_.px(2));  // a line on the rim is not cut in half
    draw_series(pen_, plot_, g_, view_);
    pen_.list().PopClipRect();
    const Rect around = g_.area.inset(-pen_.px(8));  // marks on the rim are as whole as others
    pen_.list().PushClipRect(around.min(), around.max(), true);
    draw_markers(pen_, plot_, g_, view_);
    pen_.list().PopClipRect();
    clip(pen_.px(16));  // numbers stand over bars
    if (plot_.waterfall) draw_waterfall(pen_, plot_, g_);
    draw_bars(pen_, plot_, g_, view_);
    pen_.list().PopClipRect();
    baseline();
    mark_labels();
    notes();
    if (plot_.heat) draw_colour_bar(pen_, plot_, g_);
    draw_highlights(pen_, plot_, g_, view_);
    draw_readout(pen_, plot_, g_, view_);
  }

 private:
  void clip(float margin) const {
    const Rect r = g_.area;
    pen_.list().PushClipRect({r.x - (margin > 0 ? std::min(margin, pen_.px(2)) : 0), r.y - margin},
                             {r.right() + (margin > 0 ? std::min(margin, pen_.px(2)) : 0), r.bottom() + margin}, true);
  }

  void heading() const {
    if (!several_ || plot_.title.empty()) return;
    const float w = text_size(st_.heading, plot_.title).x;
    const float middle = g_.cell.y + std::round(st_.heading.px * 1.55F) / 2;
    const float across = g_.cell.w - g_.corner;
    const std::string title = shortened(st_.heading, plot_.title, across);
    pen_.text(st_.heading, {g_.cell.x, middle}, st_.theme.text, title, {0, 0.5F});
    const float room = across - w - pen_.px(12);
    if (room > pen_.px(60)) {
      pen_.text(st_.label, {g_.cell.x + w + pen_.px(12), middle}, st_.theme.text_muted,
                shortened(st_.label, plot_.subtitle, room), {0, 0.5F});
    }
  }

  void legend() const {
    for (std::size_t i = 0; i < g_.legend.size(); ++i) {
      const LegendEntry& e = g_.legend[i];
      if (e.name.empty()) continue;
      const bool shown = view_.shows(i);
      const float middle = std::round(e.rect.center().y), w = pen_.px(18);
      const Color colour = shown ? e.colour : st_.theme.line_strong;
      if (e.shape >= 0) {
        pen_.mark({e.rect.x + w / 2, middle}, pen_.px(5), e.shape, colour);
      } else if (e.box) {
        const float side = pen_.px(11);
        const Rect box{e.rect.x + std::round((w - side) / 2), std::round(middle - side / 2), side, side};
        shown ? pen_.box(box, colour, pen_.px(3)) : pen_.outline(box, colour, pen_.px(3));
      } else {
        const ImVec2 a(e.rect.x, middle), b(e.rect.x + w, middle);
        e.dashed ? pen_.dashed(a, b, colour, 3) : pen_.line(a, b, colour, 3);
        if (e.marker >= 0) pen_.mark({e.rect.x + w / 2, middle}, pen_.px(4.5F), e.marker, colour);
      }
      pen_.text(st_.label, {e.rect.x + w + pen_.px(6), middle}, shown ? st_.theme.text_secondary : st_.theme.text_muted,
                e.name, {0, 0.5F});
      if (!shown) pen_.line({e.rect.x + w + pen_.px(6), middle}, {e.rect.right(), middle}, st_.theme.text_muted);
    }
  }

  void nothing() const {
    pen_.outline(g_.area, st_.theme.line, pen_.px(6));
    const ImVec2 c = g_.area.center();
    const float half = plot_.empty_text.empty() ? 0 : pen_.px(11);
    pen_.text(st_.heading, {c.x, c.y - half}, st_.theme.text_secondary, "No data yet", {0.5F, 0.5F});
    pen_.text(st_.label, {c.x, c.y + half}, st_.theme.text_muted,
              shortened(st_.label, plot_.empty_text, g_.area.w - pen_.px(16)), {0.5F, 0.5F});
  }

  void axes() const {
    const float tick_right = g_.area.x - pen_.px(8);
    for (double v : g_.y_ticks.at) {
      const float y = g_.y.px(v);
      pen_.line({g_.area.x, y}, {g_.area.right(), y}, st_.theme.line);
      pen_.text(st_.mono, {tick_right, y}, st_.theme.text_muted, format_tick(g_.y_ticks, v), {1, 0.5F});
    }
    row_names(tick_right);
    const float label_top = g_.area.bottom() + pen_.px(8);
    for (double v : g_.x_ticks.at) {
      const float x = g_.x.px(v);
      if (!plot_.heat) pen_.line({x, g_.area.y}, {x, g_.area.bottom()}, st_.theme.line);
      if (plot_.heat) pen_.line({x, g_.area.bottom()}, {x, g_.area.bottom() + pen_.px(4)}, st_.theme.line_strong);
      pen_.text(st_.mono, {x, label_top}, st_.theme.text_muted, format_tick(g_.x_ticks, v) + g_.x_unit, {0.5F, 0});
    }
    for (std::size_t i = 0; i < g_.category_lines.size(); ++i) {
      float y = label_top;
      for (const std::string& line : g_.category_lines[i]) {
        pen_.text(st_.label, {g_.x.px(static_cast<double>(i)), y}, st_.theme.text_secondary, line, {0.5F, 0});
        y += std::ceil(st_.label.px * 1.2F);
      }
    }
    pen_.text(st_.label, {g_.area.center().x, g_.cell.bottom()}, st_.theme.text_muted, g_.x_title, {0.5F, 1});
    if (g_.y_title.empty()) return;
    const std::string title = shortened(st_.label, g_.y_title, g_.head_right() - g_.cell.x);
    const float w = text_size(st_.label, title).x;
    const bool over_ticks = w <= tick_right - g_.cell.x;
    pen_.text(st_.label, {over_ticks ? tick_right : g_.cell.x, g_.axis_title_y}, st_.theme.text_muted, title,
              {over_ticks ? 1.0F : 0.0F, 0.5F});
  }

  void row_names(float right) const {
    if (has_value_axis(plot_)) return;
    const std::vector<std::string>& names = plot_.heat ? plot_.heat->row_labels : plot_.lanes->lanes;
    float free_from = g_.area.y - st_.label.px;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (plot_.heat && static_cast<int>(i) >= plot_.heat->rows) break;
      const float middle =
          plot_.heat ? g_.y.px(static_cast<double>(i) + 0.5) : (g_.lane_tops[i] + g_.lane_tops[i + 1]) / 2;
      if (middle - st_.label.px / 2 < free_from) continue;  // rows closer than their names: every n-th is named
      free_from = middle + st_.label.px * 0.6F;
      const std::string name = shortened(st_.label, names[i], right - g_.cell.x);
      pen_.text(st_.label, {right, middle}, st_.theme.text_secondary, name, {1, 0.5F});
    }
  }

  void baseline() const {
    if (plot_.heat) return;
    const float y = has_value_axis(plot_) && !g_.y.log && g_.y.lo < 0 && g_.y.hi > 0 ? g_.y.px(0) : g_.area.bottom();
    pen_.line({g_.area.x, y}, {g_.area.right(), y}, st_.theme.line_strong);
    if (has_value_axis(plot_) && !g_.y.log && g_.y.lo > 0) begins_above_zero();
  }

  // Two strokes across the foot of the axis: what is below it is left out.
  void begins_above_zero() const {
    const float x = g_.area.x, y = g_.area.bottom() - pen_.px(9), w = pen_.px(6), h = pen_.px(2.5F);
    pen_.line({x, g_.area.bottom()}, {x, y - pen_.px(7)}, st_.theme.line_strong, pen_.px(1.5F));
    for (const float down : {0.0F, pen_.px(5)})
      pen_.line({x - w, y + down + h}, {x + w, y + down - h}, st_.theme.text_muted, pen_.px(1.5F));
  }

  bool vertical(const PlotMark& m) const { return m.across == PlotMark::Across::X; }

  void marks() const {
    for (const PlotMark& m : plot_.marks) {
      if (!std::isfinite(m.at)) continue;
      const Color colour = st_.colour(m.colour);
      const AxisScale& scale = vertical(m) ? g_.x : g_.y;
      const float a = scale.px(m.at);
      if (m.end) {
        const float b = scale.px(*m.end);
        const Rect r = vertical(m) ? Rect{std::min(a, b), g_.area.y, std::abs(b - a), g_.area.h}
                                   : Rect{g_.area.x, std::min(a, b), g_.area.w, std::abs(b - a)};
        pen_.box(r, faded(colour, 0.12F));
        continue;
      }
      const ImVec2 from = vertical(m) ? ImVec2(a, g_.area.y) : ImVec2(g_.area.x, a);
      const ImVec2 to = vertical(m) ? ImVec2(a, g_.area.bottom()) : ImVec2(g_.area.right(), a);
      m.dashed ? pen_.dashed(from, to, faded(colour, 0.9F)) : pen_.line(from, to, faded(colour, 0.9F));
    }
  }

  Color mark_ink(const PlotMark& m) const {
    if (m.colour.worker >= 0) return st_.theme.text_secondary;
    switch (m.colour.role) {
      case PlotRole::Warning:
        return st_.theme.warn_text;
      case PlotRole::Bad:
        return st_.theme.bad_text;
      case PlotRole::Good:
        return st_.theme.good_text;
      default:
        return st_.theme.text_muted;
    }
  }

  // Labels of vertical marks stand at the top, right of their line; one that would cover its neighbour goes a row down,
  // and left of its line at the right rim. Labels of horizontal marks stand at the right end, over their line.
  void mark_labels() const {
    std::vector<const PlotMark*> order;
    for (const PlotMark& m : plot_.marks) {
      if (vertical(m) && !m.label.empty() && m.at >= g_.x.lo && m.at <= g_.x.hi) order.push_back(&m);
    }
    std::stable_sort(order.begin(), order.end(), [](const PlotMark* a, const PlotMark* b) { return a->at < b->at; });
    constexpr std::size_t kRows = 4;
    std::vector<float> used(kRows, g_.area.x);
    for (const PlotMark* m : order) {
      const float x = g_.x.px(m->at), w = text_size(st_.label, m->label).x + pen_.px(12);
      const bool leftward = x + w > g_.area.right();
      const float from = leftward ? x - w : x, to = leftward ? x : x + w;
      for (std::size_t row = 0; row < kRows; ++row) {
        if (from < used[row]) continue;
        used[row] = to;
        const float y = g_.area.y + pen_.px(5) + static_cast<float>(row) * std::round(st_.label.px * 1.4F);
        pen_.tag(st_.label, {leftward ? x - pen_.px(6) : x + pen_.px(6), y}, mark_ink(*m), m->label,
                 {leftward ? 1.0F : 0.0F, 0});
        break;
      }
    }
    for (const PlotMark& m : plot_.marks) {
      if (vertical(m) || m.label.empty() || !std::isfinite(m.at)) continue;
      const float y = g_.y.px(m.at);
      if (y < g_.area.y || y > g_.area.bottom()) continue;
      const bool room_above = y - st_.label.px - pen_.px(6) >= g_.area.y;
      pen_.tag(st_.label, {g_.area.right() - pen_.px(6), room_above ? y - pen_.px(3) : y + pen_.px(3)}, mark_ink(m),
               m.label, {1, room_above ? 1.0F : 0.0F});
    }
  }

  void notes() const {
    for (const PlotNote& n : plot_.notes) {
      const ImVec2 p(g_.x.px(n.x), g_.y.px(n.y));
      if (!g_.area.contains(p)) continue;
      pen_.list().AddCircleFilled(p, pen_.px(4), st_.theme.panel);
      pen_.list().AddCircleFilled(p, pen_.px(3), st_.theme.text);
      const float w = text_size(st_.label, n.text).x + pen_.px(12);
      const bool leftward = p.x + w > g_.area.right();
      const bool above = p.y - st_.label.px - pen_.px(8) > g_.area.y;
      pen_.tag(st_.label, {p.x + pen_.px(leftward ? -9 : 9), p.y + pen_.px(above ? -5 : 5)}, st_.theme.text, n.text,
               {leftward ? 1.0F : 0.0F, above ? 1.0F : 0.0F});
    }
  }

  const Pen& pen_;
  const PlotStyle& st_;
  const Plot& plot_;
  const PlotGeometry& g_;
  const PlotView& view_;
  bool several_;
};

}  // namespace

void draw_figure(ImDrawList& list, const FigureGeometry& geometry, const Figure& figure, const PlotStyle& style,
                 const FigureView& view) {
  const Pen pen(list, style);
  const float left = geometry.rect.x + style.px(style.padding), width = geometry.rect.w - 2 * style.px(style.padding);
  list.PushClipRect(geometry.rect.min(), geometry.rect.max(), true);
  if (style.titles) {
    pen.text(style.title, {left, geometry.title_y}, style.theme.text, shortened(style.title, geometry.title, width));
    const auto lines = [&](float y, const std::vector<std::string>& of, Color ink) {
      for (const std::string& line : of) {
        pen.text(style.label, {left, y}, ink, line);
        y += std::round(style.label.px * 1.55F);
      }
    };
    lines(geometry.subtitle_y, geometry.subtitle, style.theme.text_secondary);
    lines(geometry.footnote_y + style.px(4), geometry.footnote, style.theme.text_muted);
  }
  static const PlotView kFit;
  for (std::size_t i = 0; i < std::min(figure.plots.size(), geometry.plots.size()); ++i) {
    const PlotView& plot_view = i < view.plots.size() ? view.plots[i] : kFit;
    PlotPainter(pen, figure.plots[i], geometry.plots[i], plot_view, figure.plots.size() > 1).draw();
  }
  list.PopClipRect();
}

void draw_figure(ImDrawList& list, const Rect& rect, const Figure& figure, const PlotStyle& style,
                 const FigureView& view) {
  draw_figure(list, lay_out_figure(rect, figure, style, view), figure, style, view);
}

}  // namespace blockyard
