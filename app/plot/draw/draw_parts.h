// The pieces that draw_figure puts together. Internal to the plot room; each draws into the plot's area, already
// clipped.
#pragma once

#include "app/plot/draw/pen.h"
#include "app/plot/draw/plot_draw.h"

namespace blockyard {

void draw_series(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view);
// The marks of lines whose points were measured.
void draw_markers(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view);
void draw_bars(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view);
void draw_waterfall(const Pen& pen, const Plot& plot, const PlotGeometry& g);
void draw_heat(const Pen& pen, const Plot& plot, const PlotGeometry& g);
void draw_colour_bar(const Pen& pen, const Plot& plot, const PlotGeometry& g);
void draw_lanes(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view);

// What of the plot is selected or pointed at.
void draw_highlights(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view);

// The crosshair at view.cursor_x, dots where it meets the series, and the read-out box beside view.mouse.
void draw_readout(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view);

// The rectangle of a bar, of bar `series` of those shown, from value 0 to `value`.
struct BarSlots {
  float slot = 0, width = 0, gap = 0;
  std::size_t shown = 0;
};
BarSlots bar_slots(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view);

// Where an item of the lanes stands.
Rect lane_item_rect(const Pen& pen, const Plot& plot, const PlotGeometry& g, std::size_t item);

}  // namespace blockyard
