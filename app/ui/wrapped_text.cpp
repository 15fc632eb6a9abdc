#include "app/ui/wrapped_text.h"

#include <imgui.h>

#include <algorithm>
#include <utility>

#include "app/ui/compat.h"

namespace blockyard {
namespace {

struct Typing {
  WrappedText* text;
  float width;
  ImFont* font;
  float size;
};

// The buffer that Dear ImGui writes to is a copy: what it made of it is compared with what was there.
struct Typed {
  Typing typing;
  std::string text;
  bool* to_end;
  bool changed = false;

  static int on_event(ImGuiInputTextCallbackData* data) {
    auto* self = static_cast<Typed*>(data->UserData);
    if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
      self->text.resize(static_cast<std::size_t>(data->BufTextLen));
      data->Buf = self->text.data();
    } else if (data->EventFlag == ImGuiInputTextFlags_CallbackAlways) {
      if (std::exchange(*self->to_end, false))
        data->SelectionStart = data->SelectionEnd = data->CursorPos = data->BufTextLen;
    } else if (data->EventFlag == ImGuiInputTextFlags_CallbackEdit) {
      const Typing& t = self->typing;
      t.text->edited({data->Buf, static_cast<std::size_t>(data->BufTextLen)},
                     static_cast<std::size_t>(data->CursorPos));
      t.text->wrap(t.width, [&t](unsigned c) { return compat::char_advance(t.font, t.size, c); });
      std::copy(t.text->shown().begin(), t.text->shown().end(), data->Buf);
      data->BufDirty = true;
      self->changed = true;
    }
    return 0;
  }
};

}  // namespace

void WrappedText::set(std::string_view value) {
  shown_ = value;
  soft_.clear();
  width_ = 0;
}

std::string WrappedText::value() const {
  std::string out = shown_;
  for (const std::size_t at : soft_) out[at] = ' ';
  return out;
}

void WrappedText::edited(std::string_view now, std::size_t caret) {
  const std::size_t both = std::min(shown_.size(), now.size());
  std::size_t front = 0, back = 0;
  while (front < both && shown_[front] == now[front]) ++front;
  // Of equal letters side by side the caret tells which one came or went.
  const std::size_t grown = now.size() > shown_.size() ? now.size() - shown_.size() : 0;
  front = std::min(front, caret > grown ? caret - grown : 0);
  while (back < both - front && shown_[shown_.size() - 1 - back] == now[now.size() - 1 - back]) ++back;
  const std::size_t behind = shown_.size() - back;
  std::vector<std::size_t> kept;
  for (const std::size_t at : soft_) {
    if (at < front) kept.push_back(at);
    if (at >= behind) kept.push_back(at + now.size() - shown_.size());
  }
  shown_ = now;
  soft_ = std::move(kept);
}

bool wrapped_text_area(const Look& look, const char* id, WrappedText* text, float height, bool focus) {
  ImGui::PushID(id);
  const float pad = look.px(10), room = ImGui::GetContentRegionAvail().x;
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(pad, look.px(8)));
  ImGui::PushFont(look.font(FontRole::Mono14));
  ImFont* font = ImGui::GetFont();
  const float size = ImGui::GetFontSize();
  const float width = room - 2 * pad - ImGui::GetStyle().ScrollbarSize - look.px(4);
  const auto advance = [font, size](unsigned c) { return compat::char_advance(font, size, c); };
  if (text->width_ != width) {
    text->wrap(width, advance);
    text->width_ = width;
  }
  if (focus) {
    ImGui::SetKeyboardFocusHere();
    text->to_end_ = true;
  }
  Typed typed{{text, width, font, size}, text->shown_, &text->to_end_};
  typed.text.reserve(typed.text.size() + 256);
  ImGui::InputTextMultiline(
      "##text", typed.text.data(), typed.text.capacity() + 1, ImVec2(room, height),
      ImGuiInputTextFlags_CallbackResize | ImGuiInputTextFlags_CallbackEdit | ImGuiInputTextFlags_CallbackAlways,
      &Typed::on_event, &typed);
  ImGui::PopFont();
  ImGui::PopStyleVar();
  ImGui::PopID();
  const ImVec2 a = ImGui::GetItemRectMin(), b = ImGui::GetItemRectMax();
  if (ImGui::IsItemActive()) compat::add_rect(ImGui::GetWindowDrawList(), a, b, look.theme.accent, look.px(6));
  look.mark(id, {a.x, a.y, b.x - a.x, b.y - a.y});
  return typed.changed;
}

}  // namespace blockyard
