#include "app/panels/linked.h"

#include <algorithm>

namespace blockyard {
namespace {

void add_request(const FrameContext& ctx, RequestId r, Linked& out) {
  if (r >= ctx.sim.records().size()) return;
  const RequestRecord& record = ctx.sim.records()[r];
  // What a request that is still to come will ask for is not known in a closed loop: nothing belongs to it.
  if (record.status == RequestStatus::kNotArrived && ctx.sim.workload().closed.users > 0) return;
  out.request = r;
  if (out.worker == kNone) out.worker = record.worker;
  if (record.status != RequestStatus::kNotArrived) {
    out.span = TimeRange{record.arrival, record.finish >= 0 ? record.finish : ctx.now};
  }
}

void add_block(const FrameContext& ctx, BlockId b, Linked& out) {
  if (b >= ctx.sim.workload().id_count()) return;
  out.block = b;
  out.edge = ctx.tree.edge_of(b);
}

}  // namespace

Linked linked_to(const FrameContext& ctx, const Selection& what) {
  Linked out;
  if (const RequestId r = selected_request(what); r != kNone) add_request(ctx, r, out);
  if (const auto* b = std::get_if<SelectedBlock>(&what)) {
    add_block(ctx, b->block, out);
    out.worker = b->worker;
  }
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
  if (out.worker != kNone && out.worker >= ctx.sim.workers().size()) out.worker = kNone;
  return out;
}

}  // namespace blockyard
