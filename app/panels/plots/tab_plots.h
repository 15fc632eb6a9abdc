// The plots at the bottom: each fills a Figure from the live metrics or the records and hands it to show_plot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/panels/panel.h"
#include "app/panels/plots/tab_plot.h"
#include "app/panels/tables/tab_events.h"

namespace blockyard {

/// p50, p95 and p99 of the time to first token over time; or its histogram or distribution, hits against misses.
class LatencyPlotsTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  void over_time(const FrameContext& ctx);
  void distribution(const FrameContext& ctx, bool cumulative);
  PlotBox box_[3];
  int kind_ = 0;
  Refresh due_{5};
  int made_ = -1;
  std::string fleets_;  ///< that the distributions are of
  EvictionsTable evictions_;
};

class HitRateTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  PlotBox box_;
  EvictionsTable evictions_;
};

/// Blocks in use and cached, and evictions, over time.
class BlocksTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  PlotBox box_;
  EvictionsTable evictions_;
};

/// Swim lanes: what each worker did when, request by request. Fleets that are compared have a plot each.
class RequestsTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  void fill(const FrameContext& ctx);
  PlotBox box_;
  std::string fleets_;  ///< that the figure shows
  Refresh due_{15};
};

/// Workers × time, true load. Fleets that are compared have a plot each, in the same colours.
class LoadTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  void fill(const FrameContext& ctx);
  PlotBox box_;
  std::string fleets_;  ///< that the figure shows
  Refresh due_{10};
};

/// How many blocks requests matched.
class MatchTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  PlotBox box_;
  std::string fleets_;  ///< that the figure shows
  Refresh due_{5};
};

}  // namespace blockyard
