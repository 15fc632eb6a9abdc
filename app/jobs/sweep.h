// Runs the cells of a sweep on several threads.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "app/jobs/pool.h"
#include "core/experiment/sweep.h"

namespace blockyard {

/// One cell to run.
struct SweepJob {
  std::size_t cell = 0;
  Scenario scenario;
  std::vector<std::string> metrics;  ///< whose batches the cell keeps
};

/// The scenarios of the given cells. Every one is checked before the first runs.
Result<std::vector<SweepJob>> sweep_jobs(const SweepPlan& plan, const std::vector<std::size_t>& cells,
                                         const std::string& presets_dir);

/// Told of every finished cell, one at a time, in the order they finish, on any thread. `results` where the plan keeps
/// them, else nullptr. An error stops the sweep.
using OnCell = std::function<Result<void>(const SweepCell& cell, const RunResults* results)>;

/// Runs them; cells with the same workload share it, and it is dropped after the last of them. Errors are those of a
/// workload or of `on_cell`, or "cancelled".
Result<void> run_sweep(const std::vector<SweepJob>& jobs, bool keep_results, unsigned threads, JobControl& control,
                       const OnCell& on_cell, const std::function<void()>& tick = {});

}  // namespace blockyard
