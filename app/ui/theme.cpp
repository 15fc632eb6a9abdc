#include "app/ui/theme.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/math.h"

namespace blockyard {
namespace {

unsigned clamp_byte(float v) { return static_cast<unsigned>(std::clamp(v + 0.5f, 0.0f, 255.0f)); }

double linear(unsigned byte) {
  const double c = byte / 255.0;
  return c <= 0.04045 ? c / 12.92 : math::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(Color c) {
  return 0.2126 * linear(red_of(c)) + 0.7152 * linear(green_of(c)) + 0.0722 * linear(blue_of(c));
}

}  // namespace

Color faded(Color c, float opacity) {
  const unsigned a = clamp_byte(static_cast<float>(alpha_of(c)) * opacity);
  return (c & ~IM_COL32_A_MASK) | (a << IM_COL32_A_SHIFT);
}

Color mix(Color a, Color b, float t) {
  t = std::clamp(t, 0.0f, 1.0f);
  const auto lerp = [t](unsigned x, unsigned y) {
    return clamp_byte(static_cast<float>(x) + (static_cast<float>(y) - static_cast<float>(x)) * t);
  };
  return IM_COL32(lerp(red_of(a), red_of(b)), lerp(green_of(a), green_of(b)), lerp(blue_of(a), blue_of(b)),
                  lerp(alpha_of(a), alpha_of(b)));
}

double contrast(Color a, Color b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

ImVec4 to_vec4(Color c) { return ImGui::ColorConvertU32ToFloat4(c); }

Theme dark_theme() {
  Theme t{};
  t.dark = true;
  t.background = rgb(0x0D1117);
  t.panel = rgb(0x131922);
  t.raised = rgb(0x1A212C);
  t.frame = rgb(0x222B38);
  t.frame_hot = rgb(0x2B3646);
  t.line = rgb(0x253041);
  t.line_strong = rgb(0x34425A);
  t.selection = rgb(0x1E3150);
  t.text = rgb(0xE6EBF2);
  t.text_secondary = rgb(0xA3AFC0);
  t.text_muted = rgb(0x8591A3);
  t.accent = rgb(0x4C9AFF);
  t.accent_hot = rgb(0x6BACFF);
  t.on_accent = rgb(0x08101C);
  t.block_free = rgb(0x1B2330);
  t.block_idle = rgb(0x2F66A8);
  t.block_used = rgb(0x8CCBFF);
  t.block_shared = rgb(0xEAF6FF);
  t.block_stored = rgb(0xFFE066);
  t.block_evicted = rgb(0xF2994A);
  t.prefix_dot = rgb(0xFFFFFF);
  t.p50 = rgb(0x5BA8F5);
  t.p95 = rgb(0xF5B83D);
  t.p99 = rgb(0xE8527A);
  t.hit = rgb(0x5BA8F5);
  t.miss = rgb(0xF5B83D);
  t.good = rgb(0x3FB68B);
  t.warn = rgb(0xF5B83D);
  t.bad = rgb(0xE8527A);
  t.good_text = rgb(0x3FB68B);
  t.warn_text = rgb(0xF5B83D);
  t.bad_text = rgb(0xFF8FAB);
  t.shadow = rgb(0x000000, 120);
  return t;
}

Theme light_theme() {
  Theme t{};
  t.dark = false;
  t.background = rgb(0xEEF1F6);
  t.panel = rgb(0xFFFFFF);
  t.raised = rgb(0xF6F8FB);
  t.frame = rgb(0xE6EBF2);
  t.frame_hot = rgb(0xD6DEE9);
  t.line = rgb(0xDCE2EB);
  t.line_strong = rgb(0xB9C4D3);
  t.selection = rgb(0xDCE9FC);
  t.text = rgb(0x131A24);
  t.text_secondary = rgb(0x414D5E);
  t.text_muted = rgb(0x576375);
  t.accent = rgb(0x1560CC);
  t.accent_hot = rgb(0x0E4FAE);
  t.on_accent = rgb(0xFFFFFF);
  t.block_free = rgb(0xE4EAF2);
  t.block_idle = rgb(0x8DBBEC);
  t.block_used = rgb(0x1B5AA6);
  t.block_shared = rgb(0x0A2448);
  t.block_stored = rgb(0xFFD24A);
  t.block_evicted = rgb(0xE07A12);
  t.prefix_dot = rgb(0x0B1220);
  t.p50 = rgb(0x1F6FD0);
  t.p95 = rgb(0xA86500);
  t.p99 = rgb(0xC2255C);
  t.hit = rgb(0x1F6FD0);
  t.miss = rgb(0xA86500);
  t.good = rgb(0x1D8F66);
  t.warn = rgb(0xC77F0A);
  t.bad = rgb(0xC2255C);
  t.good_text = rgb(0x0F6B4A);
  t.warn_text = rgb(0x855000);
  t.bad_text = rgb(0xB01E50);
  t.shadow = rgb(0x1B2A41, 46);
  return t;
}

Theme theme_named(std::string_view name) { return name == "light" ? light_theme() : dark_theme(); }

void apply_theme(const Theme& theme, float scale, ImGuiStyle& style) {
  style = ImGuiStyle();
  style.WindowPadding = ImVec2(14, 12);
  style.WindowRounding = 8;
  style.WindowBorderSize = 0;
  style.ChildRounding = 8;
  style.ChildBorderSize = 0;
  style.PopupRounding = 8;
  style.PopupBorderSize = 1;
  style.FramePadding = ImVec2(10, 6);
  style.FrameRounding = 6;
  style.FrameBorderSize = 0;
  style.ItemSpacing = ImVec2(8, 8);
  style.ItemInnerSpacing = ImVec2(6, 4);
  style.CellPadding = ImVec2(6, 3);
  style.IndentSpacing = 14;
  style.ScrollbarSize = 10;
  style.ScrollbarRounding = 5;
  style.GrabMinSize = 12;
  style.GrabRounding = 6;
  style.TabRounding = 6;
  style.ScaleAllSizes(scale);
  style.PopupBorderSize = 1;  // hairlines stay hairlines
  style.AntiAliasedLinesUseTex = true;

  const auto set = [&style](ImGuiCol slot, Color c) { style.Colors[slot] = to_vec4(c); };
  for (ImVec4& c : style.Colors) c = to_vec4(theme.frame);
  set(ImGuiCol_Text, theme.text);
  set(ImGuiCol_TextDisabled, theme.text_muted);
  set(ImGuiCol_WindowBg, theme.background);
  set(ImGuiCol_ChildBg, 0);
  set(ImGuiCol_PopupBg, theme.raised);
  set(ImGuiCol_Border, theme.line_strong);
  set(ImGuiCol_BorderShadow, 0);
  set(ImGuiCol_FrameBgHovered, theme.frame_hot);
  set(ImGuiCol_FrameBgActive, theme.frame_hot);
  set(ImGuiCol_ScrollbarBg, 0);
  set(ImGuiCol_ScrollbarGrab, theme.line_strong);
  set(ImGuiCol_ScrollbarGrabHovered, theme.text_muted);
  set(ImGuiCol_ScrollbarGrabActive, theme.text_muted);
  set(ImGuiCol_CheckMark, theme.accent);
  set(ImGuiCol_SliderGrab, theme.accent);
  set(ImGuiCol_SliderGrabActive, theme.accent_hot);
  set(ImGuiCol_ButtonHovered, theme.frame_hot);
  set(ImGuiCol_ButtonActive, theme.frame_hot);
  set(ImGuiCol_Header, theme.selection);
  set(ImGuiCol_HeaderHovered, theme.frame_hot);
  set(ImGuiCol_HeaderActive, theme.frame_hot);
  set(ImGuiCol_Separator, theme.line);
  set(ImGuiCol_ResizeGrip, 0);
  set(ImGuiCol_PlotLines, theme.accent);
  set(ImGuiCol_TableHeaderBg, 0);
  set(ImGuiCol_TableBorderStrong, theme.line);
  set(ImGuiCol_TableBorderLight, theme.line);
  set(ImGuiCol_TableRowBg, 0);
  set(ImGuiCol_TableRowBgAlt, faded(theme.raised, 0.5f));
  set(ImGuiCol_TextSelectedBg, faded(theme.accent, 0.35f));
  set(ImGuiCol_DragDropTarget, theme.accent);
  set(ImGuiCol_NavHighlight, theme.accent);
  set(ImGuiCol_ModalWindowDimBg, rgb(0x05080D, 150));
}

Color worker_color(const Theme& theme, int index) {
  // Okabe and Ito, "Color Universal Design" (2008). The eighth is black there, which only a light ground can show; the
  // lightest and the darkest hue are moved as far as the ground demands.
  constexpr std::array<unsigned, kWorkerColors> kDark = {0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442,
                                                         0x3C8FD0, 0xD55E00, 0xCC79A7, 0xC9D1DB};
  constexpr std::array<unsigned, kWorkerColors> kLight = {0xE69F00, 0x56B4E9, 0x009E73, 0xC9B800,
                                                          0x0072B2, 0xD55E00, 0xCC79A7, 0x2B3340};
  const auto slot = static_cast<std::size_t>(((index % kWorkerColors) + kWorkerColors) % kWorkerColors);
  return rgb(theme.dark ? kDark[slot] : kLight[slot]);
}

Color viridis(float t) {
  constexpr std::array<unsigned, 17> kStops = {0x440154, 0x48186A, 0x472D7B, 0x424086, 0x3B528B, 0x33638D,
                                               0x2C728E, 0x26828E, 0x21918C, 0x1FA088, 0x28AE80, 0x3FBC73,
                                               0x5EC962, 0x84D44B, 0xADDC30, 0xD8E219, 0xFDE725};
  if (!(t > 0.0f)) return rgb(kStops.front());
  if (t >= 1.0f) return rgb(kStops.back());
  const float at = t * 16.0f;
  const auto i = static_cast<std::size_t>(at);
  return mix(rgb(kStops[i]), rgb(kStops[i + 1]), at - static_cast<float>(i));
}

Color diverging(const Theme& theme, float t) {
  if (!(t == t)) t = 0.0f;
  const Color neutral = theme.dark ? rgb(0x2A3342) : rgb(0xEDF0F5);
  const Color less = theme.dark ? rgb(0x5BB4FF) : rgb(0x0F5FB3);
  const Color more = theme.dark ? rgb(0xFFA14A) : rgb(0xC05A00);
  return mix(neutral, t < 0.0f ? less : more, std::fabs(t));
}

Color ink_on(Color fill) {
  const Color black = rgb(0x0B1220), white = rgb(0xFFFFFF);
  return contrast(fill, black) >= contrast(fill, white) ? black : white;
}

}  // namespace blockyard
