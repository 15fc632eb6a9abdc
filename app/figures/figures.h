// The pictures of results: one function a picture, from plain results to a plain Figure. Pure: no file, no ImGui, no
// simulation. The command line, reports and the window draw the same figures from them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/plot/data/plot.h"
#include "core/experiment/compare.h"
#include "core/experiment/run.h"

namespace blockyard {

struct NamedFigure {
  std::string name;  ///< of the file, without extension
  Figure figure;
};

/// The small print: scenario, strategy, fleet, seed, version.
std::string small_print(const RunResults& results);

// Of one run.
Figure latency_distribution(const RunResults& results);
Figure cache_hit_rate(const RunResults& results);
Figure worker_load_distribution(const RunResults& results);
Figure latency_by_cache_status(const RunResults& results);
Figure match_length_distribution(const RunResults& results);
Figure block_utilization(const RunResults& results);
Figure eviction_rate(const RunResults& results);
Figure worker_load_heatmap(const RunResults& results);
Figure recovery_timeline(const RunResults& results);

/// One row of the table of a run's figures.
struct FigureRow {
  std::string_view name;   ///< of its function and its file
  std::string_view label;  ///< where one is chosen
  Figure (*make)(const RunResults& results);
};
std::span<const FigureRow> run_figure_table();
/// All of them, in the order of the table.
std::vector<NamedFigure> run_figures(const RunResults& results);

/// One line of a comparison: the same strategy (or file) under one or more seeds, the first with its details.
struct ComparedRun {
  std::string label;
  std::vector<const RunResults*> repeats;
};

/// Four panels: hit rate, latency of hits and misses, requests a worker, match length.
Figure strategy_comparison(std::span<const ComparedRun> runs, std::string title, std::string footnote);
Figure strategy_comparison(const Comparison& comparison);

}  // namespace blockyard
