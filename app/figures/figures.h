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

/// What a picture says of a fleet: "cache_aware · llama-2-13b on a100-40gb · engine slots · 4 workers of 924 blocks". A
/// part whose path is among `varied` is left out.
std::string fleet_print(const Scenario& scenario, std::span<const std::string> varied = {});
/// The small print: scenario, strategy, model, fleet, seed, version.
std::string small_print(const RunResults& results);

/// Every picture of one run once, with the label that it is chosen by: each is a function of its name in a file of this
/// room, and the row is all that `plot`, reports and the window need.
#define BLOCKYARD_RUN_FIGURES(ROW)                    \
  ROW(latency_distribution, "Latency")                \
  ROW(cache_hit_rate, "Hit rate")                     \
  ROW(worker_load_distribution, "Work per worker")    \
  ROW(latency_by_cache_status, "Hits against misses") \
  ROW(match_length_distribution, "Match length")      \
  ROW(block_utilization, "Use of the caches")         \
  ROW(eviction_rate, "Evictions")                     \
  ROW(worker_load_heatmap, "Load over time")          \
  ROW(recovery_timeline, "Faults and recovery")

#define BLOCKYARD_DECLARE(NAME, LABEL) Figure NAME(const RunResults& results);
BLOCKYARD_RUN_FIGURES(BLOCKYARD_DECLARE)
#undef BLOCKYARD_DECLARE

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
