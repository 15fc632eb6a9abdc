// A page of metrics as Prometheus' text format 0.0.4 has it: samples with their labels. Comments are passed over, a
// line that is none of it is counted and left.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blockyard::live {

struct MetricSample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;

  /// The label's value; nothing where it has none of that name.
  const std::string* label(std::string_view label_name) const;
};

struct MetricsPage {
  std::vector<MetricSample> samples;  ///< in the order of the page
  std::size_t bad_lines = 0;
};

/// Any bytes at all.
MetricsPage parse_metrics(std::string_view text);

}  // namespace blockyard::live
