#include "app/panels/plots/tab_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/figures/figures.h"
#include "app/panels/linked.h"
#include "app/plot/draw/export.h"
#include "app/ui/icons.h"
#include "core/io/files.h"
#include "core/metrics/rejections.h"
#include "core/metrics/saturation.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

std::string file_name(const Figure& figure) {
  std::string out;
  const std::string& title = !figure.title.empty() || figure.plots.empty() ? figure.title : figure.plots[0].title;
  for (const char c : title) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (!plain && !out.empty() && out.back() != '-') out += '-';
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "plot" : out;
}

// The small buttons in the corner of a plot, at scale 1.
constexpr float kChoiceSide = 22;
float choice_pitch(const Look& look) { return look.px(kChoiceSide) + look.px(4); }

PlotHighlight highlight_of(const Linked& what) {
  PlotHighlight out;
  if (what.request != kNone) out.group = what.request;
  if (what.worker != kNone) out.row = static_cast<int>(what.worker);
  if (what.span) out.span = AxisRange{axis_seconds(what.span->begin), axis_seconds(what.span->end)};
  return out;
}

}  // namespace

void carry_out(FrameContext& ctx, const PlotAction& action, const Figure& figure, const FigureView& view) {
  switch (action.kind) {
    case PlotAction::Kind::None:
      return;
    case PlotAction::Kind::CopyCsv:
      ctx.push(cmd::CopyText{to_csv(figure)});
      ctx.push(cmd::Notify{"The numbers of this plot are on the clipboard, as CSV."});
      return;
    case PlotAction::Kind::ExportCsv:
      ctx.push(cmd::SaveFile{file_name(figure) + ".csv",
                             [figure](const std::string& path) { return write_figure_csv(figure, path); }});
      return;
    case PlotAction::Kind::ExportSvg:
    case PlotAction::Kind::ExportPdf: {
      ExportOptions options;
      options.font_dir = ctx.look.fonts.folder;
      const VectorFormat format = action.kind == PlotAction::Kind::ExportSvg ? VectorFormat::Svg : VectorFormat::Pdf;
      const PaperWidth width = figure.plots.size() > 1 ? PaperWidth::TwoColumns : PaperWidth::OneColumn;
      ctx.push(cmd::SaveFile{file_name(figure) + (format == VectorFormat::Svg ? ".svg" : ".pdf"),
                             [figure, options, view, format, width](const std::string& path) {
                               const auto written =
                                   io::write_file(path, render_figure_vector(figure, format, width, options, view));
                               return written ? std::string() : written.error().message;
                             }});
      return;
    }
    case PlotAction::Kind::ExportPng: {
      ExportOptions options;
      options.theme = action.png_dark ? dark_theme() : light_theme();
      options.scale = static_cast<float>(action.png_scale);
      options.font_dir = ctx.look.fonts.folder;
      const ImVec2 size = export_size(figure);
      options.width = static_cast<int>(size.x);
      options.height = static_cast<int>(size.y);
      ctx.push(cmd::SaveFile{file_name(figure) + ".png", [figure, options, view](const std::string& path) {
                               return render_figure_png(figure, options, path, view);
                             }});
      return;
    }
  }
}

PlotAxis time_axis(const FrameContext& ctx) {
  PlotAxis axis;
  axis.unit = "s";
  axis.min = ctx.range ? axis_seconds(ctx.range->begin) : 0.0;
  axis.max = ctx.range ? axis_seconds(ctx.range->end) : std::max(1.0, axis_seconds(ctx.now));
  return axis;
}

std::vector<PlotMark> time_marks(const FrameContext& ctx) {
  std::vector<PlotMark> marks;
  for (const Fault& f : ctx.fleet.config().faults) {
    if (f.t > ctx.now) continue;
    PlotMark m;
    m.at = axis_seconds(f.t);
    if (f.kind == FaultKind::kRouterRestart) {
      m.label = fmt::format("router {} starts anew", f.router);
      if (f.down > 0) m.end = axis_seconds(std::min(ctx.now, f.t + f.down));
    } else {
      m.label = fmt::format("{} {}", worker_text(f.worker), f.kind == FaultKind::kCrash ? "crashes" : "is flushed");
    }
    if (f.kind == FaultKind::kCrash && f.restart > 0) m.end = axis_seconds(std::min(ctx.now, f.t + f.restart));
    m.colour.role = PlotRole::Bad;
    marks.push_back(m);
  }
  for (const auto& change : ctx.changes) {
    if (change.t > ctx.now) continue;
    PlotMark m;
    m.at = axis_seconds(change.t);
    m.label = change.label;
    marks.push_back(m);
  }
  return marks;
}

Plot time_plot(const FrameContext& ctx, const char* title, const char* y, const char* unit) {
  Plot p;
  p.title = title;
  p.empty_text = "It fills as the run goes on.";
  p.x = time_axis(ctx);
  p.y.label = y;
  p.y.unit = unit;
  p.y.min = 0;
  p.marks = time_marks(ctx);
  return p;
}

PlotAction show_figure(FrameContext& ctx, const char* id, const Rect& rect, PlotBox& box) {
  const float pitch = choice_pitch(ctx.look);
  box.view.corner = pitch * static_cast<float>(box.choices + 1) + ctx.look.px(6);
  ImGui::SetCursorScreenPos(ImVec2(std::floor(rect.right() - ctx.look.px(kChoiceSide)), rect.y - ctx.look.px(2)));
  if (mini_button(ctx.look, fmt::format("{}/files", id).c_str(), icons::kDownload,
                  "Save this plot as PNG or CSV, or copy it"))
    box.view.menu_asked = true;
  box.view.scrolled = ImGui::GetScrollMaxY() > 0;
  ImGui::SetCursorScreenPos(rect.min());
  const PlotAction action = plot_widget(id, rect.size(), box.figure, plot_style(ctx.look), box.view, ctx.look.anchors);
  carry_out(ctx, action, box.figure, box.view);
  ctx.look.mark(id, rect);
  return action;
}

PlotAction show_plot(FrameContext& ctx, const char* id, const Rect& rect, PlotBox& box, bool over_time) {
  const Moment run = run_of(ctx);
  if (box.fits != ctx.ui.fits || !(box.run == run)) {
    for (PlotView& v : box.view.plots) v.x.reset(), v.y.reset();
    box.fits = ctx.ui.fits;
    box.run = run;
  }
  const bool ahead = over_time && ctx.range && ctx.range->begin >= ctx.now;
  if (ahead) {
    for (Plot& p : box.figure.plots) {
      p.series.clear();
      p.heat.reset();
      p.lanes.reset();
      p.empty_text = "The range on the timeline lies ahead. Play on, or clear it with Esc.";
    }
    ++box.figure.revision;
  }
  Scenario here = ctx.scenario;  // as it is at the cursor
  here.config = ctx.fleet.config();
  const std::vector<std::string> varied =
      ctx.compared.empty() ? std::vector<std::string>{} : std::vector<std::string>{"router.strategy"};
  if (ctx.observed != nullptr) {
    box.figure.footnote = fmt::format("fleet {} · observed · up to {}", here.name, moment_text(ctx.now));
  } else {
    box.figure.footnote = fmt::format("scenario {} · {} · seed {} · up to {}", here.name, fleet_print(here, varied),
                                      here.config.seed, moment_text(ctx.now));
  }
  if (const std::string why = rejected_reason(rejections_of(ctx.fleet)); !why.empty())
    box.figure.footnote += " · REJECTED: " + why;
  if (const auto saturation = saturation_of(ctx.fleet))
    box.figure.footnote += " · SATURATED: " + saturation_text(*saturation);
  if (over_time) {
    const Linked hovered = linked_to(ctx, ctx.hover), selected = linked_to(ctx, ctx.selection);
    for (PlotView& v : box.view.plots) {
      v.cursor_x = hovered.time ? std::optional<double>(axis_seconds(*hovered.time)) : std::nullopt;
      v.hovered = highlight_of(hovered);
      v.selected = highlight_of(selected);
    }
  }
  const PlotAction action = show_figure(ctx, id, rect, box);
  if (over_time && action.hovered_x) ctx.hover_on(SelectedTime{axis_time(std::max(0.0, *action.hovered_x))});
  if (over_time && action.clicked_x && action.item < 0)
    ctx.push(cmd::Seek{axis_time(std::clamp(*action.clicked_x, 0.0, axis_seconds(ctx.newest)))});
  return action;
}

void plot_choices(const Look& look, const char* id, const Rect& rect, std::span<const PlotChoice> choices,
                  int* chosen) {
  const float pitch = choice_pitch(look);
  float x = rect.right() - look.px(kChoiceSide) - static_cast<float>(choices.size()) * pitch;
  ImGui::PushID(id);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    ImGui::SetCursorScreenPos(ImVec2(std::floor(x), rect.y - look.px(2)));
    const std::string name = fmt::format("{}/{}", id, i);
    if (mini_button(look, name.c_str(), choices[i].icon, choices[i].help, *chosen == static_cast<int>(i)))
      *chosen = static_cast<int>(i);
    x += pitch;
  }
  ImGui::PopID();
}

}  // namespace blockyard
