// The icicle: the prefix tree as stacked strips, width = requests through a node, height = its blocks. A double click
// zooms to a node, a double click on the bar above goes back. What it keeps is the zoom.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "app/panels/tree/tree_model.h"

namespace blockyard {

/// What the table and the icicle show of a node, in one mode.
struct TreeShow {
  const TreeModel& tree;
  UiState::TreeMode mode;
  const Differences& differences;
  std::span<const char> on_path;  ///< nodes of the request that is selected or pointed at
  NodeIndex hovered = kNone;
  NodeIndex selected = kNone;
};

class Icicle {
 public:
  /// Draws into `rect`; returns the node under the pointer, kNone for none.
  NodeIndex draw(const FrameContext& ctx, const Rect& rect, const TreeShow& show);
  void reset() { root_ = kNone; }

 private:
  NodeIndex root_ = kNone;
  int fits_ = 0;
};

/// Draws the marks of all workers for a node side by side, `pitch` px each, around the height `y`; a worker that covers
/// it in part is filled in part.
void draw_worker_marks(const FrameContext& ctx, ImDrawList* list, ImVec2 left, float pitch, const TreeShow& show,
                       NodeIndex n);

}  // namespace blockyard
