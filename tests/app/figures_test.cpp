// Pictures as values, and jobs on threads: every number in its figure, the same for any number of threads.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "app/figures/sweep_figures.h"
#include "app/figures/waterfall_figure.h"
#include "app/jobs/compare.h"
#include "app/jobs/sweep.h"
#include "core/io/experiments/comparison.h"
#include "core/io/experiments/sweep_files.h"
#include "core/io/results.h"

namespace blockyard {
namespace {

const std::string kPresets = std::string(BLOCKYARD_ASSETS) + "/presets";

Scenario busy() {
  return *parse_scenario(R"({"name": "busy", "cache": {"capacity_blocks": 150}, "fleet": {"workers": 3, "slots": 2},
      "workload": {"type": "rag", "requests": 120, "rate": 6, "documents": 20, "document_tokens": 512},
      "faults": [{"t_ms": 8000, "worker": 0, "kind": "cache_flush"}]})",
                         "", kPresets);
}

RunResults run_busy() {
  const Scenario s = busy();
  const auto prepared = prepare(s);
  return *run_scenario(**prepared, s, {});
}

TEST(RunFigures, AreThoseOfTheTableAndNoneIsEmpty) {
  const RunResults r = run_busy();
  const auto figures = run_figures(r);
  ASSERT_EQ(figures.size(), run_figure_table().size());
  std::set<std::string> names;
  for (const NamedFigure& f : figures) {
    EXPECT_TRUE(names.insert(f.name).second) << f.name << " is the name of two files";
    EXPECT_NE(f.figure.footnote.find("busy"), std::string::npos) << f.name;
    EXPECT_NE(f.figure.footnote.find("seed 42"), std::string::npos) << f.name;
    for (const Plot& p : f.figure.plots) EXPECT_FALSE(is_empty(p)) << f.name << ": " << p.title;
  }
}

TEST(RunFigures, HistogramsCountEveryRequest) {
  const RunResults r = run_busy();
  double counted = 0;
  const Figure latency = latency_distribution(r), lengths = match_length_distribution(r);
  for (const PlotSeries& s : latency.plots[0].series) {
    for (const double n : s.y) counted += n;
  }
  EXPECT_EQ(counted, r.summary.completed);
  double share = 0;
  for (const double v : lengths.plots[0].series[0].y) share += v;
  EXPECT_NEAR(share, 100, 1e-9);
}

TEST(WaterfallFigure, EndsWhereItsBarsLead) {
  const auto w = loss_waterfall(busy(), {});
  ASSERT_TRUE(w);
  const Figure f = loss_waterfall_figure(*w);
  const Waterfall& bars = *f.plots[0].waterfall;
  EXPECT_EQ(bars.bars.size(), w->steps.size() + 1);
  double level = bars.bars.front().value;
  for (std::size_t i = 1; i + 1 < bars.bars.size(); ++i) level += bars.bars[i].value;
  EXPECT_NEAR(level, bars.bars.back().value, 1e-9);
}

std::string whole_comparison(unsigned threads) {
  Comparison c = plan_comparison(busy(), *parse_strategies("all"), 2);
  JobControl control;
  EXPECT_TRUE(run_comparison(c, threads, control));
  EXPECT_EQ(control.done, control.total);
  std::string text = comparison_json(c) + to_csv(strategy_comparison(c));
  for (const auto& runs : c.runs) text += results_json(runs[0]);
  return text;
}

TEST(Jobs, ComparisonsAreTheSameForAnyNumberOfThreads) {
  const std::string one = whole_comparison(1);
  EXPECT_EQ(whole_comparison(2), one);
  EXPECT_EQ(whole_comparison(7), one);
}

SweepPlan grid() {
  SweepPlan plan;
  plan.title = "grid";
  plan.scenario = sweep_base(busy());
  plan.axes = {{"router.strategy", {"cache_aware", "round_robin"}},
               {"router.sync_ms", {"500", "4000"}},
               {"workload.rate", {"2", "6", "12"}}};
  name_plan(plan);
  return plan;
}

std::vector<std::size_t> all_cells(const SweepPlan& plan) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < plan.cells(); ++i) cells.push_back(i);
  return cells;
}

std::map<std::size_t, SweepCell> run_grid(unsigned threads, std::size_t stop_after, JobControl& control) {
  const SweepPlan plan = grid();
  const auto jobs = sweep_jobs(plan, all_cells(plan), kPresets);
  EXPECT_TRUE(jobs);
  std::map<std::size_t, SweepCell> cells;
  const auto ran =
      run_sweep(*jobs, false, threads, control, [&](const SweepCell& c, const RunResults*) -> Result<void> {
        cells.emplace(c.cell, c);
        if (cells.size() == stop_after) control.cancel = true;
        return {};
      });
  EXPECT_EQ(ran.has_value(), stop_after > plan.cells());
  return cells;
}

TEST(Jobs, SweepsAreTheSameForAnyNumberOfThreadsAndCanBeCancelled) {
  const SweepPlan plan = grid();
  JobControl a, b, c;
  const auto one = run_grid(1, 99, a), three = run_grid(3, 99, b);
  ASSERT_EQ(one.size(), plan.cells());
  ASSERT_EQ(three.size(), plan.cells());
  for (const auto& [number, cell] : one) EXPECT_EQ(cell_line(plan, cell), cell_line(plan, three.at(number)));
  const auto some = run_grid(1, 4, c);
  EXPECT_EQ(some.size(), 4U) << "what was finished is kept, and no more is begun";
}

TEST(Jobs, AnExceptionOfAJobComesOutOfTheCall) {
  JobControl control;
  EXPECT_THROW(run_jobs(5, 2, control, [](std::size_t i) { i == 3 ? throw std::bad_alloc() : void(); }),
               std::bad_alloc);
  JobControl none;
  EXPECT_TRUE(run_jobs(0, 4, none, [](std::size_t) {}));
}

TEST(SweepFigures, FollowFromTheAxes) {
  JobControl control;
  const SweepPlan plan = grid();
  std::vector<SweepCell> cells;
  for (const auto& [number, cell] : run_grid(2, 99, control)) cells.push_back(cell);
  const auto figures = sweep_figures(plan, cells);
  ASSERT_EQ(figures.size(), 3U);
  EXPECT_EQ(figures[0].name, "sweep_heatmap");
  EXPECT_EQ(figures[1].name, "sweep_winner");
  EXPECT_EQ(figures[2].name, "sweep_pareto");
  // The winner by hit rate, top row (sync 4000), last column (rate 12), from the cells themselves.
  const Metric& hits = *find_metric("block_hit_rate");
  const double aware = cells[5].value(hits), robin = cells[11].value(hits);
  const HeatMap& heat = *figures[1].figure.plots[0].heat;
  EXPECT_EQ(heat.names[2], aware >= robin ? "cache_aware" : "round_robin");
  EXPECT_NEAR(heat.values[2], std::max(aware, robin), 0.06);
  SweepPlan line = plan;
  line.axes = {plan.axes[0], plan.axes[1]};
  std::vector<SweepCell> few(cells.begin(), cells.begin() + 4);
  for (std::size_t i = 0; i < few.size(); ++i) few[i].cell = i;
  const NamedFigure curves = sweep_figures(line, few)[0];
  EXPECT_EQ(curves.name, "sweep_curves");
  for (const Plot& plot : curves.figure.plots) {
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (const PlotSeries& s : plot.series) {
      EXPECT_TRUE(s.markers) << "what was measured is seen, and lines that coincide";
      for (const double v : s.y) low = std::min(low, v), high = std::max(high, v);
    }
    if (!plot.y.log && plot.y.unit.starts_with('%')) {
      EXPECT_EQ(plot.y.min.has_value(), high - low >= 0.3 * low);
    }
  }
}

}  // namespace
}  // namespace blockyard
