// The table of a sweep for people: a row a combination of values, means over its seeds, and what was not run.
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "app/cli/parts/sweep_run.h"
#include "app/cli/parts/table.h"
#include "core/base/text.h"

namespace blockyard::cli {
namespace {

std::string plain(const std::string& json) {
  if (json.size() >= 2 && json.front() == '"' && json.back() == '"') return json.substr(1, json.size() - 2);
  return json;
}

std::string value_text(const Interval& v, bool repeated) {
  if (!std::isfinite(v.mean)) return "–";
  const std::string mean = figure_text(v.mean, 4);
  return repeated ? fmt::format("{} ± {}", mean, figure_text(v.high - v.mean, 2)) : mean;
}

}  // namespace

std::string sweep_text(const SweepPlan& plan, const std::vector<SweepCell>& cells) {
  constexpr std::size_t kMostRows = 200;
  std::vector<const Metric*> metrics;
  for (const std::string& id : plan.metrics) metrics.push_back(find_metric(id));
  // Cells by their values but the seed, in the order of the first of each.
  std::vector<std::vector<std::string>> keys;
  std::map<std::vector<std::string>, std::vector<const SweepCell*>> groups;
  std::map<std::string, std::size_t> reasons;
  bool repeated = false;
  for (const SweepCell& cell : cells) {
    std::vector<std::string> key;
    const std::vector<std::size_t> at = plan.places(cell.cell);
    for (std::size_t a = 0; a < plan.axes.size(); ++a) {
      if (plan.axes[a].path != "seed") key.push_back(plain(plan.axes[a].values[at[a]]));
    }
    if (groups[key].empty()) keys.push_back(key);
    groups[key].push_back(&cell);
    repeated = repeated || groups[key].size() > 1;
    if (!cell.summary.rejected_reason.empty()) ++reasons[cell.summary.rejected_reason];
  }
  std::vector<std::vector<std::string>> rows(1);
  for (const SweepAxis& axis : plan.axes) {
    if (axis.path != "seed") rows[0].push_back(axis.path);
  }
  for (const Metric* m : metrics)
    rows[0].push_back(m->unit.empty() ? std::string(m->label) : fmt::format("{}, {}", m->label, m->unit));
  if (!reasons.empty()) rows[0].push_back("Not run");
  for (std::size_t k = 0; k < std::min(keys.size(), kMostRows); ++k) {
    std::vector<std::string> row = keys[k];
    const std::vector<const SweepCell*>& group = groups[keys[k]];
    for (const Metric* m : metrics) {
      std::vector<double> values;
      for (const SweepCell* cell : group) values.push_back(cell->value(*m));
      row.push_back(value_text(interval_of(values), repeated));
    }
    std::uint64_t rejected = 0, requests = 0;
    for (const SweepCell* cell : group) rejected += cell->summary.rejected, requests += cell->summary.requests;
    if (!reasons.empty()) row.push_back(fmt::format("{} of {}", with_commas(rejected), with_commas(requests)));
    rows.push_back(std::move(row));
  }
  std::string out = text_table(rows);
  if (keys.size() > kMostRows)
    out += fmt::format("… and {}: see cells.jsonl\n", counted(keys.size() - kMostRows, "more row"));
  if (repeated) out += "Means over the seeds ± half of their 95 % interval.\n";
  for (const auto& [reason, n] : reasons) out += fmt::format("Not run in {}: {}.\n", counted(n, "cell"), reason);
  return out;
}

}  // namespace blockyard::cli
