#include "app/panels/lessons/lessons_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

ImVec2 wrapped_size(const Look& look, FontRole role, std::string_view s, float width) {
  return look.font(role)->CalcTextSizeA(look.font_px(role), 1e6F, width, s.data(), s.data() + s.size());
}

void wrapped(ImDrawList* list, const Look& look, FontRole role, Color color, ImVec2 at, std::string_view s,
             float width) {
  list->AddText(look.font(role), look.font_px(role), at, color, s.data(), s.data() + s.size(), width);
}

}  // namespace

void paragraph(const Look& look, FontRole role, Color color, std::string_view s) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, size = look.font_px(role), line = std::round(size * 1.42F);
  float y = at.y;
  const char* begin = s.data();
  const char* end = s.data() + s.size();
  while (begin < end) {
    const char* stop = compat::line_end(look.font(role), size, begin, end, width);
    list->AddText(look.font(role), size, ImVec2(at.x, y), color, begin, stop);
    while (stop < end && (*stop == ' ' || *stop == '\n')) ++stop;
    begin = stop;
    y += line;
  }
  ImGui::Dummy(ImVec2(width, y - at.y));
}

bool choice_row(const Look& look, std::size_t n, const LessonChoice& choice, bool picked) {
  const Theme& theme = look.theme;
  const float width = ImGui::GetContentRegionAvail().x, left = look.px(38), pad = look.px(8);
  const float inner = width - left - look.px(10);
  const ImVec2 said = wrapped_size(look, FontRole::Body, choice.text, inner);
  const ImVec2 because = picked ? wrapped_size(look, FontRole::Small, choice.because, inner) : ImVec2(0, 0);
  const float height = said.y + 2 * pad + (picked ? because.y + look.px(5) : 0);
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
  wrapped(list, look, FontRole::Body, theme.text, ImVec2(at.x + left, at.y + pad), choice.text, inner);
  if (picked) {
    wrapped(list, look, FontRole::Small, theme.text_secondary, ImVec2(at.x + left, at.y + pad + said.y + look.px(5)),
            choice.because, inner);
  }
  look.mark(fmt::format("choice {}", n + 1), r);
  return clicked;
}

}  // namespace blockyard
