#include "app/ui/layout.h"

#include <algorithm>
#include <cmath>

namespace blockyard {

Layout compute_layout(float width, float height, float scale, const LayoutOptions& options) {
  const auto px = [scale](float v) { return std::round(v * scale); };
  const float w = width / scale, h = height / scale;  // the size at scale 1, which the choices below are made by
  // 0 at 1280 × 720 and below, 1 at 1600 × 1000 and above.
  const float wide = std::clamp((w - 1280.0f) / 320.0f, 0.0f, 1.0f);
  const float tall = std::clamp((h - 720.0f) / 280.0f, 0.0f, 1.0f);
  const float gap = px(h < 600 ? 6.0f : 6.0f + 4.0f * tall);
  const auto grow = [](float low, float high, float t) { return low + (high - low) * t; };

  Layout out;
  Rect rest{0, 0, std::floor(width), std::floor(height)};
  out.top_bar = rest.take_top(px(grow(48, 56, tall)));
  out.status = rest.take_bottom(px(grow(24, 28, tall)));
  rest = rest.inset(gap);
  if (h >= 480) out.timeline = rest.take_top(px(grow(52, 64, tall)), gap);

  if (options.controls && w >= 720) out.controls = rest.take_left(px(grow(240, 272, wide)), gap);
  if (options.tree && w >= 1040) {
    Rect column = rest.take_right(px(grow(304, 384, wide)), gap);
    out.inspector = column.take_bottom(std::round(column.h * 0.42f), gap);
    out.tree = column;
  }
  if (options.bottom && h >= 400) {
    const float wanted =
        options.bottom_height > 0 ? options.bottom_height : grow(212, 284, tall) + std::max(0.0f, h - 1000.0f) * 0.3f;
    // The fleet and the key figures above keep at least this much.
    const float spare = rest.h - px(grow(190, 260, tall));
    if (spare >= px(120)) out.bottom = rest.take_bottom(std::clamp(px(wanted), px(120), spare), gap);
  }
  if (h >= 480) out.kpis = rest.take_top(px(grow(66, 78, tall)), gap);
  out.fleet = rest;
  return out;
}

}  // namespace blockyard
