#include "app/panels/sessions/session_turns.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace blockyard {

void SessionTurns::update(const FrameContext& ctx) {
  const Workload& workload = ctx.fleet.workload();
  const RequestId arrived = ctx.fleet.arrived();
  if (const Moment run = run_of(ctx); run != run_) {
    run_ = run;
    read_ = 0;
    turns_.assign(workload.sessions.size(), {});
    all_.assign(workload.sessions.size(), 0);
    for (const Request& q : workload.requests) {
      if (q.session != kNone) ++all_[q.session];
    }
  }
  if (arrived < read_) {  // gone back: in a closed loop others may come after this
    for (std::vector<RequestId>& turns : turns_)
      turns.erase(std::lower_bound(turns.begin(), turns.end(), arrived), turns.end());
    read_ = arrived;
  }
  for (; read_ < arrived; ++read_) {
    if (const std::uint32_t s = ctx.fleet.request(read_).session; s != kNone) turns_[s].push_back(read_);
  }
}

double SessionState::hit_rate() const {
  if (prompt_blocks == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(hit_blocks) / static_cast<double>(prompt_blocks);
}

SessionState session_state(const FrameContext& ctx, std::span<const RequestId> turns) {
  SessionState out;
  for (const RequestId r : turns) {
    const RequestRecord& record = ctx.fleet.records()[r];
    if (record.worker != kNone && std::find(out.workers.begin(), out.workers.end(), record.worker) == out.workers.end())
      out.workers.push_back(record.worker);
    if (record.start >= 0) {
      out.hit_blocks += record.hit;
      out.prompt_blocks += ctx.fleet.request(r).prompt_blocks;
    }
    out.busy = out.busy || (record.status != RequestStatus::kCompleted && record.status != RequestStatus::kRejected);
  }
  return out;
}

std::uint32_t held_now(const FrameContext& ctx, RequestId r, WorkerId w) {
  const std::vector<Span> chain = ctx.fleet.workload().prompt_chain(ctx.fleet.request(r));
  return ctx.fleet.workers()[w].cache().resident().leading(chain);
}

std::string session_text(const FrameContext& ctx, std::uint32_t session) {
  return fmt::format("session {}", ctx.fleet.workload().sessions[session]);
}

}  // namespace blockyard
