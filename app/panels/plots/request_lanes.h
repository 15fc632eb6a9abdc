// Requests as pieces of time on the lanes of their workers: waiting, prefill, decode, and what was computed and lost.
// What the tabs of requests and of sessions draw, and how their pieces are pointed at.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/panels/plots/tab_plot.h"

namespace blockyard {

class RequestLanes {
 public:
  /// A lane a worker, by its name alone. `ctx` outlives it.
  explicit RequestLanes(const FrameContext& ctx);

  /// From when to when the request is there, s: from its arrival to its end, or to now.
  std::pair<double, double> span(RequestId r) const;
  /// Its pieces, where it has been routed; `name` says which it is.
  void add(RequestId r, const std::string& name);
  std::size_t pieces() const { return lanes_.items.size(); }
  void name_lane(WorkerId w, std::string name) { lanes_.lanes[w] = std::move(name); }
  /// All of them, in rows that do not overlap. The last that is asked of it.
  SwimLanes take();

 private:
  void find_lost();

  const FrameContext& ctx_;
  SwimLanes lanes_;
  // Of each request that was preempted or lost its worker: from when to when it ran in vain, s.
  std::map<RequestId, std::vector<std::pair<double, double>>> lost_;
};

/// Hovers over the request whose piece the pointer is at, and selects it by a click.
void point_at_requests(FrameContext& ctx, const PlotBox& box, const PlotAction& action);

}  // namespace blockyard
