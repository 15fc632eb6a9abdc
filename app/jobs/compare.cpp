#include "app/jobs/compare.h"

#include <memory>
#include <optional>

namespace blockyard {

Result<void> run_comparison(Comparison& c, unsigned threads, JobControl& control, const std::function<void()>& tick) {
  // Cells with the same requests share them; a trace is the same under every seed and is read once.
  struct Requests {
    Scenario scenario;
    std::optional<Result<std::unique_ptr<Prepared>>> made;
  };
  std::vector<Requests> requests;
  const std::size_t fleets = c.fleets.size(), seeds = c.seeds.size();
  std::vector<std::size_t> of_cell(fleets * seeds);
  for (std::size_t job = 0; job < of_cell.size(); ++job) {
    Scenario scenario = c.cell(job % fleets, job / fleets);
    const auto shared = [&scenario](const Requests& r) {
      Scenario other = r.scenario;
      if (scenario.workload.type == WorkloadType::kTrace) other.config.seed = scenario.config.seed;
      // What cannot be looked ahead is refused when the requests are made.
      return same_workload(other, scenario) && eviction_row(scenario.config.cache.eviction).needs_tree ==
                                                   eviction_row(other.config.cache.eviction).needs_tree;
    };
    std::size_t at = 0;
    while (at < requests.size() && !shared(requests[at])) ++at;
    if (at == requests.size()) requests.push_back({std::move(scenario), std::nullopt});
    of_cell[job] = at;
  }
  if (!run_jobs(
          requests.size(), threads, control,
          [&requests](std::size_t i) { requests[i].made = prepare(requests[i].scenario); }, tick)) {
    return Error{"cancelled"};
  }
  for (const Requests& r : requests) {
    if (!*r.made) return r.made->error();
  }
  for (std::size_t job = 0; job < of_cell.size(); ++job) {
    if (auto fits = fits_run(***requests[of_cell[job]].made, c.cell(job % fleets, job / fleets)); !fits) return fits;
  }
  // Seed by seed, so that the first comparison is complete first.
  const bool whole = run_jobs(
      of_cell.size(), threads, control,
      [&](std::size_t job) {
        const std::size_t i = job % fleets, k = job / fleets;
        auto results =
            run_scenario(***requests[of_cell[job]].made, c.cell(i, k), [&control] { return control.cancelled(); });
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
