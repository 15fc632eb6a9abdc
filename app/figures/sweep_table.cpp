#include "app/figures/sweep_table.h"

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

SweepTable::SweepTable(const SweepPlan& plan, const std::vector<SweepCell>& cells, const Scenario* first)
    : first_(first), plan_(plan), cells_(cells) {
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

Interval SweepTable::at(const Metric& metric, std::size_t series, const std::vector<std::size_t>& places) const {
  std::size_t index = series;
  for (std::size_t k = 0; k < shown_.size(); ++k) index = index * plan_.axes[shown_[k]].values.size() + places[k];
  std::vector<double> values;
  for (const std::size_t cell : groups_[index]) values.push_back(cells_[cell].value(metric));
  return interval_of(values);
}

}  // namespace blockyard::figures
