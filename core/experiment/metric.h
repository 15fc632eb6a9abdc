// The figures that experiments compare runs by: one table, read by sweeps, pictures, help and the window's menus.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/metrics/request_samples.h"
#include "core/metrics/summary.h"

namespace blockyard {

/// What a fault did to the router's belief in the worker that it struck.
struct Aftermath {
  double recovery_ms = 0;    ///< until no more blocks than before were believed in and gone; the run's end if never
  std::uint32_t misled = 0;  ///< requests started there meanwhile that found less than the router believed
};

struct Metric {
  std::string_view id;     ///< as --metrics and cells.jsonl name it
  std::string_view label;  ///< as a picture's axis names it
  std::string_view unit;   ///< "" where it has none
  bool more_is_better;
  double (*of)(const Summary&);                        ///< in the unit; NaN where there is nothing to tell from
  double (*of_aftermath)(const Aftermath&) = nullptr;  ///< instead, for figures of a fault
  /// The same figure over a stretch of a run's requests; nullptr where it is not one of requests. NaN as `of`.
  double (*of_requests)(std::span<const RequestSample>) = nullptr;
  /// Waiting is in it: where a fleet is saturated it grows with the length of the run, and has no mean.
  bool waits() const { return id.starts_with("ttft") || id.starts_with("e2e") || id.starts_with("queue"); }
};

std::span<const Metric> metric_table();
/// The row of that id, or nullptr.
const Metric* find_metric(std::string_view id);
/// An error that begins with the option, names the nearest id and lists them all, where there is no such row.
Result<void> check_metric(const std::string& id, std::string_view option);

/// A mean over repeats and its 95 % confidence interval (Student's t); low = high = mean for a single value.
struct Interval {
  double mean = 0;
  double low = 0;
  double high = 0;
};

/// Of values in order; those that are not finite are left out. NaN where none is left.
Interval interval_of(std::span<const double> values);

}  // namespace blockyard
