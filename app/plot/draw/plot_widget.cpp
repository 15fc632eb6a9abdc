#include "app/plot/draw/plot_widget.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/plot/draw/draw_parts.h"
#include "app/plot/draw/plot_range.h"
#include "app/ui/compat.h"
#include "core/base/math.h"

namespace blockyard {
namespace {

// `range` moved and scaled on screen so that it stays within `limits`; nothing where it is all of them.
std::optional<AxisRange> within(AxisScale range, AxisRange limits) {
  AxisScale full = range;
  full.lo = limits.lo, full.hi = limits.hi;
  double a = full.fraction(range.lo), b = full.fraction(range.hi);
  if (b - a >= 1 - 1e-9) return std::nullopt;
  if (a < 0) b -= a, a = 0;
  if (b > 1) a -= b - 1, b = 1;
  return AxisRange{full.at_fraction(a), full.at_fraction(b)};
}

class Hands {
 public:
  Hands(const Plot& plot, const PlotGeometry& g, PlotView& view) : plot_(plot), g_(g), view_(view) {}

  // factor < 1 zooms in; the value at `pixel` stays where it is.
  void zoom(bool y_axis, float pixel, double factor) {
    if (!zoomable(y_axis)) return;
    const AxisScale& s = y_axis ? g_.y : g_.x;
    const double at = s.fraction(s.value(pixel));
    set(y_axis, at - at * factor, at + (1 - at) * factor);
  }
  void pan(bool y_axis, float pixels) {
    const AxisScale& s = y_axis ? g_.y : g_.x;
    if (!zoomable(y_axis) || !(y_axis ? view_.y : view_.x)) return;
    const double f = -static_cast<double>(pixels / (s.p1 - s.p0));
    set(y_axis, f, 1 + f);
  }

 private:
  bool zoomable(bool y_axis) const { return !g_.empty && (y_axis ? has_value_axis(plot_) : !has_categories(plot_)); }
  void set(bool y_axis, double from, double to) {
    AxisScale s = y_axis ? g_.y : g_.x;
    const double lo = s.at_fraction(from), hi = s.at_fraction(to);
    if (!(to - from > 1e-9) || !(hi > lo) || std::nextafter(lo, hi) == hi) return;
    s.lo = lo, s.hi = hi;
    PlotView all;
    all.hidden = view_.hidden;
    all.trees.swap(view_.trees);
    const AxisRange limits = y_axis ? shown_range_y(plot_, all, 5) : shown_range_x(plot_, all, 5);
    all.trees.swap(view_.trees);
    (y_axis ? view_.y : view_.x) = within(s, limits);
  }

  const Plot& plot_;
  const PlotGeometry& g_;
  PlotView& view_;
};

void menu(PlotAction& action, FigureView& view, Anchors* anchors) {
  if (!ImGui::BeginPopup("plot menu")) return;
  if (anchors) anchors->push("plot menu");
  const auto mark = [anchors](const char* label) {  // right before it is drawn
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (anchors) anchors->mark(label, {at.x, at.y, ImGui::GetContentRegionAvail().x, ImGui::GetTextLineHeight()});
  };
  const auto item = [&mark](const char* label, const char* keys = nullptr) {
    mark(label);
    return ImGui::MenuItem(label, keys);
  };
  if (item("Fit", "double click")) {
    for (PlotView& p : view.plots) p.x.reset(), p.y.reset();
  }
  ImGui::Separator();
  for (const bool dark : {false, true}) {
    const char* title = dark ? "Export PNG, dark" : "Export PNG, light";
    mark(title);
    if (!ImGui::BeginMenu(title)) continue;
    for (int scale : {1, 2, 4}) {
      char label[16];
      std::snprintf(label, sizeof label, "%d×", scale);
      if (!item(label)) continue;
      action.kind = PlotAction::Kind::ExportPng;
      action.png_scale = scale;
      action.png_dark = dark;
    }
    ImGui::EndMenu();
  }
  if (item("Export SVG")) action.kind = PlotAction::Kind::ExportSvg;
  if (item("Export PDF")) action.kind = PlotAction::Kind::ExportPdf;
  if (item("Export CSV")) action.kind = PlotAction::Kind::ExportCsv;
  if (item("Copy as CSV")) action.kind = PlotAction::Kind::CopyCsv;
  if (anchors) anchors->pop();
  ImGui::EndPopup();
}

}  // namespace

PlotStyle plot_style(const Look& look) {
  PlotStyle out;
  out.theme = look.theme;
  out.scale = look.scale;
  const auto font = [&](FontRole role, float px) { return PlotFont{look.font(role), std::round(px * look.scale)}; };
  out.title = font(FontRole::Kpi, 20);
  out.heading = font(FontRole::BodyBold, font_size(FontRole::BodyBold));
  out.label = font(FontRole::Small, font_size(FontRole::Small));
  out.mono = font(FontRole::Mono14, font_size(FontRole::Mono14));
  out.titles = false;
  return out;
}

PlotAction plot_widget(const char* id, ImVec2 size, const Figure& figure, const PlotStyle& style, FigureView& view,
                       Anchors* anchors) {
  PlotAction action;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect rect{at.x, at.y, std::max(size.x, 32.0F), std::max(size.y, 32.0F)};
  ImGui::PushID(id);
  ImGui::InvisibleButton("plot", rect.size(), ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
  prepare_view(figure, view);
  const ImGuiIO& io = ImGui::GetIO();
  const bool hovered = ImGui::IsItemHovered(), held = ImGui::IsItemActive() && ImGui::IsMouseDown(0);
  const FigureGeometry before = lay_out_figure(rect, figure, style, view);
  for (std::size_t i = 0; i < before.plots.size(); ++i) {
    const PlotGeometry& g = before.plots[i];
    PlotView& v = view.plots[i];
    v.mouse.reset();
    const ImVec2 start = io.MouseClickedPos[0];
    Hands hands(figure.plots[i], g, v);
    if (held && g.area.contains(start) && ImGui::IsMouseDragging(0)) {
      hands.pan(false, io.MouseDelta.x);
      hands.pan(true, io.MouseDelta.y);
    }
    if (!hovered || !g.cell.contains(io.MousePos)) continue;
    const bool in_area = g.area.contains(io.MousePos), on_y_axis = io.MousePos.x < g.area.x;
    const double factor = math::pow(0.82, static_cast<double>(io.MouseWheel));
    const bool wheel_zooms = !view.scrolled || io.KeyCtrl;
    if (wheel_zooms && (in_area || on_y_axis)) compat::keep_wheel();
    if (io.MouseWheel != 0 && wheel_zooms && (in_area || on_y_axis)) {
      const bool y = on_y_axis || io.KeyShift;
      hands.zoom(y, y ? io.MousePos.y : io.MousePos.x, factor);
    }
    for (std::size_t k = 0; k < g.legend.size(); ++k) {
      if (g.legend[k].name.empty() || !g.legend[k].rect.contains(io.MousePos)) continue;
      ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
      if (!ImGui::IsMouseClicked(0)) continue;
      v.hidden.resize(std::max(v.hidden.size(), g.legend.size()));
      v.hidden[k] = !v.hidden[k];
    }
    if (!in_area || g.empty) continue;
    if (ImGui::IsMouseDoubleClicked(0)) v.x.reset(), v.y.reset();
    v.mouse = io.MousePos;
    action.plot = static_cast<int>(i);
    if (!has_categories(figure.plots[i])) action.hovered_x = g.x.value(io.MousePos.x);
    const bool still = std::hypot(io.MousePos.x - start.x, io.MousePos.y - start.y) < 4 * style.scale;
    if (ImGui::IsMouseReleased(0) && g.area.contains(start) && still) action.clicked_x = action.hovered_x;
    if (figure.plots[i].lanes) {
      const Pen pen(*ImGui::GetWindowDrawList(), style);
      for (std::size_t k = 0; k < figure.plots[i].lanes->items.size(); ++k) {
        if (lane_item_rect(pen, figure.plots[i], g, k).contains(io.MousePos)) action.item = static_cast<int>(k);
      }
    }
  }
  if (view.menu_asked || (hovered && ImGui::IsMouseReleased(1))) ImGui::OpenPopup("plot menu");
  view.menu_asked = false;
  menu(action, view, anchors);
  draw_figure(*ImGui::GetWindowDrawList(), rect, figure, style, view);
  ImGui::PopID();
  return action;
}

}  // namespace blockyard
