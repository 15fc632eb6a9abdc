// Pictures of a run over time: hit rate, use of the blocks, evictions, load, and how the fleet came through its faults.
#include <algorithm>

#include "app/figures/figures.h"
#include "app/figures/parts.h"

namespace blockyard {
namespace {

using namespace figures;
using Bucket = Series::Bucket;

PlotAxis time_axis() { return {"Simulated time", "s", false, 0.0, {}}; }

PlotSeries over_time(const RunResults& r, std::string name, SeriesStyle style, PlotColour colour,
                     std::vector<double> y) {
  PlotSeries s = series(std::move(name), style, colour);
  for (std::size_t i = 0; i < r.series.size(); ++i) s.x.push_back(time_of(r, i));
  s.y = std::move(y);
  return s;
}

std::vector<double> ratio(std::vector<double> part, const std::vector<double>& whole) {
  for (std::size_t i = 0; i < part.size(); ++i) part[i] = percent(part[i], whole[i]);
  return part;
}

std::vector<double> windowed_hit_rate(const RunResults& r) {
  return ratio(windowed(r, [](const Bucket& b) { return b.hit_blocks; }),
               windowed(r, [](const Bucket& b) { return b.prompt_blocks; }));
}

}  // namespace

Figure cache_hit_rate(const RunResults& r) {
  Plot p;
  p.title = "Share of prompt blocks served from cache";
  p.subtitle = fmt::format("whole run: {:.2f} %", 100 * r.summary.block_hit_rate);
  p.x = time_axis();
  p.y = {"Block hit rate", "%", false, 0.0, {}};
  PlotSeries now = over_time(r, window_text(r), SeriesStyle::Line, {PlotRole::Hit, -1}, windowed_hit_rate(r));
  now.fill = true;
  std::vector<double> total;
  double hit = 0, all = 0;
  for (const Bucket& b : r.series) {
    hit += static_cast<double>(b.hit_blocks);
    all += static_cast<double>(b.prompt_blocks);
    total.push_back(percent(hit, all));
  }
  PlotSeries since = over_time(r, "since the start", SeriesStyle::Line, {PlotRole::Muted, -1}, std::move(total));
  since.dashed = true;
  p.series = {now, since};
  p.marks = fault_marks(r);
  return make_figure(std::move(p), small_print(r));
}

Figure block_utilization(const RunResults& r) {
  const double capacity = r.scenario.config.cache.capacity_blocks;
  Plot p;
  p.title = "How full the caches are";
  p.subtitle = fmt::format("mean over {} workers of {} blocks; the band is the emptiest to the fullest",
                           r.scenario.config.fleet.workers, r.scenario.config.cache.capacity_blocks);
  p.x = time_axis();
  p.y = {"Blocks", "% of capacity", false, 0.0, 100.0};
  PlotSeries taken = over_time(r, "cached (in use or evictable)", SeriesStyle::Band, {PlotRole::Hit, -1}, {});
  PlotSeries in_use = over_time(r, "in use by running requests", SeriesStyle::Line, {PlotRole::Miss, -1}, {});
  for (const Bucket& b : r.series) {
    double sum = 0, used = 0, low = b.resident.empty() ? kNothing : b.resident[0], high = low;
    for (std::size_t w = 0; w < b.resident.size(); ++w) {
      sum += b.resident[w];
      used += b.in_use[w];
      low = std::min<double>(low, b.resident[w]);
      high = std::max<double>(high, b.resident[w]);
    }
    const double all = capacity * static_cast<double>(b.resident.size());
    taken.y.push_back(percent(sum, all));
    taken.lo.push_back(percent(low, capacity));
    taken.hi.push_back(percent(high, capacity));
    in_use.y.push_back(percent(used, all));
  }
  p.series = {taken, in_use};
  p.marks = fault_marks(r);
  return make_figure(std::move(p), small_print(r));
}

Figure eviction_rate(const RunResults& r) {
  Plot p;
  p.title = r.summary.evictions == 0 ? "Evictions: none, everything fits" : "Blocks evicted to make room";
  p.subtitle = fmt::format("{} in all; {}", r.summary.evictions, window_text(r));
  p.x = time_axis();
  p.y = {"Evictions", "blocks/s", false, 0.0, {}};
  if (r.summary.evictions == 0) p.y.max = 1;
  std::vector<double> rate = windowed(r, [](const Bucket& b) { return b.evictions; });
  for (std::size_t i = 0; i < rate.size(); ++i) {
    rate[i] /= bucket_s(r) * static_cast<double>(std::min(i + 1, window_of(r)));
  }
  PlotSeries s = over_time(r, "", SeriesStyle::Line, {PlotRole::Miss, -1}, std::move(rate));
  s.fill = true;
  p.series = {s};
  p.marks = fault_marks(r);
  return make_figure(std::move(p), small_print(r));
}

namespace {

// Between a crash and the restart: no load, but no idling either.
bool is_down(const RunResults& r, std::size_t worker, std::size_t bucket) {
  const SimTime t = r.bucket * static_cast<SimTime>(bucket + 1);
  return std::any_of(r.scenario.config.faults.begin(), r.scenario.config.faults.end(), [&](const Fault& f) {
    return f.kind == FaultKind::kCrash && f.worker == worker && t > f.t && t <= f.t + f.restart;
  });
}

}  // namespace

Figure worker_load_heatmap(const RunResults& r) {
  constexpr std::size_t kMostColumns = 200;
  const bool queue = r.scenario.config.router.load_metric == LoadMetric::kQueueDepth;
  const std::size_t workers = r.scenario.config.fleet.workers;
  const std::size_t merge = std::max<std::size_t>(1, (r.series.size() + kMostColumns - 1) / kMostColumns);
  Plot p;
  p.title = "Load of each worker";
  if (!r.scenario.config.faults.empty()) p.subtitle = "blank: the worker is down";
  p.x = {"Simulated time", "s", false, {}, {}};
  HeatMap h;
  h.rows = static_cast<int>(workers);
  h.cols = static_cast<int>((r.series.size() + merge - 1) / merge);
  h.dx = bucket_s(r) * static_cast<double>(merge);
  h.label = queue ? "Requests waiting and running" : "Remaining work";
  h.unit = queue ? "" : "s";
  h.min = 0;
  for (std::size_t w = 0; w < workers; ++w) {
    h.row_labels.push_back(fmt::format("worker {}", w));
    for (std::size_t begin = 0; begin < r.series.size(); begin += merge) {
      double sum = 0, n = 0;
      for (std::size_t i = begin; i < std::min(begin + merge, r.series.size()); ++i) {
        if (w < r.series[i].load_ms.size() && !is_down(r, w, i)) sum += r.series[i].load_ms[w], ++n;
      }
      h.values.push_back(n > 0 ? sum / n / (queue ? 1 : 1000) : kNothing);
    }
  }
  p.heat = std::move(h);
  return make_figure(std::move(p), small_print(r));
}

Figure recovery_timeline(const RunResults& r) {
  Figure f;
  f.title = r.scenario.config.faults.empty() ? "No faults in this run: what a calm one looks like"
                                             : "Faults, and how the fleet recovered";
  f.subtitle = window_text(r);
  f.footnote = small_print(r);
  const auto add = [&](std::string title, PlotAxis y, PlotSeries s) {
    Plot p;
    p.title = std::move(title);
    p.x = time_axis();
    p.y = std::move(y);
    s.fill = true;
    p.series = {std::move(s)};
    p.marks = fault_marks(r);
    f.plots.push_back(std::move(p));
  };
  add("Block hit rate", {"", "%", false, 0.0, 100.0},
      over_time(r, "", SeriesStyle::Line, {PlotRole::Hit, -1}, windowed_hit_rate(r)));
  add("Requests that found less than the router believed", {"", "%", false, 0.0, {}},
      over_time(r, "", SeriesStyle::Line, {PlotRole::Miss, -1},
                ratio(windowed(r, [](const Bucket& b) { return b.false_hits; }),
                      windowed(r, [](const Bucket& b) { return b.completed; }))));
  std::vector<double> phantom;
  for (const Bucket& b : r.series) phantom.push_back(static_cast<double>(b.phantom_blocks));
  add("Blocks the router believes in that are gone", {"", "blocks", false, 0.0, {}},
      over_time(r, "", SeriesStyle::Line, {PlotRole::Bad, -1}, std::move(phantom)));
  return f;
}

}  // namespace blockyard
