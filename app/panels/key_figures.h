// The key figures over the fleet: value over a sliding window or of the run so far, its change, its course. What
// figures there are, and which way is better, stands in one table; a comparison reads it too.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "app/panels/panel_text.h"
#include "app/session/frame_context.h"
#include "app/ui/look.h"
#include "app/ui/rect.h"
#include "core/metrics/rejections.h"

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

/// Whether figures are of the run so far (as always in a lesson, whose texts quote those), else over the last seconds.
bool run_so_far(const FrameContext& ctx);
/// The figures of a run at the cursor, in the way that the switch says: what stands in the row, over fleets side by
/// side and in the tab Compare, so that a figure is the same number everywhere.
KeyFigures shown_figures(const FrameContext& ctx, const LiveMetrics& metrics);
/// "last 5 s" or "run so far".
std::string figures_span(const FrameContext& ctx);

/// Draws the switch at the right end of a row of figures and, where requests were rejected, how many and why, in red.
/// Returns what is left of the row.
Rect draw_figures_end(FrameContext& ctx, Rect rect, const Rejections& rejections);

class KeyFigureRow {
 public:
  void draw(FrameContext& ctx, const Rect& rect);

 private:
  std::array<std::vector<float>, kKeyFigures> history_;
  std::array<std::string, kKeyFigures> help_;
  Rejections rejections_;
  Refresh due_{5};
};

}  // namespace blockyard
