// Where everything stands: window size and scale in, rectangles out. A pure function; draws nothing, remembers nothing.
//
// 1. All rectangles lie inside the window and none overlap. 2. All edges are whole pixels. 3. What has no room beside
// the fleet (first the prefix tree, then the controls by width, the bottom by height) is a page: empty, unless it is
// the page asked for; then it takes the fleet's place.
#pragma once

#include "app/session/ui_state.h"
#include "app/ui/rect.h"

namespace blockyard {

// What the user has closed or dragged. The defaults are the designed window.
struct LayoutOptions {
  bool controls = true;
  bool tree = true;
  bool bottom = true;
  float bottom_height = 0;  // at scale 1; 0 = as designed
  UiState::Page page = UiState::Page::kFleet;
  bool lesson = false;  // a column beside all that a lesson points at
};

struct Layout {
  Rect top_bar;        // full width, touches the edges
  Rect timeline;       // full width
  Rect kpis;           // over the fleet
  Rect lesson;         // left of everything below the timeline
  Rect controls;       // left
  Rect fleet;          // centre
  Rect tree;           // right
  Rect inspector;      // under the tree
  Rect bottom;         // tabs: plots and tables
  Rect status;         // full width, touches the edges
  unsigned pages = 0;  // 1 << UiState::Page each
};

Layout compute_layout(float width, float height, float scale, const LayoutOptions& options = {});

}  // namespace blockyard
