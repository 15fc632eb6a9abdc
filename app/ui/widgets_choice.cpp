// The widgets that choose one of several: segments, tabs, a menu.
#include <algorithm>
#include <cmath>
#include <vector>

#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

Rect item_rect() {
  const ImVec2 a = ImGui::GetItemRectMin(), b = ImGui::GetItemRectMax();
  return {a.x, a.y, b.x - a.x, b.y - a.y};
}

}  // namespace

std::optional<int> segmented(const Look& look, const char* id, std::span<const char* const> labels, int selected,
                             float room) {
  const Theme& theme = look.theme;
  const float height = look.px(34), pad = look.px(2);
  float cell = 0;
  for (const char* label : labels) cell = std::max(cell, text_width(look, FontRole::Small, label));
  cell = std::ceil(cell + look.px(22));
  if (room > 0) cell = std::min(cell, std::floor((room - 2 * pad) / static_cast<float>(labels.size())));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect all{at.x, at.y, cell * static_cast<float>(labels.size()) + 2 * pad, height};
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(all.min(), all.max(), theme.dark ? mix(theme.frame, theme.panel, 0.35f) : theme.frame,
                      look.px(6));
  const Color chosen = theme.dark ? theme.line_strong : theme.panel;
  std::optional<int> picked;
  ImGui::PushID(id);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Rect rect{all.x + pad + cell * static_cast<float>(i), all.y + pad, cell, height - 2 * pad};
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("##cell", rect.size()) && static_cast<int>(i) != selected) picked = static_cast<int>(i);
    ImGui::PopID();
    const bool on = static_cast<int>(i) == selected, hot = ImGui::IsItemHovered();
    if (on || hot) list->AddRectFilled(rect.min(), rect.max(), on ? chosen : theme.frame_hot, look.px(5));
    const float w = text_width(look, FontRole::Small, labels[i]);
    draw_text(list, look, FontRole::Small, on || hot ? theme.text : theme.text_secondary,
              ImVec2(rect.center().x - w / 2, rect.center().y), labels[i]);
    look.mark(std::string(id) + "/" + labels[i], rect);
  }
  ImGui::PopID();
  ImGui::SetCursorScreenPos(all.min());
  ImGui::Dummy(all.size());
  return picked;
}

namespace {

// The tabs that stand in a strip of this width, in order, with the chosen one among them.
std::vector<int> tabs_that_fit(std::span<const float> widths, float gap, float width, float sign, int selected) {
  std::vector<int> shown;
  float x = 0;
  for (const float w : widths) x += std::ceil(w + gap);
  const float limit = x <= width ? width : width - sign;
  x = 0;
  for (std::size_t i = 0; i < widths.size() && x + std::ceil(widths[i] + gap) <= limit; ++i) {
    shown.push_back(static_cast<int>(i));
    x += std::ceil(widths[i] + gap);
  }
  if (selected < 0 || static_cast<std::size_t>(selected) < shown.size()) return shown;
  const float wanted = std::ceil(widths[static_cast<std::size_t>(selected)] + gap);
  while (!shown.empty() && x + wanted > limit) {
    x -= std::ceil(widths[static_cast<std::size_t>(shown.back())] + gap);
    shown.pop_back();
  }
  shown.push_back(selected);
  return shown;
}

}  // namespace

std::optional<int> tab_strip(const Look& look, const char* id, std::span<const char* const> labels, int selected,
                             std::string_view remark) {
  const Theme& theme = look.theme;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = look.px(30), hair = std::max(1.0f, look.px(1));
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(ImVec2(at.x, at.y + height - hair), ImVec2(at.x + width, at.y + height), theme.line);
  std::vector<float> widths;
  float natural = 0;
  for (const char* label : labels) natural += widths.emplace_back(text_width(look, FontRole::Body, label));
  // Tabs stand 24 px apart, closer where that has no room.
  const float gap =
      std::clamp(std::floor((width - natural) / static_cast<float>(labels.size())) - 1, look.px(12), look.px(24));
  const float sign = look.px(30);
  const std::vector<int> shown = tabs_that_fit(widths, gap, width, sign, selected);
  std::optional<int> picked;
  float x = at.x;
  ImGui::PushID(id);
  for (const int i : shown) {
    const char* label = labels[static_cast<std::size_t>(i)];
    const float w = widths[static_cast<std::size_t>(i)];
    const Rect rect{x, at.y, std::ceil(w + gap), height};
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::PushID(i);
    if (ImGui::InvisibleButton("##tab", rect.size()) && i != selected) picked = i;
    ImGui::PopID();
    const bool on = i == selected, hot = ImGui::IsItemHovered();
    const float left = std::floor(x + gap / 2);
    draw_text(list, look, FontRole::Body, on || hot ? theme.text : theme.text_secondary,
              ImVec2(left, at.y + height * 0.42f), label);
    if (on) {
      const float thick = look.px(2);
      list->AddRectFilled(ImVec2(left - look.px(2), at.y + height - thick),
                          ImVec2(std::ceil(left + w) + look.px(2), at.y + height), theme.accent);
    }
    look.mark(std::string(id) + "/" + label, rect);
    x += rect.w;
  }
  if (shown.size() < labels.size()) {
    const Rect rect{at.x + width - sign, at.y, sign, height};
    ImGui::SetCursorScreenPos(rect.min());
    if (ImGui::InvisibleButton("##more", rect.size())) ImGui::OpenPopup("##tabs");
    const Color ink = ImGui::IsItemHovered() ? theme.text : theme.text_secondary;
    draw_text_right(list, look, FontRole::Body, ink, ImVec2(rect.right() - look.px(6), at.y + height * 0.42f),
                    icons::kChevronDown);
    look.mark(std::string(id) + "/more", rect);
    if (ImGui::BeginPopup("##tabs")) {
      for (std::size_t i = 0; i < labels.size(); ++i) {
        if (std::find(shown.begin(), shown.end(), static_cast<int>(i)) != shown.end()) continue;
        if (ImGui::MenuItem(labels[i])) picked = static_cast<int>(i);
        look.mark(std::string(id) + "/" + labels[i], item_rect());
      }
      ImGui::EndPopup();
    }
  }
  ImGui::PopID();
  if (!remark.empty() && at.x + width - x > text_width(look, FontRole::Small, remark) + look.px(12))
    draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(at.x + width, at.y + height * 0.42f), remark);
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy(ImVec2(width, height));
  return picked;
}

namespace {

// What a row of a menu means, beside the menu where that has room: over it, it would hide the other rows.
void help_beside(const Look& look, const char* title, const char* help) {
  if (!help_wanted(look)) return;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float right = ImGui::GetWindowPos().x + ImGui::GetWindowWidth() + look.px(6);
  if (right + look.px(350) <= screen.x)
    ImGui::SetNextWindowPos(ImVec2(right, std::min(ImGui::GetItemRectMin().y, screen.y - look.px(120))));
  tooltip(look, title, help);
}

}  // namespace

std::optional<int> dropdown(const Look& look, const char* id, std::span<const Choice> choices, int selected,
                            bool enabled) {
  std::optional<int> picked;
  const bool known = selected >= 0 && static_cast<std::size_t>(selected) < choices.size();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::PushID(id);
  ImGui::BeginDisabled(!enabled);
  ImGui::SetNextItemWidth(width);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(look.px(10), look.px(7)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(6), look.px(6)));
  const Rect rect{ImGui::GetCursorScreenPos().x, ImGui::GetCursorScreenPos().y, width, ImGui::GetFrameHeight()};
  ImDrawList* list = ImGui::GetWindowDrawList();
  const bool open = ImGui::BeginCombo("##choice", known ? choices[static_cast<std::size_t>(selected)].label : "",
                                      ImGuiComboFlags_NoArrowButton | ImGuiComboFlags_HeightLarge);
  ImGui::PopStyleVar();
  if (open) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const bool on = static_cast<int>(i) == selected;
      if (ImGui::Selectable(choices[i].label, on) && !on) picked = static_cast<int>(i);
      look.mark(std::string(id) + "/" + choices[i].label, item_rect());
      if (choices[i].help) help_beside(look, choices[i].label, choices[i].help);
    }
    ImGui::EndCombo();
  } else if (known && choices[static_cast<std::size_t>(selected)].help) {
    help_tooltip(look, choices[static_cast<std::size_t>(selected)].label,
                 choices[static_cast<std::size_t>(selected)].help);
  }
  ImGui::PopStyleVar();
  draw_text_right(list, look, FontRole::Small, look.theme.text_muted,
                  ImVec2(rect.right() - look.px(11), rect.center().y), icons::kChevronDown);
  ImGui::EndDisabled();
  ImGui::PopID();
  look.mark(id, rect);
  return picked;
}

}  // namespace blockyard
