#include "core/metrics/saturation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/metrics/student_t.h"

namespace blockyard {
namespace {

// The least-squares line through points whose x ascends: its slope, and that slope's standard error.
struct Line {
  double slope = 0;
  double error = 0;
};

Line line_through(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0, rest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mean_x += x[i] / n, mean_y += y[i] / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (xx <= 0) return {};
  const double slope = xy / xx;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double off = y[i] - mean_y - slope * (x[i] - mean_x);
    rest += off * off;
  }
  return {slope, std::sqrt(rest / (n - 2) / xx)};
}

}  // namespace

std::optional<Saturation> saturation_of(const Fleet& fleet) {
  const ClosedLoop& loop = fleet.workload().closed;
  if (loop.users > 0 && (!loop.recorded || loop.at_once > 0)) return std::nullopt;
  const auto& records = fleet.records();
  const auto counts = [&records](RequestId r) {
    return records[r].status != RequestStatus::kRejected && records[r].status != RequestStatus::kNotArrived;
  };
  // Requests are in order of arrival.
  SimTime first_arrival = -1, last_arrival = -1, first_finish = -1;
  std::uint32_t accepted = 0, started = 0;
  for (RequestId r = 0; r < fleet.arrived(); ++r) {
    if (!counts(r)) continue;
    const RequestRecord& record = records[r];
    if (accepted++ == 0) first_arrival = record.arrival;
    last_arrival = record.arrival;
    if (record.start >= 0) ++started;
    if (record.finish >= 0 && (first_finish < 0 || record.finish < first_finish)) first_finish = record.finish;
  }
  if (started < Saturation::kFewest || last_arrival <= first_arrival) return std::nullopt;
  std::uint32_t waiting = 0, finished = 0;
  for (RequestId r = 0; r < fleet.arrived(); ++r) {
    if (!counts(r)) continue;
    const RequestRecord& record = records[r];
    if (record.start < 0 || record.start > last_arrival) ++waiting;
    if (record.finish > first_finish && record.finish <= last_arrival) ++finished;
  }
  if (waiting < 2 * std::sqrt(static_cast<double>(accepted))) return std::nullopt;

  std::vector<double> at(Saturation::kGroups), wait(Saturation::kGroups), n(Saturation::kGroups);
  std::uint64_t place = 0;
  for (RequestId r = 0; r < fleet.arrived(); ++r) {
    if (!counts(r) || records[r].start < 0) continue;
    const std::size_t group = place++ * Saturation::kGroups / started;
    at[group] += us_to_ms(records[r].arrival - first_arrival);
    wait[group] += us_to_ms(records[r].start - records[r].arrival);
    ++n[group];
  }
  for (std::size_t g = 0; g < Saturation::kGroups; ++g) at[g] /= n[g], wait[g] /= n[g];
  const Line line = line_through(at, wait);
  if (line.slope < Saturation::kLeastGrowth) return std::nullopt;
  if (line.slope < student_t_two_sided(0.95, Saturation::kGroups - 2) * line.error) return std::nullopt;

  Saturation s;
  s.offered_rps = 1e6 * (accepted - 1) / static_cast<double>(last_arrival - first_arrival);
  if (finished > 0) s.served_rps = 1e6 * finished / static_cast<double>(last_arrival - first_finish);
  s.growth = line.slope;
  s.last_wait_ms = wait.back();
  return s;
}

std::string saturation_text(const Saturation& s) {
  const std::string rates = s.served_rps > 0 ? fmt::format(" ({} against {} requests per s)",
                                                           figure_text(s.offered_rps), figure_text(s.served_rps))
                                             : "";
  return fmt::format(
      "offered {} × what it serves{}: waiting grows by {} every second, so that latencies grow with the length of the "
      "run and rank the backlog",
      figure_text(s.times(), s.times() < 10 ? 2 : 3), rates, duration_text(1000 * s.growth));
}

std::string saturation_remedy(const Saturation& s, const Scenario& scenario) {
  // Never less than is needed: a fleet that is offered exactly what it serves is saturated as well.
  const double times = std::max(s.times(), 1 + s.growth);
  const auto more = [times](double now) { return std::max(std::floor(now * times) + 1, now + 1); };
  const FleetConfig& fleet = scenario.config.fleet;
  std::string out = fmt::format("at least {:.0f} workers instead of {}", more(fleet.workers), fleet.workers);
  if (fleet.engine == EngineKind::kSlots) {
    out += fmt::format(", or fleet.slots {:.0f} instead of {} (or engine continuous) where the GPU batches so many",
                       more(fleet.slots), fleet.slots);
  }
  const WorkloadSpec& w = scenario.workload;
  if (w.type == WorkloadType::kTrace) {
    out += fmt::format(", or workload.time_scale {} instead of {}", figure_text(w.time_scale * times * 1.05, 2, true),
                       figure_text(w.time_scale, 3, true));
  } else {
    out += fmt::format(", or workload.rate {} instead of {}", figure_text(w.rate / times / 1.05, 2, true),
                       figure_text(w.rate, 3, true));
  }
  return out;
}

}  // namespace blockyard
