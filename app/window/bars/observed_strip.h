// What the timeline shows of a fleet that is observed: blocks stored and removed over time as bars, and what went wrong
// as marks. Keeps what it has read of the log, which grows at its end and may lose its beginning.
#pragma once

#include <cstdint>
#include <vector>

#include "app/session/frame_context.h"

namespace blockyard {

class ObservedStrip {
 public:
  struct Bucket {
    std::uint64_t stored = 0, gone = 0;  ///< blocks
  };
  struct Mark {
    SimTime t = 0;
    std::size_t event = 0;  ///< its place in the log
    bool bad = false;       ///< blocks may be unknown, or the worker is gone
  };
  void update(const FrameContext& ctx);
  const std::vector<Mark>& marks() const { return marks_; }
  /// Over [begin, end) µs in `n` buckets.
  std::vector<Bucket> buckets(const FrameContext& ctx, double begin, double end, std::size_t n) const;

 private:
  const LiveMetrics* run_ = nullptr;
  std::size_t read_ = 0;
  std::uint64_t first_ = 0;  // the step of the log's first entry, when it was read
  std::vector<Mark> marks_;
};

}  // namespace blockyard
