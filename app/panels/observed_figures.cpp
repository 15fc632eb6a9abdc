#include "app/panels/observed_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "app/panels/observed_words.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

constexpr std::size_t kCourse = 120;  // points

struct Tile {
  const char *label, *short_label;
  std::string value;
  const char* unit;
  std::vector<float> course;
  Color color;
  std::string help;
};

// What all workers say together, where any says it.
struct Sums {
  double running = 0, waiting = 0, usage = 0, capacity = 0;
  std::uint64_t held = 0, live = 0;
  bool any_running = false, any_waiting = false, all_capacities = true, any_usage = false;
  double hit = 0, queried = 0;
  SimTime oldest = kNever;
};

Sums sums_of(const FrameContext& ctx) {
  Sums s;
  const auto& rows = live::figure_rows();
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    const live::LiveWorker& worker = ctx.observed->observed(w);
    s.held += ctx.fleet.workers()[w].resident();
    s.live += worker.state() == live::WorkerState::kLive;
    const auto capacity = ctx.observed->known_capacity(w);
    s.all_capacities = s.all_capacities && capacity.has_value();
    s.capacity += capacity.value_or(0);
    if (worker.figures_at < 0) continue;
    s.oldest = std::min(s.oldest, worker.figures_at);
    s.any_running = s.any_running || worker.figures.running;
    s.any_waiting = s.any_waiting || worker.figures.waiting;
    s.running += worker.figures.running.value_or(0);
    s.waiting += worker.figures.waiting.value_or(0);
    if (worker.figures.usage && capacity) {
      s.any_usage = true;
      s.usage += *worker.figures.usage * *capacity;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].value == &live::MetricsFigures::queried_tokens) s.queried += worker.totals[i];
      if (rows[i].value == &live::MetricsFigures::hit_tokens) s.hit += worker.totals[i];
    }
  }
  return s;
}

}  // namespace

void draw_observed_figures(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  if (look.anchors) look.anchors->push("kpis");
  const Sums s = sums_of(ctx);
  const auto points = ctx.metrics.series(ctx.now);
  const std::size_t first = points.size() - std::min(points.size(), kCourse);
  const auto course = [&](auto figure) {
    std::vector<float> out;
    for (std::size_t i = first; i < points.size(); ++i) {
      float sum = 0;
      for (const WorkerPoint& w : ctx.metrics.workers(i)) sum += static_cast<float>(figure(w));
      out.push_back(sum);
    }
    return out;
  };
  std::vector<float> removals;
  for (std::size_t i = first; i < points.size(); ++i)
    removals.push_back(static_cast<float>(points[i].window.evictions_per_s));
  const KeyFigures window = ctx.metrics.at(ctx.now);
  const std::string age = s.oldest == kNever ? "" : fmt::format(" The oldest was read {} ago.", age_text(ctx, s.oldest));
  const auto whole = [](bool told, double v) { return told ? with_commas(static_cast<std::uint64_t>(v)) : "–"; };
  const auto of_window = [&](double KeyFigures::*figure) {
    std::vector<float> out;
    for (std::size_t i = first; i < points.size(); ++i) out.push_back(static_cast<float>(points[i].window.*figure));
    return out;
  };
  const std::string span = fmt::format(", of the requests that ended in the last {}.", duration_text(us_to_ms(ctx.metrics.window())));
  const auto told = [](double v) { return std::isnan(v) ? std::string("–") : figure_text(v); };
  std::array<Tile, 6> tiles{{
      {"Workers live", "Live", fmt::format("{}", s.live), "", {}, theme.accent,
       fmt::format("Of {}: those whose stream has told everything from its first batch on.", ctx.fleet.workers().size())},
      {"Blocks held", "Blocks", short_count(s.held), "blk",
       course([](const WorkerPoint& w) { return w.resident; }), theme.block_idle,
       s.all_capacities ? fmt::format("By the streams, all workers, of {} that there is room for.",
                                      with_commas(static_cast<std::uint64_t>(s.capacity)))
                        : std::string("By the streams, all workers. Not all say how many they have room for.")},
      {"Running", "Running", whole(s.any_running, s.running), "req",
       course([](const WorkerPoint& w) { return w.running; }), theme.hit, "Requests, as the metrics say." + age},
      {"Waiting", "Waiting", whole(s.any_waiting, s.waiting), "req",
       course([](const WorkerPoint& w) { return w.waiting; }), theme.p95, "Requests, as the metrics say." + age},
      {"Prefix hit rate", "Hit rate", s.queried > 0 ? figure_text(100 * s.hit / s.queried) : "–", "%", {}, theme.hit,
       "Prompt tokens found ÷ asked for, by the engines' own counters, since this session began."},
      {"Removals", "Removed", figure_text(window.evictions_per_s), "blk/s", std::move(removals), theme.block_evicted,
       fmt::format("Blocks that workers have said to be gone ÷ seconds, over the last {}.",
                   duration_text(us_to_ms(ctx.metrics.window())))},
  }};
  if (ctx.observed->routed()) {  // its requests say more than samples of the engines' metrics
    tiles[2] = {"Requests", "Requests", told(window.throughput_rps), "/s", of_window(&KeyFigures::throughput_rps), theme.hit,
                "Ended well ÷ seconds" + span};
    tiles[3] = {"TTFT p95", "TTFT p95", told(window.ttft_p95_ms), "ms", of_window(&KeyFigures::ttft_p95_ms), theme.p95,
                "From a request's arrival at this router to its first token" + span};
    tiles[4] = {"Prefix hit rate", "Hit rate", told(100 * window.block_hit_rate), "%",
                of_window(&KeyFigures::block_hit_rate), theme.hit,
                "Blocks that engines found ÷ prompt blocks, where they told" + span};
  }
  const float gap = look.px(rect.w < look.px(560) ? 4 : rect.w < look.px(700) ? 6 : 10);
  const float w = std::floor((rect.w - gap * static_cast<float>(tiles.size() - 1)) / static_cast<float>(tiles.size()));
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const Tile& t = tiles[i];
    KpiSpec spec;
    spec.label = t.label;
    spec.short_label = t.short_label;
    spec.value = t.value;
    const std::string of = fmt::format("of {}", ctx.fleet.workers().size());
    spec.unit = t.value == "–" ? "" : i == 0 ? std::string_view(of) : std::string_view(t.unit);
    spec.history = t.course;
    spec.color = t.color;
    spec.change_text = "";
    spec.help = t.help.c_str();
    kpi_tile(look, {rect.x + (w + gap) * static_cast<float>(i), rect.y, w, rect.h}, spec);
  }
  if (look.anchors) look.anchors->pop();
}

}  // namespace blockyard
