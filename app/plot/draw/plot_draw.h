// Drawing a Figure into an ImDrawList. Pure: the same figure, rectangle, style and view give the same vertices; no
// input is read and no ImGui window is needed. plot_widget.h adds the mouse, export.h the file.
//
// Two steps, so that whoever handles a mouse sees what the drawing saw: lay_out_figure() decides where everything
// stands, draw_figure() draws it there. Colours, fonts and sizes come from PlotStyle, all lengths are pixels of the
// draw list.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/plot/data/axis.h"
#include "app/plot/data/decimate.h"
#include "app/plot/data/plot.h"
#include "app/plot/draw/plot_style.h"
#include "app/ui/rect.h"

namespace blockyard {

// What is outlined because a person points at it, here or elsewhere.
struct PlotHighlight {
  std::int64_t group = -1;        // of swim lanes: all pieces of this one
  int row = -1;                   // of a heat map or of swim lanes
  std::optional<AxisRange> span;  // of the x axis
};

// What a person did to a plot: nothing (fit, all shown) by default.
struct PlotView {
  std::optional<AxisRange> x, y;   // the zoomed range, in the axis' unit
  std::vector<bool> hidden;        // by legend entry
  std::optional<double> cursor_x;  // the crosshair, also set from other panels; in the x axis' unit
  std::optional<ImVec2> mouse;     // shows the read-out beside it
  PlotHighlight hovered, selected;
  std::vector<MinMaxPyramid> trees;  // by series, see prepare_view
  bool shows(std::size_t entry) const { return entry >= hidden.size() || !hidden[entry]; }
};

struct FigureView {
  std::vector<PlotView> plots;
  float corner = 0;         // px at the upper right that the surroundings use; legend and names keep out of it
  bool menu_asked = false;  // the next frame opens the menu of the right button
  bool scrolled = false;    // what it stands in scrolls: the wheel zooms with Ctrl alone
  std::uint64_t revision = 0;
};

// Gives `view` a PlotView per plot, and long series their pyramids (O(points appended since the last call)). Optional:
// without it a view draws the same picture, only slower for long series.
void prepare_view(const Figure& figure, FigureView& view);

struct LegendEntry {
  std::string name;
  Color colour = 0;
  bool dashed = false, box = false;
  int shape = -1;   // of points, see Pen::mark
  int marker = -1;  // … on a line
  Rect rect;        // where it stands, and is clicked
};

// Where the parts of one plot stand.
struct PlotGeometry {
  Rect cell;  // all of it
  Rect area;  // the data
  Rect bar;   // the colour bar of a heat map
  AxisScale x, y;
  AxisRange values;  // of a heat map's colours
  Ticks x_ticks, y_ticks;
  std::string x_title, y_title;  // "label (unit)"
  std::string x_unit;            // written after each tick where the x axis has no name
  std::vector<LegendEntry> legend;
  std::vector<std::vector<std::string>> category_lines;
  std::vector<float> lane_tops;                               // lanes + 1 edges, px
  std::vector<int> lane_rows;                                 // rows in each lane
  float header = 0, left = 0, right = 0, bottom = 0;          // margins between cell and area
  float axis_title_y = 0;                                     // the centre of the row with the y axis' name
  float corner = 0;                                           // of the cell, see FigureView
  float head_right() const { return cell.right() - corner; }  // where the rows above the area end
  bool empty = false;
};

struct FigureGeometry {
  Rect rect;
  std::string title;                            // of the figure, or of its only plot
  std::vector<std::string> subtitle, footnote;  // by line
  float title_y = 0, subtitle_y = 0, footnote_y = 0;
  std::vector<PlotGeometry> plots;
};

FigureGeometry lay_out_figure(const Rect& rect, const Figure& figure, const PlotStyle& style, const FigureView& view);

// The height from which on every plot of the figure can be read at this width, px: what is written around it, and a
// least height of the area itself.
float least_height(const Figure& figure, float width, const PlotStyle& style, const FigureView& view);

void draw_figure(ImDrawList& list, const FigureGeometry& geometry, const Figure& figure, const PlotStyle& style,
                 const FigureView& view);

// Both steps in one.
void draw_figure(ImDrawList& list, const Rect& rect, const Figure& figure, const PlotStyle& style,
                 const FigureView& view);

}  // namespace blockyard
