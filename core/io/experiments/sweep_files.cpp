#include "core/io/experiments/sweep_files.h"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

#include "core/base/version.h"
#include "core/io/results.h"
#include "core/io/results_value.h"
#include "core/settings/json_reader.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

using io::Json;

Json value_of(const std::string& text) {
  Json v = io::json_or_discarded(text);
  return v.is_discarded() ? Json(text) : v;
}

std::string text_of(const Json& v) { return v.is_string() ? v.get<std::string>() : io::dump_json(v); }

Result<Json> parse_file(const std::string& path) {
  auto v = io::read_json(path);
  if (!v) return v.error();
  if (!v->is_object()) return Error{fmt::format("{}: not a JSON object", path)};
  return v;
}

// What says how sure a cell's figures are; nothing where it has too few requests.
Json batches_json(const RunBatches& b) {
  Json metrics = Json::object();
  for (std::size_t m = 0; m < b.metrics.size(); ++m) {
    if (b.metrics[m].batches.empty()) continue;
    metrics[std::string(metric_table()[m].id)] = {{"after", b.metrics[m].after}, {"batches", b.metrics[m].batches}};
  }
  return {{"requests", b.requests}, {"warmup", b.warmup}, {"settled", b.settled}, {"metrics", std::move(metrics)}};
}

std::vector<double> numbers(const Json& list) {
  std::vector<double> out;
  for (const Json& v : list) out.push_back(v.is_null() ? std::numeric_limits<double>::quiet_NaN() : v.get<double>());
  return out;
}

RunBatches read_batches(const Json& v) {
  RunBatches out;
  v.at("requests").get_to(out.requests);
  v.at("warmup").get_to(out.warmup);
  v.at("settled").get_to(out.settled);
  if (out.warmup > RunBatches::kMostWarmup) throw std::runtime_error("warmup");
  out.metrics.resize(metric_table().size());
  for (const auto& [id, of] : v.at("metrics").items()) {
    const Metric* metric = find_metric(id);
    if (metric == nullptr) continue;
    MetricBatches& into = out.metrics[static_cast<std::size_t>(metric - metric_table().data())];
    into = {numbers(of.at("after")), numbers(of.at("batches"))};
    if (into.after.size() != RunBatches::kMostWarmup + 1 || into.batches.size() != RunBatches::kBatches)
      throw std::runtime_error("batches");
  }
  return out;
}

}  // namespace

std::string plan_json(const SweepPlan& plan) {
  Json axes = Json::array();
  for (const SweepAxis& a : plan.axes) {
    Json values = Json::array();
    for (const std::string& v : a.values) values.push_back(value_of(v));
    axes.push_back({{"path", a.path}, {"values", std::move(values)}});
  }
  Json marks = Json::array();
  for (const SweepMark& m : plan.marks) marks.push_back({{"at", m.at}, {"label", m.label}});
  const Json out{{"blockyard", version()},  {"title", plan.title},       {"scenario", value_of(plan.scenario)},
                 {"vary", std::move(axes)}, {"cells", plan.cells()},     {"metrics", plan.metrics},
                 {"pareto", plan.pareto},   {"marks", std::move(marks)}, {"keep_results", plan.keep_results}};
  return io::dump_json(out, 1) + "\n";
}

Result<SweepPlan> read_plan(const std::string& path) {
  auto v = parse_file(path);
  if (!v) return v.error();
  try {
    SweepPlan plan;
    plan.title = v->value("title", "");
    plan.scenario = io::dump_json(v->at("scenario"));
    for (const Json& axis : v->at("vary")) {
      if (axis.is_string()) {
        auto parsed = parse_axis(axis.get<std::string>());
        if (!parsed) return Error{fmt::format("{}: {}", path, parsed.error().message)};
        plan.axes.push_back(std::move(*parsed));
      } else {
        SweepAxis a{axis.at("path"), {}};
        for (const Json& value : axis.at("values")) a.values.push_back(text_of(value));
        plan.axes.push_back(std::move(a));
      }
    }
    if (v->contains("metrics")) plan.metrics = v->at("metrics").get<std::vector<std::string>>();
    if (v->contains("pareto")) plan.pareto = v->at("pareto").get<std::vector<std::string>>();
    if (v->contains("marks")) {
      for (const Json& m : v->at("marks")) plan.marks.push_back({m.at("at"), m.at("label")});
    }
    plan.keep_results = v->value("keep_results", false);
    name_plan(plan);
    if (auto wrong = check_plan(plan)) return Error{fmt::format("{}: {}", path, wrong->message)};
    return plan;
  } catch (const Json::exception&) {
    return Error{fmt::format("{}: no sweep; it needs at least \"scenario\" and \"vary\"", path)};
  }
}

void name_plan(SweepPlan& plan) {
  const Json scenario = value_of(plan.scenario);
  if (!scenario.is_object()) return;
  if (const auto it = scenario.find("name"); it != scenario.end() && it->is_string()) plan.name = *it;
  if (const auto it = scenario.find("seed"); it != scenario.end() && it->is_number_unsigned()) plan.seed = *it;
}

Result<std::string> read_plan_about(const std::string& path) {
  auto v = parse_file(path);
  if (!v) return v.error();
  return v->contains("about") && v->at("about").is_string() ? v->at("about").get<std::string>() : std::string();
}

std::string cell_line(const SweepPlan& plan, const SweepCell& cell) {
  Json values = Json::object();
  const std::vector<std::size_t> at = plan.places(cell.cell);
  for (std::size_t a = 0; a < plan.axes.size(); ++a) values[plan.axes[a].path] = value_of(plan.axes[a].values[at[a]]);
  Json out{{"cell", cell.cell}, {"values", std::move(values)}, {"summary", io::summary_value(cell.summary)}};
  if (cell.aftermath) {
    out["aftermath"] = {{"recovery_ms", cell.aftermath->recovery_ms}, {"misled", cell.aftermath->misled}};
  }
  if (cell.batches.any()) out["batches"] = batches_json(cell.batches);
  return io::dump_json(out) + "\n";
}

Result<std::vector<SweepCell>> read_cells(const std::string& path, const SweepPlan& plan) {
  const auto text = read_file(path);
  if (!text) return text.error();
  std::vector<SweepCell> out;
  std::size_t line = 0;
  for (std::size_t begin = 0, end = text->find('\n'); end != std::string::npos;
       begin = end + 1, end = text->find('\n', begin)) {
    ++line;
    try {
      const Json v = io::json_or_discarded(std::string_view(*text).substr(begin, end - begin));
      SweepCell cell;
      v.at("cell").get_to(cell.cell);
      if (cell.cell >= plan.cells()) return Error{fmt::format("{}:{}: no cell of this sweep", path, line)};
      cell.summary = io::read_summary(v.at("summary"));
      if (v.contains("aftermath")) {
        const Json& a = v.at("aftermath");
        cell.aftermath = Aftermath{a.at("recovery_ms"), a.at("misled")};
      }
      if (v.contains("batches")) cell.batches = read_batches(v.at("batches"));
      out.push_back(std::move(cell));
    } catch (const std::exception&) {
      return Error{
          fmt::format("{}:{}: not a finished cell of a sweep; delete the line to have it run again", path, line)};
    }
  }
  return out;
}

}  // namespace blockyard
