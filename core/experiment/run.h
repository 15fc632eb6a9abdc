// RunResults: everything that is kept of a finished run, as one plain value: what results.json holds, what pictures,
// comparisons and reports are made from. It refers to nothing; the simulation may be gone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/experiment/prepared.h"
#include "core/experiment/statistics/batches.h"
#include "core/metrics/series.h"
#include "core/metrics/session_figures.h"
#include "core/metrics/summary.h"

namespace blockyard {

/// Of a figure in ms over requests. Empty lists where there is none.
struct Distribution {
  static constexpr int kSteps = 200;         ///< quantiles at 0, 0.5 … 100 %
  static constexpr int kBinsPerDecade = 10;  ///< bin k covers [10^(k / 10), 10^((k + 1) / 10)) ms
  static constexpr int kLowestBin = -30;     ///< 1 µs; zero is in it too

  std::vector<double> quantiles;                             ///< kSteps + 1, ascending
  std::vector<std::pair<std::int32_t, std::uint32_t>> bins;  ///< (k, requests), ascending in k, no empty ones

  static Distribution of(std::vector<double> values);
};

struct LatencyDistributions {
  Distribution ttft_hit, ttft_miss, e2e_hit, e2e_miss, queue;
};

struct RunResults {
  std::string version;
  Scenario scenario;  ///< as run
  Summary summary;
  SimTime bucket = 0;  ///< µs; bucket i of the series covers [i, i + 1) × bucket
  std::vector<Series::Bucket> series;
  LatencyDistributions latencies;
  std::optional<SessionFigures> sessions;  ///< where requests have sessions
  RunBatches batches;                      ///< of a run that is to be compared; no file has them
  std::string read_as;                     ///< what a trace was taken for; "" where the requests were generated
};

/// What is left of a finished simulation of the scenario.
RunResults collect_results(const Scenario& scenario, const Simulation& sim, const Series& series);

/// Asked now and then while a run goes on: true stops it.
using Cancelled = std::function<bool()>;

/// Runs to the end. False where it was cancelled on the way.
bool run_to_end(Simulation& sim, EventSink* sink, const Cancelled& cancelled);

/// Runs the prepared requests under a scenario (of the same workload and block size) and collects, batches as well.
/// Empty where it was cancelled.
std::optional<RunResults> run_scenario(const Prepared& prepared, const Scenario& scenario, const Cancelled& cancelled);

}  // namespace blockyard
