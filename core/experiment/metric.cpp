#include "core/experiment/metric.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

#include "core/base/percentile.h"
#include "core/base/words/nearest.h"
#include "core/base/words/printable.h"
#include "core/metrics/student_t.h"

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

// The same over a stretch of requests.
using Requests = std::span<const RequestSample>;

template <auto Field>
std::vector<double> values_of(Requests requests) {
  std::vector<double> out;
  out.reserve(requests.size());
  for (const RequestSample& r : requests) {
    if (std::isfinite(r.*Field)) out.push_back(r.*Field);
  }
  return out;
}
template <auto Field>
double mean_over(Requests requests) {
  double sum = 0, n = 0;
  for (const RequestSample& r : requests) {
    if (std::isfinite(r.*Field)) sum += r.*Field, ++n;
  }
  return n > 0 ? sum / n : kNothing;
}
template <auto Field, int Percent>
double percentile_over(Requests requests) {
  Ranking<double> ranking(values_of<Field>(requests));
  return ranking.empty() ? kNothing : ranking.percentile(Percent);
}
template <class Part, class Whole>
double percent_over(Requests requests, Part part, Whole whole) {
  double parts = 0, wholes = 0;
  for (const RequestSample& r : requests) parts += part(r), wholes += whole(r);
  return share(parts, wholes);
}
constexpr auto one = [](const RequestSample&) { return 1.0; };

double block_hits(Requests requests) {
  return percent_over(
      requests, [](const RequestSample& r) { return r.hit; }, [](const RequestSample& r) { return r.prompt_blocks; });
}
double token_hits(Requests requests) {
  return percent_over(
      requests, [](const RequestSample& r) { return r.hit_tokens; },
      [](const RequestSample& r) { return r.prompt_tokens; });
}
double request_hits(Requests requests) {
  return percent_over(
      requests, [](const RequestSample& r) { return r.hit > 0 ? 1.0 : 0.0; }, one);
}
double false_hits(Requests requests) {
  return percent_over(
      requests, [](const RequestSample& r) { return r.predicted > r.hit ? 1.0 : 0.0; }, one);
}
double missed_hits(Requests requests) {
  return percent_over(
      requests, [](const RequestSample& r) { return r.predicted < r.hit ? 1.0 : 0.0; }, one);
}

constexpr std::array kTable = std::to_array<Metric>({
    {"block_hit_rate", "Block hit rate", "%", true, [](const Summary& s) { return 100 * s.block_hit_rate; }, nullptr,
     block_hits},
    {"token_hit_rate", "Token hit rate", "%", true, [](const Summary& s) { return 100 * s.token_hit_rate; }, nullptr,
     token_hits},
    {"request_hit_rate", "Requests with a hit", "%", true, [](const Summary& s) { return 100 * s.request_hit_rate; },
     nullptr, request_hits},
    {"ttft_mean", "Time to first token, mean", "ms", false, mean_of<&Summary::ttft>, nullptr,
     mean_over<&RequestSample::ttft>},
    {"ttft_p50", "Time to first token, p50", "ms", false, p50_of<&Summary::ttft>, nullptr,
     percentile_over<&RequestSample::ttft, 50>},
    {"ttft_p95", "Time to first token, p95", "ms", false, p95_of<&Summary::ttft>, nullptr,
     percentile_over<&RequestSample::ttft, 95>},
    {"ttft_p99", "Time to first token, p99", "ms", false, p99_of<&Summary::ttft>, nullptr,
     percentile_over<&RequestSample::ttft, 99>},
    {"e2e_mean", "End to end, mean", "ms", false, mean_of<&Summary::e2e>, nullptr, mean_over<&RequestSample::e2e>},
    {"e2e_p50", "End to end, p50", "ms", false, p50_of<&Summary::e2e>, nullptr,
     percentile_over<&RequestSample::e2e, 50>},
    {"e2e_p95", "End to end, p95", "ms", false, p95_of<&Summary::e2e>, nullptr,
     percentile_over<&RequestSample::e2e, 95>},
    {"e2e_p99", "End to end, p99", "ms", false, p99_of<&Summary::e2e>, nullptr,
     percentile_over<&RequestSample::e2e, 99>},
    {"queue_mean", "Queueing, mean", "ms", false, mean_of<&Summary::queue>, nullptr, mean_over<&RequestSample::queue>},
    {"queue_p95", "Queueing, p95", "ms", false, p95_of<&Summary::queue>, nullptr,
     percentile_over<&RequestSample::queue, 95>},
    {"prefill_mean", "Prefill, mean", "ms", false, mean_of<&Summary::prefill>, nullptr,
     mean_over<&RequestSample::prefill>},
    {"tpot_mean", "Time per output token, mean", "ms", false, mean_of<&Summary::tpot>, nullptr,
     mean_over<&RequestSample::tpot>},
    {"tpot_p95", "Time per output token, p95", "ms", false, p95_of<&Summary::tpot>, nullptr,
     percentile_over<&RequestSample::tpot, 95>},
    {"itl_mean", "Inter-token latency, mean", "ms", false, mean_of<&Summary::itl>},
    {"itl_p99", "Inter-token latency, p99", "ms", false, p99_of<&Summary::itl>},
    {"output_tokens", "Output tokens", "1/s", true, [](const Summary& s) { return s.output_tokens_per_s; }},
    {"goodput", "Goodput", "req/s", true,
     [](const Summary& s) { return s.goodput ? s.goodput->requests_per_s : kNothing; }},
    {"throughput", "Throughput", "req/s", true,
     [](const Summary& s) { return s.makespan_ms > 0 ? 1000.0 * s.completed / s.makespan_ms : kNothing; }},
    {"false_hits", "False hits", "% of requests", false,
     [](const Summary& s) { return share(s.false_hits, s.completed); }, nullptr, false_hits},
    {"missed_hits", "Missed hits", "% of requests", false,
     [](const Summary& s) { return share(s.missed_hits, s.completed); }, nullptr, missed_hits},
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

}  // namespace

std::span<const Metric> metric_table() { return kTable; }

const Metric* find_metric(std::string_view id) {
  for (const Metric& m : kTable) {
    if (m.id == id) return &m;
  }
  return nullptr;
}

Result<void> check_metric(const std::string& id, std::string_view option) {
  if (find_metric(id) != nullptr) return {};
  std::vector<std::string> known;
  for (const Metric& m : metric_table()) known.emplace_back(m.id);
  const std::string near = nearest(id, known);
  return Error{fmt::format("{}: '{}' is no metric; {} {}", option, quoted_part(id),
                           near.empty() ? "there are" : fmt::format("did you mean {}? There are", near),
                           fmt::join(known, ", "))};
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
  const double half = student_t_two_sided(0.95, static_cast<std::uint32_t>(n - 1)) *
                      std::sqrt(squares / static_cast<double>(n - 1) / static_cast<double>(n));
  return {mean, mean - half, mean + half};
}

}  // namespace blockyard
