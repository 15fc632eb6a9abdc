// What an engine's metrics say of one worker: the figures that this program has a use for, by whichever name the engine
// gives them. core/live/README.md, "Metrics", has the table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/live/wire/metrics_text.h"

namespace blockyard::live {

struct MetricHistogram {
  std::vector<std::pair<double, double>> buckets;  ///< upper bound (the last infinite), observations up to it
  double sum = 0;
  double count = 0;
  bool operator==(const MetricHistogram&) const = default;
};

/// Nothing where the page has none of that name. Counters are as the page has them, since the engine began.
struct MetricsFigures {
  std::optional<double> running, waiting;                              ///< requests
  std::optional<double> usage;                                         ///< share of the capacity that is in use
  std::optional<double> queried_tokens, hit_tokens;                    ///< counters
  std::optional<double> hit_rate;                                      ///< where that is all there is
  std::optional<double> prompt_tokens, generated_tokens, preemptions;  ///< counters
  std::optional<double> block_size, capacity_tokens;
  std::optional<double> process_start;  ///< seconds of the wall clock
  MetricHistogram ttft, e2e, interval;  ///< seconds
  std::uint64_t bad_lines = 0;
  bool operator==(const MetricsFigures&) const = default;
};

/// The numbers of MetricsFigures by name, for files and tables: one row each.
struct FigureRow {
  std::string_view name;
  std::optional<double> MetricsFigures::*value;
  bool counter;
};
const std::vector<FigureRow>& figure_rows();
struct HistogramRow {
  std::string_view name;
  MetricHistogram MetricsFigures::*value;
};
const std::vector<HistogramRow>& histogram_rows();

enum class EngineNames : std::uint8_t { kAuto, kVllm, kSglang };

/// The figures of rank `rank` of a worker that has `ranks` behind one address.
MetricsFigures figures_of(const MetricsPage& page, std::uint32_t rank, std::uint32_t ranks,
                          EngineNames engine = EngineNames::kAuto);

/// Ranks that the page shows: the different values of its labels `engine` and `dp_rank`; 1 where there are none.
std::uint32_t ranks_shown(const MetricsPage& page);

}  // namespace blockyard::live
