#include "app/panels/overlay_parts.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "app/ui/compat.h"
#include "app/ui/widgets.h"

namespace blockyard {

bool begin_overlay(FrameContext& ctx, const char* id, ImVec2 screen, ImVec2 size, float top, bool* open) {
  const Look& look = ctx.look;
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(screen);
  ImGui::SetNextWindowBgAlpha(0);
  constexpr ImGuiWindowFlags kBare = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  // Dim and card come to the front when they appear, and only then: what the card opens (a menu, another card) lies
  // over it. A click on the dim, which closes such a menu, does not put it over its card.
  ImGui::Begin((std::string(id) + "-dim").c_str(), nullptr,
               kBare | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoFocusOnAppearing |
                   ImGuiWindowFlags_NoBringToFrontOnFocus);
  if (ImGui::IsWindowAppearing()) compat::bring_to_front();
  ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(0, 0), screen, faded(look.theme.shadow, 0.75F));
  if (ImGui::IsWindowHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) *open = false;
  ImGui::End();
  ImGui::PopStyleVar();

  // Where it would be cut off it moves up before it shrinks.
  top = std::clamp(screen.y - size.y - look.px(12), look.px(12), top);
  size = ImVec2(std::min(size.x, screen.x - look.px(24)), std::min(size.y, screen.y - top - look.px(12)));
  ImGui::SetNextWindowPos(ImVec2(std::floor((screen.x - size.x) / 2), top));
  ImGui::SetNextWindowSize(size);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(18), look.px(16)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look.px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1.0F);
  ImGui::PushStyleColor(ImGuiCol_WindowBg, look.theme.panel);
  ImGui::PushStyleColor(ImGuiCol_Border, look.theme.line_strong);
  const bool visible = ImGui::Begin(id, nullptr, kBare);
  if (ImGui::IsWindowAppearing()) ImGui::SetWindowFocus();
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar(3);
  look.mark(id, {ImGui::GetWindowPos().x, ImGui::GetWindowPos().y, size.x, size.y});
  if (look.anchors) look.anchors->push(id);
  return visible;
}

void end_overlay(const Look& look) {
  ImGui::End();
  if (look.anchors) look.anchors->pop();
}

float overlay_height(const FrameContext& ctx, const char* id, float usual) {
  const auto found = ctx.ui.card_heights.find(id);
  return ctx.look.px(found == ctx.ui.card_heights.end() ? usual : found->second);
}

void measure_overlay(FrameContext& ctx, const char* id, const char* scroll) {
  const float hidden = scroll_reach(scroll);
  float& height = ctx.ui.card_heights[id];
  const float now = (ImGui::GetWindowHeight() + hidden) / ctx.look.scale;
  if (hidden > 0 && now > height) {
    height = now;
    ctx.animate(ctx.screen_time + 0.1);
  } else if (height == 0) {
    height = now;
  }
}

void key_row(const Look& look, std::string_view keys, std::string_view what, float width) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float y = at.y + look.px(12);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float kw = text_width(look, FontRole::Mono14, keys) + look.px(14);
  list->AddRectFilled(ImVec2(at.x, at.y + look.px(2)), ImVec2(at.x + kw, at.y + look.px(22)), look.theme.frame,
                      look.px(5));
  draw_text(list, look, FontRole::Mono14, look.theme.text, ImVec2(at.x + look.px(7), y), keys);
  draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(at.x + look.px(92), y),
            ellipsized(look, FontRole::Small, what, width - look.px(92)));
  ImGui::Dummy(ImVec2(width, look.px(24)));
}

}  // namespace blockyard
