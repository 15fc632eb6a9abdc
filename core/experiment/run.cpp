#include "core/experiment/run.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/math.h"
#include "core/base/version.h"

namespace blockyard {

Distribution Distribution::of(std::vector<double> values) {
  Distribution d;
  if (values.empty()) return d;
  std::sort(values.begin(), values.end());
  for (int i = 0; i <= kSteps; ++i) d.quantiles.push_back(percentile(values, 100.0 * i / kSteps));
  std::map<std::int32_t, std::uint32_t> counts;
  for (const double v : values) {
    const double k = v > 0 ? std::floor(math::log10(v) * kBinsPerDecade) : kLowestBin;
    ++counts[std::max(kLowestBin, static_cast<std::int32_t>(k))];
  }
  d.bins.assign(counts.begin(), counts.end());
  return d;
}

RunResults collect_results(const Scenario& scenario, const Simulation& sim, const Series& series) {
  RunResults out;
  out.version = version();
  out.scenario = scenario;
  out.scenario.config = sim.config();
  out.summary = summarize(sim);
  out.bucket = series.width();
  out.read_as = sim.workload().read_as;
  out.sessions = session_figures(sim);
  out.series = series.buckets();
  std::vector<double> ttft[2], e2e[2], queue;
  for (const RequestRecord& r : sim.records()) {
    if (r.status != RequestStatus::kCompleted) continue;
    const std::size_t hit = r.hit > 0 ? 1 : 0;
    ttft[hit].push_back(us_to_ms(r.first_token - r.arrival));
    e2e[hit].push_back(us_to_ms(r.finish - r.arrival));
    queue.push_back(us_to_ms(r.start - r.arrival));
  }
  out.latencies = {Distribution::of(std::move(ttft[1])), Distribution::of(std::move(ttft[0])),
                   Distribution::of(std::move(e2e[1])), Distribution::of(std::move(e2e[0])),
                   Distribution::of(std::move(queue))};
  return out;
}

bool run_to_end(Simulation& sim, EventSink* sink, const Cancelled& cancelled) {
  constexpr int kChunk = 1024;
  while (!sim.done()) {
    if (cancelled && cancelled()) return false;
    for (int i = 0; i < kChunk && sim.stride(sink); ++i) {
    }
  }
  return true;
}

std::optional<RunResults> run_scenario(const Prepared& prepared, const Scenario& scenario, const Cancelled& cancelled) {
  Simulation sim = prepared.simulation(scenario.config);
  Series series;
  if (!run_to_end(sim, &series, cancelled)) return std::nullopt;
  series.finish(sim);
  RunResults out = collect_results(scenario, sim, series);
  out.batches = batches_of(request_samples(sim));
  return out;
}

}  // namespace blockyard
