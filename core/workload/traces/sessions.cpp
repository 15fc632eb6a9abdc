#include "core/workload/traces/sessions.h"

#include <algorithm>
#include <cmath>

namespace blockyard {

bool turns_seem_added(const RawTrace& trace, std::span<const std::uint32_t> order) {
  if (trace.format != "mooncake") return false;
  std::size_t adding = 0;
  std::size_t repeating = 0;
  std::vector<std::uint32_t> before(trace.sessions.size(), kNone);
  for (const std::uint32_t i : order) {
    const TraceLine& line = trace.lines[i];
    if (line.session == kNone) continue;
    const std::uint32_t last = std::exchange(before[line.session], i);
    if (last == kNone || !line.has_think || line.ids_count == 0) continue;
    const TraceLine& earlier = trace.lines[last];
    // The id of a partial last block may be nobody else's; where there is no full block, it is all there is to go by.
    const std::uint32_t full = std::min(earlier.ids_count, earlier.prompt_tokens / trace.block_tokens);
    const std::uint32_t n = full > 0 ? full : earlier.ids_count;
    if (n == 0) continue;
    const IdTree::Node end = trace.ids.above(earlier.leaf, earlier.ids_count - n);
    const bool begins = line.ids_count >= n && trace.ids.above(line.leaf, line.ids_count - n) == end;
    ++(begins ? repeating : adding);
  }
  return adding > repeating;
}

void close_loop(const RawTrace& trace, const WorkloadSpec& spec, std::span<const double> times,
                std::span<const std::uint32_t> order, std::span<const std::uint32_t> users, std::uint32_t user_count,
                Workload& out) {
  ClosedLoop& closed = out.closed;
  closed.users = user_count;
  closed.recorded = true;
  closed.at_once = spec.sessions_at_once.value_or(0);
  closed.think.assign(order.size(), 0);
  const auto pause = [&](double think) {
    return static_cast<SimTime>(std::llround(std::max(0.0, think) * spec.think_scale * trace.us_per_unit));
  };
  std::vector<std::uint32_t> last(user_count, kNone);  // request
  std::vector<RequestId> request_of(trace.lines.size(), kNone);
  for (RequestId r = 0; r < order.size(); ++r) {
    const std::uint32_t i = order[r];
    request_of[i] = r;
    const RequestId before = std::exchange(last[out.requests[r].user], r);
    if (before == kNone) continue;
    const std::uint32_t b = order[before];
    const TraceLine& line = trace.lines[i];
    closed.think[r] = pause(line.has_think ? line.think : times[i] - times[b] - trace.lines[b].duration);
  }
  for (const TraceWait& w : trace.waits) {
    if (w.line >= request_of.size() || users[w.session] == kNone) continue;  // beyond the limit
    closed.waits.push_back({request_of[w.line], users[w.session]});
  }
  std::sort(closed.waits.begin(), closed.waits.end(), [](const ClosedLoop::Wait& a, const ClosedLoop::Wait& b) {
    return a.request != b.request ? a.request < b.request : a.user < b.user;
  });
  if (closed.at_once == 0) return;
  // A sub-agent takes no place of its own: it follows the turn that sent it.
  std::vector<std::uint32_t> first(user_count, kNone);
  for (RequestId r = static_cast<RequestId>(order.size()); r-- > 0;) first[out.requests[r].user] = r;
  for (const auto& [child, parent] : trace.parents) {
    if (users[child] == kNone || users[parent] == kNone) continue;
    const RequestId begins = first[users[child]];
    RequestId sender = first[users[parent]];
    for (RequestId r = sender; r < begins; ++r) {
      if (out.requests[r].user == users[parent]) sender = r;
    }
    const std::uint32_t s = order[sender];
    closed.think[begins] = pause(times[order[begins]] - times[s] - trace.lines[s].duration);
    closed.led.push_back({sender, users[child]});
  }
  std::sort(closed.led.begin(), closed.led.end(), [](const ClosedLoop::Wait& a, const ClosedLoop::Wait& b) {
    return a.request != b.request ? a.request < b.request : a.user < b.user;
  });
}

}  // namespace blockyard
