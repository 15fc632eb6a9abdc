// What the table of events says of one, beside its kind, request and worker.
#include <fmt/format.h>

#include "app/panels/panel_text.h"
#include "app/panels/tables/tab_events.h"
#include "app/panels/whose_belief.h"
#include "core/base/text.h"
#include "core/router/policy.h"

namespace blockyard {
namespace {

// Of a real router's request: what its engine found, where it says so, and how long it took.
std::string end_text(const FrameContext& ctx, const LoggedEvent& e) {
  const RequestRecord& r = ctx.fleet.records()[e.request];
  std::string out = r.hit_told ? fmt::format("hit {} of {}, predicted {}", e.value,
                                             counted(ctx.fleet.request(e.request).prompt_blocks, "block"), r.predicted)
                               : std::string("hit not told");
  if (r.first_token >= 0) out += fmt::format(", first token after {}", duration_text(us_to_ms(r.first_token - r.arrival)));
  return out;
}

}  // namespace

std::string event_detail(const FrameContext& ctx, const LoggedEvent& e) {
  switch (e.type) {
    case EventType::kArrive: {
      const Request& q = ctx.fleet.request(e.request);
      return fmt::format("{}, {}", counted(q.prompt_tokens, "token"), counted(q.prompt_blocks, "block"));
    }
    case EventType::kRoute:
      return fmt::format("predicted {} of {}{}", e.value, counted(ctx.fleet.request(e.request).prompt_blocks, "block"),
                         several_routers(ctx) ? ", by " + router_of_event(ctx, e) : std::string());
    case EventType::kReject:
      return "longer than a worker's memory";
    case EventType::kStart:
      return fmt::format("hit {} of {}", e.value, counted(ctx.fleet.request(e.request).prompt_blocks, "block"));
    case EventType::kEvict:
      return fmt::format("{}, from block {}", counted(e.value, "block"), e.block);
    case EventType::kFirstToken:
      return "first token";
    case EventType::kFinish:
      if (ctx.observed != nullptr) return end_text(ctx, e);
      return "last token, blocks released";
    case EventType::kFail:
      return e.value > 0 ? fmt::format("HTTP status {}", e.value) : "no answer was begun";
    case EventType::kCancel:
      return "its client left";
    case EventType::kDrain:
      return "gets no new requests from now on";
    case EventType::kResume:
      return "gets requests again";
    case EventType::kPreempt:
      return "gave its blocks back, waits again";
    case EventType::kHeartbeat:
      return "sends its load";
    case EventType::kSync:
      return "sends the set of its blocks";
    case EventType::kDeliver: {
      const auto kind = static_cast<MessageKind>(e.value);
      return fmt::format("{} learns {}", router_of_event(ctx, e),
                         kind == MessageKind::kHeartbeat ? "a load"
                         : kind == MessageKind::kSync    ? "a set of blocks"
                                                         : "of evictions");
    }
    case EventType::kFault:
      if (static_cast<FaultKind>(e.value) == FaultKind::kRouterRestart)
        return fmt::format("{} starts anew: it has forgotten everything", router_of_event(ctx, e));
      return static_cast<FaultKind>(e.value) == FaultKind::kCrash ? "crashes: cache and requests are lost"
                                                                  : "idle blocks are dropped, nobody is told";
    case EventType::kDetect:
      return "the router notices, and routes its requests again";
    case EventType::kRestart:
      if (e.worker == kNone) return fmt::format("{} is back", router_of_event(ctx, e));
      return "is back, with an empty cache";
    case EventType::kChange:
      if (ctx.observed != nullptr) return fmt::format("routes by {}", policy_table()[e.value].label);
      return "settings changed";
    case EventType::kStore:
      return fmt::format("{}, from block {}", counted(e.value, "block"), e.block);
    case EventType::kClear:
      return "says that it holds nothing any more";
    case EventType::kConnect:
      return "its stream is reached";
    case EventType::kDisconnect:
      return "its stream is not reached any more";
    case EventType::kUp:
      return "its health answers";
    case EventType::kDown:
      return "its health does not answer";
    case EventType::kGap:
      return "batches of its stream are missing";
    case EventType::kSettle:
      return "what was missing is no longer awaited";
    case EventType::kLose:
      return counted(e.value, "batch", "batches") + " lost: blocks may be unknown";
    case EventType::kLeaveOut:
      return counted(e.value, "event") + " left out";
    case EventType::kAnew:
      return "another process answers: nothing is known of it yet";
  }
  return {};
}

}  // namespace blockyard
