#include "app/plot/draw/export.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "app/plot/draw/plot_widget.h"
#include "app/plot/draw/vector/page.h"
#include "app/ui/raster/headless.h"
#include "core/io/files.h"

namespace blockyard {

ImVec2 export_size(const Figure& figure) {
  const int columns = std::clamp(figure.columns, 1, std::max(1, static_cast<int>(figure.plots.size())));
  const int rows = (static_cast<int>(figure.plots.size()) + columns - 1) / std::max(columns, 1);
  if (columns == 1 && rows <= 1) return {960, 540};
  return {static_cast<float>(columns == 1 ? 960 : 620 * columns), static_cast<float>(90 + 340 * std::max(rows, 1))};
}

namespace {

// The interface in which the figure is drawn once, without what a person points at.
std::unique_ptr<HeadlessUi> drawn(const Figure& figure, const ExportOptions& options, const FigureView& view,
                                  bool smooth) {
  const int width = std::max(1, static_cast<int>(std::lround(static_cast<float>(options.width) * options.scale)));
  const int height = std::max(1, static_cast<int>(std::lround(static_cast<float>(options.height) * options.scale)));
  auto ui = std::make_unique<HeadlessUi>(width, height, options.scale, options.theme, options.font_dir);
  PlotStyle style = plot_style(ui->look());
  style.titles = true;
  style.padding = smooth ? 24 : 12;
  FigureView own = view;
  for (PlotView& plot : own.plots) {
    plot.mouse.reset();
    plot.cursor_x.reset();
    plot.hovered = plot.selected = {};
  }
  prepare_view(figure, own);
  const Rect rect{0, 0, static_cast<float>(width), static_cast<float>(height)};
  ui->set_ui([&] {
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    if (!smooth) list.Flags = ImDrawListFlags_None;
    list.AddRectFilled(rect.min(), rect.max(), options.theme.panel);
    draw_figure(list, rect, figure, style, own);
  });
  ui->frames();
  ui->set_ui({});  // what it drew with is gone
  return ui;
}

}  // namespace

Image render_figure(const Figure& figure, const ExportOptions& options, const FigureView& view) {
  return drawn(figure, options, view, true)->picture();
}

PaperSize paper_size(const Figure& figure, PaperWidth width) {
  // So many px are a column: 12 px of small print are 7 points.
  constexpr float kPointsPerPx = 0.58F;
  constexpr float kOneColumn = 241, kTwoColumns = 504;  // points
  const int plots = std::max(1, static_cast<int>(figure.plots.size()));
  PaperSize out;
  if (width == PaperWidth::Screen) {
    const ImVec2 size = export_size(figure);
    out = {static_cast<int>(size.x), static_cast<int>(size.y), std::clamp(figure.columns, 1, plots), size.x * 0.75F};
    return out;
  }
  const bool one = width == PaperWidth::OneColumn;
  out.points = one ? kOneColumn : kTwoColumns;
  out.columns = one ? 1 : std::clamp(figure.columns, 1, std::min(2, plots));
  out.width = static_cast<int>(out.points / kPointsPerPx);
  const int rows = (plots + out.columns - 1) / out.columns;
  const bool lone = plots == 1 && !one;
  out.height = (plots > 1 || !figure.subtitle.empty() ? 90 : 50) + rows * (lone ? 400 : 280);
  return out;
}

std::string render_figure_vector(Figure figure, VectorFormat format, PaperWidth width, ExportOptions options,
                                 const FigureView& view) {
  const PaperSize paper = paper_size(figure, width);
  figure.columns = paper.columns;
  options.width = paper.width;
  options.height = paper.height;
  options.scale = 1;
  const auto ui = drawn(figure, options, view, false);
  const VectorPage page = vector_page(ui->draw_data(), *ui->look().fonts.faces[0]->ContainerAtlas);
  const std::string& title = figure.title.empty() && !figure.plots.empty() ? figure.plots[0].title : figure.title;
  return format == VectorFormat::Svg ? to_svg(page, paper.points) : to_pdf(page, paper.points, title);
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
