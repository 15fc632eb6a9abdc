// The table of a run's figures: a picture that stands here is drawn by `plot`, is in every report, and can be looked at
// in the window.
#include <array>

#include "app/figures/figures.h"

namespace blockyard {
namespace {

constexpr auto kFigures = std::to_array<FigureRow>({
    {"latency_distribution", "Latency", latency_distribution},
    {"cache_hit_rate", "Hit rate", cache_hit_rate},
    {"worker_load_distribution", "Work per worker", worker_load_distribution},
    {"latency_by_cache_status", "Hits against misses", latency_by_cache_status},
    {"match_length_distribution", "Match length", match_length_distribution},
    {"block_utilization", "Use of the caches", block_utilization},
    {"eviction_rate", "Evictions", eviction_rate},
    {"worker_load_heatmap", "Load over time", worker_load_heatmap},
    {"recovery_timeline", "Faults and recovery", recovery_timeline},
});

}  // namespace

std::span<const FigureRow> run_figure_table() { return kFigures; }

std::vector<NamedFigure> run_figures(const RunResults& results) {
  std::vector<NamedFigure> out;
  for (const FigureRow& row : kFigures) out.push_back({std::string(row.name), row.make(results)});
  return out;
}

}  // namespace blockyard
