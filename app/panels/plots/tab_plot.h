// What the plots at the bottom share: a figure with its zoom, axes and marks over simulated time, the crosshair that
// all of them (and the timeline) share, and the right-click menu's files.
#pragma once

#include <string>

#include "app/panels/panel_text.h"
#include "app/plot/draw/plot_widget.h"

namespace blockyard {

/// A figure that a tab keeps between frames. The tab fills `figure`; all else is show_plot's.
struct PlotBox {
  Figure figure;
  FigureView view;
  int fits = 0;
  Moment run;
  int choices = 0;  ///< of plot_choices, which stand in its corner
};

/// The axis of simulated time, s: up to now, or the range that is chosen.
PlotAxis time_axis(const FrameContext& ctx);
/// A second of the axis as a moment of the run.
inline SimTime axis_time(double seconds) { return static_cast<SimTime>(seconds * 1e6); }
inline double axis_seconds(SimTime t) { return static_cast<double>(t) / 1e6; }
/// Faults and changes of settings up to now, as marks.
std::vector<PlotMark> time_marks(const FrameContext& ctx);

/// An empty plot over simulated time: title, y axis from 0 with its unit, marks.
Plot time_plot(const FrameContext& ctx, const char* title, const char* y, const char* unit);

/// Draws the figure into `rect` and does what its menu asks for. `over_time`: its x axis is simulated time, so that it
/// shares the crosshair, and a click goes there.
PlotAction show_plot(FrameContext& ctx, const char* id, const Rect& rect, PlotBox& box, bool over_time);

/// Writes the file that a plot's menu or button asked for.
void carry_out(FrameContext& ctx, const PlotAction& action, const Figure& figure, const FigureView& view);

/// A figure of its own, with its own small print, beside the run: zoom, legend and menu alone.
PlotAction show_figure(FrameContext& ctx, const char* id, const Rect& rect, PlotBox& box);

/// A row of small icon buttons at the upper right of `rect`, left of the plot's own for its files, of which one is
/// chosen. Call it before show_plot, and say PlotBox::choices.
struct PlotChoice {
  const char* icon;
  const char* help;
};
void plot_choices(const Look& look, const char* id, const Rect& rect, std::span<const PlotChoice> choices, int* chosen);

}  // namespace blockyard
