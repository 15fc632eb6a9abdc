// What the program tells by itself: a few lines over the status bar, for some seconds. What is longer says so, and a
// click opens it as a card that stays.
#include <fmt/format.h>

#include <algorithm>

#include "app/panels/overlay_parts.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "app/window/overlays.h"

namespace blockyard {
namespace {

constexpr int kMostLines = 8;

// The text as it is, or the first of its lines at this width and a word about the rest.
std::string short_form(const Look& look, const std::string& text, float width) {
  ImFont* font = look.font(FontRole::Small);
  const float size = look.font_px(FontRole::Small);
  const char *at = text.data(), *end = at + text.size();
  for (int lines = 0; at < end; ++lines) {
    if (lines == kMostLines) return std::string(text.data(), at) + "… click to read all of it";
    const char* stop = compat::line_end(font, size, at, std::find(at, end, '\n'), width);
    while (stop < end && *stop == ' ') ++stop;
    if (stop < end && *stop == '\n') ++stop;
    at = stop;
  }
  return text;
}

}  // namespace

void draw_toasts(FrameContext& ctx, const Rect& above) {
  const Look& look = ctx.look;
  float bottom = above.y - look.px(12);
  for (auto toast = ctx.toasts.rbegin(); toast != ctx.toasts.rend(); ++toast) {
    const float width = std::min(look.px(420), above.w - look.px(24)), inner = width - look.px(64);
    const std::string words = short_form(look, toast->text, inner);
    const bool more = words != toast->text;
    const ImVec2 body =
        look.font(FontRole::Small)->CalcTextSizeA(look.font_px(FontRole::Small), 1e6F, inner, words.c_str());
    const Rect r{above.right() - width - look.px(12), bottom - body.y - look.px(20), width, body.y + look.px(20)};
    bottom = r.y - look.px(8);
    ImGui::SetNextWindowPos(r.min());
    ImGui::SetNextWindowSize(r.size());
    ImGui::SetNextWindowBgAlpha(0);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0F);
    ImGui::Begin(fmt::format("toast-{}", toast->id).c_str(), nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav);
    ImGui::PopStyleVar(2);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Color tone = toast->error ? look.theme.bad : look.theme.accent;
    list->AddRectFilled(r.min(), r.max(), look.theme.raised, look.px(8));
    compat::add_rect(list, r.min(), r.max(), look.theme.line_strong, look.px(8));
    list->AddRectFilled(ImVec2(r.x, r.y + look.px(6)), ImVec2(r.x + look.px(3), r.bottom() - look.px(6)), tone);
    draw_text(list, look, FontRole::Body, toast->error ? look.theme.bad_text : look.theme.accent,
              ImVec2(r.x + look.px(14), r.center().y), toast->error ? icons::kWarning : icons::kInfo);
    list->AddText(look.font(FontRole::Small), look.font_px(FontRole::Small),
                  ImVec2(r.x + look.px(38), r.y + look.px(10)), look.theme.text, words.data(),
                  words.data() + words.size(), inner);
    ImGui::SetCursorScreenPos(r.min());
    if (ImGui::InvisibleButton("##toast", r.size())) {
      if (more) ctx.ui.message_card = toast->text;
      ctx.push(cmd::DismissToast{toast->id});
    }
    if (ImGui::IsItemHovered()) {
      draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(r.right() - look.px(20), r.center().y),
                more ? icons::kExpand : icons::kTimes);
    }
    look.mark("toast", r);
    ImGui::End();
  }
}

void draw_message(FrameContext& ctx, ImVec2 screen) {
  if (ctx.ui.message_card.empty()) return;
  const Look& look = ctx.look;
  bool open = true;
  const float height = overlay_height(ctx, "message", 320);
  begin_overlay(ctx, "message", screen, ImVec2(look.px(640), height), look.px(110), &open);
  section_header(look, icons::kInfo, "What there is to say", "Esc closes");
  begin_scroll(look, "##message");
  text_wrapped(look, FontRole::Body, look.theme.text, ctx.ui.message_card);
  end_scroll("##message");
  measure_overlay(ctx, "message", "##message");
  end_overlay(look);
  if (!open) ctx.ui.message_card.clear();
}

}  // namespace blockyard
