#include "app/window/bars/status_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "app/panels/happened.h"
#include "app/panels/panel_text.h"
#include "app/session/experiment_job.h"
#include "app/ui/widgets.h"
#include "app/window/bars/top_bar.h"
#include "core/live/observed/observed_fleet.h"
#include "core/metrics/rejections.h"
#include "core/metrics/saturation.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

// The ways to what has no room beside the fleet, at the right end. Returns the x before them.
float draw_pages(FrameContext& ctx, const Rect& rect) {
  using Page = UiState::Page;
  UiState& ui = ctx.ui;
  std::vector<const char*> names{"Fleet"};
  std::vector<Page> pages{Page::kFleet};
  for (const auto& [page, name] :
       {std::pair{Page::kControls, "Controls"}, {Page::kTree, "Prefix tree"}, {Page::kPlots, "Plots"}}) {
    if (!ui.has_page(page)) continue;
    names.push_back(name);
    pages.push_back(page);
  }
  if (pages.size() == 1) return rect.right();
  int at = 0;
  float cell = 0;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (pages[i] == ui.page) at = static_cast<int>(i);
    cell = std::max(cell, text_width(ctx.look, FontRole::Small, names[i]));
  }
  const float width = std::min(rect.w * 0.62F, (cell + ctx.look.px(22)) * static_cast<float>(names.size()));
  const float x = std::floor(rect.right() - width - ctx.look.px(8));
  ImGui::SetCursorScreenPos(ImVec2(x, std::floor(rect.center().y - ctx.look.px(17))));
  if (const auto picked = segmented(ctx.look, "pages", names, at, width)) {
    ui.page = pages[static_cast<std::size_t>(*picked)];
  }
  return x;
}

}  // namespace

void draw_status_bar(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(rect.min(), rect.max(), look.theme.panel);
  list->AddRectFilled(rect.min(), ImVec2(rect.right(), rect.y + 1), look.theme.line);
  const float y = rect.center().y;

  std::string state(ctx.message);
  Color dot = ctx.loading ? look.theme.warn : ctx.playing ? look.theme.good : look.theme.text_muted;
  if (state.empty()) {
    if (ctx.playing && ctx.arriving && ctx.over) {
      state = "Following the fleet";
    } else if (ctx.playing) {
      state = ctx.speed >= kMaxSpeed ? "Running as fast as possible" : fmt::format("Running at {:g}×", ctx.speed);
    } else {
      state = ctx.over && ctx.observed == nullptr ? "The run is over" : "Paused";
      if (const Happened happened = what_happened(ctx); !happened.text.empty()) state += "   ·   " + happened.text;
    }
  }
  // Long work goes on behind its closed card.
  if (ctx.experiment != nullptr && ctx.experiment->running && !ctx.ui.experiment_open) {
    const ExperimentState& e = *ctx.experiment;
    const std::string far = e.total == 0 ? "begins" : fmt::format("{} of {}", e.done, e.total);
    state = fmt::format("Experiment: {} (X shows it)   ·   {}", far, state);
    dot = look.theme.warn;
    look.mark("experiment running", rect);
  }
  const float end_x = draw_pages(ctx, rect);
  list->AddCircleFilled(ImVec2(rect.x + look.px(16), y), look.px(4), dot);
  float x = draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(rect.x + look.px(27), y),
                      ellipsized(look, FontRole::Small, state, end_x - rect.x - look.px(40)));
  look.mark("status", rect);

  const std::string hint = "Space  play     .  next event     ?  keys     F1  help     Ctrl K  commands";
  const float hint_w = text_width(look, FontRole::Small, hint);
  const std::string rejected = rejected_reason(rejections_of(ctx.fleet));
  const auto saturation = ctx.observed != nullptr ? std::nullopt : saturation_of(ctx.fleet);
  const std::string facts =
      ctx.observed != nullptr
          ? fmt::format("{} · {} records · {} events · {}", counted(ctx.fleet.workers().size(), "worker"),
                        short_count(ctx.observed->session().records()), short_count(ctx.log_at),
                        ctx.routes ? fmt::format("router at {}", ctx.listening)
                        : ctx.arriving ? "observed" : "as recorded")
          : fmt::format(
                "{} of {} requests   ·   {} events   ·   seed {}   ·   {}", with_commas(ctx.fleet.arrived()),
                with_commas(ctx.fleet.records().size()), short_count(ctx.log_at), ctx.scenario.config.seed,
                ctx.changes.empty() ? "deterministic" : fmt::format("{} changed in flight", ctx.changes.size()));
  // The clock, where the top bar has no room for it.
  if (rect.w < look.px(760)) {
    const std::string clock = clock_text(ctx.now);
    if (x + look.px(28) + text_width(look, FontRole::Mono14, clock) < end_x)
      draw_text(list, look, FontRole::Mono14, look.theme.text, ImVec2(x + look.px(14), y), clock);
    return;
  }
  x = std::max(x + look.px(28), rect.x + look.px(end_x < rect.right() ? 0 : 292));
  // Whatever was not run, or was too much, is said in red, in words, before anything else.
  if (!rejected.empty() || saturation) {
    std::string said = rejected.empty() ? "" : "Rejected: " + rejected;
    if (saturation) said += (said.empty() ? "Saturated: " : "   ·   Saturated: ") + saturation_text(*saturation);
    draw_text(list, look, FontRole::Small, look.theme.bad_text, ImVec2(x, y),
              ellipsized(look, FontRole::Small, said, end_x - look.px(14) - x));
    look.mark(rejected.empty() ? "saturated reason" : "rejected reason", {x, rect.y, end_x - look.px(14) - x, rect.h});
    return;
  }
  const float end = x + text_width(look, FontRole::Small, facts);
  if (end < end_x - look.px(12)) {
    draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(x, y), facts);
    if (end + look.px(40) + hint_w < end_x) {
      draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(end_x - look.px(14), y), hint);
    }
  }
}

}  // namespace blockyard
