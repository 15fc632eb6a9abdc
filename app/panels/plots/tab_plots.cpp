#include "app/panels/plots/tab_plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "app/panels/beside.h"
#include "app/panels/plots/fleet_lines.h"
#include "app/panels/plots/request_lanes.h"
#include "app/ui/icons.h"
#include "core/live/observed/observed_fleet.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

// From this width on (at scale 1) the evictions stand beside a plot.
constexpr float kRoomForEvictions = 700;
constexpr float kEvictionsWidth = 306;

// Cuts the evictions off the right where there is room; the rest is the plot's.
Rect with_evictions(FrameContext& ctx, const Rect& rect, EvictionsTable& table, float from = kRoomForEvictions) {
  const Look& look = ctx.look;
  if (rect.w < look.px(from)) return rect;
  Rect plot = rect;
  const Rect right = plot.take_right(look.px(kEvictionsWidth), look.px(25));
  const float line = plot.right() + look.px(12);
  ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(line, rect.y - look.px(2)),
                                            ImVec2(line + std::max(1.0f, look.px(1)), rect.bottom()), look.theme.line);
  table.draw(ctx, right);
  return plot;
}

PlotSeries line(const char* name, PlotRole role, std::size_t points) {
  PlotSeries s;
  s.name = name;
  s.colour.role = role;
  s.x.reserve(points);
  s.y.reserve(points);
  return s;
}

// Blocks that all workers have room for; 0 where not all say so.
double known_room(const live::ObservedFleet& fleet) {
  double out = 0;
  for (WorkerId w = 0; w < fleet.workers().size(); ++w) {
    const auto capacity = fleet.known_capacity(w);
    if (!capacity) return 0;
    out += *capacity;
  }
  return out;
}

bool in_range(const FrameContext& ctx, SimTime t) {
  return t >= 0 && (!ctx.range || (t >= ctx.range->begin && t <= ctx.range->end));
}

}  // namespace

// --- Latency

void LatencyPlotsTab::over_time(const FrameContext& ctx) {
  if (!ctx.compared.empty()) {
    box_[0].figure = make_figure(fleets_over_time(ctx, "Time to first token, p95", "TTFT p95", "ms",
                                                  [](const LivePoint& p) { return p.window.ttft_p95_ms; }));
    return;
  }
  const auto points = ctx.metrics.series(ctx.now);
  Plot p = time_plot(ctx, "Time to first token", "TTFT", "ms");
  p.subtitle = fmt::format("over a sliding window of {}", duration_text(us_to_ms(ctx.metrics.window())));
  PlotSeries p50 = line("p50", PlotRole::P50, points.size()), p95 = line("p95", PlotRole::P95, points.size()),
             p99 = line("p99", PlotRole::P99, points.size());
  p50.fill = true;
  for (const LivePoint& point : points) {
    const double t = axis_seconds(point.t);
    p50.x.push_back(t), p50.y.push_back(point.window.ttft_p50_ms);
    p95.x.push_back(t), p95.y.push_back(point.window.ttft_p95_ms);
    p99.x.push_back(t), p99.y.push_back(point.window.ttft_p99_ms);
  }
  p.series = {std::move(p50), std::move(p95), std::move(p99)};
  if (const SloConfig slo{ctx.scenario.config.slo.ttft_ms, {}}; slo.ttft_ms) {
    PlotMark promise;
    promise.across = PlotMark::Across::Y;
    promise.at = *slo.ttft_ms;
    promise.label = objectives_text(slo);
    promise.colour.role = PlotRole::Muted;
    p.marks.push_back(promise);
  }
  box_[0].figure = make_figure(std::move(p));
}

void LatencyPlotsTab::distribution(const FrameContext& ctx, bool cumulative) {
  std::vector<double> hits, misses, all;
  const std::vector<FleetLine> fleets = fleet_lines(ctx);
  std::vector<std::vector<double>> of_fleets(fleets.size());
  for (std::size_t i = 0; i < fleets.size(); ++i) {
    for (const RequestRecord& r : fleets[i].fleet->records()) {
      if (r.first_token < 0 || !in_range(ctx, r.first_token)) continue;
      const double ms = us_to_ms(r.first_token - r.arrival);
      of_fleets[i].push_back(ms);
      if (i == 0 && r.hit_told) (r.hit > 0 ? hits : misses).push_back(ms);
    }
  }
  all = of_fleets[0];
  Plot p;
  p.title = cumulative ? "Distribution of the time to first token" : "Time to first token";
  p.empty_text = "No request has had its first token yet.";
  p.x.label = "TTFT";
  p.x.unit = "ms";
  p.y.label = cumulative ? "requests" : "requests";
  p.y.unit = cumulative ? "%" : "";
  const std::string hit_name = fmt::format("hit ({})", hits.size()),
                    miss_name = fmt::format("miss ({})", misses.size());
  if (fleets.size() > 1) {
    p.series = fleet_distributions(fleets, of_fleets, cumulative, 0);
  } else if (!all.empty() && cumulative) {
    if (!hits.empty()) p.series.push_back(make_cdf(hit_name, hits, {PlotRole::Hit, -1}));
    if (!misses.empty()) p.series.push_back(make_cdf(miss_name, misses, {PlotRole::Miss, -1}));
    if (p.series.size() == 2) p.series[1].dashed = true;
  } else if (!all.empty()) {
    const std::vector<double> edges = histogram_edges(all);
    if (!hits.empty()) p.series.push_back(make_histogram(hit_name, hits, edges, {PlotRole::Hit, -1}));
    if (!misses.empty()) p.series.push_back(make_histogram(miss_name, misses, edges, {PlotRole::Miss, -1}));
  }
  PlotBox& box = box_[cumulative ? 2 : 1];
  const std::uint64_t revision = box.figure.revision + 1;
  box.figure = make_figure(std::move(p));
  box.figure.revision = revision;
}

void LatencyPlotsTab::draw(FrameContext& ctx, const Rect& rect) {
  const Rect plot = with_evictions(ctx, rect, evictions_);
  constexpr std::array<PlotChoice, 3> kKinds = {{{icons::kLineChart, "Percentiles over time"},
                                                 {icons::kBarChart, "Histogram, hits against misses"},
                                                 {icons::kAreaChart, "Cumulative distribution, hits against misses"}}};
  plot_choices(ctx.look, "latency kind", plot, kKinds, &kind_);
  if (kind_ == 0) {
    over_time(ctx);
  } else if (const bool due = due_.due(ctx); due || made_ != kind_ || fleets_ != fleet_names(ctx)) {
    fleets_ = fleet_names(ctx);
    distribution(ctx, kind_ == 2);
  }
  made_ = kind_;
  box_[kind_].choices = static_cast<int>(kKinds.size());
  show_plot(ctx, "latency", plot, box_[kind_], kind_ == 0);
}

// --- Hit rate

void HitRateTab::draw(FrameContext& ctx, const Rect& rect) {
  const Rect plot = with_evictions(ctx, rect, evictions_);
  const auto points = ctx.metrics.series(ctx.now);
  if (!ctx.compared.empty()) {
    Plot fleets = fleets_over_time(ctx, "Prefix hit rate", "blocks", "%",
                                   [](const LivePoint& p) { return p.window.block_hit_rate * 100; });
    fleets.y.max = 100;
    box_.figure = make_figure(std::move(fleets));
    show_plot(ctx, "hit rate", plot, box_, true);
    return;
  }
  Plot p = time_plot(ctx, "Prefix hit rate", "hit rate", "%");
  p.y.max = 100;
  PlotSeries blocks = line("blocks", PlotRole::Hit, points.size()),
             requests = line("requests with a hit", PlotRole::Good, points.size());
  blocks.fill = true;
  requests.dashed = true;
  for (const LivePoint& point : points) {
    const double t = axis_seconds(point.t);
    blocks.x.push_back(t), blocks.y.push_back(point.window.block_hit_rate * 100);
    requests.x.push_back(t), requests.y.push_back(point.window.request_hit_rate * 100);
  }
  p.series = {std::move(blocks), std::move(requests)};
  box_.figure = make_figure(std::move(p));
  show_plot(ctx, "hit rate", plot, box_, true);
}

// --- Blocks

void BlocksTab::draw(FrameContext& ctx, const Rect& rect) {
  const Rect area = with_evictions(ctx, rect, evictions_, 520);
  // Of a fleet that is observed: who uses a block is not told, and not everybody says how many fit.
  const bool observed = ctx.observed != nullptr, share = !observed || known_room(*ctx.observed) > 0;
  Plot use = time_plot(ctx, "Blocks", share ? "of all blocks" : "blocks held", share ? "%" : "blk");
  if (share) use.y.max = 100;
  Plot gone = time_plot(ctx, observed ? "Removals" : "Evictions", observed ? "removals" : "evictions", "blk/s");
  const std::vector<FleetLine> fleets = fleet_lines(ctx);
  for (const FleetLine& fleet : fleets) {
    const auto points = fleet.metrics->series(ctx.now);
    double capacity = 0;
    for (const Worker& w : fleet.fleet->workers()) capacity += w.cache().capacity();
    if (observed) capacity = share ? known_room(*ctx.observed) : 100;  // as they are
    PlotSeries taken = line("cached", PlotRole::Accent, points.size()),
               in_use = line("in use", PlotRole::P95, points.size()),
               rate = line(observed ? "removals" : "evictions", PlotRole::Warning, points.size());
    if (fleets.size() > 1) {
      taken = rate = empty_line(fleet);
      taken.name += ", cached";
    } else {
      taken.fill = rate.fill = true;
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double t = axis_seconds(points[i].t);
      double resident = 0, used = 0;
      for (const WorkerPoint& w : fleet.metrics->workers(i)) {
        resident += w.resident;
        used += w.in_use;
      }
      taken.x.push_back(t), taken.y.push_back(100 * resident / std::max(1.0, capacity));
      in_use.x.push_back(t), in_use.y.push_back(100 * used / std::max(1.0, capacity));
      rate.x.push_back(t), rate.y.push_back(points[i].window.evictions_per_s);
    }
    use.series.push_back(std::move(taken));
    if (fleets.size() == 1 && (!observed || ctx.observed->routed())) use.series.push_back(std::move(in_use));
    gone.series.push_back(std::move(rate));
  }
  box_.figure = Figure{};
  box_.figure.title = observed ? "Blocks and removals" : "Blocks and evictions";
  box_.figure.columns = 2;
  if (area.w >= ctx.look.px(420)) {
    box_.figure.plots = {std::move(use), std::move(gone)};
  } else {
    box_.figure.columns = 1;
    box_.figure.plots = {std::move(use)};
  }
  show_plot(ctx, "blocks", area, box_, true);
}

// --- Requests

namespace {

// One plot, or one a fleet beside each other.
void take_plots(PlotBox& box, std::vector<Plot> plots, const char* title) {
  const std::uint64_t revision = box.figure.revision + 1;
  const bool one = plots.size() == 1;
  box.figure = one ? make_figure(std::move(plots[0])) : Figure{};
  if (!one) {
    box.figure.title = title;
    box.figure.columns = static_cast<int>(plots.size());
    box.figure.plots = std::move(plots);
  }
  box.figure.revision = revision;
}

Plot lanes_plot(const FrameContext& ctx, std::string title, bool lesson) {
  constexpr std::size_t kMost = 2000;
  constexpr double kSpan = 12;        // s that are shown where no range is chosen
  constexpr double kLessonSpan = 30;  // a lesson's text speaks of its run from the start on
  Plot p;
  p.title = std::move(title);
  p.empty_text = "No request has been routed yet.";
  p.x.unit = "s";
  const double end = ctx.range ? axis_seconds(ctx.range->end) : axis_seconds(ctx.now);
  const double begin = ctx.range ? axis_seconds(ctx.range->begin) : std::max(0.0, end - (lesson ? kLessonSpan : kSpan));
  p.x.min = begin;
  p.x.max = std::max(end, begin + 1);
  RequestLanes lanes(ctx);
  // From the latest on, so that the newest are kept where there are too many.
  for (RequestId r = ctx.fleet.arrived(); r-- > 0 && lanes.pieces() < kMost;) {
    const auto [arrived, finish] = lanes.span(r);
    if (arrived <= end && finish >= begin) lanes.add(r, std::to_string(r));
  }
  if (lanes.pieces() > 0) p.lanes = lanes.take();
  return p;
}

}  // namespace

void RequestsTab::fill(const FrameContext& ctx) {
  const std::vector<FleetLine> names = fleet_lines(ctx);
  std::vector<Plot> plots;
  each_fleet(ctx, [&](std::size_t i, const FrameContext& fleet) {
    plots.push_back(
        lanes_plot(fleet, names.size() > 1 ? names[i].name : std::string("Requests by worker"), ctx.lesson != nullptr));
  });
  fleets_ = fleet_names(ctx);
  take_plots(box_, std::move(plots), "Requests by worker");
}

void RequestsTab::draw(FrameContext& ctx, const Rect& rect) {
  if (due_.due(ctx) || fleets_ != fleet_names(ctx)) fill(ctx);
  const PlotAction action = show_plot(ctx, "requests", rect, box_, true);
  point_at_requests(ctx, box_, action);
}

// --- Load

namespace {

Plot load_plot(const FrameContext& ctx, std::string title) {
  constexpr std::size_t kColumns = 240;
  const auto points = ctx.metrics.series(ctx.now);
  const std::size_t workers = ctx.fleet.workers().size();
  const bool ms = ctx.fleet.config().router.load_metric == LoadMetric::kRemainingMs;
  Plot p;
  p.title = std::move(title);
  p.empty_text = "It fills as the run goes on.";
  p.x = time_axis(ctx);
  if (points.empty()) return p;
  HeatMap heat;
  heat.rows = static_cast<int>(workers);
  const std::size_t cols = std::min(kColumns, points.size()), per = (points.size() + cols - 1) / cols;
  heat.cols = static_cast<int>((points.size() + per - 1) / per);
  heat.dx = axis_seconds(ctx.metrics.step()) * static_cast<double>(per);
  heat.x0 = 0;
  heat.label = ms ? "remaining work" : ctx.observed != nullptr ? "running and waiting" : "requests";
  heat.unit = ms ? "ms" : "";
  heat.min = 0;
  heat.values.assign(workers * static_cast<std::size_t>(heat.cols), 0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto row = ctx.metrics.workers(i);
    for (std::size_t w = 0; w < workers; ++w) {
      double& cell = heat.values[w * static_cast<std::size_t>(heat.cols) + i / per];
      cell = std::max(cell, static_cast<double>(row[w].load));
    }
  }
  for (WorkerId w = 0; w < workers; ++w) heat.row_labels.push_back(worker_name(ctx, w));
  p.heat = std::move(heat);
  return p;
}

}  // namespace

void LoadTab::fill(const FrameContext& ctx) {
  const std::vector<FleetLine> names = fleet_lines(ctx);
  std::vector<Plot> plots;
  double most = 0;
  each_fleet(ctx, [&](std::size_t i, const FrameContext& fleet) {
    plots.push_back(load_plot(fleet, names.size() > 1 ? names[i].name : std::string("Load by worker")));
    if (plots.back().heat)
      most = std::max(most, *std::max_element(plots.back().heat->values.begin(), plots.back().heat->values.end()));
  });
  // The same colour is the same load in each of them.
  for (Plot& p : plots) {
    if (plots.size() > 1 && p.heat && most > 0) p.heat->max = most;
  }
  fleets_ = fleet_names(ctx);
  take_plots(box_, std::move(plots), "Load by worker");
}

void LoadTab::draw(FrameContext& ctx, const Rect& rect) {
  if (due_.due(ctx) || fleets_ != fleet_names(ctx)) fill(ctx);
  show_plot(ctx, "load", rect, box_, true);
}

// --- Match length

void MatchTab::draw(FrameContext& ctx, const Rect& rect) {
  if (due_.due(ctx) || fleets_ != fleet_names(ctx)) {
    fleets_ = fleet_names(ctx);
    const std::vector<FleetLine> fleets = fleet_lines(ctx);
    std::vector<std::vector<double>> of_fleets(fleets.size());
    std::vector<double> chains, all;
    for (std::size_t i = 0; i < fleets.size(); ++i) {
      const Fleet& fleet = *fleets[i].fleet;
      for (RequestId r = 0; r < fleet.arrived(); ++r) {
        if (!in_range(ctx, fleet.records()[r].start) || !fleet.records()[r].hit_told) continue;
        of_fleets[i].push_back(fleet.records()[r].hit);
        if (i == 0) chains.push_back(fleet.request(r).prompt_blocks);
      }
    }
    const std::vector<double>& hits = of_fleets[0];
    Plot p;
    p.title = "Match length";
    p.empty_text = "No request has started yet.";
    p.x.label = "leading blocks";
    p.y.label = "requests";
    all = hits;
    all.insert(all.end(), chains.begin(), chains.end());
    if (fleets.size() > 1) {
      p.title = "Match length, cumulative";
      p.y.unit = "%";
      p.series = fleet_distributions(fleets, of_fleets, true, 40);
    } else if (!hits.empty()) {
      const std::vector<double> edges = histogram_edges(all, 40);
      p.series.push_back(make_histogram("hit", hits, edges, {PlotRole::Hit, -1}));
      p.series.push_back(make_histogram("whole prompt", chains, edges, {PlotRole::Muted, -1}));
    }
    const std::uint64_t revision = box_.figure.revision + 1;
    box_.figure = make_figure(std::move(p));
    box_.figure.revision = revision;
  }
  show_plot(ctx, "match length", rect, box_, false);
}

}  // namespace blockyard
