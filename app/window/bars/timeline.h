// The timeline: the whole run as a strip. Bars are starts by time, hits under misses; what lies ahead of the cursor is
// drawn faint as far as it is computed. Dragging goes there, the wheel zooms at the pointer, Shift + drag takes a
// range.
#pragma once

#include <vector>

#include "app/window/bars/observed_strip.h"
#include "app/session/frame_context.h"
#include "app/ui/rect.h"

namespace blockyard {

class Timeline {
 public:
  void draw(FrameContext& ctx, const Rect& rect);

 private:
  struct Shown {
    double begin = 0, end = 1;  // µs
  };
  struct Key {
    const LiveMetrics* run = nullptr;
    std::size_t events = 0, changes = 0, buckets = 0;
    double begin = 0, end = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Strip {
    Rect rect;
    Shown shown;
    float x(double t) const {
      return rect.x + static_cast<float>((t - shown.begin) / (shown.end - shown.begin)) * rect.w;
    }
    double t(float px) const {
      return shown.begin + static_cast<double>((px - rect.x) / rect.w) * (shown.end - shown.begin);
    }
  };

  void handle_mouse(FrameContext& ctx, const Strip& strip, const Shown& whole);
  void draw_bars(FrameContext& ctx, const Strip& strip);
  void draw_observed_bars(FrameContext& ctx, const Strip& strip);
  void draw_marks(FrameContext& ctx, const Strip& strip);
  void draw_range(FrameContext& ctx, const Strip& strip);
  static void draw_axis(const FrameContext& ctx, const Strip& strip, float y);

  bool zoomed_ = false;
  Shown zoom_;
  int fits_ = 0;
  Rect range_tag_;  // where its times stand: a click there does not go there
  bool on_range_tag_ = false;
  bool ranging_ = false;
  double range_from_ = 0;
  const LiveMetrics* run_ = nullptr;
  Key key_;
  ObservedStrip observed_;
  std::vector<ObservedStrip::Bucket> observed_buckets_;
  double observed_at_ = 0;  // screen time at which these were made
  std::vector<LiveMetrics::TimelineBucket> buckets_;
};

}  // namespace blockyard
