#include "core/experiment/metric.h"

#include <array>
#include <cmath>
#include <limits>

#include "core/base/math.h"

namespace blockyard {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

template <auto Field>
double mean_of(const Summary& s) {
  return s.*Field ? (s.*Field)->mean : kNothing;
}
template <auto Field>
double p50_of(const Summary& s) {
  return s.*Field ? (s.*Field)->p50 : kNothing;
}
template <auto Field>
double p95_of(const Summary& s) {
  return s.*Field ? (s.*Field)->p95 : kNothing;
}
template <auto Field>
double p99_of(const Summary& s) {
  return s.*Field ? (s.*Field)->p99 : kNothing;
}
double nothing(const Summary&) { return kNothing; }
double share(double part, double whole) { return whole == 0 ? kNothing : 100 * part / whole; }

constexpr std::array kTable = std::to_array<Metric>({
    {"block_hit_rate", "Block hit rate", "%", true, [](const Summary& s) { return 100 * s.block_hit_rate; }},
    {"token_hit_rate", "Token hit rate", "%", true, [](const Summary& s) { return 100 * s.token_hit_rate; }},
    {"request_hit_rate", "Requests with a hit", "%", true, [](const Summary& s) { return 100 * s.request_hit_rate; }},
    {"ttft_mean", "Time to first token, mean", "ms", false, mean_of<&Summary::ttft>},
    {"ttft_p50", "Time to first token, p50", "ms", false, p50_of<&Summary::ttft>},
    {"ttft_p95", "Time to first token, p95", "ms", false, p95_of<&Summary::ttft>},
    {"ttft_p99", "Time to first token, p99", "ms", false, p99_of<&Summary::ttft>},
    {"e2e_mean", "End to end, mean", "ms", false, mean_of<&Summary::e2e>},
    {"e2e_p50", "End to end, p50", "ms", false, p50_of<&Summary::e2e>},
    {"e2e_p95", "End to end, p95", "ms", false, p95_of<&Summary::e2e>},
    {"e2e_p99", "End to end, p99", "ms", false, p99_of<&Summary::e2e>},
    {"queue_mean", "Queueing, mean", "ms", false, mean_of<&Summary::queue>},
    {"queue_p95", "Queueing, p95", "ms", false, p95_of<&Summary::queue>},
    {"prefill_mean", "Prefill, mean", "ms", false, mean_of<&Summary::prefill>},
    {"tpot_mean", "Time per output token, mean", "ms", false, mean_of<&Summary::tpot>},
    {"tpot_p95", "Time per output token, p95", "ms", false, p95_of<&Summary::tpot>},
    {"itl_mean", "Inter-token latency, mean", "ms", false, mean_of<&Summary::itl>},
    {"itl_p99", "Inter-token latency, p99", "ms", false, p99_of<&Summary::itl>},
    {"output_tokens", "Output tokens", "1/s", true, [](const Summary& s) { return s.output_tokens_per_s; }},
    {"goodput", "Goodput", "req/s", true,
     [](const Summary& s) { return s.goodput ? s.goodput->requests_per_s : kNothing; }},
    {"throughput", "Throughput", "req/s", true,
     [](const Summary& s) { return s.makespan_ms > 0 ? 1000.0 * s.completed / s.makespan_ms : kNothing; }},
    {"false_hits", "False hits", "% of requests", false,
     [](const Summary& s) { return share(s.false_hits, s.completed); }},
    {"missed_hits", "Missed hits", "% of requests", false,
     [](const Summary& s) { return share(s.missed_hits, s.completed); }},
    {"false_hit_cost", "Prefill lost to false hits", "s", false,
     [](const Summary& s) { return s.false_hit_ms / 1000; }},
    {"evictions", "Evicted blocks", "", false, [](const Summary& s) { return static_cast<double>(s.evictions); }},
    {"imbalance", "Load imbalance", "×", false, [](const Summary& s) { return s.imbalance; }},
    {"jain_index", "Jain index", "", true, [](const Summary& s) { return s.jain_index; }},
    {"rejected", "Rejected", "requests", false, [](const Summary& s) { return static_cast<double>(s.rejected); }},
    {"preemptions", "Preemptions", "", false, [](const Summary& s) { return static_cast<double>(s.preemptions); }},
    {"makespan", "Makespan", "s", false, [](const Summary& s) { return s.makespan_ms / 1000; }},
    {"recovery", "Time to recover", "s", false, nothing, [](const Aftermath& a) { return a.recovery_ms / 1000; }},
    {"misled", "Requests misled by the fault", "", false, nothing,
     [](const Aftermath& a) { return static_cast<double>(a.misled); }},
});

// The two-sided 95 % point of Student's t: a table for few degrees of freedom, Cornish and Fisher's expansion beyond.
double student_t(std::size_t degrees) {
  static constexpr double kPoints[] = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281};
  if (degrees <= std::size(kPoints)) return kPoints[degrees - 1];
  const double z = 1.959964, n = static_cast<double>(degrees);
  return z + (z * z * z + z) / (4 * n) + (5 * math::pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n);
}

}  // namespace

std::span<const Metric> metric_table() { return kTable; }

const Metric* find_metric(std::string_view id) {
  for (const Metric& m : kTable) {
    if (m.id == id) return &m;
  }
  return nullptr;
}

Interval interval_of(std::span<const double> values) {
  double sum = 0;
  std::size_t n = 0;
  for (const double v : values) {
    if (std::isfinite(v)) sum += v, ++n;
  }
  if (n == 0) return {kNothing, kNothing, kNothing};
  const double mean = sum / static_cast<double>(n);
  if (n == 1) return {mean, mean, mean};
  double squares = 0;
  for (const double v : values) {
    if (std::isfinite(v)) squares += (v - mean) * (v - mean);
  }
  const double half = student_t(n - 1) * std::sqrt(squares / static_cast<double>(n - 1) / static_cast<double>(n));
  return {mean, mean - half, mean + half};
}

}  // namespace blockyard
