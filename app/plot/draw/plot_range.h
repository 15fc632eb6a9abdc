// Which values a plot shows: the range of its data, what a person zoomed to, what the author fixed. Internal to the
// room.
#pragma once

#include "app/plot/data/plot.h"
#include "app/plot/draw/plot_draw.h"

namespace blockyard {

// All x (y) values of what is shown, before any widening; {0, 1} where there are none. On a log axis only positive
// ones.
AxisRange data_range_x(const Plot& plot, const PlotView& view);
AxisRange data_range_y(const Plot& plot, const PlotView& view);

// The range of the axis on screen, `target` being the number of ticks aimed at.
AxisRange shown_range_x(const Plot& plot, const PlotView& view, int target);
AxisRange shown_range_y(const Plot& plot, const PlotView& view, int target);

// Whether x counts categories (bars, waterfall, a heat map with named columns).
bool has_categories(const Plot& plot);
// Whether y has a number scale (not lanes, not a heat map's rows).
bool has_value_axis(const Plot& plot);
// Whether a line is dashed: where the author says so, and from the fifth line on, where colours alone get too close.
bool is_dashed(const Plot& plot, std::size_t series);
// The names under the x axis where has_categories.
std::vector<std::string> category_names(const Plot& plot);

}  // namespace blockyard
