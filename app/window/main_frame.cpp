#include "app/window/main_frame.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/panels/experiments/trace_card.h"
#include "app/ui/widgets.h"
#include "app/window/actions.h"
#include "app/window/bars/status_bar.h"
#include "app/window/bars/top_bar.h"
#include "core/live/observed/observed_fleet.h"

namespace blockyard {

namespace {

bool has_what_it_needs(const FrameContext& ctx, PanelNeeds needs) {
  return ctx.observed == nullptr || needs == PanelNeeds::kFleet ||
         (needs == PanelNeeds::kRequests && ctx.observed->routed());
}

}  // namespace

MainFrame::MainFrame() {
  for (const PanelRow& row : panel_table()) panels_.push_back({&row, row.make()});
}

std::vector<const MainFrame::Place*> MainFrame::in_slot(const FrameContext& ctx, PanelSlot slot) const {
  std::vector<const Place*> out;
  for (const Place& p : panels_) {
    if (p.row->slot == slot && has_what_it_needs(ctx, p.row->needs)) out.push_back(&p);
  }
  return out;
}

void MainFrame::draw_slot(FrameContext& ctx, PanelSlot slot, const Rect& rect) {
  if (rect.empty()) return;
  const auto panels = in_slot(ctx, slot);
  if (panels.empty()) return;
  const Place* shown = panels.front();
  for (const Place* p : panels) {
    if (p->row->id == ctx.ui.right_tab) shown = p;
  }
  shown->panel->draw(ctx, rect);
}

void MainFrame::draw_bottom(FrameContext& ctx, const Rect& rect) {
  if (rect.empty()) return;
  const Look& look = ctx.look;
  const auto panels = in_slot(ctx, PanelSlot::kBottom);
  begin_card(look, "bottom", rect);
  if (!panels.empty()) {
    std::vector<const char*> titles;
    int selected = 0;
    for (std::size_t i = 0; i < panels.size(); ++i) {
      titles.push_back(panels[i]->row->title.data());  // literals: they end in a zero
      if (panels[i]->row->id == ctx.ui.bottom_tab) selected = static_cast<int>(i);
    }
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const std::string limits = ctx.range
                                   ? fmt::format("{:.1f} – {:.1f} s only", static_cast<double>(ctx.range->begin) / 1e6,
                                                 static_cast<double>(ctx.range->end) / 1e6)
                                   : std::string();
    if (const auto picked = tab_strip(look, "tabs", titles, selected, limits)) {
      selected = *picked;
      ctx.ui.bottom_tab = panels[static_cast<std::size_t>(selected)]->row->id;
    }
    // The tabs are one widget; what each shows is told by where the pointer is.
    for (std::size_t i = 0; i < panels.size(); ++i) {
      const Rect* tab = look.anchors ? look.anchors->find("bottom/tabs/" + std::string(titles[i])) : nullptr;
      if (tab != nullptr && ImGui::IsWindowHovered() && tab->contains(ImGui::GetIO().MousePos)) {
        help_tooltip(look, panels[i]->row->title, panels[i]->row->help);
      }
    }
    const Rect in = rect.inset(look.px(14), look.px(12));
    const float top = at.y + look.px(36);
    ImGui::SetCursorScreenPos(ImVec2(in.x, top));
    panels[static_cast<std::size_t>(selected)]->panel->draw(ctx, {in.x, top, in.w, std::max(0.0F, in.bottom() - top)});
  }
  end_card(look);
}

// The gap over the bottom is its handle.
void MainFrame::drag_bottom(FrameContext& ctx, const Layout& layout) {
  if (layout.bottom.empty()) return;
  const Look& look = ctx.look;
  const float grip = look.px(10);
  ImGui::SetCursorScreenPos(ImVec2(layout.bottom.x, layout.bottom.y - grip));
  ImGui::InvisibleButton("##bottom-grip", ImVec2(layout.bottom.w, grip));
  if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
    ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeNS);
    const float y = layout.bottom.y - grip / 2, mid = layout.bottom.center().x;
    ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(mid - look.px(24), y - look.px(1)),
                                              ImVec2(mid + look.px(24), y + look.px(2)), look.theme.line_strong,
                                              look.px(2));
  }
  if (ImGui::IsItemActive()) {
    const float wanted = (layout.bottom.bottom() - ImGui::GetIO().MousePos.y - grip / 2) / look.scale;
    ctx.ui.bottom_height = std::clamp(wanted, 120.0F, 1600.0F);
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) ctx.ui.bottom_height = 0;
}

void MainFrame::draw(FrameContext& ctx, ImVec2 size) {
  handle_keys(ctx);
  LayoutOptions options;
  options.lesson = ctx.lesson != nullptr && !ctx.ui.lesson_floats;
  options.controls = ctx.lesson != nullptr ? ctx.ui.lesson_controls : ctx.ui.show_controls;
  const bool beside = SideBySide::shown(ctx);
  options.tree = ctx.ui.show_tree && !beside;  // two fleets need its room
  options.bottom = ctx.ui.show_bottom;
  options.bottom_height = ctx.ui.bottom_height;
  // The pages are the same, in the same order.
  options.page = ctx.ui.page;
  const Layout layout = compute_layout(size.x, size.y, ctx.look.scale, options);
  ctx.ui.pages = layout.pages;
  begin_root(ctx.look, size);
  draw_top_bar(ctx, layout.top_bar);
  if (!layout.timeline.empty()) timeline_.draw(ctx, layout.timeline);
  if (!layout.controls.empty()) controls_.draw(ctx, layout.controls);
  if (beside) {
    if (!layout.kpis.empty()) side_by_side_.draw_differences(ctx, layout.kpis);
    if (!layout.fleet.empty()) side_by_side_.draw_fleets(ctx, layout.fleet);
  } else {
    if (!layout.kpis.empty()) key_figures_.draw(ctx, layout.kpis);
    draw_slot(ctx, PanelSlot::kFleet, layout.fleet);
  }
  draw_slot(ctx, PanelSlot::kTree, layout.tree);
  draw_slot(ctx, PanelSlot::kInspector, layout.inspector);
  if (!layout.fleet.empty()) drag_bottom(ctx, layout);
  draw_bottom(ctx, layout.bottom);
  draw_status_bar(ctx, layout.status);
  if (!layout.lesson.empty()) lesson_.draw(ctx, layout.lesson, size);
  end_root();
  lesson_.point(ctx, size);
  if (layout.lesson.empty()) lesson_.draw(ctx, layout.lesson, size);
  draw_first_start(ctx, layout.fleet);
  draw_settings(ctx, size);
  draw_keys(ctx, size);
  draw_help(ctx, size);
  experiment_.draw(ctx, size);
  if (ctx.simulation != nullptr) {
    prompt_.draw(ctx, size);
  } else if (ctx.ui.prompt_open) {
    ctx.ui.prompt_open = false;
    ctx.push(cmd::Notify{"The prompt lab asks the simulator: open a scenario first"});
  }
  draw_lessons(ctx, size);
  file_.draw(ctx, size);
  draw_trace_card(ctx, size);
  palette_.draw(ctx, size);
  draw_message(ctx, size);
  draw_toasts(ctx, layout.status);
}

}  // namespace blockyard
