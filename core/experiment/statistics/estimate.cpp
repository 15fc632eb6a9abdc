#include "core/experiment/statistics/estimate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/metrics/student_t.h"

namespace blockyard {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kFewestBatches = 5;

Estimate none(double value, NoInterval why) { return {value, 0, why}; }

double mean_of(std::span<const double> values) {
  double sum = 0, n = 0;
  for (const double v : values) {
    if (std::isfinite(v)) sum += v, ++n;
  }
  return n > 0 ? sum / n : kNothing;
}

// Around the mean, from independent values.
Estimate seed_interval(const std::vector<double>& values, double level) {
  std::vector<double> good;
  for (const double v : values) {
    if (std::isfinite(v)) good.push_back(v);
  }
  const double mean = mean_of(good);
  if (good.size() < 2) return none(mean, NoInterval::kFewRequests);
  double squares = 0;
  for (const double v : good) squares += (v - mean) * (v - mean);
  const auto n = static_cast<double>(good.size());
  return {mean,
          student_t_two_sided(level, static_cast<std::uint32_t>(good.size() - 1)) * std::sqrt(squares / (n - 1) / n)};
}

// Whether the values lean on the one before: von Neumann's ratio against what independent values give (Fishman 1978),
// at one in ten.
bool dependent(const std::vector<double>& v) {
  const auto k = static_cast<double>(v.size());
  const double mean = mean_of(v);
  double squares = 0, steps = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    squares += (v[i] - mean) * (v[i] - mean);
    if (i > 0) steps += (v[i] - v[i - 1]) * (v[i] - v[i - 1]);
  }
  if (squares <= 0) return false;
  constexpr double kOneInTen = 1.2816;
  return 1 - steps / (2 * squares) > kOneInTen * std::sqrt((k - 2) / (k * k - 1));
}

// How much greater the variance of the mean is than that of independent values, where neighbours correlate by φ:
// (1 + φ) / (1 − φ), with φ as estimated, its bias of 1 / k put back; never less than 1.
double widening(const std::vector<double>& v) {
  const double mean = mean_of(v);
  double squares = 0, products = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    squares += (v[i] - mean) * (v[i] - mean);
    if (i > 0) products += (v[i] - mean) * (v[i - 1] - mean);
  }
  if (squares <= 0) return 1;
  const double phi = std::clamp(products / squares + 1 / static_cast<double>(v.size()), 0.0, 0.5);
  return (1 + phi) / (1 - phi);
}

// The metric of a fleet without the warm-up, by seed; over whole runs where batches do not tell.
std::vector<double> settled_values(const FleetRuns& fleet, std::size_t metric, std::uint32_t warmup) {
  std::vector<double> out = fleet.values;
  for (std::size_t k = 0; k < fleet.batches.size(); ++k) {
    const RunBatches* run = fleet.batches[k];
    if (run == nullptr || metric >= run->metrics.size()) continue;
    const MetricBatches& of = run->metrics[metric];
    if (warmup < of.after.size()) out[k] = of.after[warmup];
  }
  return out;
}

// The batches of a fleet, means over its seeds; empty where there are none.
std::vector<double> settled_batches(const FleetRuns& fleet, std::size_t metric, std::uint32_t warmup) {
  std::vector<double> out;
  for (const RunBatches* run : fleet.batches) {
    if (run == nullptr || metric >= run->metrics.size() || run->metrics[metric].batches.empty()) return {};
    const std::vector<double>& batches = run->metrics[metric].batches;
    out.resize(batches.size() - warmup);
    for (std::size_t b = 0; b < out.size(); ++b)
      out[b] += batches[warmup + b] / static_cast<double>(fleet.batches.size());
  }
  return out;
}

bool same_requests(const FleetRuns& a, const FleetRuns& b) {
  if (a.batches.size() != b.batches.size()) return false;
  for (std::size_t k = 0; k < a.batches.size(); ++k) {
    if (a.batches[k] == nullptr || b.batches[k] == nullptr) return false;
    if (a.batches[k]->requests != b.batches[k]->requests) return false;
  }
  return true;
}

// Why there is no interval from batches, before any is looked at.
NoInterval hindrance(const FleetRuns& fleet, std::size_t metric) {
  const Metric& m = metric_table()[metric];
  if (m.of_requests == nullptr) return NoInterval::kNotRequests;
  if (fleet.saturated && m.waits()) return NoInterval::kSaturated;
  return NoInterval::kThereIsOne;
}

}  // namespace

std::string_view no_interval_text(NoInterval why) {
  switch (why) {
    case NoInterval::kThereIsOne:
      return "";
    case NoInterval::kFewRequests:
      return "too few requests to cut into batches";
    case NoInterval::kSaturated:
      return "the fleet is saturated: the figure grows with the length of the run";
    case NoInterval::kDependent:
      return "batches of a fifth of the run still depend on one another: a longer run is needed";
    case NoInterval::kNotRequests:
      return "one run, and no figure of its requests: more seeds are needed";
    case NoInterval::kOthers:
      return "the fleets did not serve the same requests";
  }
  return "";
}

std::uint32_t common_warmup(std::span<const FleetRuns> fleets) {
  std::uint32_t out = 0;
  for (const FleetRuns& fleet : fleets) {
    for (const RunBatches* run : fleet.batches) {
      if (run != nullptr) out = std::max(out, run->warmup);
    }
  }
  return out;
}

Estimate batch_interval(std::vector<double> batches, double centre, double level) {
  for (const double v : batches) {
    if (!std::isfinite(v)) return none(centre, NoInterval::kFewRequests);
  }
  if (batches.size() < kFewestBatches) return none(centre, NoInterval::kFewRequests);
  while (dependent(batches)) {
    if (batches.size() / 2 < kFewestBatches) return none(centre, NoInterval::kDependent);
    std::vector<double> pairs;  // an odd one at the beginning is left out
    for (std::size_t i = batches.size() % 2; i < batches.size(); i += 2)
      pairs.push_back((batches[i] + batches[i + 1]) / 2);
    batches = std::move(pairs);
  }
  double squares = 0;
  for (const double v : batches) squares += (v - centre) * (v - centre);
  const auto k = static_cast<double>(batches.size());
  return {centre, student_t_two_sided(level, static_cast<std::uint32_t>(batches.size() - 1)) *
                      std::sqrt(squares / (k - 1) / k * widening(batches))};
}

Estimate estimate(const FleetRuns& fleet, std::size_t metric, IntervalFrom from, std::uint32_t warmup, double level) {
  const std::vector<double> values = settled_values(fleet, metric, warmup);
  if (from == IntervalFrom::kSeeds && values.size() > 1) {
    if (fleet.saturated && metric_table()[metric].waits()) return none(mean_of(values), NoInterval::kSaturated);
    return seed_interval(values, level);
  }
  const double value = mean_of(values);
  if (const NoInterval why = hindrance(fleet, metric); why != NoInterval::kThereIsOne) return none(value, why);
  std::vector<double> batches = settled_batches(fleet, metric, warmup);
  return batches.empty() ? none(value, NoInterval::kFewRequests) : batch_interval(std::move(batches), value, level);
}

Estimate estimate_difference(const FleetRuns& a, const FleetRuns& b, std::size_t metric, IntervalFrom from,
                             std::uint32_t warmup, double level) {
  std::vector<double> values = settled_values(a, metric, warmup);
  const std::vector<double> others = settled_values(b, metric, warmup);
  if (values.size() != others.size()) return none(kNothing, NoInterval::kOthers);
  for (std::size_t k = 0; k < values.size(); ++k) values[k] -= others[k];
  const double value = mean_of(values);
  if (!same_requests(a, b)) return none(value, NoInterval::kOthers);
  if ((a.saturated || b.saturated) && metric_table()[metric].waits()) return none(value, NoInterval::kSaturated);
  if (from == IntervalFrom::kSeeds && values.size() > 1) return seed_interval(values, level);
  if (const NoInterval why = hindrance(a, metric); why != NoInterval::kThereIsOne) return none(value, why);
  std::vector<double> batches = settled_batches(a, metric, warmup);
  const std::vector<double> of_b = settled_batches(b, metric, warmup);
  if (batches.empty() || batches.size() != of_b.size()) return none(value, NoInterval::kFewRequests);
  for (std::size_t i = 0; i < batches.size(); ++i) batches[i] -= of_b[i];
  return batch_interval(std::move(batches), value, level);
}

}  // namespace blockyard
