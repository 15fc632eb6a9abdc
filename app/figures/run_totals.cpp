// Pictures of a run as a whole: distributions of latency and match length, and what each worker did.
#include <numeric>

#include "app/figures/figures.h"
#include "app/figures/parts.h"
#include "core/base/math.h"

namespace blockyard {
namespace {

using namespace figures;

double greatest(const Distribution& a, const Distribution& b) {
  return std::max(a.quantiles.empty() ? 0 : a.quantiles.back(), b.quantiles.empty() ? 0 : b.quantiles.back());
}

PlotSeries histogram(std::string name, const Distribution& d, PlotRole role, double factor) {
  PlotSeries s = series(std::move(name), SeriesStyle::Histogram, {role, -1});
  if (d.bins.empty()) return s;
  const int first = d.bins.front().first, last = d.bins.back().first;
  for (int k = first; k <= last + 1; ++k)
    s.x.push_back(factor * math::pow(10, static_cast<double>(k) / Distribution::kBinsPerDecade));
  s.y.assign(static_cast<std::size_t>(last - first + 1), 0);
  for (const auto& [k, requests] : d.bins) s.y[static_cast<std::size_t>(k - first)] = requests;
  return s;
}

PlotSeries cumulative(std::string name, const Distribution& d, PlotRole role, double factor) {
  PlotSeries s = series(std::move(name), SeriesStyle::Step, {role, -1});
  for (std::size_t i = 0; i < d.quantiles.size(); ++i) {
    s.x.push_back(factor * d.quantiles[i]);
    s.y.push_back(100.0 * static_cast<double>(i) / Distribution::kSteps);
  }
  return s;
}

void add_latency(Figure& f, const std::string& what, const Distribution& hit, const Distribution& miss) {
  const TimeUnit unit = unit_for_ms(greatest(hit, miss));
  Plot counts;
  counts.title = what;
  counts.x = {what, unit.name, true, {}, {}};
  counts.y = {"Requests", "", false, 0.0, {}};
  counts.series = {histogram("hit", hit, PlotRole::Hit, unit.factor),
                   histogram("miss", miss, PlotRole::Miss, unit.factor)};
  Plot shares = counts;
  shares.title = what + ", cumulative";
  shares.y = {"At or under", "%", false, 0.0, 100.0};
  shares.series = {cumulative("hit", hit, PlotRole::Hit, unit.factor),
                   cumulative("miss", miss, PlotRole::Miss, unit.factor)};
  f.plots.push_back(std::move(counts));
  f.plots.push_back(std::move(shares));
}

Plot by_status(const std::string& what, const std::optional<Spread>& hit, const std::optional<Spread>& miss) {
  const TimeUnit unit = unit_for_ms(std::max(hit ? hit->p99 : 0, miss ? miss->p99 : 0));
  Plot p;
  p.title = what;
  p.y = {"", unit.name, false, 0.0, {}};
  p.categories = {"mean", "p50", "p95", "p99"};
  const auto bars = [&](const char* name, PlotRole role, const std::optional<Spread>& s) {
    PlotSeries b = series(name, SeriesStyle::Bars, {role, -1});
    for (double Spread::*part : {&Spread::mean, &Spread::p50, &Spread::p95, &Spread::p99}) {
      b.y.push_back(s ? unit.factor * (*s).*part : kNothing);
    }
    p.series.push_back(std::move(b));
  };
  bars("hit", PlotRole::Hit, hit);
  bars("miss", PlotRole::Miss, miss);
  return p;
}

// Bars by worker; where workers are many, a falling line, busiest first.
Plot by_worker(const std::string& title, const char* unit, const std::vector<double>& values, double mean) {
  constexpr std::size_t kMostBars = 32;
  Plot p;
  p.title = title;
  p.y = {"", unit, false, 0.0, {}};
  if (values.size() <= kMostBars) {
    for (std::size_t w = 0; w < values.size(); ++w) p.categories.push_back(fmt::format("{}", w));
    p.x = {"Worker", "", false, {}, {}};
    PlotSeries s = series("", SeriesStyle::Bars, {PlotRole::Accent, -1});
    s.y = values;
    p.bar_values = values.size() <= 12;
    p.series = {s};
  } else {
    std::vector<double> sorted = values;
    std::sort(sorted.rbegin(), sorted.rend());
    p.x = {"Workers, busiest first", "", false, 0.0, static_cast<double>(values.size())};
    PlotSeries s = series("", SeriesStyle::Step, {PlotRole::Accent, -1});
    s.fill = true;
    for (std::size_t i = 0; i < sorted.size(); ++i) s.x.push_back(static_cast<double>(i)), s.y.push_back(sorted[i]);
    s.x.push_back(static_cast<double>(sorted.size())), s.y.push_back(sorted.back());
    p.series = {s};
  }
  PlotMark m;
  m.across = PlotMark::Across::Y;
  m.at = mean;
  m.colour = {PlotRole::Muted, -1};
  p.marks = {m};
  return p;
}

}  // namespace

Figure latency_distribution(const RunResults& r) {
  Figure f;
  f.title = "How long requests took, with and without a cache hit";
  f.footnote = small_print(r);
  f.columns = 2;
  add_latency(f, "Time to first token", r.latencies.ttft_hit, r.latencies.ttft_miss);
  add_latency(f, "End to end", r.latencies.e2e_hit, r.latencies.e2e_miss);
  return f;
}

Figure latency_by_cache_status(const RunResults& r) {
  Figure f;
  f.title = fmt::format("Latency by cache status: {} hits, {} misses", r.summary.hit_requests,
                        r.summary.completed - r.summary.hit_requests);
  f.footnote = small_print(r);
  f.columns = 2;
  f.plots = {by_status("Time to first token", r.summary.ttft_hit, r.summary.ttft_miss),
             by_status("End to end", r.summary.e2e_hit, r.summary.e2e_miss)};
  return f;
}

Figure worker_load_distribution(const RunResults& r) {
  std::vector<double> requests, busy;
  for (const WorkerSummary& w : r.summary.workers) {
    requests.push_back(w.requests);
    busy.push_back(100 * w.utilization);
  }
  const auto mean = [](const std::vector<double>& v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(std::max<std::size_t>(1, v.size()));
  };
  Figure f;
  f.title = "What each worker got to do";
  f.subtitle = fmt::format("most loaded worker: {:.2f} × the mean (dashed); Jain index {:.4f}", r.summary.imbalance,
                           r.summary.jain_index);
  f.footnote = small_print(r);
  f.columns = 2;
  f.plots = {by_worker("Requests completed", "", requests, mean(requests)),
             by_worker("Time busy", "%", busy, mean(busy))};
  return f;
}

Figure match_length_distribution(const RunResults& r) {
  Plot p;
  p.title = "How much of the prompt was in the cache";
  p.subtitle = fmt::format("blocks of {} tokens; 0: a miss", r.scenario.config.cache.block_tokens);
  p.x = {"Leading blocks served from cache", "", false, {}, {}};
  p.y = {"", "%", false, 0.0, {}};
  std::vector<double> requests, blocks;
  for (const auto& [length, n] : r.summary.match_lengths) {
    const std::size_t bin = match_bin(length);
    if (requests.size() <= bin) requests.resize(bin + 1), blocks.resize(bin + 1);
    requests[bin] += percent(n, r.summary.completed);
    if (r.summary.hit_blocks > 0) {
      blocks[bin] += percent(static_cast<double>(length) * n, static_cast<double>(r.summary.hit_blocks));
    }
  }
  for (std::size_t bin = 0; bin < requests.size(); ++bin) p.categories.push_back(match_bin_name(bin));
  PlotSeries a = series("of the requests", SeriesStyle::Bars, {PlotRole::Accent, -1});
  PlotSeries b = series("of all blocks served", SeriesStyle::Bars, {PlotRole::Auto, 0});
  a.y = requests;
  b.y = blocks;
  p.bar_values = requests.size() <= 8;
  p.series = {a, b};
  return make_figure(std::move(p), small_print(r));
}

}  // namespace blockyard
