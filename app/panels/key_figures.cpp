#include "app/panels/key_figures.h"

#include <fmt/format.h>

#include <cmath>

#include "app/panels/experiments/experiment.h"
#include "app/panels/panel_text.h"
#include "app/ui/widgets.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

constexpr std::array<KeyFigureKind, kKeyFigures> kKinds{{
    {"Prefix hit rate", "Hit rate", "%", &KeyFigures::block_hit_rate, 100, 1, &Theme::hit,
     "Blocks found in a worker's cache ÷ prompt blocks, over requests that started. A click explains where the rest "
     "went."},
    {"TTFT p95", "TTFT p95", "ms", &KeyFigures::ttft_p95_ms, 1, -1, &Theme::p95,
     "Time from arrival to first token: 95 of 100 are faster. Queueing and prefill are in it."},
    {"End-to-end p95", "E2E p95", "ms", &KeyFigures::e2e_p95_ms, 1, -1, &Theme::p99,
     "Time from arrival to last token: 95 of 100 are faster."},
    {"Throughput", "Served", "req/s", &KeyFigures::throughput_rps, 1, 1, &Theme::accent,
     "Requests finished ÷ seconds."},
    {"Evictions", "Evictions", "blk/s", &KeyFigures::evictions_per_s, 1, -1, &Theme::block_evicted,
     "Cached blocks that had to make room ÷ seconds, all workers."},
    {"Load imbalance", "Imbalance", "×", &KeyFigures::imbalance, 1, -1, &Theme::text_secondary,
     "Most requests routed to one worker ÷ mean over all workers; 1 is even."},
}};

}  // namespace

std::span<const KeyFigureKind, kKeyFigures> key_figure_table() { return kKinds; }

std::string figure_text(double v) {
  if (std::isnan(v)) return "–";
  const double a = std::abs(v);
  if (a >= 99'950) return short_count(static_cast<std::uint64_t>(a));
  if (a >= 99.95) return with_commas(static_cast<std::uint64_t>(std::llround(a)));
  return fmt::format("{:.{}f}", v, a >= 9.995 ? 1 : 2);
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
  return fmt::format("Goodput, requests with {}: {} req/s; since the start {} req/s, {} of {} done.",
                     objectives_text(slo), figure_text(rate(window, ctx.now - ctx.metrics.window())),
                     figure_text(rate(all, -1)), kept, all.completed);
}

}  // namespace

void KeyFigureRow::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  if (look.anchors) look.anchors->push("kpis");
  const KeyFigures now = ctx.metrics.at(ctx.now), before = ctx.metrics.at(ctx.now - ctx.metrics.window()),
                   all = ctx.metrics.until(ctx.now);
  const auto points = ctx.metrics.series(ctx.now);
  const auto course = points.subspan(points.size() - std::min<std::size_t>(points.size(), 120));
  const float gap = look.px(rect.w < look.px(700) ? 6 : 10),
              w = std::floor((rect.w - gap * (kKeyFigures - 1)) / kKeyFigures);
  for (std::size_t i = 0; i < kKeyFigures; ++i) {
    const KeyFigureKind& f = kKinds[i];
    const double value = now.*f.field * f.factor, former = before.*f.field * f.factor;
    // Long times read better in seconds.
    const bool seconds = std::string_view(f.unit) == "ms" && value >= 9'995;
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
    if (!std::isnan(change) && ctx.now > ctx.metrics.window() && change_text != "0.00") {
      spec.rising = change > 0;
      spec.change = f.better == 0 ? Change::Neutral : ((change > 0) == (f.better > 0) ? Change::Better : Change::Worse);
      spec.change_text = change_text;
    }
    help_[i] = fmt::format(
        "{}\n\nOver the last {} of simulated time: {}. Change: against the {} before.\nSince the start: {} ({} "
        "started, {} done).",
        f.formula, duration_text(us_to_ms(now.end - now.begin)),
        spec.unit.empty() ? shown : fmt::format("{} {}", shown, spec.unit),
        duration_text(us_to_ms(ctx.metrics.window())), figure_text(all.*f.field * f.factor), all.started,
        all.completed);
    const Rect tile{rect.x + (w + gap) * static_cast<float>(i), rect.y, w, rect.h};
    if (f.field == &KeyFigures::throughput_rps && tile.contains(ImGui::GetIO().MousePos))
      help_[i] += "\n" + goodput_text(ctx, now, all);
    spec.help = help_[i].c_str();
    const bool clicked = kpi_tile(look, tile, spec);
    if (clicked && f.field == &KeyFigures::block_hit_rate) explain_hit_rate(ctx);
  }
  if (look.anchors) look.anchors->pop();
}

}  // namespace blockyard
