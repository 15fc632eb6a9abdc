#include "app/ui/widgets.h"

#include <imgui_stdlib.h>

#include <cfloat>
#include <cstring>

#include "app/ui/compat.h"
#include "app/ui/icons.h"

namespace blockyard {
namespace {

std::string_view shown(const char* label) {
  const std::string_view all = label;
  return all.substr(0, all.find("##"));
}
// The name of the anchor: what is shown, or the id where nothing is.
std::string_view anchor_name(const char* label) {
  const std::string_view visible = shown(label);
  return visible.empty() ? std::string_view(label).substr(2) : visible;
}

Rect item_rect() {
  const ImVec2 a = ImGui::GetItemRectMin(), b = ImGui::GetItemRectMax();
  return {a.x, a.y, b.x - a.x, b.y - a.y};
}

}  // namespace

void begin_root(const Look& look, ImVec2 size) {
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(size);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0.0f);
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoSavedSettings |
                                      ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse;
  ImGui::Begin("##root", nullptr, kFlags);
  ImGui::PopStyleVar(2);
  look.mark("root", {0, 0, size.x, size.y});
}

void end_root() { ImGui::End(); }

void begin_card(const Look& look, const char* id, const Rect& rect, const CardOptions& options) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float rounding = look.px(8);
  list->AddRectFilled(rect.min(), rect.max(), look.theme.panel, rounding);
  if (options.outline) compat::add_rect(list, rect.min(), rect.max(), look.theme.line, rounding);
  look.mark(id, rect);
  if (look.anchors) look.anchors->push(id);
  ImGui::SetCursorScreenPos(rect.min());
  ImGuiWindowFlags flags = ImGuiWindowFlags_NoBackground;
  if (!options.scroll) flags |= ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
  compat::begin_child(id, rect.size(), options.padded, flags);
}

void end_card(const Look& look) {
  ImGui::EndChild();
  if (look.anchors) look.anchors->pop();
}

void begin_scroll(const Look& look, const char* id, float height) {
  // The bar stands in the padding of the card, so that rows keep their width whether it is needed or not. It always has
  // its place; where the last frame had nothing to scroll, it is not drawn.
  const float bar = look.px(7);
  const ImVec2 avail = ImGui::GetContentRegionAvail();
  const bool needed = ImGui::GetStateStorage()->GetFloat(ImGui::GetID(id)) > 0;
  ImGui::PushID(id);
  ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarSize, bar + look.px(3));
  for (const ImGuiCol slot : {ImGuiCol_ScrollbarGrab, ImGuiCol_ScrollbarGrabHovered, ImGuiCol_ScrollbarGrabActive})
    ImGui::PushStyleColor(slot, needed ? ImGui::GetColorU32(slot) : 0u);
  compat::begin_child(id, ImVec2(avail.x + bar, height > 0 ? height : avail.y), false,
                      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_AlwaysVerticalScrollbar);
  ImGui::PopStyleColor(3);
  ImGui::PopStyleVar();
}

void end_scroll(const char* id) {
  const float reach = ImGui::GetScrollMaxY();
  ImGui::EndChild();
  ImGui::PopID();
  ImGui::GetStateStorage()->SetFloat(ImGui::GetID(id), reach);
}

float scroll_reach(const char* id) { return ImGui::GetStateStorage()->GetFloat(ImGui::GetID(id)); }

void divider(const Look& look) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, y = at.y + look.px(6);
  ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(at.x, y), ImVec2(at.x + width, y + std::max(1.0f, look.px(1))),
                                            look.theme.line);
  ImGui::Dummy(ImVec2(width, look.px(13)));
}

// --- Text
// ---------------------------------------------------------------------------------------------------------------

float text_width(const Look& look, FontRole role, std::string_view s) {
  if (s.empty()) return 0;  // an empty view may be a null pointer, which Dear ImGui takes for a C string
  return look.font(role)->CalcTextSizeA(look.font_px(role), FLT_MAX, 0.0f, s.data(), s.data() + s.size()).x;
}

std::string ellipsized(const Look& look, FontRole role, std::string_view s, float width) {
  if (text_width(look, role, s) <= width) return std::string(s);
  const float room = width - text_width(look, role, "…");
  while (!s.empty() && text_width(look, role, s) > room) {
    s.remove_suffix(1);
    while (!s.empty() && (static_cast<unsigned char>(s.back()) & 0xC0) == 0x80)
      s.remove_suffix(1);  // inside a character
    if (!s.empty() && static_cast<unsigned char>(s.back()) >= 0xC0) s.remove_suffix(1);
  }
  return std::string(s) + "…";
}

float draw_text(ImDrawList* list, const Look& look, FontRole role, Color color, ImVec2 at, std::string_view s) {
  if (s.empty()) return at.x;
  const float size = look.font_px(role);
  list->AddText(look.font(role), size, ImVec2(std::floor(at.x), std::floor(at.y - size * 0.5f + 0.5f)), color, s.data(),
                s.data() + s.size());
  return at.x + text_width(look, role, s);
}

float draw_text_right(ImDrawList* list, const Look& look, FontRole role, Color color, ImVec2 right,
                      std::string_view s) {
  const float x = right.x - text_width(look, role, s);
  draw_text(list, look, role, color, ImVec2(x, right.y), s);
  return x;
}

void text(const Look& look, FontRole role, Color color, std::string_view s) {
  ImGui::PushFont(look.font(role));
  ImGui::PushStyleColor(ImGuiCol_Text, color);
  ImGui::TextUnformatted(s.data(), s.data() + s.size());
  ImGui::PopStyleColor();
  ImGui::PopFont();
}

void text_wrapped(const Look& look, FontRole role, Color color, std::string_view s, float width) {
  ImGui::PushTextWrapPos(width > 0 ? ImGui::GetCursorPosX() + width : 0.0f);
  text(look, role, color, s);
  ImGui::PopTextWrapPos();
}

void key_value(const Look& look, std::string_view label, std::string_view value) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = look.px(18), y = at.y + height / 2;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float behind = draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(at.x, y), label);
  const float room = at.x + width - behind - look.px(10);
  draw_text_right(list, look, FontRole::Mono14, look.theme.text, ImVec2(at.x + width, y),
                  ellipsized(look, FontRole::Mono14, value, room));
  ImGui::Dummy(ImVec2(width, height));
}

void section_header(const Look& look, const char* icon, std::string_view title, std::string_view remark) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = look.px(22), y = at.y + height / 2;
  ImDrawList* list = ImGui::GetWindowDrawList();
  float x = at.x;
  if (icon) {
    draw_text(list, look, FontRole::Body, look.theme.accent, ImVec2(x, y), icon);
    x += look.px(24);
  }
  draw_text(list, look, FontRole::BodyBold, look.theme.text, ImVec2(x, y), title);
  if (!remark.empty())
    draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(at.x + width, y), remark);
  look.mark(title, {at.x, at.y, width, height});
  ImGui::Dummy(ImVec2(width, height));
}

// --- Buttons and choices
// ------------------------------------------------------------------------------------------------

float button_width(const Look& look, const ButtonSpec& spec) {
  const std::string_view label = shown(spec.label);
  if (label.empty()) return look.px(34);
  float w = text_width(look, FontRole::BodyMedium, label) + look.px(26);
  if (spec.icon) w += text_width(look, FontRole::BodyMedium, spec.icon) + look.px(8);
  return std::ceil(w);
}

bool button(const Look& look, const ButtonSpec& spec) {
  const Theme& theme = look.theme;
  const ImVec2 size(spec.width > 0 ? spec.width : button_width(look, spec), look.px(34));
  ImGui::BeginDisabled(!spec.enabled);
  const bool clicked = ImGui::InvisibleButton(spec.label, size);
  ImGui::EndDisabled();
  const Rect rect = item_rect();
  const bool hot = spec.enabled && ImGui::IsItemHovered(), held = spec.enabled && ImGui::IsItemActive();
  Color fill = theme.frame, ink = theme.text;
  if (spec.kind == ButtonKind::Primary) {
    fill = hot ? theme.accent_hot : theme.accent;
    ink = theme.on_accent;
  } else if (spec.active) {
    fill = theme.selection;
    ink = theme.accent;
  } else if (hot) {
    fill = theme.frame_hot;
  } else if (spec.kind == ButtonKind::Ghost) {
    fill = 0;
    ink = theme.text_secondary;
  }
  if (held) fill = mix(fill, theme.background, 0.25f);
  if (!spec.enabled) {
    fill = spec.kind == ButtonKind::Ghost ? 0 : mix(theme.frame, theme.panel, 0.5f);
    ink = faded(theme.text_muted, 0.75f);
  }
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (alpha_of(fill)) list->AddRectFilled(rect.min(), rect.max(), fill, look.px(6));
  const std::string_view label = shown(spec.label);
  const float icon_w = spec.icon ? text_width(look, FontRole::BodyMedium, spec.icon) : 0;
  const float label_w = label.empty() ? 0 : text_width(look, FontRole::BodyMedium, label);
  const float gap = spec.icon && !label.empty() ? look.px(8) : 0;
  ImVec2 at(rect.x + (rect.w - icon_w - gap - label_w) / 2, rect.center().y);
  if (spec.icon) draw_text(list, look, FontRole::BodyMedium, ink, at, spec.icon);
  at.x += icon_w + gap;
  if (!label.empty()) draw_text(list, look, FontRole::BodyMedium, ink, at, label);
  if (spec.tooltip) help_tooltip(look, spec.tooltip, {}, spec.shortcut ? spec.shortcut : std::string_view{});
  look.mark(anchor_name(spec.label), rect);
  return clicked;
}

bool icon_button(const Look& look, const char* id, const char* icon, const char* tip, const char* shortcut,
                 bool enabled, bool active) {
  const std::string label = std::string("##") + id;
  ButtonSpec spec;
  spec.label = label.c_str();
  spec.icon = icon;
  spec.enabled = enabled;
  spec.active = active;
  spec.tooltip = tip;
  spec.shortcut = shortcut;
  return button(look, spec);
}

bool toggle(const Look& look, const char* label, bool* value, bool enabled, const char* help) {
  const Theme& theme = look.theme;
  const ImVec2 size(ImGui::GetContentRegionAvail().x, look.px(22));
  ImGui::BeginDisabled(!enabled);
  const bool flipped = ImGui::InvisibleButton(label, size);
  ImGui::EndDisabled();
  if (flipped) *value = !*value;
  const Rect rect = item_rect();
  if (help) help_tooltip(look, shown(label), help);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float y = rect.center().y, h = look.px(16), w = look.px(30);
  const bool hot = enabled && ImGui::IsItemHovered();
  draw_text(list, look, FontRole::Small, enabled ? (hot ? theme.text : theme.text_secondary) : theme.text_muted,
            ImVec2(rect.x, y), shown(label));
  const Rect track{rect.right() - w, std::floor(y - h / 2), w, h};
  Color fill = *value ? (hot ? theme.accent_hot : theme.accent) : (hot ? theme.line_strong : theme.frame_hot);
  if (!enabled) fill = theme.frame;
  list->AddRectFilled(track.min(), track.max(), fill, h / 2);
  const Color knob =
      *value ? (theme.dark ? rgb(0xFFFFFF) : theme.panel) : (theme.dark ? theme.text_muted : theme.panel);
  list->AddCircleFilled(ImVec2(*value ? track.right() - h / 2 : track.x + h / 2, track.center().y), h / 2 - look.px(2),
                        knob);
  if (!*value && !theme.dark) compat::add_rect(list, track.min(), track.max(), theme.line_strong, h / 2);
  look.mark(anchor_name(label), rect);
  return flipped;
}

bool text_area(const Look& look, const char* id, std::string* value, float height) {
  ImGui::PushID(id);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(look.px(10), look.px(8)));
  ImGui::PushFont(look.font(FontRole::Mono14));
  const bool changed = ImGui::InputTextMultiline("##text", value, ImVec2(ImGui::GetContentRegionAvail().x, height));
  ImGui::PopFont();
  ImGui::PopStyleVar();
  ImGui::PopID();
  const Rect rect = item_rect();
  if (ImGui::IsItemActive())
    compat::add_rect(ImGui::GetWindowDrawList(), rect.min(), rect.max(), look.theme.accent, look.px(6));
  look.mark(id, rect);
  return changed;
}

namespace {

// Nothing selected, the caret at the end: what is typed next goes on with the text instead of replacing it.
int caret_to_end(ImGuiInputTextCallbackData* data) {
  auto* wanted = static_cast<bool*>(data->UserData);
  if (*wanted) data->SelectionStart = data->SelectionEnd = data->CursorPos = data->BufTextLen;
  *wanted = false;
  return 0;
}

bool field(const Look& look, const char* id, const char* icon, const char* hint, std::string* value,
           bool* caret_at_end) {
  const float pad = icon ? look.px(32) : look.px(10);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::PushID(id);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(pad, look.px(6)));
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x);
  ImGui::PushStyleColor(ImGuiCol_TextDisabled, look.theme.text_secondary);  // muted would be too faint on a frame
  const std::string seen = ellipsized(look, FontRole::Body, hint, ImGui::GetContentRegionAvail().x - pad - look.px(10));
  const bool changed = caret_at_end == nullptr
                           ? ImGui::InputTextWithHint("##text", seen.c_str(), value)
                           : ImGui::InputTextWithHint("##text", seen.c_str(), value, ImGuiInputTextFlags_CallbackAlways,
                                                      caret_to_end, caret_at_end);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  ImGui::PopID();
  const Rect rect = item_rect();
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (ImGui::IsItemActive()) compat::add_rect(list, rect.min(), rect.max(), look.theme.accent, look.px(6));
  if (icon)
    draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(at.x + look.px(11), rect.center().y), icon);
  look.mark(id, rect);
  return changed;
}

}  // namespace

void append_utf8(std::string& out, unsigned c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

bool text_field(const Look& look, const char* id, const char* icon, const char* hint, std::string* value) {
  return field(look, id, icon, hint, value, nullptr);
}

bool entry_field(const Look& look, const char* id, const char* icon, const char* hint, std::string* value) {
  ImGuiStorage& storage = *ImGui::GetStateStorage();
  const ImGuiID listening = ImGui::GetID(id);
  const bool idle = !storage.GetBool(listening);
  if (idle && !ImGui::IsAnyItemActive() && compat::open_popups() == 0) ImGui::SetKeyboardFocusHere();
  bool caret_at_end = idle;
  bool changed = field(look, id, icon, hint, value, &caret_at_end);
  const bool active = ImGui::IsItemActive();
  storage.SetBool(listening, active);
  // Dear ImGui's field listens a frame or two after it was asked to; a quick hand types sooner.
  ImGuiIO& io = ImGui::GetIO();
  if (!active && !io.KeyCtrl) {
    for (const ImWchar c : io.InputQueueCharacters) {
      if (c < 0x20 || c == 0x7F) continue;
      append_utf8(*value, c);
      changed = true;
    }
    io.InputQueueCharacters.resize(0);
  }
  return changed;
}

}  // namespace blockyard
