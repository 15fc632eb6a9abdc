#include "app/window/layout.h"

#include <algorithm>
#include <cmath>

namespace blockyard {

using Page = UiState::Page;

Layout compute_layout(float width, float height, float scale, const LayoutOptions& options) {
  const auto px = [scale](float v) { return std::round(v * scale); };
  const float w = width / scale, h = height / scale;  // the size at scale 1, which the choices below are made by
  // 0 at 1280 × 720 and below, 1 at 1600 × 1000 and above.
  const float wide = std::clamp((w - 1280.0f) / 320.0f, 0.0f, 1.0f);
  const float tall = std::clamp((h - 720.0f) / 280.0f, 0.0f, 1.0f);
  const float gap = px(h < 600 ? 6.0f : 6.0f + 4.0f * tall);
  const auto grow = [](float low, float high, float t) { return low + (high - low) * t; };

  Layout out;
  const auto without_room = [&out](Page page) { out.pages |= 1U << static_cast<unsigned>(page); };
  const bool low = h < 480;
  Rect rest{0, 0, std::floor(width), std::floor(height)};
  out.top_bar = rest.take_top(px(grow(48, 56, tall)));
  const float strip = px(low ? 44 : grow(52, 64, tall)), figures = px(low ? 44 : grow(66, 78, tall));

  // What has no room is told first: its way in stands in the status bar, which is higher then.
  const float lesson_w = options.lesson && w >= 640 ? grow(304, 368, wide) : 0.0f;
  const float beside = w - lesson_w;
  const bool controls_fit = beside >= 720;
  const bool tree_fits = beside + (lesson_w > 0 && !options.controls ? 240 : 0) >= 1040;
  if (!controls_fit) without_room(Page::kControls);
  if (!tree_fits) without_room(Page::kTree);
  const float wanted =
      options.bottom_height > 0 ? options.bottom_height : grow(212, 284, tall) + std::max(0.0f, h - 1000.0f) * 0.3f;
  // The fleet and the key figures above keep at least this much.
  const float spare = rest.h - px(28) - 2 * gap - strip - gap - px(262);
  const bool bottom_fits = spare >= px(184);  // less is a heading and no plot
  if (!bottom_fits) without_room(Page::kPlots);
  out.status = rest.take_bottom(px(out.pages != 0 ? 38 : grow(24, 28, tall)));
  rest = rest.inset(gap);
  if (h >= 280) out.timeline = rest.take_top(strip, gap);

  if (lesson_w > 0) out.lesson = rest.take_left(px(lesson_w), gap);
  const auto turned_to = [&](Page page) {
    return options.page == page && (out.pages >> static_cast<unsigned>(page) & 1U) != 0;
  };
  if (turned_to(Page::kControls)) {
    out.controls = rest.w > px(560) ? rest.take_left(px(272), gap) : rest.take_top(rest.h);
  } else if (options.controls && controls_fit) {
    out.controls = rest.take_left(px(grow(240, 272, wide)), gap);
  }
  if (options.tree && tree_fits) {
    Rect column = rest.take_right(px(grow(304, 384, wide)), gap);
    out.inspector = column.take_bottom(std::round(column.h * 0.42f), gap);
    out.tree = column;
  }
  if (options.bottom && bottom_fits) out.bottom = rest.take_bottom(std::clamp(px(wanted), px(120), spare), gap);
  if (turned_to(Page::kTree)) {
    out.tree = rest.w > px(500) ? rest.take_left(std::round(rest.w * 0.54f), gap)
                                : rest.take_top(std::round(rest.h * 0.58f), gap);
    out.inspector = rest.take_top(rest.h);
  }
  if (turned_to(Page::kPlots)) out.bottom = rest.take_top(rest.h);
  if (h >= 280 && rest.w >= px(440)) out.kpis = rest.take_top(figures, gap);
  out.fleet = rest;
  return out;
}

}  // namespace blockyard
