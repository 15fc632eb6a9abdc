// A run cut into batches: what is left of its requests to tell how sure its figures are. README.md of core/experiment
// has the methods and their sources.
//
// Invariants: 1. batch b of kBatches holds the requests from b / kBatches to (b + 1) / kBatches of all that completed,
// in their order, so that batches of runs of the same requests are pairs; 2. a run of fewer than kFewest requests has
// no batches.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/experiment/metric.h"
#include "core/metrics/request_samples.h"

namespace blockyard {

/// One metric. Both lists are empty where it is not a figure of requests.
struct MetricBatches {
  std::vector<double> after;    ///< [c]: over the run without its first c batches; c from 0 to kMostWarmup
  std::vector<double> batches;  ///< over each batch alone
};

struct RunBatches {
  static constexpr std::uint32_t kBatches = 20;
  static constexpr std::uint32_t kMostWarmup = kBatches / 4;
  static constexpr std::uint32_t kFewest = 200;  ///< ten a batch

  std::uint32_t requests = 0;          ///< that completed
  std::uint32_t warmup = 0;            ///< batches that MSER-5 would drop; 0 where it finds no end
  bool settled = true;                 ///< false: MSER-5 finds no end of the warm-up in the first quarter
  std::vector<MetricBatches> metrics;  ///< by row of metric_table()

  bool any() const { return requests >= kFewest; }
  /// How many requests the first `batches` batches hold.
  std::uint32_t requests_in(std::uint32_t batches) const {
    return static_cast<std::uint32_t>(std::uint64_t{requests} * batches / kBatches);
  }
  /// The fewest batches that hold so many requests; at most kMostWarmup.
  std::uint32_t batches_for(std::uint32_t wanted) const;
};

/// Cuts a run's requests. `only`: ids of the metrics that are wanted; all where it is empty.
RunBatches batches_of(std::span<const RequestSample> samples, std::span<const std::string> only = {});

/// MSER-5 (White 1997): how many of the values are a transient: those before the d that has the least standard error of
/// the mean of what follows, in groups of five. It looks at the first quarter only: further in it ends where what
/// follows happens to vary little, which makes intervals too narrow. Not settled where that d is the last one allowed.
inline constexpr std::size_t kMserGroup = 5;
struct Truncation {
  std::size_t values = 0;
  bool settled = true;
};
Truncation mser5(std::span<const double> values);

}  // namespace blockyard
