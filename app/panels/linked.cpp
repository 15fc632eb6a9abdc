#include "app/panels/linked.h"

#include <algorithm>

#include "app/panels/panel_text.h"

namespace blockyard {
namespace {

void add_request(const FrameContext& ctx, RequestId r, Linked& out) {
  if (r >= ctx.fleet.records().size()) return;
  const RequestRecord& record = ctx.fleet.records()[r];
  // What a request that is still to come will ask for is not known in a closed loop: nothing belongs to it.
  if (record.status == RequestStatus::kNotArrived && ctx.fleet.workload().closed.users > 0) return;
  out.request = r;
  out.session = ctx.fleet.request(r).session;
  if (out.worker == kNone) out.worker = record.worker;
  if (record.status != RequestStatus::kNotArrived) {
    out.span = TimeRange{record.arrival, record.finish >= 0 ? record.finish : ctx.now};
  }
}

// A session stands for its latest turn that has come.
void add_session(const FrameContext& ctx, std::uint32_t session, Linked& out) {
  constexpr RequestId kMostLookedAt = 100'000;  // in every frame; a session that was quiet for longer is outlined alone
  if (session >= ctx.fleet.workload().sessions.size()) return;
  const RequestId arrived = ctx.fleet.arrived();
  for (RequestId r = arrived; r-- > 0 && arrived - r < kMostLookedAt;) {
    if (ctx.fleet.request(r).session != session) continue;
    add_request(ctx, r, out);
    break;
  }
  out.session = session;
}

void add_block(const FrameContext& ctx, BlockId b, Linked& out) {
  if (b >= ctx.fleet.workload().id_count()) return;
  out.block = b;
  out.edge = ctx.tree.edge_of(b);
}

}  // namespace

std::uint32_t session_meant(const FrameContext& ctx) {
  for (const Selection* what : {&ctx.hover, &ctx.selection}) {
    if (const auto* s = std::get_if<SelectedSession>(what)) return s->session;
  }
  return kNone;
}

bool is_turn_of(const FrameContext& ctx, RequestId r, std::uint32_t session) {
  return session != kNone && r != kNone && r < ctx.fleet.arrived() && ctx.fleet.request(r).session == session;
}

std::vector<EdgeId> path_of(const FrameContext& ctx, RequestId r) {
  std::vector<EdgeId> out;
  if (ctx.observed == nullptr) {
    const EdgePath path = ctx.tree.path(content_of(ctx, r));
    out.assign(path.begin(), path.end());
    return out;
  }
  // Its tree is made of chains, not of requests.
  ctx.fleet.workload().each_prompt_run(ctx.fleet.request(r), [&](const Span& run) {
    for (std::uint32_t k = 0; k < run.count;) {
      const EdgeId e = ctx.tree.edge_of(run.first + k);
      if (e == kNone) return;
      if (out.empty() || out.back() != e) out.push_back(e);
      k += ctx.tree.edge(e).first + ctx.tree.edge(e).count - (run.first + k);
    }
  });
  return out;
}

Linked linked_to(const FrameContext& ctx, const Selection& what) {
  Linked out;
  if (const RequestId r = selected_request(what); r != kNone) add_request(ctx, r, out);
  if (const auto* b = std::get_if<SelectedBlock>(&what)) {
    add_block(ctx, b->block, out);
    out.worker = b->worker;
  }
  if (const auto* s = std::get_if<SelectedSession>(&what)) add_session(ctx, s->session, out);
  if (const auto* w = std::get_if<SelectedWorker>(&what)) out.worker = w->worker;
  if (const auto* e = std::get_if<SelectedEdge>(&what); e != nullptr && e->edge < ctx.tree.edges().size()) {
    out.edge = e->edge;
  }
  if (const auto* e = std::get_if<SelectedEvent>(&what); e != nullptr && e->index < ctx.log.size()) {
    const LoggedEvent& event = ctx.log[e->index];
    out.worker = event.worker;
    out.time = event.t;
    if (event.type == EventType::kEvict) {
      add_block(ctx, event.block, out);  // what went, not for whom
    } else {
      add_request(ctx, event.request, out);
    }
  }
  if (const auto* t = std::get_if<SelectedTime>(&what)) out.time = t->t;
  if (out.worker != kNone && out.worker >= ctx.fleet.workers().size()) out.worker = kNone;
  return out;
}

}  // namespace blockyard
