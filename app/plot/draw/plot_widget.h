// A Figure in an ImGui window, with hands: the wheel zooms at the pointer (Shift: the y axis), dragging pans what is
// zoomed, a double click fits, a click in the legend hides, the right button asks what to do with the picture.
// Everything it changes is in FigureView, everything it wants done is returned: it writes no file and touches no
// clipboard.
#pragma once

#include <optional>

#include "app/plot/draw/plot_draw.h"
#include "app/ui/look.h"

namespace blockyard {

// The style for plots in a window, without titles (the card around it has them).
PlotStyle plot_style(const Look& look);

struct PlotAction {
  enum class Kind { None, ExportPng, ExportSvg, ExportPdf, ExportCsv, CopyCsv };
  Kind kind = Kind::None;
  int png_scale = 1;      // ExportPng: 1, 2 or 4
  bool png_dark = false;  // ExportPng

  int plot = -1;                    // the plot under the pointer
  std::optional<double> hovered_x;  // and the x value there: give it to other plots as cursor_x
  std::optional<double> clicked_x;  // a click (not a drag) into the data
  int item = -1;                    // of swim lanes: the item under the pointer
};

// Draws `figure` in `size` at the cursor of the current window, and handles the mouse. `anchors` may be null.
PlotAction plot_widget(const char* id, ImVec2 size, const Figure& figure, const PlotStyle& style, FigureView& view,
                       Anchors* anchors = nullptr);

}  // namespace blockyard
