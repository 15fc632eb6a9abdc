#include "app/figures/sweep_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/words/number.h"

namespace blockyard::figures {
namespace {

bool is_number(const std::string& text, double& out) {
  return !text.empty() && leading_number(text, out) == text.size();
}

std::string plain(const std::string& json) {
  if (json.size() >= 2 && json.front() == '"' && json.back() == '"') return json.substr(1, json.size() - 2);
  return json;
}

}  // namespace

SweepTable::SweepTable(const SweepPlan& plan, const std::vector<SweepCell>& cells, const Scenario* first,
                       const Warmup& warmup)
    : first_(first), warmup_(warmup), plan_(plan), cells_(cells) {
  std::vector<std::size_t> seeds;
  double ignored = 0;
  for (std::size_t a = 0; a < plan.axes.size(); ++a) {
    const SweepAxis& axis = plan.axes[a];
    const bool numbers = std::all_of(axis.values.begin(), axis.values.end(),
                                     [&](const std::string& v) { return is_number(v, ignored); });
    if (axis.path == "seed") {
      seeds.push_back(a);
      repeats_ = axis.values.size();
    } else {
      (numbers ? shown_ : words_).push_back(a);
    }
  }
  const bool trace = first != nullptr && first->workload.type == WorkloadType::kTrace;
  if (repeats_ > 1 && !trace) from_ = IntervalFrom::kSeeds;
  std::size_t count = 1;
  for (const std::size_t a : words_) count *= plan.axes[a].values.size();
  for (std::size_t s = 0; s < count; ++s) {
    std::string label;
    std::size_t rest = s;
    for (std::size_t k = words_.size(); k-- > 0;) {
      const auto& values = plan.axes[words_[k]].values;
      label = plain(values[rest % values.size()]) + (label.empty() ? "" : " · ") + label;
      rest /= values.size();
    }
    series_.push_back(std::move(label));
  }
  std::size_t places = 1;
  for (const std::size_t a : shown_) places *= plan.axes[a].values.size();
  groups_.resize(count * places);
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const std::vector<std::size_t> at = plan.places(cells[cell].cell);
    std::size_t index = 0;
    for (const std::size_t a : words_) index = index * plan.axes[a].values.size() + at[a];
    for (const std::size_t a : shown_) index = index * plan.axes[a].values.size() + at[a];
    groups_[index].push_back(cell);
  }
}

std::vector<std::string> SweepTable::word_values(std::size_t axis) const {
  std::vector<std::string> out;
  for (const std::string& v : plan_.axes[axis].values) out.push_back(plain(v));
  return out;
}

std::vector<double> SweepTable::numbers(std::size_t axis) const {
  std::vector<double> out;
  for (const std::string& v : plan_.axes[axis].values) is_number(v, out.emplace_back(0));
  return out;
}

FleetRuns SweepTable::runs(const Metric& metric, std::size_t group) const {
  FleetRuns out;
  for (const std::size_t cell : groups_[group]) {
    out.values.push_back(cells_[cell].value(metric));
    out.batches.push_back(&cells_[cell].batches);
    out.saturated = out.saturated || cells_[cell].summary.saturation.has_value();
  }
  return out;
}

Interval SweepTable::at(const Metric& metric, std::size_t series, const std::vector<std::size_t>& places) const {
  const std::size_t each = groups_.size() / series_.size();
  std::size_t place = 0;
  for (std::size_t k = 0; k < shown_.size(); ++k) place = place * plan_.axes[shown_[k]].values.size() + places[k];
  std::vector<FleetRuns> beside;
  for (std::size_t s = 0; s < series_.size(); ++s) beside.push_back(runs(metric, s * each + place));
  const auto row = static_cast<std::size_t>(&metric - metric_table().data());
  const Estimate e = estimate(beside[series], row, from_, warmup_.batches(beside));
  return {e.value, e.low(), e.high()};
}

std::string SweepTable::intervals() const {
  if (from_ == IntervalFrom::kSeeds) return fmt::format("means over {} seeds with their 95 % interval", repeats_);
  const bool batches = std::any_of(cells_.begin(), cells_.end(), [](const SweepCell& c) { return c.batches.any(); });
  return batches ? "with 95 % intervals by batch means" : "";
}

}  // namespace blockyard::figures
