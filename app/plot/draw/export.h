// A figure as a picture: the same drawing as on screen, by the software rasteriser. Needs no display, no OpenGL and no
// open frame, and leaves a running ImGui context as it was. Equal input gives equal bytes on every machine.
#pragma once

#include <string>

#include "app/plot/draw/plot_draw.h"
#include "app/ui/raster/image.h"

namespace blockyard {

struct ExportOptions {
  Theme theme = light_theme();    // light: made for paper
  float scale = 1;                // 1, 2, 4: pixels per device-independent pixel, text included
  int width = 960, height = 540;  // device-independent px
  std::string font_dir;           // as for load_fonts
};

// A size that gives each plot of the figure room to breathe.
ImVec2 export_size(const Figure& figure);

// The picture, with title, units, legend and small print. `view`: the zoom and the hidden series to keep.
Image render_figure(const Figure& figure, const ExportOptions& options, const FigureView& view = {});

// The same as a PNG file, whole or not at all. Empty, or what went wrong.
std::string render_figure_png(const Figure& figure, const ExportOptions& options, const std::string& path,
                              const FigureView& view = {});

// Widths of a page of print: what fits a column, or both of two, of a journal (85 and 178 mm); or as wide as on screen.
enum class PaperWidth { Screen, OneColumn, TwoColumns };

// Size and number of plots beside each other for that width, at which text is 7 to 8 points high.
struct PaperSize {
  int width = 960, height = 540;  // device-independent px, for ExportOptions
  int columns = 1;
  float points = 720;  // of the page's width
};
PaperSize paper_size(const Figure& figure, PaperWidth width);

// The figure as a vector file, by the same drawing: SVG or PDF as the file's bytes, of that width. Text is text.
enum class VectorFormat { Svg, Pdf };
std::string render_figure_vector(Figure figure, VectorFormat format, PaperWidth width, ExportOptions options,
                                 const FigureView& view = {});

// to_csv as a file, whole or not at all. Empty, or what went wrong.
std::string write_figure_csv(const Figure& figure, const std::string& path);

}  // namespace blockyard
