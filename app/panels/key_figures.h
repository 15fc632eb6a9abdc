// The key figures over the fleet: value over a sliding window, its change against the window before, its course.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "app/session/frame_context.h"
#include "app/ui/rect.h"

namespace blockyard {

class KeyFigureRow {
 public:
  void draw(FrameContext& ctx, const Rect& rect);

 private:
  static constexpr std::size_t kCount = 6;
  std::array<std::vector<float>, kCount> history_;
  std::array<std::string, kCount> help_;
};

}  // namespace blockyard
