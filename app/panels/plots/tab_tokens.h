// Output tokens at the bottom: how many a second, how long each takes after the one before, and how many requests got
// them as promised.
#pragma once

#include "app/panels/panel.h"
#include "app/panels/plots/tab_plot.h"

namespace blockyard {

class TokensTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  void over_time(const FrameContext& ctx, bool both);
  void distribution(const FrameContext& ctx);
  void goodput(const FrameContext& ctx);
  PlotBox box_[3];
  int kind_ = 0, made_ = -1;
  Refresh due_{4};
};

}  // namespace blockyard
