// Runs a comparison on several threads.
#pragma once

#include <functional>

#include "app/jobs/pool.h"
#include "core/experiment/compare.h"

namespace blockyard {

/// Fills in the runs of a planned comparison: the requests are made once a seed and shared by all threads. The same
/// bytes for any number of threads. Errors are those of the workload, or "cancelled".
Result<void> run_comparison(Comparison& comparison, unsigned threads, JobControl& control,
                            const std::function<void()>& tick = {});

}  // namespace blockyard
