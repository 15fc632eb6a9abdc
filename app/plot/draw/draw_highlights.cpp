// Outlines of what is selected or pointed at in another panel: pieces of a swim lane, a row, a span of the x axis.
#include <algorithm>
#include <cmath>

#include "app/plot/draw/draw_parts.h"
#include "app/plot/draw/plot_range.h"

namespace blockyard {
namespace {

void draw_group(const Pen& pen, const Plot& plot, const PlotGeometry& g, std::int64_t group, Color color) {
  Rect all;
  for (std::size_t i = 0; i < plot.lanes->items.size(); ++i) {
    if (plot.lanes->items[i].group != group) continue;
    const Rect r = lane_item_rect(pen, plot, g, i);
    if (r.empty()) continue;
    const float x = all.empty() ? r.x : std::min(all.x, r.x), y = all.empty() ? r.y : std::min(all.y, r.y);
    const float right = std::max(all.empty() ? r.right() : all.right(), r.right());
    const float bottom = std::max(all.empty() ? r.bottom() : all.bottom(), r.bottom());
    all = {x, y, right - x, bottom - y};
  }
  if (!all.empty()) pen.outline(all.inset(-pen.px(2)), color, pen.px(2));
}

void draw_row(const Pen& pen, const Plot& plot, const PlotGeometry& g, int row, Color color) {
  Rect r = g.area;
  if (plot.heat && row < plot.heat->rows) {
    r.y = std::round(g.y.px(row));
    r.h = std::round(g.y.px(row + 1)) - r.y;
  } else if (plot.lanes && static_cast<std::size_t>(row) + 1 < g.lane_tops.size()) {
    r.y = g.lane_tops[static_cast<std::size_t>(row)];
    r.h = g.lane_tops[static_cast<std::size_t>(row) + 1] - r.y;
  } else {
    return;
  }
  pen.outline(r, color, pen.px(2));
}

void draw_one(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotHighlight& what, Color color) {
  if (plot.lanes && what.group >= 0) draw_group(pen, plot, g, what.group, color);
  if (what.row >= 0 && what.group < 0) draw_row(pen, plot, g, what.row, color);
  if (!what.span || plot.lanes || has_categories(plot)) return;
  const float left = std::max(g.area.x, g.x.px(what.span->lo));
  const float right = std::min(g.area.right(), std::max(left + 1, g.x.px(what.span->hi)));
  if (left > g.area.right() || right < g.area.x) return;
  pen.box({left, g.area.y, right - left, g.area.h}, faded(color, 0.13F));
  pen.line({left, g.area.y}, {left, g.area.bottom()}, faded(color, 0.6F));
  pen.line({right, g.area.y}, {right, g.area.bottom()}, faded(color, 0.6F));
}

}  // namespace

void draw_highlights(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view) {
  pen.list().PushClipRect(g.area.min(), g.area.max(), true);
  draw_one(pen, plot, g, view.selected, pen.style().theme.accent);
  draw_one(pen, plot, g, view.hovered, pen.style().theme.text);
  pen.list().PopClipRect();
}

}  // namespace blockyard
