// Sessions at the bottom: those that have begun, latest first, and the turns of one as lanes over the workers: which
// worker each turn went to, what it found there, and how much of the conversation each worker still holds.
#pragma once

#include <cstdint>
#include <vector>

#include "app/panels/panel.h"
#include "app/panels/plots/tab_plot.h"
#include "app/panels/sessions/session_turns.h"

namespace blockyard {

class SessionsTab final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  void list(FrameContext& ctx, const Rect& rect);
  void fill(const FrameContext& ctx, std::uint32_t session);
  /// The one that is selected, directly or by one of its turns; else the latest.
  std::uint32_t shown(const FrameContext& ctx) const;

  SessionTurns turns_;
  Moment made_;
  std::vector<std::uint32_t> begun_;  // latest turn first
  PlotBox box_;
  std::uint32_t filled_ = kNone;
  Refresh due_{10};
};

}  // namespace blockyard
