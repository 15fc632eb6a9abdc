// Where the workers of the fleet stand: the arrangement with the largest cells.
#include <algorithm>
#include <cmath>

#include "app/panels/fleet/fleet.h"
#include "core/base/math.h"

namespace blockyard {
namespace {

struct Sizes {
  float scale;
  float px(float v) const { return std::round(v * scale); }
};

FleetGrid cards(const Rect& area, int columns, int count, std::uint32_t slots, Sizes s, float least_h) {
  FleetGrid g;
  g.detail = FleetDetail::kCards;
  g.columns = columns;
  g.gap = s.px(count > 8 ? 6 : 10);
  const int rows = (count + columns - 1) / columns;
  g.card_w = std::floor((area.w - g.gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  g.card_h = std::max(least_h, std::floor((area.h - g.gap * static_cast<float>(rows - 1)) / static_cast<float>(rows)));
  const bool small = g.card_w < s.px(250) || g.card_h < s.px(130);
  g.pad_x = s.px(small ? 8 : 13);
  g.pad_y = s.px(small ? 6 : 10);
  g.head = s.px(small ? 22 : 30);
  g.foot = g.card_h >= s.px(150) && g.card_w >= s.px(220) ? s.px(24) : 0;
  g.meter = s.px(small ? 11 : 18);
  const float w = g.card_w - 2 * g.pad_x - g.meter, h = g.card_h - 2 * g.pad_y - g.head - g.foot;
  g.fit = fit_map(slots, std::max(1.0f, w), std::max(1.0f, h), s.px(slots <= kFewBlocks ? 96 : 32), 1);
  g.height = static_cast<float>(rows) * (g.card_h + g.gap) - g.gap;
  return g;
}

FleetGrid rows(const Rect& area, int columns, int count, std::uint32_t slots, Sizes s, float row_h) {
  FleetGrid g;
  g.detail = FleetDetail::kRows;
  g.columns = columns;
  g.gap = s.px(4);
  const int down = (count + columns - 1) / columns;
  g.card_w = std::floor((area.w - g.gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  g.card_h = row_h > 0 ? row_h : std::floor((area.h - g.gap * static_cast<float>(down - 1)) / static_cast<float>(down));
  g.card_h = std::min(g.card_h, s.px(64));
  g.pad_x = s.px(6);
  g.pad_y = s.px(3);
  g.left = s.px(g.card_w > s.px(300) ? 124 : g.card_w > s.px(180) ? 66 : 30);
  g.fit = fit_map(slots, std::max(1.0f, g.card_w - 2 * g.pad_x - g.left), std::max(1.0f, g.card_h - 2 * g.pad_y),
                  s.px(9), std::max(1.0f, s.px(2)));
  g.height = static_cast<float>(down) * (g.card_h + g.gap) - g.gap;
  return g;
}

FleetGrid heat(const Rect& whole, int count, std::uint32_t slots, Sizes s) {
  Rect area = whole;
  FleetGrid g;
  g.detail = FleetDetail::kHeat;
  g.gap = s.px(3);
  // Tiles about twice as wide as high, and as few places left over as may be.
  const float tile_h = std::sqrt(area.w * area.h / static_cast<float>(count) / 2.0f);
  const int about = std::clamp(static_cast<int>(std::lround(area.w / (2 * tile_h))), 1, count);
  int least = count + 1;
  for (int c = std::max(1, about - 3); c <= std::min(count, about + 3); ++c) {
    const int left_over = (c - count % c) % c;
    if (left_over < least || (left_over == least && std::abs(c - about) < std::abs(g.columns - about)))
      least = left_over, g.columns = c;
  }
  const int down = (count + g.columns - 1) / g.columns;
  g.card_w = std::floor((area.w - g.gap * static_cast<float>(g.columns - 1)) / static_cast<float>(g.columns));
  g.card_h = std::max(s.px(14), std::floor((area.h - g.gap * static_cast<float>(down - 1)) / static_cast<float>(down)));
  g.pad_x = g.pad_y = s.px(1);
  if (g.card_w >= s.px(90)) {
    g.left = s.px(count > 100 ? 31 : 24);
  } else {  // small tiles are all map; the number of the first stands before each row
    g.numbers = s.px(30);
    area.w -= g.numbers;
    g.card_w = std::floor((area.w - g.gap * static_cast<float>(g.columns - 1)) / static_cast<float>(g.columns));
  }
  g.fit = fit_map(slots, std::max(1.0f, g.card_w - 2 * g.pad_x - g.left), std::max(1.0f, g.card_h - 2 * g.pad_y),
                  s.px(6), 1);
  g.height = static_cast<float>(down) * (g.card_h + g.gap) - g.gap;
  return g;
}

// Larger cells are better, as long as they are small; for equal cells, cards about twice as wide as high.
float worth(const FleetGrid& g, int count, Sizes s) {
  const float shape = std::abs(static_cast<float>(math::log(g.card_w / std::max(1.0f, g.card_h) / 2.1f)));
  const float cell = std::min(std::sqrt(g.fit.cell_w * g.fit.cell_h), s.px(16));
  // A last row with places left over looks as if workers were missing.
  const int rows = (count + g.columns - 1) / g.columns;
  const float left_over = 1 - static_cast<float>(count) / static_cast<float>(rows * g.columns);
  return cell / static_cast<float>(g.fit.shape.per_texel) - 2.0f * shape - 5.0f * left_over;
}

}  // namespace

Rect FleetGrid::card(const Rect& area, std::size_t index) const {
  const int i = static_cast<int>(index);
  const auto column = static_cast<float>(i % columns), row = static_cast<float>(i / columns);
  return {area.x + numbers + column * (card_w + gap), area.y + row * (card_h + gap), card_w, card_h};
}

Rect FleetGrid::map_room(const Rect& card) const {
  Rect room = card.inset(pad_x, pad_y);
  room.take_top(head);
  room.take_bottom(foot);
  room.take_left(left);
  room.take_right(meter);
  return room;
}

FleetGrid arrange_fleet(const Rect& area, std::size_t workers, std::uint32_t slots, float scale, FleetDetail wanted) {
  const Sizes s{scale};
  const int count = std::max(1, static_cast<int>(workers));
  FleetGrid best;
  if (wanted == FleetDetail::kAuto || wanted == FleetDetail::kCards) {
    // Asked for in spite of their number, cards keep a size at which they can be read, and the fleet scrolls.
    const float least_h = wanted == FleetDetail::kCards ? s.px(120) : 0;
    float most = -1e9f;
    for (int columns = 1; columns <= std::min(count, 16); ++columns) {
      const FleetGrid g = cards(area, columns, count, slots, s, least_h);
      if (g.card_w < s.px(120) || g.card_h < s.px(64)) continue;
      const float value = worth(g, count, s);
      if (value > most) most = value, best = g;
    }
    if (wanted == FleetDetail::kCards && most > -1e9f) return best;
    if (most > -1e9f && best.fit.shape.per_texel == 1 && best.fit.cell >= std::max(2.0f, s.px(3))) return best;
  }
  if (wanted == FleetDetail::kAuto || wanted == FleetDetail::kRows) {
    float most = -1e9f;
    for (int columns = 1; columns <= 8; ++columns) {
      const FleetGrid g = rows(area, columns, count, slots, s, wanted == FleetDetail::kRows ? s.px(26) : 0);
      if (g.card_w < s.px(110)) break;
      if (g.card_h < s.px(17)) continue;
      const float value = g.fit.cell / static_cast<float>(g.fit.shape.per_texel) - 0.15f * static_cast<float>(columns);
      if (value > most) most = value, best = g;
      if (wanted == FleetDetail::kRows) break;
    }
    if (most > -1e9f) return best;
  }
  return heat(area, count, slots, s);
}

}  // namespace blockyard
