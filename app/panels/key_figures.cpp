#include "app/panels/key_figures.h"

#include <fmt/format.h>

#include <cmath>

#include "app/panels/experiments/experiment.h"
#include "app/panels/observed_figures.h"
#include "app/panels/panel_text.h"
#include "app/ui/compat.h"
#include "app/ui/widgets.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

constexpr std::array<KeyFigureKind, kKeyFigures> kKinds{{
    {"Prefix hit rate", "Hit rate", "%", &KeyFigures::block_hit_rate, 100, 1, &Theme::hit,
     "Blocks found in a worker's cache ÷ prompt blocks, over requests that finished. A click explains where the rest "
     "went."},
    {"TTFT p95", "TTFT p95", "ms", &KeyFigures::ttft_p95_ms, 1, -1, &Theme::p95,
     "Time from arrival to first token: 95 of 100 are faster. Queueing and prefill are in it."},
    {"End-to-end p95", "E2E p95", "ms", &KeyFigures::e2e_p95_ms, 1, -1, &Theme::p99,
     "Time from arrival to last token: 95 of 100 are faster."},
    {"Throughput", "Served", "req/s", &KeyFigures::throughput_rps, 1, 1, &Theme::accent,
     "Requests finished ÷ seconds. A click asks how many workers would keep an objective."},
    {"Evictions", "Evictions", "blk/s", &KeyFigures::evictions_per_s, 1, -1, &Theme::block_evicted,
     "Evicted blocks ÷ seconds, all workers."},
    {"Load imbalance", "Imbalance", "×", &KeyFigures::imbalance, 1, -1, &Theme::text_secondary,
     "Most requests finished by one worker ÷ mean over all workers; 1 is even."},
}};

}  // namespace

std::span<const KeyFigureKind, kKeyFigures> key_figure_table() { return kKinds; }

bool run_so_far(const FrameContext& ctx) { return ctx.ui.run_so_far || ctx.lesson != nullptr; }

KeyFigures shown_figures(const FrameContext& ctx, const LiveMetrics& metrics) {
  // One window for all: that of the run on screen.
  return run_so_far(ctx) ? metrics.until(ctx.now) : metrics.over(ctx.now - ctx.metrics.window(), ctx.now);
}

std::string figures_span(const FrameContext& ctx) {
  return run_so_far(ctx) ? "run so far" : "last " + duration_text(us_to_ms(ctx.metrics.window()));
}

namespace {

// Under this width, at scale 1, figures are short of room: the switch says "5 s" and "all".
constexpr float kTightFigures = 560;

float figure_gap(const Look& look, const Rect& rect) {
  return look.px(rect.w < look.px(kTightFigures) ? 4 : rect.w < look.px(700) ? 6 : 10);
}

// A figure in red: what it is, how much, and a word on it.
void alarm_tile(const Look& look, const Rect& rect, const char* label, const std::string& value,
                const std::string& word, const std::string& help) {
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  ImGui::SetCursorScreenPos(rect.min());
  ImGui::InvisibleButton(label, ImVec2(std::max(1.0F, rect.w), std::max(1.0F, rect.h)));
  help_tooltip(look, label, help);
  list->AddRectFilled(rect.min(), rect.max(), theme.panel, look.px(8));
  compat::add_rect(list, rect.min(), rect.max(), theme.bad, look.px(8));
  list->PushClipRect(rect.min(), rect.max(), true);
  const Rect in = rect.inset(look.px(10), 0);
  draw_text(list, look, FontRole::Small, theme.bad_text, ImVec2(in.x, rect.y + rect.h * 0.2F), label);
  draw_text(list, look, FontRole::Kpi, theme.bad_text, ImVec2(in.x, rect.y + rect.h * 0.5F), value);
  draw_text(list, look, FontRole::Small, theme.bad_text, ImVec2(in.x, rect.y + rect.h * 0.8F),
            ellipsized(look, FontRole::Small, word, in.w));
  list->PopClipRect();
}

void rejected_tile(const FrameContext& ctx, const Rect& rect, const Rejections& rejections) {
  alarm_tile(ctx.look, rect, "Rejected", with_commas(rejections.rejected),
             fmt::format("need over {}", counted(rejections.capacity, "block")),
             rejected_reason(rejections) + ". They were not run; no figure counts them.");
  ctx.look.mark("rejected", rect);
}

void saturated_tile(const FrameContext& ctx, const Rect& rect, const Saturation& saturation) {
  alarm_tile(ctx.look, rect, "Saturated", figure_text(saturation.times(), 2) + " ×", "its capacity",
             fmt::format("The fleet is {}.\n\nWhat would help: {}.", saturation_text(saturation),
                         saturation_remedy(saturation, ctx.scenario)));
  ctx.look.mark("saturated", rect);
}

// Two halves, one over the other: the one that holds is lit.
void span_switch(FrameContext& ctx, Rect rect) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const bool fixed = ctx.lesson != nullptr;  // the text quotes the run so far
  const std::string window = "last " + duration_text(us_to_ms(ctx.metrics.window()));
  const bool small = rect.w < look.px(80);
  list->AddRectFilled(rect.min(), rect.max(), theme.frame, look.px(8));
  Rect halves[2];
  halves[0] = rect.take_top(std::floor(rect.h / 2));
  halves[1] = rect;
  const char* ids[] = {"last seconds", "run so far"};
  for (int i = 0; i < 2; ++i) {
    const Rect half = halves[i].inset(look.px(3), look.px(3));
    const bool on = run_so_far(ctx) == (i == 1);
    ImGui::SetCursorScreenPos(half.min());
    const bool clicked = ImGui::InvisibleButton(ids[i], ImVec2(std::max(1.0F, half.w), std::max(1.0F, half.h)));
    if (clicked && !fixed) ctx.ui.run_so_far = i == 1;
    help_tooltip(look, i == 0 ? window : "run so far",
                 fixed ? "A lesson shows the figures of the run so far: those that its text quotes."
                 : i == 0
                     ? "Key figures and Compare count what finished in this stretch of time before the cursor."
                     : "Key figures and Compare count all that has finished since the start, as results.json does.");
    if (on) list->AddRectFilled(half.min(), half.max(), theme.raised, look.px(6));
    const std::string label = small    ? (i == 0 ? duration_text(us_to_ms(ctx.metrics.window())) : "all")
                              : i == 0 ? window
                                       : "run so far";
    const std::string shown = ellipsized(look, FontRole::Small, label, half.w - look.px(4));
    draw_text(list, look, FontRole::Small,
              on                                                 ? theme.text
              : !fixed && half.contains(ImGui::GetIO().MousePos) ? theme.text
                                                                 : theme.text_muted,
              ImVec2(half.center().x - text_width(look, FontRole::Small, shown) / 2, half.center().y), shown);
    look.mark(ids[i], half);
  }
}

}  // namespace

Rect draw_figures_end(FrameContext& ctx, Rect rect, const Alarms& alarms) {
  const Look& look = ctx.look;
  const float gap = figure_gap(look, rect);
  // In a lesson it is fixed: where room is short, the figures have it.
  if (rect.w >= look.px(ctx.lesson ? 560 : 420))
    span_switch(ctx, rect.take_right(look.px(rect.w < look.px(kTightFigures) ? 40 : 84), gap));
  const int tiles = (alarms.rejections.rejected > 0 ? 1 : 0) + (alarms.saturation ? 1 : 0);
  if (tiles == 0) return rect;
  const auto all = static_cast<float>(kKeyFigures) + static_cast<float>(tiles);
  const float w = std::max(look.px(92), std::floor((rect.w - gap * (all - 1)) / all));
  if (alarms.rejections.rejected > 0) rejected_tile(ctx, rect.take_right(w, gap), alarms.rejections);
  if (alarms.saturation) saturated_tile(ctx, rect.take_right(w, gap), *alarms.saturation);
  return rect;
}

namespace {

// What of the throughput kept the scenario's objectives.
std::string goodput_text(const FrameContext& ctx, const KeyFigures& window, const KeyFigures& all) {
  const SloConfig& slo = ctx.scenario.config.slo;
  if (objectives_text(slo).empty()) return "Goodput: no objective is set (Objectives, on the left).";
  const auto rate = [&](const KeyFigures& k, SimTime begin) {
    const double seconds = us_to_ms(k.end - k.begin) / 1000;
    return seconds > 0 ? ctx.metrics.kept(begin, k.end, slo) / seconds : KeyFigures::kNothing;
  };
  const std::uint32_t kept = ctx.metrics.kept(-1, all.end, slo);
  return fmt::format("Goodput, requests with {}: {} req/s; run so far {} req/s, {} of {} done.", objectives_text(slo),
                     figure_text(rate(window, ctx.now - ctx.metrics.window())), figure_text(rate(all, -1)), kept,
                     all.completed);
}

}  // namespace

void KeyFigureRow::draw(FrameContext& ctx, const Rect& whole) {
  if (ctx.observed != nullptr) return draw_observed_figures(ctx, whole);
  const Look& look = ctx.look;
  if (look.anchors) look.anchors->push("kpis");
  if (due_.due(ctx)) alarms_ = Alarms::of(ctx.fleet);
  const Rect rect = draw_figures_end(ctx, whole, alarms_);
  const bool so_far = run_so_far(ctx);
  const KeyFigures now = shown_figures(ctx, ctx.metrics), before = ctx.metrics.at(ctx.now - ctx.metrics.window()),
                   window = ctx.metrics.at(ctx.now), all = ctx.metrics.until(ctx.now);
  const std::string window_text = duration_text(us_to_ms(ctx.metrics.window()));
  const auto points = ctx.metrics.series(ctx.now);
  const auto course = points.subspan(points.size() - std::min<std::size_t>(points.size(), 120));
  const float gap = figure_gap(look, rect), w = std::floor((rect.w - gap * (kKeyFigures - 1)) / kKeyFigures);
  for (std::size_t i = 0; i < kKeyFigures; ++i) {
    const KeyFigureKind& f = kKinds[i];
    const double value = now.*f.field * f.factor, former = before.*f.field * f.factor;
    // Long times in seconds, from where tables and texts write them so.
    const bool seconds = std::string_view(f.unit) == "ms" && value >= 999.5;
    const double other = (so_far ? window : all).*f.field * f.factor;
    const std::string shown = figure_text(seconds ? value / 1000 : value);
    history_[i].clear();
    for (const LivePoint& p : course) {
      const double v = p.window.*f.field;
      if (!std::isnan(v)) history_[i].push_back(static_cast<float>(v));
    }
    KpiSpec spec;
    spec.label = f.label;
    spec.short_label = f.short_label;
    spec.value = shown;
    spec.unit = shown == "–" ? "" : (seconds ? "s" : f.unit);
    spec.history = history_[i];
    spec.color = look.theme.*f.color;
    const double change = seconds ? (value - former) / 1000 : value - former;
    const std::string change_text = figure_text(std::abs(change));
    spec.change_text = "";
    if (!so_far && !std::isnan(change) && ctx.now > ctx.metrics.window() && change_text != "0.00") {
      spec.rising = change > 0;
      spec.change = f.better == 0 ? Change::Neutral : ((change > 0) == (f.better > 0) ? Change::Better : Change::Worse);
      spec.change_text = change_text;
    }
    help_[i] = fmt::format("{}\n\n{}: {}, over {}. {}: {}.{}", f.formula, so_far ? "Run so far" : "Last " + window_text,
                           quantity_text(value, f.unit), counted(now.completed, "finished request"),
                           so_far ? "Last " + window_text : "Run so far", quantity_text(other, f.unit),
                           so_far ? "" : fmt::format("\nThe arrow: the change against the {} before.", window_text));
    const Rect tile{rect.x + (w + gap) * static_cast<float>(i), rect.y, w, rect.h};
    if (f.field == &KeyFigures::throughput_rps && tile.contains(ImGui::GetIO().MousePos))
      help_[i] += "\n" + goodput_text(ctx, window, all);
    spec.help = help_[i].c_str();
    const bool clicked = kpi_tile(look, tile, spec);
    if (clicked && f.field == &KeyFigures::block_hit_rate) explain_hit_rate(ctx);
    if (clicked && f.field == &KeyFigures::throughput_rps) ask_how_many_workers(ctx);
  }
  if (look.anchors) look.anchors->pop();
}

}  // namespace blockyard
