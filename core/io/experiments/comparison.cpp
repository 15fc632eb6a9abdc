#include "core/io/experiments/comparison.h"

#include <cmath>
#include <exception>

#include "core/base/version.h"
#include "core/experiment/answers/answer_table.h"
#include "core/io/experiments/answer_text.h"
#include "core/io/results.h"
#include "core/io/results_value.h"
#include "core/router/policy.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario_json.h"

namespace blockyard {

std::string comparison_json(const Comparison& c, const std::vector<std::string>& metrics_shown, const Warmup& warmup) {
  using io::Json;
  const std::string& by = metrics_shown.front();
  const IntervalFrom from = c.interval_from();
  std::vector<std::vector<FleetRuns>> fleet_runs;  // by metric
  for (std::size_t m = 0; m < metric_table().size(); ++m) fleet_runs.push_back(c.fleet_runs(m));
  const std::uint32_t dropped = warmup.batches(fleet_runs.front());
  const auto number = [](double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); };
  Json strategies = Json::array();
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    Json metrics = Json::object();
    for (std::size_t m = 0; m < metric_table().size(); ++m) {
      const Metric& metric = metric_table()[m];
      const Estimate v = estimate(fleet_runs[m][i], m, from, dropped);
      Json& into = metrics[std::string(metric.id)];
      into = {{"mean", number(v.value)}, {"low", nullptr}, {"high", nullptr}, {"unit", metric.unit}};
      if (v.has_interval()) {
        into["low"] = number(v.low());
        into["high"] = number(v.high());
      } else {
        into["no_interval"] = no_interval_text(v.why_none);
      }
    }
    Json runs = Json::array();
    for (std::size_t k = 0; k < c.seeds.size(); ++k) {
      runs.push_back({{"seed", c.seeds[k]}, {"summary", io::summary_value(c.runs[i][k].summary)}});
    }
    const ComparedFleet& fleet = c.fleets[i];
    const PolicyRow& row = policy_table()[fleet.scenario.config.router.strategy];
    Json line{{"strategy", row.id}, {"label", fleet.label}};
    if (!fleet.by_strategy) {
      Json set = Json::object();
      for (const auto& [path, value] : fleet.variant.values) {
        Json json = io::json_or_discarded(value);
        set[path] = json.is_discarded() ? Json(value) : std::move(json);
      }
      line["variant"] = fleet.name;
      line["set"] = std::move(set);
    }
    line["metrics"] = std::move(metrics);
    line["runs"] = std::move(runs);
    strategies.push_back(std::move(line));
  }
  const AnswerTable table = answer_table(c, metrics_shown, by, warmup);
  const RunBatches& run = c.runs[0][0].batches;
  const Json out{{"blockyard", version()},
                 {"scenario", io::scenario_json(c.scenario)},
                 {"seeds", c.seeds},
                 {"interval", table.method.back()},
                 {"method", table.method},
                 {"table", answer_rows(table)},
                 {"warmup_requests", run.requests_in(dropped)},
                 {"by", by},
                 {"says", table.says},
                 {"cautions", table.cautions},
                 {"strategies", strategies}};
  return io::dump_json(out, 1) + "\n";
}

bool is_comparison(const std::string& text) {
  const io::Json v = io::json_or_discarded(text);
  return v.is_object() && v.contains("says") && v.contains("strategies");
}

Result<ComparisonPage> read_comparison_page(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return text.error();
  try {
    const io::Json v = io::json_or_discarded(*text);
    ComparisonPage page;
    page.scenario = v.at("scenario").value("name", "");
    v.at("says").get_to(page.says);
    v.at("cautions").get_to(page.cautions);
    v.at("method").get_to(page.method);
    v.at("table").get_to(page.rows);
    return page;
  } catch (const std::exception&) {
    return Error{path + ": no comparison; `blockyard compare SCENARIO --out DIR` makes one"};
  }
}

}  // namespace blockyard
