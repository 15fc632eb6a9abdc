// The colours of the program by name, and what is computed from a number: worker hues, Viridis, the diverging scale.
//
// A Theme is a plain value; nothing here keeps a current one. Panels read it through Look (app/ui/look.h).
// 1. Every text colour has a contrast of at least 4.5 : 1 on background, panel and raised (tests hold it).
// 2. Block states are ordered by lightness, with warm colours for events only, and stay apart for the colour-blind
//    (CIEDE2000 of the smallest pair, four base states: dark 25, light 17). Patterns still have to say the same.
// 3. No red against green carries a meaning by itself.
#pragma once

#include <imgui.h>

#include <string_view>

namespace blockyard {

using Color = ImU32;

constexpr Color rgb(unsigned hex, unsigned alpha = 255) {
  return IM_COL32((hex >> 16) & 255u, (hex >> 8) & 255u, hex & 255u, alpha);
}
constexpr unsigned red_of(Color c) { return (c >> IM_COL32_R_SHIFT) & 255u; }
constexpr unsigned green_of(Color c) { return (c >> IM_COL32_G_SHIFT) & 255u; }
constexpr unsigned blue_of(Color c) { return (c >> IM_COL32_B_SHIFT) & 255u; }
constexpr unsigned alpha_of(Color c) { return (c >> IM_COL32_A_SHIFT) & 255u; }

// The colour at `opacity` (0..1) times its own alpha.
Color faded(Color c, float opacity);
// a at t = 0, b at t = 1, in sRGB.
Color mix(Color a, Color b, float t);
// WCAG contrast of two opaque colours, 1..21.
double contrast(Color a, Color b);
ImVec4 to_vec4(Color c);

struct Theme {
  bool dark = true;
  // Surfaces, from the back to the front.
  Color background, panel, raised, frame, frame_hot, line, line_strong, selection;
  // Text on any surface, and the accent with the text that stands on it.
  Color text, text_secondary, text_muted, accent, accent_hot, on_accent;
  // States of a KV block; the dot marks blocks of the selected prefix.
  Color block_free, block_idle, block_used, block_shared, block_stored, block_evicted, prefix_dot;
  // Series.
  Color p50, p95, p99, hit, miss;
  // Meaning: the plain colour for lines and fills, the _text one for words.
  Color good, warn, bad, good_text, warn_text, bad_text;
  // Shadow behind pop-ups.
  Color shadow;
};

Theme dark_theme();
Theme light_theme();
// "dark" or "light"; anything else is dark.
Theme theme_named(std::string_view name);

// Sets the colours and the sizes of `style` for interface scale `scale` (1 = 96 dpi); starts from the default style, so
// it can be called again with another scale.
void apply_theme(const Theme& theme, float scale, ImGuiStyle& style);

// The hue of worker `index`: Okabe–Ito in fixed order, repeating after eight. Always draw the number beside it.
Color worker_color(const Theme& theme, int index);
inline constexpr int kWorkerColors = 8;
// Magnitude, t in 0..1 (clamped): Viridis.
Color viridis(float t);
// Difference, t in -1..1 (clamped): blue for less, orange for more, the theme's neutral at 0.
Color diverging(const Theme& theme, float t);
// Black or white, whichever reads better on `fill`.
Color ink_on(Color fill);

}  // namespace blockyard
