// The key figures over the fleet: value over a sliding window or of the run so far, its change, its course. What
// figures there are, and which way is better, stands in one table; a comparison reads it too.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/panels/panel_text.h"
#include "app/session/frame_context.h"
#include "app/ui/look.h"
#include "app/ui/rect.h"
#include "core/metrics/rejections.h"
#include "core/metrics/saturation.h"

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

/// What a fleet could not do, looked at now and then.
struct Alarms {
  Rejections rejections;
  std::optional<Saturation> saturation;
  static Alarms of(const Fleet& fleet) { return {rejections_of(fleet), saturation_of(fleet)}; }
};

/// Draws the switch at the right end of a row of figures and, in red, how many requests were rejected and how many
/// times what it serves the fleet is offered, where that is so; both say why on hover. Returns what is left of the row.
Rect draw_figures_end(FrameContext& ctx, Rect rect, const Alarms& alarms);

class KeyFigureRow {
 public:
  void draw(FrameContext& ctx, const Rect& rect);

 private:
  std::array<std::vector<float>, kKeyFigures> history_;
  std::array<std::string, kKeyFigures> help_;
  Alarms alarms_;
  Refresh due_{5};
};

}  // namespace blockyard
