#include "app/panels/happened.h"

#include <fmt/format.h>

#include <array>

#include "app/panels/panel_text.h"
#include "app/panels/tables/tab_events.h"
#include "app/panels/whose_belief.h"
#include "core/base/text.h"
#include "core/metrics/rejections.h"

namespace blockyard {
namespace {

// Which event of a step the sentence is about: the first of these that is among them.
constexpr std::array kWeight = {EventType::kReject, EventType::kFault,      EventType::kDetect, EventType::kRestart,
                                EventType::kChange, EventType::kPreempt,    EventType::kStart,  EventType::kRoute,
                                EventType::kFinish, EventType::kFirstToken, EventType::kSync,   EventType::kDeliver,
                                EventType::kArrive, EventType::kHeartbeat,  EventType::kAnew,  EventType::kDown,
                                EventType::kLose,   EventType::kGap,        EventType::kClear, EventType::kDisconnect,
                                EventType::kUp,     EventType::kConnect,    EventType::kSettle, EventType::kLeaveOut,
                                EventType::kFail,   EventType::kCancel,     EventType::kDrain, EventType::kResume,
                                EventType::kStore,  EventType::kEvict};

std::string found(const FrameContext& ctx, const LoggedEvent& start, std::uint64_t evicted) {
  std::string out =
      fmt::format("{} of {} found", start.value, counted(ctx.fleet.request(start.request).prompt_blocks, "block"));
  if (evicted > 0) out += fmt::format(", {} evicted", with_commas(evicted));
  return out;
}

std::string sentence(const FrameContext& ctx, const LoggedEvent& e, bool routed, std::uint64_t evicted) {
  const std::string request = e.request == kNone ? "" : fmt::format("request {}", e.request);
  const std::string worker = e.worker == kNone           ? ""
                             : ctx.observed != nullptr ? worker_name(ctx, e.worker)
                                                       : fmt::format("worker {}", e.worker);
  switch (e.type) {
    case EventType::kReject:
      return fmt::format("{} rejected: it needs {}, a worker has {}", request,
                         counted(blocks_needed(ctx.fleet.config(), ctx.fleet.request(e.request)), "block"),
                         with_commas(ctx.fleet.workers().front().capacity()));
    case EventType::kFault:
      if (static_cast<FaultKind>(e.value) == FaultKind::kRouterRestart)
        return router_of_event(ctx, e) + " starts anew: it has forgotten everything";
      return static_cast<FaultKind>(e.value) == FaultKind::kCrash ? worker + " crashes: its cache and requests are lost"
                                                                  : worker + " drops its idle blocks and tells nobody";
    case EventType::kDetect:
      return fmt::format("{} that {} is down", several_routers(ctx) ? "the routers notice" : "the router notices",
                         worker);
    case EventType::kRestart:
      return e.worker == kNone ? router_of_event(ctx, e) + " is back" : worker + " is back, with an empty cache";
    case EventType::kChange:
      return ctx.observed != nullptr ? "the router " + event_detail(ctx, e) : "settings changed";
    case EventType::kFail:
      return fmt::format("{} failed: {}", request, event_detail(ctx, e));
    case EventType::kCancel:
      return request + " cancelled: its client left";
    case EventType::kDrain:
    case EventType::kResume:
      return worker + " " + event_detail(ctx, e);
    case EventType::kPreempt:
      return fmt::format("{} preempted on {}: it gives its blocks back and waits", request, worker);
    case EventType::kStart:
      return routed ? fmt::format("{} → {}: {}", request, worker, found(ctx, e, evicted))
                    : fmt::format("{} starts on {}: {}", request, worker, found(ctx, e, evicted));
    case EventType::kRoute:
      if (ctx.observed != nullptr)
        return fmt::format("{} → {}: {} of {} expected there", request, worker, e.value,
                           counted(ctx.fleet.request(e.request).prompt_blocks, "block"));
      return fmt::format("{} → {}: waits there; {} of {} expected", request, worker, e.value,
                         counted(ctx.fleet.request(e.request).prompt_blocks, "block"));
    case EventType::kFinish:
      if (ctx.observed != nullptr) return fmt::format("{} done on {}: {}", request, worker, event_detail(ctx, e));
      return fmt::format("{} done on {} after {}: its blocks are idle", request, worker,
                         duration_text(us_to_ms(e.t - ctx.fleet.records()[e.request].arrival)));
    case EventType::kFirstToken:
      return fmt::format("{}: first token after {}, on {}", request,
                         duration_text(us_to_ms(e.t - ctx.fleet.records()[e.request].arrival)), worker);
    case EventType::kSync:
      return worker + " sends the router the list of its blocks";
    case EventType::kHeartbeat:
      return worker + " sends the router its load";
    case EventType::kDeliver: {
      const auto kind = static_cast<MessageKind>(e.value);
      const std::string router = router_of_event(ctx, e);
      return kind == MessageKind::kHeartbeat ? fmt::format("{} learns the load of {}", router, worker)
             : kind == MessageKind::kSync    ? fmt::format("{} learns which blocks {} holds", router, worker)
                                             : fmt::format("{} learns what {} has evicted", router, worker);
    }
    case EventType::kArrive:
      return request + " arrives";
    case EventType::kEvict:
      return fmt::format("{}: {} {}", worker, counted(evicted, "block"), ctx.observed != nullptr ? "gone" : "evicted");
    case EventType::kStore:
      return fmt::format("{} stores {}", worker, counted(e.value, "block"));
    case EventType::kClear:
      return worker + " says that it holds nothing any more";
    case EventType::kConnect:
      return fmt::format("the stream of {} is reached", worker);
    case EventType::kDisconnect:
      return fmt::format("the stream of {} is not reached any more", worker);
    case EventType::kUp:
      return fmt::format("the health of {} answers", worker);
    case EventType::kDown:
      return fmt::format("the health of {} does not answer", worker);
    case EventType::kGap:
      return fmt::format("batches of {} are missing", worker);
    case EventType::kSettle:
      return fmt::format("nothing more is awaited of what {} had not sent", worker);
    case EventType::kLose:
      return fmt::format("{} of {} lost: blocks may be unknown", counted(e.value, "batch", "batches"), worker);
    case EventType::kLeaveOut:
      return fmt::format("{} of {} left out", counted(e.value, "event"), worker);
    case EventType::kAnew:
      return fmt::format("another process answers as {}: nothing is known of it yet", worker);
  }
  return {};
}

}  // namespace

Happened what_happened(const FrameContext& ctx) {
  Happened out;
  if (ctx.playing || ctx.log_at == 0) return out;
  out.end = out.first = ctx.log_at;
  const std::uint64_t step = ctx.log[ctx.log_at - 1].handled;
  std::uint64_t evicted = 0;
  bool routed = false;
  while (out.first > 0 && ctx.log[out.first - 1].handled == step) {
    const LoggedEvent& e = ctx.log[--out.first];
    if (e.type == EventType::kEvict) evicted += e.value;
    routed = routed || e.type == EventType::kRoute;
  }
  for (const EventType type : kWeight) {
    for (std::size_t i = out.first; i < out.end; ++i) {
      const LoggedEvent& e = ctx.log[i];
      if (e.type != type) continue;
      out.worker = e.worker;
      out.request = e.request;
      out.text = sentence(ctx, e, routed, evicted);
      // Where much comes at once (a crash, a step of a batch), how much more there is.
      std::size_t more = 0;
      for (std::size_t k = out.first; k < out.end; ++k) more += ctx.log[k].type == type ? 1 : 0;
      if (more > 1) out.text += fmt::format("; {} more", more - 1);
      return out;
    }
  }
  return out;
}

}  // namespace blockyard
