#include "app/plot/draw/export.h"

#include <algorithm>
#include <cmath>

#include "app/plot/draw/plot_widget.h"
#include "app/ui/raster/headless.h"
#include "core/io/files.h"

namespace blockyard {

ImVec2 export_size(const Figure& figure) {
  const int columns = std::clamp(figure.columns, 1, std::max(1, static_cast<int>(figure.plots.size())));
  const int rows = (static_cast<int>(figure.plots.size()) + columns - 1) / std::max(columns, 1);
  if (columns == 1 && rows <= 1) return {960, 540};
  return {static_cast<float>(columns == 1 ? 960 : 620 * columns), static_cast<float>(90 + 340 * std::max(rows, 1))};
}

Image render_figure(const Figure& figure, const ExportOptions& options, const FigureView& view) {
  const int width = std::max(1, static_cast<int>(std::lround(static_cast<float>(options.width) * options.scale)));
  const int height = std::max(1, static_cast<int>(std::lround(static_cast<float>(options.height) * options.scale)));
  HeadlessUi ui(width, height, options.scale, options.theme, options.font_dir);
  PlotStyle style = plot_style(ui.look());
  style.titles = true;
  style.padding = 24;
  FigureView own = view;
  for (PlotView& plot : own.plots) {
    plot.mouse.reset();
    plot.cursor_x.reset();
    plot.hovered = plot.selected = {};
  }
  prepare_view(figure, own);
  const Rect rect{0, 0, static_cast<float>(width), static_cast<float>(height)};
  ui.set_ui([&] {
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    list.AddRectFilled(rect.min(), rect.max(), options.theme.panel);
    draw_figure(list, rect, figure, style, own);
  });
  ui.frames();
  return ui.picture();
}

std::string render_figure_png(const Figure& figure, const ExportOptions& options, const std::string& path,
                              const FigureView& view) {
  return write_png(render_figure(figure, options, view), path);
}

std::string write_figure_csv(const Figure& figure, const std::string& path) {
  const auto written = io::write_file(path, to_csv(figure));
  return written ? std::string() : written.error().message;
}

}  // namespace blockyard
