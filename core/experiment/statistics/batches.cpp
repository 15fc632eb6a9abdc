#include "core/experiment/statistics/batches.h"

#include <algorithm>

namespace blockyard {

Truncation mser5(std::span<const double> values) {
  std::vector<double> groups;
  for (std::size_t i = 0; i + kMserGroup <= values.size(); i += kMserGroup) {
    double sum = 0;
    for (std::size_t k = 0; k < kMserGroup; ++k) sum += values[i + k];
    groups.push_back(sum / static_cast<double>(kMserGroup));
  }
  if (groups.size() < 4) return {};
  // From the end: mean and squares of what follows each d, by Welford's recurrence.
  const std::size_t last = groups.size() / 4;
  double mean = 0, squares = 0, n = 0, least = 0;
  std::size_t best = last;
  bool any = false;
  for (std::size_t d = groups.size(); d-- > 0;) {
    ++n;
    const double off = groups[d] - mean;
    mean += off / n;
    squares += off * (groups[d] - mean);
    if (d > last) continue;
    const double error = squares / (n * n);
    if (!any || error <= least) {  // the shortest of those that are equal
      least = error;
      best = d;
      any = true;
    }
  }
  if (best == last) return {0, false};
  return {best * kMserGroup, true};
}

std::uint32_t RunBatches::batches_for(std::uint32_t wanted) const {
  std::uint32_t c = 0;
  while (c < kMostWarmup && requests_in(c) < wanted) ++c;
  return c;
}

RunBatches batches_of(std::span<const RequestSample> samples, std::span<const std::string> only) {
  RunBatches out;
  out.requests = static_cast<std::uint32_t>(samples.size());
  if (!out.any()) return out;
  std::vector<double> ttft, hits;
  for (const RequestSample& r : samples) {
    ttft.push_back(r.ttft);
    hits.push_back(r.prompt_blocks == 0 ? 0 : static_cast<double>(r.hit) / r.prompt_blocks);
  }
  // What a run begins with is idle workers and empty caches: both must be over.
  const Truncation by_time = mser5(ttft), by_hits = mser5(hits);
  out.settled = by_time.settled && by_hits.settled;
  out.warmup = out.settled ? out.batches_for(static_cast<std::uint32_t>(std::max(by_time.values, by_hits.values))) : 0;
  for (const Metric& m : metric_table()) {
    MetricBatches& of = out.metrics.emplace_back();
    if (m.of_requests == nullptr) continue;
    if (!only.empty() && std::find(only.begin(), only.end(), m.id) == only.end()) continue;
    for (std::uint32_t c = 0; c <= RunBatches::kMostWarmup; ++c)
      of.after.push_back(m.of_requests(samples.subspan(out.requests_in(c))));
    for (std::uint32_t b = 0; b < RunBatches::kBatches; ++b) {
      const std::size_t begin = out.requests_in(b), end = out.requests_in(b + 1);
      of.batches.push_back(m.of_requests(samples.subspan(begin, end - begin)));
    }
  }
  return out;
}

}  // namespace blockyard
