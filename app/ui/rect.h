// A rectangle of the screen in pixels: x to the right, y down. A plain value, never of negative size when cut from one.
#pragma once

#include <imgui.h>

#include <algorithm>

namespace blockyard {

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;

  float right() const { return x + w; }
  float bottom() const { return y + h; }
  bool empty() const { return w <= 0 || h <= 0; }
  ImVec2 min() const { return ImVec2(x, y); }
  ImVec2 max() const { return ImVec2(x + w, y + h); }
  ImVec2 size() const { return ImVec2(w, h); }
  ImVec2 center() const { return ImVec2(x + w / 2, y + h / 2); }
  bool contains(ImVec2 p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
  bool contains(const Rect& r) const { return r.x >= x && r.y >= y && r.right() <= right() && r.bottom() <= bottom(); }
  bool overlaps(const Rect& r) const {
    return !empty() && !r.empty() && x < r.right() && r.x < right() && y < r.bottom() && r.y < bottom();
  }
  // Smaller by dx on the left and right and dy above and below.
  Rect inset(float dx, float dy) const {
    return Rect{x + std::min(dx, w / 2), y + std::min(dy, h / 2), std::max(0.0f, w - 2 * dx),
                std::max(0.0f, h - 2 * dy)};
  }
  Rect inset(float d) const { return inset(d, d); }

  // Cuts a strip of `size` (at most what is there) off one side, and leaves `gap` free beside it.
  Rect take_top(float size, float gap = 0) {
    const float s = std::clamp(size, 0.0f, h);
    const Rect out{x, y, w, s};
    const float used = std::min(h, s + gap);
    y += used;
    h -= used;
    return out;
  }
  Rect take_bottom(float size, float gap = 0) {
    const float s = std::clamp(size, 0.0f, h);
    const Rect out{x, y + h - s, w, s};
    h -= std::min(h, s + gap);
    return out;
  }
  Rect take_left(float size, float gap = 0) {
    const float s = std::clamp(size, 0.0f, w);
    const Rect out{x, y, s, h};
    const float used = std::min(w, s + gap);
    x += used;
    w -= used;
    return out;
  }
  Rect take_right(float size, float gap = 0) {
    const float s = std::clamp(size, 0.0f, w);
    const Rect out{x + w - s, y, s, h};
    w -= std::min(w, s + gap);
    return out;
  }
};

}  // namespace blockyard
