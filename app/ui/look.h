// What every widget is drawn with: theme, fonts, scale, and the textures and anchors of the frame.
//
// Whoever runs the frames (the window, or HeadlessUi) owns it; panels and widgets get a const reference. It is changed
// between frames only.
#pragma once

#include <imgui.h>

#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/ui/fonts.h"
#include "app/ui/raster/texture.h"
#include "app/ui/rect.h"
#include "app/ui/theme.h"

namespace blockyard {

// Where named things stood in the last frame, in pixels: for tests that click and for lessons that point. A widget is
// named by its id (or label) behind the id of its card: "controls/Load penalty".
class Anchors {
 public:
  void begin_frame() { rects_.clear(); }
  void mark(std::string_view name, const Rect& rect) { rects_.insert_or_assign(prefix_ + std::string(name), rect); }
  // Null if nothing of that name was drawn.
  const Rect* find(std::string_view name) const {
    const auto it = rects_.find(name);
    return it == rects_.end() ? nullptr : &it->second;
  }
  // What follows belongs to `group`, until the matching pop.
  void push(std::string_view group) {
    lengths_.push_back(prefix_.size());
    prefix_.append(group).push_back('/');
  }
  void pop() {
    prefix_.resize(lengths_.back());
    lengths_.pop_back();
  }
  const std::map<std::string, Rect, std::less<>>& all() const { return rects_; }

 private:
  std::map<std::string, Rect, std::less<>> rects_;
  std::string prefix_;
  std::vector<std::size_t> lengths_;
};

struct Look {
  Theme theme;
  Fonts fonts;
  float scale = 1.0f;
  TextureStore* textures = nullptr;  // never null while a frame is open
  Anchors* anchors = nullptr;        // may be null
  // Off from a key on until the mouse is touched again: who goes on by keys does not ask what lies under the pointer,
  // and what it would say would cover what they read.
  bool tips = true;

  // A length given at scale 1, in whole pixels.
  float px(float v) const { return std::round(v * scale); }
  ImFont* font(FontRole role) const { return fonts[role]; }
  // Pixel size of a role.
  float font_px(FontRole role) const { return px(font_size(role)); }
  void mark(std::string_view name, const Rect& rect) const {
    if (anchors) anchors->mark(name, rect);
  }
};

}  // namespace blockyard
