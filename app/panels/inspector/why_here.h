// Why here? One routing decision as a table: what the router saw of each worker and what was true, the score term by
// term, who won and by which tie-break, and whom each other strategy would have chosen on that same state.
#pragma once

#include "app/panels/panel.h"
#include "app/panels/tables/tab_table.h"

namespace blockyard {

class WhyHereTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  void workers(FrameContext& ctx, const RoutingStudy& study, const Rect& rect) const;
  void strategies(FrameContext& ctx, const RoutingStudy& study, const Rect& rect) const;
  static float workers_width(const FrameContext& ctx, const RoutingStudy& study);
  void choose_table(const Look& look, Rect& head);
  int page_ = 0;  // of the two tables, where only one of them has room
};

/// Strategies side by side, once a comparison runs; until then how to start one.
class CompareTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;
};

}  // namespace blockyard
