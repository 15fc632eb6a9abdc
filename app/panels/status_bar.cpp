#include "app/panels/status_bar.h"

#include <fmt/format.h>

#include "app/panels/panel_text.h"
#include "app/ui/widgets.h"
#include "core/io/scenario.h"

namespace blockyard {

void draw_status_bar(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(rect.min(), rect.max(), look.theme.panel);
  list->AddRectFilled(rect.min(), ImVec2(rect.right(), rect.y + 1), look.theme.line);
  const float y = rect.center().y;

  std::string state(ctx.message);
  Color dot = ctx.loading ? look.theme.warn : ctx.playing ? look.theme.good : look.theme.text_muted;
  if (state.empty()) {
    if (ctx.playing) {
      state = ctx.speed >= kMaxSpeed ? "Running as fast as it goes" : fmt::format("Running at {:g}×", ctx.speed);
    } else {
      state = ctx.sim.done() ? "The run is over" : "Paused";
    }
  }
  list->AddCircleFilled(ImVec2(rect.x + look.px(16), y), look.px(4), dot);
  float x = draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(rect.x + look.px(27), y), state);
  look.mark("status", rect);

  const std::string hint = "Space  play     .  next event     ?  keys     F1  help     Ctrl K  commands";
  const float hint_w = text_width(look, FontRole::Small, hint);
  const std::string facts =
      fmt::format("{} of {} requests   ·   {} events   ·   seed {}   ·   {}", with_commas(ctx.sim.arrived()),
                  with_commas(ctx.sim.records().size()), short_count(ctx.log_at), ctx.scenario.config.seed,
                  ctx.player.changes().empty() ? "deterministic"
                                               : fmt::format("{} changed in flight", ctx.player.changes().size()));
  x = std::max(x + look.px(28), rect.x + look.px(292));
  const float end = x + text_width(look, FontRole::Small, facts);
  if (end < rect.right() - look.px(12)) {
    draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(x, y), facts);
    if (end + look.px(40) + hint_w < rect.right()) {
      draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(rect.right() - look.px(14), y), hint);
    }
  }
}

}  // namespace blockyard
