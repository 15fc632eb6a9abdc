// The key figures over the fleet: value over a sliding window, its change against the window before, its course. What
// figures there are, and which way is better, stands in one table; a comparison reads it too.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "app/session/frame_context.h"
#include "app/ui/look.h"
#include "app/ui/rect.h"

namespace blockyard {

struct KeyFigureKind {
  const char* label;
  const char* short_label;  ///< where the label has no room
  const char* unit;
  double KeyFigures::*field;
  double factor;  ///< from the figure to what is shown
  int better;     ///< +1: more is better, −1: less is
  Color Theme::*color;
  const char* formula;
};
inline constexpr std::size_t kKeyFigures = 6;
std::span<const KeyFigureKind, kKeyFigures> key_figure_table();

/// Three significant digits, so that a figure neither jitters nor lies; "–" for NaN.
std::string figure_text(double v);

class KeyFigureRow {
 public:
  void draw(FrameContext& ctx, const Rect& rect);

 private:
  std::array<std::vector<float>, kKeyFigures> history_;
  std::array<std::string, kKeyFigures> help_;
};

}  // namespace blockyard
