#include "plot_samples.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace blockyard {
namespace {

constexpr const char* kSmallPrint =
    "scenario chat-burst · cache_aware · 4 workers of 924 blocks · seed 42 · blockyard 0.1.0";

// A small generator of its own: the samples are the same on every standard library.
class Noise {
 public:
  double uniform() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state_ >> 11U) / 9007199254740992.0;
  }
  double normal() { return uniform() + uniform() + uniform() + uniform() - 2; }
  double exponential() { return -std::log(1 - uniform()); }

 private:
  std::uint64_t state_ = 42;
};

PlotSeries series(std::string name, SeriesStyle style, PlotColour colour = {}) {
  PlotSeries s;
  s.name = std::move(name);
  s.style = style;
  s.colour = colour;
  return s;
}

std::vector<double> latencies(Noise& noise, double base, std::size_t n) {
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(base + 180 * noise.exponential());
  return out;
}

Plot histogram() {
  Noise noise;
  Plot p;
  p.title = "Time to first token";
  p.subtitle = "hits against misses, 5,000 requests";
  p.x = {"Time to first token", "ms", false, {}, {}};
  p.y = {"Requests", "", false, {}, {}};
  const std::vector<double> hits = latencies(noise, 40, 3600), misses = latencies(noise, 320, 1400);
  std::vector<double> all = hits;
  all.insert(all.end(), misses.begin(), misses.end());
  const std::vector<double> edges = histogram_edges(all, 48);
  p.series = {make_histogram("hit", hits, edges, {PlotRole::Hit, -1}),
              make_histogram("miss", misses, edges, {PlotRole::Miss, -1})};
  return p;
}

Plot distribution() {
  Noise noise;
  Plot p;
  p.title = "Distribution of the time to first token";
  p.x = {"Time to first token", "ms", true, {}, {}};
  p.y = {"Requests at or under", "%", false, {}, 100.0};
  p.series = {make_cdf("cache_aware", latencies(noise, 40, 900)), make_cdf("least_loaded", latencies(noise, 160, 900)),
              make_cdf("round_robin", latencies(noise, 260, 900))};
  PlotMark mark;
  mark.at = 500;
  mark.label = "SLO 500 ms";
  mark.colour = {PlotRole::Muted, -1};
  p.marks = {mark};
  return p;
}

Plot strategy_bars(const char* title, const char* unit, double scale, double shift, bool intervals) {
  Plot p;
  p.title = title;
  p.y = {"", unit, false, {}, {}};
  p.categories = {"round_robin", "least_loaded", "power_of_two", "prefix_hash", "cache_aware", "kv_cost"};
  PlotSeries s = series(title, SeriesStyle::Bars, {PlotRole::Accent, -1});
  const std::array<double, 6> values = {0.31, 0.34, 0.36, 0.61, 0.72, 0.78};
  for (double v : values) {
    s.y.push_back(shift + v * scale);
    if (!intervals) continue;
    s.lo.push_back(shift + (v - 0.03) * scale);
    s.hi.push_back(shift + (v + 0.04) * scale);
  }
  s.name.clear();
  p.series = {s};
  return p;
}

Plot grouped_bars() {
  Plot p = strategy_bars("Latency by strategy", "ms", -600, 640, false);
  p.y.label = "Time to first token";
  p.categories.resize(4);
  PlotSeries p95 = p.series[0], p99 = p.series[0];
  p.series[0].name = "p50", p95.name = "p95", p99.name = "p99";
  p.series[0].colour.role = PlotRole::P50, p95.colour.role = PlotRole::P95, p99.colour.role = PlotRole::P99;
  for (std::size_t i = 0; i < 4; ++i) {
    p95.y[i] *= 2.1, p99.y[i] *= 3.3;
    p99.lo.push_back(p99.y[i] * 0.93), p99.hi.push_back(p99.y[i] * 1.08);
  }
  for (PlotSeries* s : {&p.series[0], &p95, &p99}) s->y.resize(4);
  p.series.push_back(p95);
  p.series.push_back(p99);
  return p;
}

Plot load_heat() {
  Noise noise;
  Plot p;
  p.title = "Load of each worker";
  p.x = {"Simulated time", "s", false, {}, {}};
  HeatMap h;
  h.rows = 8, h.cols = 120, h.x0 = 0, h.dx = 1, h.label = "Requests running", h.unit = "";
  for (int r = 0; r < h.rows; ++r) {
    h.row_labels.push_back("worker " + std::to_string(r));
    for (int c = 0; c < h.cols; ++c) {
      const double burst = 14 * std::exp(-std::pow((c - 50 - r * 4) / 12.0, 2));
      const bool down = r == 3 && c >= 70 && c < 86;
      h.values.push_back(down ? std::numeric_limits<double>::quiet_NaN()
                              : std::max(0.0, std::round(5 + burst + 2 * noise.normal())));
    }
  }
  p.heat = h;
  return p;
}

Plot sweep_heat() {
  Plot p;
  p.title = "Hit rate by cache size and skew";
  p.x = {"Blocks per worker", "", false, {}, {}};
  p.categories = {"128", "256", "512", "924", "2048"};
  HeatMap h;
  h.rows = 4, h.cols = 5, h.label = "Block hit rate", h.unit = "%", h.cell_values = true;
  h.row_labels = {"Zipf 0.8", "Zipf 1.0", "Zipf 1.1", "Zipf 1.4"};
  for (int r = 0; r < 4; ++r) {
    for (int c = 0; c < 5; ++c) h.values.push_back(std::round(10 * (18 + 12.3 * c + 7.7 * r)) / 10);
  }
  p.heat = h;
  return p;
}

Plot lanes() {
  Noise noise;
  Plot p;
  p.title = "What each worker did";
  p.x = {"Simulated time", "s", false, {}, {}};
  SwimLanes l;
  l.kinds = {
      {"waiting", {PlotRole::Wait, -1}}, {"prefill", {PlotRole::Prefill, -1}}, {"decode", {PlotRole::Decode, -1}}};
  int request = 0;
  for (int w = 0; w < 4; ++w) {
    l.lanes.push_back("worker " + std::to_string(w));
    for (double t = 0.3 * noise.uniform(); t < 10; t += 0.25 + noise.exponential() * 0.8) {
      const double start = t + 0.25 * noise.uniform(), first = start + 0.1 + 0.4 * noise.uniform();
      const double end = std::min(11.0, first + 0.4 + 1.3 * noise.uniform());
      const std::string name = "#" + std::to_string(request);
      l.items.push_back({w, 0, request, t, start, "", 0});
      l.items.push_back({w, 1, request, start, first, "", 0});
      l.items.push_back({w, 2, request, first, end, name + " · " + std::to_string(request % 7 * 3) + " hit", 0});
      ++request;
    }
  }
  pack_lanes(l);
  p.lanes = l;
  return p;
}

Plot waterfall() {
  Plot p;
  p.title = "Where the time to first token goes";
  p.subtitle = "from round_robin to cache_aware, p95";
  p.y = {"Time to first token, p95", "ms", false, {}, {}};
  Waterfall w;
  w.bars = {{"round_robin", 842, true, {}}, {"shorter prefill", -391, false, {}}, {"less queueing", -118, false, {}},
            {"hot worker", 64, false, {}},  {"phantom hits", 27, false, {}},      {"cache_aware", 424, true, {}}};
  p.waterfall = w;
  return p;
}

Plot scatter() {
  Noise noise;
  Plot p;
  p.title = "Match length against latency";
  p.x = {"Prefix matched", "blocks", false, {}, {}};
  p.y = {"Time to first token", "ms", true, {}, {}};
  for (int w = 0; w < 3; ++w) {
    PlotSeries s = series("worker " + std::to_string(w), SeriesStyle::Points, {PlotRole::Auto, w});
    for (int i = 0; i < 160; ++i) {
      const double hit = std::floor(60 * noise.uniform());
      s.x.push_back(hit);
      s.y.push_back(12 + (64 - hit) * 9 * (1 + noise.exponential()));
    }
    p.series.push_back(s);
  }
  p.notes = {{58, 30, "warm prefix"}};
  return p;
}

Plot band() {
  Noise noise;
  Plot p;
  p.title = "Hit rate over ten seeds";
  p.x = {"Simulated time", "s", false, {}, {}};
  p.y = {"Block hit rate", "%", false, 0.0, 100.0};
  PlotSeries a = series("cache_aware, mean and 95 % interval", SeriesStyle::Band),
             b = series("least_loaded", SeriesStyle::Line);
  b.dashed = true;
  for (int i = 0; i <= 180; ++i) {
    const double t = i, mean = 74 * (1 - std::exp(-t / 30)) + noise.normal();
    a.x.push_back(t), a.y.push_back(mean), a.lo.push_back(mean - 9 * std::exp(-t / 90) - 1),
        a.hi.push_back(mean + 9 * std::exp(-t / 90) + 1);
    b.x.push_back(t), b.y.push_back(34 * (1 - std::exp(-t / 40)) + noise.normal());
  }
  p.series = {a, b};
  PlotMark crash;
  crash.at = 90, crash.end = 105, crash.label = "worker 3 down", crash.colour = {PlotRole::Bad, -1};
  p.marks = {crash};
  return p;
}

Plot workers_used() {
  Noise noise;
  Plot p;
  p.title = "Blocks in use";
  p.x = {"Simulated time", "s", false, {}, {}};
  p.y = {"Blocks", "", false, {}, 924.0};
  for (int w = 0; w < 4; ++w) {
    PlotSeries s = series("w" + std::to_string(w), w == 0 ? SeriesStyle::Area : SeriesStyle::Step, {PlotRole::Auto, w});
    double level = 40;
    for (int i = 0; i <= 120; ++i) {
      level = std::clamp(level + 40 * noise.normal() + 6.0 * (5 - w), 0.0, 900.0 - 120 * w);
      s.x.push_back(i), s.y.push_back(std::round(level));
    }
    p.series.push_back(s);
  }
  return p;
}

Figure figure_of(Plot plot) { return make_figure(std::move(plot), kSmallPrint); }

}  // namespace

Figure sample_latency(std::size_t points) {
  Noise noise;
  Plot p;
  p.title = "Time to first token";
  p.subtitle = "5 s sliding window";
  p.x = {"", "s", false, {}, {}};
  p.y = {"", "ms", false, {}, {}};
  const std::array<std::pair<const char*, PlotRole>, 3> names = {
      {{"p50", PlotRole::P50}, {"p95", PlotRole::P95}, {"p99", PlotRole::P99}}};
  const std::array<double, 3> levels = {180, 420, 620}, spread = {7, 22, 46}, rise = {210, 640, 900};
  for (std::size_t k = 0; k < 3; ++k) {
    PlotSeries s = series(names[k].first, SeriesStyle::Line, {names[k].second, -1});
    s.fill = k == 0;
    double drift = 0;  // windows overlap, so neighbours differ little
    for (std::size_t i = 0; i < points; ++i) {
      drift = points > 5000 ? noise.normal() : 0.92 * drift + 0.55 * noise.normal();
      const double t = 130.0 * static_cast<double>(i) / static_cast<double>(points);
      const double shape = std::exp(-std::pow((t - 75) / 7, 2)) + 0.5 * std::exp(-std::pow((t - 108) / 5, 2));
      s.x.push_back(t);
      s.y.push_back(levels[k] + rise[k] * shape + spread[k] * drift * (1 + 0.6 * shape));
    }
    p.series.push_back(s);
  }
  PlotMark burst, joins, slo;
  burst.at = 66, burst.label = "burst 3×";
  joins.at = 104, joins.label = "worker-3 joins";
  slo.across = PlotMark::Across::Y, slo.at = 1000, slo.label = "SLO 1000 ms", slo.colour = {PlotRole::Muted, -1};
  p.marks = {burst, joins, slo};
  return figure_of(p);
}

std::vector<SampleFigure> sample_figures() {
  Figure comparison;
  comparison.title = "Six strategies on the same 5,000 requests";
  comparison.subtitle = "means over ten seeds, bars: 95 % interval";
  comparison.footnote = kSmallPrint;
  comparison.columns = 2;
  comparison.plots = {strategy_bars("Block hit rate", "%", 100, 0, true),
                      strategy_bars("Time to first token, p95", "ms", -700, 900, true),
                      strategy_bars("Throughput", "req/s", 11, 30, true),
                      strategy_bars("Load imbalance", "×", 0.6, 1, true)};
  Figure dashboard;
  dashboard.title = "One run at a glance";
  dashboard.footnote = kSmallPrint;
  dashboard.columns = 2;
  dashboard.plots = {sample_latency(900).plots[0], band(), load_heat(), waterfall()};
  Plot empty;
  empty.title = "Time to first token";
  empty.empty_text = "Press play: the first request finishes after about a second.";
  empty.x = {"Simulated time", "s", false, {}, {}};
  return {{"latency", sample_latency(1600)},
          {"latency_100k", sample_latency(100000)},
          {"histogram", figure_of(histogram())},
          {"cdf", figure_of(distribution())},
          {"bars", figure_of(grouped_bars())},
          {"heat_load", figure_of(load_heat())},
          {"heat_sweep", figure_of(sweep_heat())},
          {"lanes", figure_of(lanes())},
          {"waterfall", figure_of(waterfall())},
          {"scatter", figure_of(scatter())},
          {"band", figure_of(band())},
          {"blocks", figure_of(workers_used())},
          {"comparison", comparison},
          {"dashboard", dashboard},
          {"empty", figure_of(empty)}};
}

}  // namespace blockyard
