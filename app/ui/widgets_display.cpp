// The widgets that show: chips, key figures, sparklines, tooltips, empty states.
#include <array>
#include <cmath>
#include <vector>

#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

std::string_view shown(const char* label) {
  const std::string_view all = label;
  return all.substr(0, all.find("##"));
}

// A small arrow and a figure, right-aligned.
void draw_change(ImDrawList* list, const Look& look, ImVec2 right, Color color, bool rising, std::string_view figure) {
  const float x = draw_text_right(list, look, FontRole::Small, color, right, figure);
  const float half = look.px(4), tip = x - look.px(figure.empty() ? 0 : 4) - half,
              dy = look.px(2) * (rising ? -1.0f : 1.0f);
  const ImVec2 peak(tip, right.y + 1.5f * dy), a(tip - half, right.y - dy), b(tip + half, right.y - dy);
  list->AddTriangleFilled(peak, rising ? b : a, rising ? a : b, color);
}

// Cut between words into lines of at most `width`.
std::vector<std::string_view> wrapped(const Look& look, FontRole role, std::string_view all, float width) {
  std::vector<std::string_view> lines;
  while (!all.empty()) {
    std::size_t end = 0;
    for (std::size_t next = all.find(' ');; next = all.find(' ', next + 1)) {
      const std::size_t stop = std::min(next, all.size());
      if (end > 0 && text_width(look, role, all.substr(0, stop)) > width) break;
      end = stop;
      if (stop == all.size()) break;
    }
    lines.push_back(all.substr(0, end));
    all.remove_prefix(std::min(all.size(), end + 1));
  }
  return lines;
}

}  // namespace

Color tone_color(const Theme& theme, Tone tone) {
  switch (tone) {
    case Tone::Accent:
      return theme.accent;
    case Tone::Good:
      return theme.good;
    case Tone::Warn:
      return theme.warn;
    case Tone::Bad:
      return theme.bad;
    case Tone::Neutral:
      break;
  }
  return theme.text_muted;
}

Color tone_text(const Theme& theme, Tone tone) {
  switch (tone) {
    case Tone::Accent:
      return theme.dark ? theme.accent_hot : theme.accent;
    case Tone::Good:
      return theme.good_text;
    case Tone::Warn:
      return theme.warn_text;
    case Tone::Bad:
      return theme.bad_text;
    case Tone::Neutral:
      break;
  }
  return theme.text_secondary;
}

float chip_width(const Look& look, const char* label, const char* icon) {
  const float icon_w = icon ? text_width(look, FontRole::Small, icon) + look.px(5) : 0;
  return std::ceil(text_width(look, FontRole::Small, shown(label)) + icon_w + look.px(14));
}

void chip_beside(const Look& look, const char* label, const char* icon) {
  const float gap = look.px(6), right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
  if (ImGui::GetItemRectMax().x + gap + chip_width(look, label, icon) <= right) ImGui::SameLine(0, gap);
}

bool chip(const Look& look, const char* label, Tone tone, const char* icon) {
  const ImVec2 size(chip_width(look, label, icon), look.px(20));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool clicked = ImGui::InvisibleButton(label, size);
  const bool hot = ImGui::IsItemHovered();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const Theme& theme = look.theme;
  Color fill =
      tone == Tone::Neutral ? theme.frame : mix(theme.panel, tone_color(theme, tone), theme.dark ? 0.24f : 0.13f);
  if (hot) fill = mix(fill, theme.text, 0.06f);
  const Rect rect{at.x, at.y, size.x, size.y};
  list->AddRectFilled(rect.min(), rect.max(), fill, look.px(5));
  ImVec2 pen(rect.x + look.px(7), rect.center().y);
  const Color ink = tone_text(theme, tone);
  if (icon) pen.x = draw_text(list, look, FontRole::Small, ink, pen, icon) + look.px(5);
  draw_text(list, look, FontRole::Small, ink, pen, shown(label));
  look.mark(shown(label), rect);
  return clicked;
}

bool legend_item(const Look& look, const char* label, Color color, bool off) {
  const float box = look.px(11), gap = look.px(7);
  const ImVec2 size(box + gap + std::ceil(text_width(look, FontRole::Small, shown(label))), look.px(18));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool clicked = ImGui::InvisibleButton(label, size);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const Theme& theme = look.theme;
  const Rect swatch{at.x, std::floor(at.y + (size.y - box) / 2), box, box};
  if (!off) list->AddRectFilled(swatch.min(), swatch.max(), color, look.px(2));
  // An outline, so that swatches near the colour of the panel are seen.
  compat::add_rect(list, swatch.min(), swatch.max(), off ? theme.text_muted : theme.line_strong, look.px(2));
  const Color ink = off ? theme.text_muted : (ImGui::IsItemHovered() ? theme.text : theme.text_secondary);
  draw_text(list, look, FontRole::Small, ink, ImVec2(swatch.right() + gap, at.y + size.y / 2), shown(label));
  look.mark(shown(label), {at.x, at.y, size.x, size.y});
  return clicked;
}

void sparkline(ImDrawList* list, const Look& look, const Rect& rect, std::span<const float> values, Color color) {
  if (values.size() < 2 || rect.empty()) return;
  // At most one point for every two pixels: the mean of the values that fall there.
  const auto limit = static_cast<std::size_t>(std::max(2.0f, rect.w / look.px(2)));
  const std::size_t count = std::min(values.size(), limit);
  std::array<ImVec2, 256> points;
  const std::size_t n = std::min(count, points.size());
  float low = values[0], high = values[0];
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t from = i * values.size() / n, to = std::max(from + 1, (i + 1) * values.size() / n);
    float sum = 0;
    for (std::size_t k = from; k < to; ++k) sum += values[k];
    points[i].y = sum / static_cast<float>(to - from);
    low = i ? std::min(low, points[i].y) : points[i].y;
    high = i ? std::max(high, points[i].y) : points[i].y;
  }
  const float range = high - low;
  for (std::size_t i = 0; i < n; ++i) {
    const float t = range > 0 ? (points[i].y - low) / range : 0.5f;
    points[i] = ImVec2(rect.x + rect.w * static_cast<float>(i) / static_cast<float>(n - 1), rect.bottom() - t * rect.h);
  }
  compat::add_polyline(list, points.data(), static_cast<int>(n), color, std::max(1.0f, look.px(1)));
  list->AddCircleFilled(points[n - 1], look.px(2), color);
}

void meter(ImDrawList* list, const Look& look, const Rect& rect, float fraction, Color color) {
  const float r = std::min(look.px(2), std::min(rect.w, rect.h) / 2);
  list->AddRectFilled(rect.min(), rect.max(), look.theme.frame, r);
  const float w = std::round(rect.w * std::clamp(fraction, 0.0f, 1.0f));
  if (w >= 1) list->AddRectFilled(rect.min(), ImVec2(rect.x + w, rect.bottom()), color, std::min(r, w / 2));
}

bool kpi_tile(const Look& look, const Rect& rect, const KpiSpec& spec) {
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  ImGui::SetCursorScreenPos(rect.min());
  const bool clicked = ImGui::InvisibleButton(spec.label, ImVec2(std::max(1.0f, rect.w), std::max(1.0f, rect.h)));
  const bool hot = ImGui::IsItemHovered();
  if (spec.help) help_tooltip(look, shown(spec.label), spec.help);
  list->AddRectFilled(rect.min(), rect.max(), hot ? theme.raised : theme.panel, look.px(8));
  compat::add_rect(list, rect.min(), rect.max(), hot ? theme.line_strong : theme.line, look.px(8));
  list->PushClipRect(rect.min(), rect.max(), true);

  // Three sizes: label, change, figure and course side by side; the course at the foot; on the narrowest, a small
  // figure, so that its unit stays. Which one is decided by the width alone: figures that change must not make it jump.
  // Where there is no height for the foot, the course stands beside the figure, if it has room there.
  const bool flat = rect.h < look.px(54);
  const bool narrow = rect.w < look.px(132), narrowest = rect.w < look.px(100) || flat;
  const Rect in = rect.inset(look.px(rect.w < look.px(84) ? 5 : narrowest ? 8 : narrow ? 11 : 13), 0);
  const float top = rect.y + rect.h * (flat     ? 0.30f
                                       : narrow ? 0.22f
                                                : 0.26f),
              base = rect.y + rect.h * (flat     ? 0.70f
                                        : narrow ? 0.56f
                                                 : 0.66f);
  const bool changed = spec.change != Change::None;
  const float change_room = look.px(52);
  const std::string_view full = shown(spec.label);
  const bool fits = text_width(look, FontRole::Small, full) + (narrowest ? 0 : change_room) <= in.w;
  const std::string_view label = fits || *spec.short_label == 0 ? full : std::string_view(spec.short_label);
  draw_text(list, look, FontRole::Small, theme.text_secondary, ImVec2(in.x, top),
            ellipsized(look, FontRole::Small, label, in.w));
  const FontRole figure = narrowest ? FontRole::BodyBold : FontRole::Kpi;
  float x = draw_text(list, look, figure, theme.text, ImVec2(in.x, base), spec.value);
  // "req/s" where it has room, else "/s"; what it counts is the label's to say.
  const float unit_gap = look.px(narrow ? 4 : 6), unit_room = in.right() + look.px(2) - x - unit_gap;
  std::string_view unit = spec.unit;
  if (text_width(look, FontRole::Small, unit) > unit_room) unit.remove_prefix(std::min(unit.find('/'), unit.size()));
  if (!unit.empty() && text_width(look, FontRole::Small, unit) <= unit_room) {
    const float y = base + (narrowest ? 0 : look.px(4));
    x = draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(x + unit_gap, y), unit);
  }
  if (changed) {
    const Color color = spec.change == Change::Better  ? theme.good_text
                        : spec.change == Change::Worse ? theme.bad_text
                                                       : theme.text_secondary;
    const float taken = text_width(look, FontRole::Small, label) + look.px(18);
    const bool room = taken + text_width(look, FontRole::Small, spec.change_text) <= in.w;
    if (room || !narrowest)
      draw_change(list, look, ImVec2(in.right(), top), color, spec.rising, room ? spec.change_text : "");
  }
  if (narrow && !flat) {
    const float h = look.px(8), foot = rect.bottom() - look.px(7);
    sparkline(list, look, {in.x, foot - h, in.w - look.px(2), h}, spec.history, spec.color);
  } else {
    const float w = std::min(look.px(58), in.right() - x - look.px(flat ? 6 : 12)), h = look.px(flat ? 12 : 20);
    if (w >= look.px(flat ? 14 : 20))
      sparkline(list, look, {in.right() - w, base - h / 2 + look.px(3), w, h}, spec.history, spec.color);
  }
  list->PopClipRect();
  look.mark(shown(spec.label), rect);
  return clicked;
}

bool empty_state(const Look& look, const Rect& rect, const char* icon, std::string_view title, std::string_view body,
                 const char* button_label) {
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 center = rect.center();
  const float wrap = std::min(look.px(420), rect.w - look.px(24));
  const std::vector<std::string_view> lines = wrapped(look, FontRole::Small, body, wrap);
  const float line_h = look.px(18), body_h = line_h * static_cast<float>(lines.size());
  const float button_h = button_label ? look.px(46) : 0, words_h = look.px(24) + body_h + button_h;
  const float icon_h = icon && rect.h > words_h + look.px(64) ? look.px(58) : 0;  // where there is room for it
  float y = center.y - (icon_h + look.px(24) + body_h + button_h) / 2;
  if (icon_h > 0) {
    const float r = look.px(22);
    list->AddCircleFilled(ImVec2(center.x, y + r), r, theme.raised);
    const float w = text_width(look, FontRole::Body, icon);
    draw_text(list, look, FontRole::Body, theme.text_muted, ImVec2(center.x - w / 2, y + r), icon);
    y += icon_h;
  }
  draw_text(list, look, FontRole::BodyMedium, theme.text,
            ImVec2(center.x - text_width(look, FontRole::BodyMedium, title) / 2, y + look.px(8)), title);
  y += look.px(24);
  for (const std::string_view line : lines) {
    const float w = text_width(look, FontRole::Small, line);
    draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(center.x - w / 2, y + line_h / 2), line);
    y += line_h;
  }
  if (!button_label) return false;
  ButtonSpec spec;
  spec.label = button_label;
  ImGui::SetCursorScreenPos(ImVec2(std::floor(center.x - button_width(look, spec) / 2), std::floor(y + look.px(12))));
  return button(look, spec);
}

void tooltip(const Look& look, std::string_view title, std::string_view body, std::string_view shortcut) {
  if (!look.tips) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(12), look.px(9)));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(4)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look.px(6));
  ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, 1.0f);
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(look.px(320));
  if (!title.empty()) text(look, body.empty() ? FontRole::Small : FontRole::BodyMedium, look.theme.text, title);
  if (!shortcut.empty()) {
    ImGui::SameLine();
    text(look, FontRole::Mono14, look.theme.text_muted, shortcut);
  }
  if (!body.empty()) text(look, FontRole::Small, look.theme.text_secondary, body);
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
  ImGui::PopStyleVar(4);
}

bool help_wanted(const Look& look) {
  constexpr float kDelay = 0.45f;
  return look.tips && ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled) && compat::hovered_seconds() >= kDelay;
}

void help_tooltip(const Look& look, std::string_view title, std::string_view body, std::string_view shortcut) {
  if (help_wanted(look)) tooltip(look, title, body, shortcut);
}

}  // namespace blockyard
