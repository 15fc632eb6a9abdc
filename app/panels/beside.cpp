#include "app/panels/beside.h"

namespace blockyard {
namespace {

// An event is a place in the log of the run; in another fleet's log it would be something else. What it was about is
// the same everywhere.
Selection told_by_subject(const FrameContext& ctx, const Selection& what) {
  const auto* place = std::get_if<SelectedEvent>(&what);
  if (place == nullptr) return what;
  if (place->index >= ctx.log.size()) return {};
  const LoggedEvent& e = ctx.log[place->index];
  if (e.type == EventType::kEvict && e.block != kNone) return SelectedBlock{e.block, e.worker};
  if (e.request != kNone) return SelectedRequest{e.request};
  if (e.worker != kNone) return SelectedWorker{e.worker};
  return {};
}

}  // namespace

FrameContext context_of(const FrameContext& ctx, const RunBeside& beside) {
  const Player& player = *beside.player;
  return {.look = ctx.look,
          .scenario = ctx.scenario,
          .original = ctx.original,
          .fleet = player.cursor(),
          .simulation = &player.cursor(),
          .tree = ctx.tree,
          .metrics = *beside.metrics,
          .log = player.events(),
          .log_at = player.events_at_cursor(),
          .leaves_messages_out = player.leaves_messages_out(),
          .changes = player.changes(),
          .study = nullptr,
          .now = ctx.now,
          .newest = player.newest(),
          .known_end = player.frontier(),
          .complete = player.complete(),
          .over = player.cursor().done(),
          .playing = ctx.playing,
          .speed = ctx.speed,
          .screen_time = ctx.screen_time,
          .range = ctx.range,
          .bookmarks = ctx.bookmarks,
          .selection = told_by_subject(ctx, ctx.selection),
          .hover = told_by_subject(ctx, ctx.hover),
          .compared = {},
          .experiment = nullptr,
          .scenarios = ctx.scenarios,
          .scenario_source = ctx.scenario_source,
          .assets_dir = ctx.assets_dir,
          .message = {},
          .loading = ctx.loading,
          .toasts = {},
          .ui = ctx.ui,
          .commands = ctx.commands,
          .animate_until = ctx.animate_until};
}

void each_fleet(const FrameContext& ctx, const std::function<void(std::size_t, const FrameContext&)>& draw) {
  draw(0, ctx);
  for (std::size_t i = 0; i < ctx.compared.size(); ++i) draw(i + 1, context_of(ctx, ctx.compared[i]));
}

}  // namespace blockyard
