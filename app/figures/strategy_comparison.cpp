// strategy_comparison: what the choice of strategy did to the same requests, in four panels. Strategies are rows or
// groups in the order given, in every panel alike.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/figures/figures.h"
#include "app/figures/parts.h"
#include "core/router/policy.h"

namespace blockyard {
namespace {

using namespace figures;

template <class F>
void add_bar(PlotSeries& s, const ComparedRun& run, F value) {
  std::vector<double> values;
  for (const RunResults* r : run.repeats) values.push_back(value(r->summary));
  const Interval v = interval_of(values);
  s.y.push_back(v.mean);
  if (run.repeats.size() < 2) return;
  s.lo.push_back(std::max(0.0, v.low));  // a rate or a time is never less
  s.hi.push_back(v.high);
}

std::vector<std::string> labels(std::span<const ComparedRun> runs) {
  std::vector<std::string> out;
  for (const ComparedRun& r : runs) out.push_back(r.label);
  return out;
}

Plot hit_rate(std::span<const ComparedRun> runs) {
  Plot p;
  p.title = "Hit rate";
  p.y = {"", "%", false, 0.0, {}};
  p.categories = labels(runs);
  PlotSeries blocks = series("blocks served from cache", SeriesStyle::Bars, {PlotRole::Hit, -1});
  for (const ComparedRun& r : runs) add_bar(blocks, r, [](const Summary& s) { return 100 * s.block_hit_rate; });
  p.series = {blocks};
  return p;
}

Plot latency(std::span<const ComparedRun> runs) {
  double greatest = 0;
  for (const ComparedRun& r : runs) {
    for (const RunResults* repeat : r.repeats) {
      if (repeat->summary.ttft) greatest = std::max(greatest, repeat->summary.ttft->p95);
    }
  }
  const TimeUnit unit = unit_for_ms(greatest);
  Plot p;
  p.title = "Time to first token";
  p.y = {"", unit.name, false, 0.0, {}};
  p.categories = labels(runs);
  p.bar_values = runs.size() <= 4;
  const auto add = [&](const char* name, PlotColour colour, std::optional<Spread> Summary::*field,
                       double Spread::*part) {
    PlotSeries s = series(name, SeriesStyle::Bars, colour);
    for (const ComparedRun& r : runs) {
      add_bar(s, r, [&](const Summary& v) { return v.*field ? unit.factor * (*(v.*field)).*part : kNothing; });
    }
    p.series.push_back(std::move(s));
  };
  constexpr int kSkyBlue = 1, kOrange = 0;  // of the workers' hues: lighter kin of hit and miss
  add("hit, mean", {PlotRole::Hit, -1}, &Summary::ttft_hit, &Spread::mean);
  add("hit, p95", {PlotRole::Auto, kSkyBlue}, &Summary::ttft_hit, &Spread::p95);
  add("miss, mean", {PlotRole::Miss, -1}, &Summary::ttft_miss, &Spread::mean);
  add("miss, p95", {PlotRole::Auto, kOrange}, &Summary::ttft_miss, &Spread::p95);
  return p;
}

Plot requests_per_worker(std::span<const ComparedRun> runs) {
  Plot p;
  p.title = "Requests per worker";
  p.x = {"Worker", "", false, {}, {}};
  HeatMap h;
  h.rows = static_cast<int>(runs.size());
  h.label = "Requests";
  h.row_labels = labels(runs);
  std::size_t workers = 0;
  for (const ComparedRun& r : runs) workers = std::max(workers, r.repeats[0]->summary.workers.size());
  h.cols = static_cast<int>(workers);
  h.cell_values = workers <= 12;
  h.min = 0;
  if (workers <= 24) {
    for (std::size_t w = 0; w < workers; ++w) p.categories.push_back(fmt::format("{}", w));
  }
  for (const ComparedRun& r : runs) {
    for (std::size_t w = 0; w < workers; ++w) {
      const auto& list = r.repeats[0]->summary.workers;
      h.values.push_back(w < list.size() ? list[w].requests : kNothing);
    }
  }
  p.heat = std::move(h);
  return p;
}

Plot match_length(std::span<const ComparedRun> runs) {
  Plot p;
  p.title = "Match length: share of the requests";
  p.x = {"Blocks served from cache", "", false, {}, {}};
  std::size_t bins = 1;
  for (const ComparedRun& r : runs) {
    const auto& m = r.repeats[0]->summary.match_lengths;
    if (!m.empty()) bins = std::max(bins, match_bin(m.rbegin()->first) + 1);
  }
  for (std::size_t b = 0; b < bins; ++b) {
    p.categories.push_back(bins > 8 && b > 1 ? fmt::format("{}+", 1U << (b - 1)) : match_bin_name(b));
  }
  HeatMap h;
  h.rows = static_cast<int>(runs.size());
  h.cols = static_cast<int>(bins);
  h.label = "Requests";
  h.unit = "%";
  h.row_labels = labels(runs);
  h.cell_values = true;
  h.min = 0;
  for (const ComparedRun& r : runs) {
    const Summary& s = r.repeats[0]->summary;
    std::vector<double> share(bins, 0);
    for (const auto& [blocks, requests] : s.match_lengths) share[match_bin(blocks)] += requests;
    for (const double n : share)
      h.values.push_back(s.completed == 0 ? kNothing : std::round(1000 * n / s.completed) / 10);
  }
  p.heat = std::move(h);
  return p;
}

}  // namespace

Figure strategy_comparison(std::span<const ComparedRun> runs, std::string title, std::string footnote) {
  Figure f;
  f.title = std::move(title);
  f.footnote = std::move(footnote);
  f.columns = 2;
  f.plots = {hit_rate(runs), latency(runs), requests_per_worker(runs), match_length(runs)};
  return f;
}

Figure strategy_comparison(const Comparison& c) {
  std::vector<ComparedRun> runs;
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    ComparedRun run;
    run.label = c.fleets[i].name;
    // A trace is the same under every seed: how much runs of it differ says nothing of how sure their figures are.
    const bool trace = c.scenario.workload.type == WorkloadType::kTrace;
    for (const RunResults& r : c.runs[i]) {
      if (!trace || run.repeats.empty()) run.repeats.push_back(&r);
    }
    runs.push_back(std::move(run));
  }
  const RunResults& first = c.runs[0][0];
  const bool strategies =
      std::all_of(c.fleets.begin(), c.fleets.end(), [](const ComparedFleet& f) { return f.by_strategy; });
  std::vector<std::string> varied;
  for (const ComparedFleet& f : c.fleets) {
    for (const auto& [path, value] : f.variant.values) varied.push_back(path);
  }
  std::string footnote = fmt::format("scenario {} · {} · seed {} · blockyard {}", c.scenario.name,
                                     fleet_print(c.scenario, varied), c.seeds[0], first.version);
  Figure f = strategy_comparison(runs,
                                 fmt::format("{} {} on the same {} requests", runs.size(),
                                             strategies ? "strategies" : "fleets", first.summary.requests),
                                 std::move(footnote));
  f.subtitle = "whole runs, warm-up included";
  if (c.seeds.size() > 1 && c.scenario.workload.type != WorkloadType::kTrace) {
    f.subtitle += "; ";
    f.subtitle += fmt::format("upper panels: means over seeds {} to {}, bars: 95 % interval; lower panels: seed {}",
                              c.seeds.front(), c.seeds.back(), c.seeds.front());
  }
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    if (c.runs[i][0].summary.saturation)
      f.footnote +=
          fmt::format(" · SATURATED: {}, {}", c.fleets[i].name, saturation_text(*c.runs[i][0].summary.saturation));
  }
  return f;
}

}  // namespace blockyard
