// What the drawing of plots needs to know about looks: theme, fonts, scale. Made once a frame, or once per export.
#pragma once

#include <imgui.h>

#include "app/plot/data/plot.h"
#include "app/ui/theme.h"

namespace blockyard {

struct PlotFont {
  ImFont* font = nullptr;
  float px = 13;  // already scaled
};

struct PlotStyle {
  Theme theme = dark_theme();
  float scale = 1;
  PlotFont title;      // of the figure
  PlotFont heading;    // of one plot of several
  PlotFont label;      // axis names, legend, marks, small print
  PlotFont mono;       // ticks and numbers
  bool titles = true;  // false where the surroundings already say the figure's title, subtitle and small print
  float padding = 0;   // around the figure, device-independent px

  // v device-independent pixels as whole pixels.
  float px(float v) const;
  // The colour of the index-th series.
  Color colour(PlotColour colour, int index = 0) const;
};

}  // namespace blockyard
