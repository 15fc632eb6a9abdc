#include "app/jobs/compare.h"

#include <memory>
#include <optional>

namespace blockyard {

Result<void> run_comparison(Comparison& c, unsigned threads, JobControl& control, const std::function<void()>& tick) {
  // A trace is the same under every seed: it is read once.
  const bool trace = c.scenario.workload.type == WorkloadType::kTrace;
  std::vector<std::optional<Result<std::unique_ptr<Prepared>>>> prepared(trace ? 1 : c.seeds.size());
  if (!run_jobs(
          prepared.size(), threads, control,
          [&](std::size_t k) {
            Scenario scenario = c.scenario;
            scenario.config.seed = c.seeds[k];
            prepared[k] = prepare(scenario);
          },
          tick)) {
    return Error{"cancelled"};
  }
  for (const auto& p : prepared) {
    if (!*p) return p->error();
  }
  // Seed by seed, so that the first comparison is complete first.
  const std::size_t strategies = c.strategies.size();
  const bool whole = run_jobs(
      strategies * c.seeds.size(), threads, control,
      [&](std::size_t job) {
        const std::size_t i = job % strategies, k = job / strategies;
        Scenario scenario = c.scenario;
        scenario.config.seed = c.seeds[k];
        scenario.config.router.strategy = c.strategies[i];
        auto results = run_scenario(***prepared[trace ? 0 : k], scenario, [&control] { return control.cancelled(); });
        if (!results) return;
        if (k > 0) {
          results->series.clear();
          results->latencies = {};
        }
        c.runs[i][k] = std::move(*results);
      },
      tick);
  if (!whole) return Error{"cancelled"};
  return {};
}

}  // namespace blockyard
