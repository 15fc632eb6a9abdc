#include "app/panels/lessons/lessons_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/panel_text.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

// Draws lines with air between them; returns the y behind them.
float lines_at(ImDrawList* list, const Look& look, FontRole role, Color color, ImVec2 at,
               const std::vector<std::string_view>& lines) {
  const float size = look.font_px(role), pitch = line_pitch(look, role);
  for (const std::string_view line : lines) {
    list->AddText(look.font(role), size, at, color, line.data(), line.data() + line.size());
    at.y += pitch;
  }
  return at.y;
}

}  // namespace

float line_pitch(const Look& look, FontRole role) { return std::round(look.font_px(role) * 1.42F); }

void paragraph(const Look& look, FontRole role, Color color, std::string_view s) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const float end = lines_at(ImGui::GetWindowDrawList(), look, role, color, at, wrap_words(look, role, s, width));
  ImGui::Dummy(ImVec2(width, end - at.y));
}

bool choice_row(const Look& look, std::size_t n, const LessonChoice& choice, bool picked) {
  const Theme& theme = look.theme;
  const float width = ImGui::GetContentRegionAvail().x, left = look.px(38), pad = look.px(8);
  const float inner = width - left - look.px(10);
  const auto said = wrap_words(look, FontRole::Body, choice.text, inner);
  const auto because = picked ? wrap_words(look, FontRole::Small, choice.because, inner) : decltype(said){};
  const float said_h = static_cast<float>(said.size()) * line_pitch(look, FontRole::Body);
  const float because_h = static_cast<float>(because.size()) * line_pitch(look, FontRole::Small);
  const float height = said_h + 2 * pad + (picked ? because_h + look.px(5) : 0);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect r{at.x, at.y, width, height};
  const bool clicked = ImGui::InvisibleButton(fmt::format("##choice{}", n).c_str(), r.size());
  const bool hot = ImGui::IsItemHovered();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const Tone tone = choice.right ? Tone::Good : Tone::Warn;
  list->AddRectFilled(r.min(), r.max(), hot ? theme.frame_hot : theme.frame, look.px(6));
  if (picked) compat::add_rect(list, r.min(), r.max(), tone_color(theme, tone), look.px(6), std::max(1.0F, look.px(2)));
  const ImVec2 badge(at.x + look.px(20), at.y + pad + look.font_px(FontRole::Body) / 2);
  list->AddCircleFilled(badge, look.px(10), picked ? tone_color(theme, tone) : theme.line_strong, 24);
  const std::string mark = picked ? (choice.right ? icons::kCheck : icons::kTimes) : fmt::format("{}", n + 1);
  const FontRole role = FontRole::Small;
  draw_text(list, look, role, picked ? ink_on(tone_color(theme, tone)) : theme.text,
            ImVec2(badge.x - text_width(look, role, mark) / 2, badge.y), mark);
  const ImVec2 text_at(at.x + left, at.y + pad);
  const float below = lines_at(list, look, FontRole::Body, theme.text, text_at, said);
  lines_at(list, look, FontRole::Small, theme.text_secondary, ImVec2(text_at.x, below + look.px(5)), because);
  look.mark(fmt::format("choice {}", n + 1), r);
  return clicked;
}

}  // namespace blockyard
