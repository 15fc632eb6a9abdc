// Heat maps and swim lanes: rectangles by the thousand, never more than the pixels can show.
#include <algorithm>
#include <cmath>
#include <limits>

#include "app/plot/draw/draw_parts.h"
#include "app/plot/draw/plot_range.h"

namespace blockyard {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// The cell's colour, or 0 for no data.
Color heat_colour(const PlotGeometry& g, double value) {
  if (!std::isfinite(value)) return 0;
  return viridis(static_cast<float>((value - g.values.lo) / (g.values.hi - g.values.lo)));
}

double larger(double a, double b) { return std::isfinite(a) && (!std::isfinite(b) || a >= b) ? a : b; }

std::string name_of(const HeatMap& heat, int row, int col) {
  const auto at = static_cast<std::size_t>(row) * static_cast<std::size_t>(heat.cols) + static_cast<std::size_t>(col);
  return at < heat.names.size() ? heat.names[at] : std::string();
}

// Where the name changes from one cell to the next.
void draw_borders(const Pen& pen, const HeatMap& heat, const PlotGeometry& g, double x0, double dx) {
  if (heat.names.empty()) return;
  const auto line = [&pen](ImVec2 from, ImVec2 to) {
    pen.line(from, to, pen.style().theme.panel, 5);
    pen.line(from, to, pen.style().theme.text, 3);
  };
  for (int r = 0; r < heat.rows; ++r) {
    for (int c = 0; c < heat.cols; ++c) {
      const float left = std::round(g.x.px(x0 + c * dx)), right = std::round(g.x.px(x0 + (c + 1) * dx));
      const float top = std::round(g.y.px(r)), bottom = std::round(g.y.px(r + 1));
      const std::string name = name_of(heat, r, c);
      if (c + 1 < heat.cols && name != name_of(heat, r, c + 1)) line({right, top}, {right, bottom});
      if (r + 1 < heat.rows && name != name_of(heat, r + 1, c)) line({left, bottom}, {right, bottom});
    }
  }
}

}  // namespace

void draw_heat(const Pen& pen, const Plot& plot, const PlotGeometry& g) {
  const HeatMap& heat = *plot.heat;
  const PlotStyle& st = pen.style();
  pen.box(g.area, st.theme.frame);
  const double x0 = has_categories(plot) ? -0.5 : heat.x0, dx = has_categories(plot) ? 1 : heat.dx;
  const float cell_w = std::abs(g.x.px(x0 + dx) - g.x.px(x0)),
              cell_h = g.area.h / static_cast<float>(std::max(heat.rows, 1));
  const float gap_x = cell_w >= pen.px(9) ? pen.px(1) : 0, gap_y = cell_h >= pen.px(9) ? pen.px(1) : 0;
  for (int r = 0; r < heat.rows; ++r) {
    const float top = std::round(g.y.px(r)), bottom = std::round(g.y.px(r + 1));
    // Columns narrower than a pixel share it: the largest is shown, so that no peak is lost. Equal neighbours are one
    // box.
    float run_left = g.area.x, run_right = g.area.x;
    Color run = 0;
    const auto flush = [&] {
      if (run != 0)
        pen.box({run_left, top, std::max(1.0F, run_right - run_left - gap_x), std::max(1.0F, bottom - top - gap_y)},
                run);
    };
    for (int c = 0; c < heat.cols;) {
      const float left = std::round(g.x.px(x0 + c * dx));
      float right = left;
      double value = kNothing;
      for (; c < heat.cols && right <= left; ++c) {
        right = std::round(g.x.px(x0 + (c + 1) * dx));
        const std::size_t at =
            static_cast<std::size_t>(r) * static_cast<std::size_t>(heat.cols) + static_cast<std::size_t>(c);
        if (at < heat.values.size()) value = larger(heat.values[at], value);
      }
      if (right < g.area.x || left > g.area.right()) continue;
      const Color colour = heat_colour(g, value);
      if (colour != run || gap_x > 0) {
        flush();
        run = colour;
        run_left = left;
      }
      run_right = right;
      if (heat.cell_values && colour != 0) {
        const std::string text = format_value(value);
        const ImVec2 size = text_size(st.mono, text);
        if (size.x + pen.px(6) <= right - left && size.y <= bottom - top) {
          flush();
          run = 0;
          const std::string name = name_of(heat, r, c - 1);
          const ImVec2 name_size = text_size(st.label, name);
          const bool named = !name.empty() && name_size.x + pen.px(6) <= right - left &&
                             name_size.y + size.y + pen.px(4) <= bottom - top;
          const float x = (left + right - gap_x) / 2, y = (top + bottom - gap_y) / 2;
          pen.text(st.mono, {x, y}, ink_on(colour), text, {0.5F, named ? -0.1F : 0.5F});
          if (named) pen.text(st.label, {x, y}, ink_on(colour), name, {0.5F, 1.1F});
        }
      }
    }
    flush();
  }
  draw_borders(pen, heat, g, x0, dx);
}

void draw_colour_bar(const Pen& pen, const Plot& plot, const PlotGeometry& g) {
  const PlotStyle& st = pen.style();
  constexpr int kSteps = 48;
  for (int i = 0; i < kSteps; ++i) {
    const float top = g.bar.bottom() - g.bar.h * static_cast<float>(i + 1) / kSteps;
    const float bottom = g.bar.bottom() - g.bar.h * static_cast<float>(i) / kSteps;
    const Color low = viridis(static_cast<float>(i) / kSteps), high = viridis(static_cast<float>(i + 1) / kSteps);
    pen.list().AddRectFilledMultiColor({g.bar.x, top}, {g.bar.right(), bottom}, high, high, low, low);
  }
  const AxisScale scale{g.values.lo, g.values.hi, false, g.bar.bottom(), g.bar.y};
  const ShownUnit shown = shown_unit(plot.heat->unit, std::max(std::abs(g.values.lo), std::abs(g.values.hi)));
  const Ticks ticks =
      linear_ticks(g.values.lo, g.values.hi, std::clamp(static_cast<int>(g.bar.h / (40 * st.scale)), 2, 5), shown.size);
  for (double v : ticks.at) {
    const std::string text = format_tick(ticks, v);
    pen.text(st.mono, {g.bar.right() + pen.px(6), scale.px(v)}, st.theme.text_muted, text, {0, 0.5F});
  }
  const std::string& unit = shown.name;
  const std::string title = plot.heat->label.empty() ? unit
                            : unit.empty()           ? plot.heat->label
                                                     : plot.heat->label + " (" + unit + ")";
  pen.text(st.label, {g.head_right(), g.axis_title_y}, st.theme.text_muted, title, {1, 0.5F});
}

Rect lane_item_rect(const Pen& pen, const Plot& plot, const PlotGeometry& g, std::size_t index) {
  const SwimLanes::Item& item = plot.lanes->items[index];
  const auto lane = static_cast<std::size_t>(item.lane);
  if (item.lane < 0 || lane >= g.lane_rows.size()) return {};
  const float one = (g.lane_tops[lane + 1] - g.lane_tops[lane]) / (static_cast<float>(g.lane_rows[lane]) + 0.4F);
  const float top = std::round(g.lane_tops[lane] + one * (0.2F + static_cast<float>(item.sub)));
  const float bottom = std::round(g.lane_tops[lane] + one * (1.2F + static_cast<float>(item.sub)));
  const float left = g.x.px(item.start), right = g.x.px(item.end), gap = one >= pen.px(5) ? pen.px(1) : 0;
  Rect rect{left, top, std::max(1.0F, right - left), std::max(1.0F, bottom - top - gap)};
  const auto kind = static_cast<std::size_t>(item.kind);
  if (kind < plot.lanes->kinds.size() && plot.lanes->kinds[kind].colour.role == PlotRole::Wait) {
    return rect.inset(
        0, rect.h >= pen.px(4) ? std::round(rect.h * 0.36F) : 0);  // waiting is thin: told apart without colour
  }
  return rect;
}

void draw_lanes(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view) {
  const SwimLanes& lanes = *plot.lanes;
  const PlotStyle& st = pen.style();
  std::vector<std::vector<float>> drawn_to(g.lane_rows.size());  // by lane and row: what is under a pixel is folded
  for (std::size_t i = 0; i < g.lane_rows.size(); ++i) {
    if (i % 2 == 1)
      pen.box({g.area.x, g.lane_tops[i], g.area.w, g.lane_tops[i + 1] - g.lane_tops[i]}, faded(st.theme.frame, 0.4F));
    drawn_to[i].assign(static_cast<std::size_t>(g.lane_rows[i]), g.area.x - 1);
  }
  for (std::size_t i = 0; i < lanes.items.size(); ++i) {
    const SwimLanes::Item& item = lanes.items[i];
    const auto kind = static_cast<std::size_t>(item.kind);
    if (!view.shows(kind) || !std::isfinite(item.start) || !std::isfinite(item.end) || item.sub < 0) continue;
    if (item.end < g.x.lo || item.start > g.x.hi) continue;
    const Rect r = lane_item_rect(pen, plot, g, i);
    if (r.empty()) continue;
    float& to = drawn_to[static_cast<std::size_t>(item.lane)][static_cast<std::size_t>(item.sub)];
    if (r.w <= 1.0F && r.right() <= to && r.x >= g.area.x && to - r.right() < 2) continue;
    to = r.right();
    const Color colour = st.colour(kind < lanes.kinds.size() ? lanes.kinds[kind].colour : PlotColour{}, item.kind);
    const float left = std::max(r.x, g.area.x), right = std::min(r.right(), g.area.right());
    const float gap = r.w >= pen.px(4) ? 0.5F * st.scale : 0;
    pen.box({left, r.y, std::max(1.0F, right - left - gap), r.h}, colour,
            r.w >= pen.px(6) ? std::min(pen.px(2), r.h / 3) : 0);
    if (!item.text.empty() && r.h >= st.label.px && right - left >= pen.px(26)) {
      // All of it, or what stands before the first dot, or nothing: a cut word tells less than none.
      std::string_view text = item.text;
      const float room = right - left - pen.px(8);
      if (text_size(st.label, text).x > room) text = text.substr(0, text.find(" ·"));
      if (text_size(st.label, text).x <= room) {
        pen.text(st.label, {left + pen.px(4), r.y + r.h / 2}, ink_on(colour), text, {0, 0.5F});
      }
    }
  }
}

}  // namespace blockyard
