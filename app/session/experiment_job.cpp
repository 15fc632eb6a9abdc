#include "app/session/experiment_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "app/figures/plan_figure.h"
#include "app/figures/sweep_figures.h"
#include "app/figures/waterfall_figure.h"
#include "app/jobs/compare.h"
#include "app/jobs/fleet_plan.h"
#include "app/jobs/sweep.h"
#include "core/io/experiments/answer_text.h"
#include "core/io/experiments/sweep_files.h"
#include "core/router/policy.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace {

struct Made {
  std::vector<NamedFigure> figures;
  NumberTable table;
  std::optional<ExperimentWords> words = std::nullopt;
};

ExperimentWords words_of(const AnswerTable& answers) {
  ExperimentWords out{answers.cautions, answers.says, "", answer_markdown(answers), answer_latex(answers)};
  out.method = "* the best of a column, and whatever cannot be told from it. ";
  for (const std::string& part : answers.method) out.method += part + ". ";
  return out;
}

// "Workers 1 to 16", "Strategy: 3".
std::string axis_words(const std::string& vary) {
  const auto axis = parse_axis(vary);
  if (!axis || axis->values.empty()) return vary;
  const Setting* row = find_setting(axis->path);
  const std::string name = axis->path == kStalenessAxis ? "Staleness"
                           : row == nullptr             ? axis->path
                                                        : std::string(row->label);
  const bool words = axis->values.front().starts_with('"');
  if (words || axis->values.size() == 1) return fmt::format("{} ({})", name, axis->values.size());
  return fmt::format("{} {} to {}", name, axis->values.front(), axis->values.back());
}

std::string title_of(const ExperimentWanted& wanted) {
  if (std::holds_alternative<WaterfallWanted>(wanted)) return "Where the hit rate went";
  if (std::holds_alternative<PicturesWanted>(wanted)) return "The whole run";
  if (const auto* c = std::get_if<ComparisonWanted>(&wanted)) {
    std::vector<std::string> names;
    for (const std::uint32_t strategy : c->strategies) names.emplace_back(policy_table()[strategy].label);
    for (const Variant& v : c->variants) names.push_back(v.name);
    constexpr std::size_t kNamed = 3;
    std::string out =
        names.size() <= kNamed ? fmt::format("{}", fmt::join(names, ", ")) : fmt::format("{} fleets", names.size());
    return c->seeds > 1 ? fmt::format("{}, {} seeds", out, c->seeds) : out;
  }
  if (const auto* p = std::get_if<PlanWanted>(&wanted)) return "How many workers for " + p->slo;
  std::vector<std::string> axes;
  for (const std::string& vary : std::get<SweepWanted>(wanted).vary) axes.push_back(axis_words(vary));
  return fmt::format("{}", fmt::join(axes, " × "));
}

ExperimentState begun(const Scenario& scenario, const ExperimentWanted& wanted, std::uint64_t id) {
  ExperimentState state;
  state.id = id;
  state.kind = wanted.index();
  state.title = fmt::format("{} · {}", title_of(wanted), scenario.name);  // told apart in a list of results
  state.running = true;
  return state;
}

Result<Made> run(const Scenario& scenario, const WaterfallWanted&, const std::string&, JobControl& control) {
  const auto waterfall = loss_waterfall(
      scenario, [&control] { return control.cancelled(); },
      [&control](std::size_t done, std::size_t all) {
        control.total = all;
        control.done = done;
      });
  if (!waterfall) return waterfall.error();
  return Made{{{"loss_waterfall", loss_waterfall_figure(*waterfall)}}, number_table(*waterfall)};
}

Result<Made> run(const Scenario& scenario, const PicturesWanted&, const std::string&, JobControl& control) {
  const auto prepared = prepare(scenario);
  if (!prepared) return prepared.error();
  const auto results = run_scenario(**prepared, scenario, [&control] { return control.cancelled(); });
  if (!results) return Error{"Cancelled"};
  return Made{run_figures(*results), number_table(*results)};
}

Result<Made> run(const Scenario& scenario, const ComparisonWanted& wanted, const std::string& presets,
                 JobControl& control) {
  if (wanted.strategies.empty()) return Error{"No strategy is chosen; at least one is needed"};
  Comparison comparison = plan_comparison(scenario, wanted.strategies, std::max(1U, wanted.seeds));
  for (const Variant& variant : wanted.variants) {
    if (auto added = add_variant(comparison, variant, presets); !added) return added.error();
  }
  if (auto ran = run_comparison(comparison, default_threads(), control); !ran) return ran.error();
  const AnswerTable answers = answer_table(
      comparison, {"ttft_p95", "block_hit_rate", "ttft_mean", "e2e_p95", "imbalance", "false_hits"}, "ttft_p95", {});
  NumberTable table = number_table(answers);
  return Made{{{"strategy_comparison", strategy_comparison(comparison)}}, std::move(table), words_of(answers)};
}

Result<Made> run(const Scenario& scenario, const SweepWanted& wanted, const std::string& presets, JobControl& control) {
  SweepPlan plan;
  plan.title = "Sweep of " + scenario.name;
  plan.scenario = sweep_base(scenario);
  plan.base_dir = scenario.base_dir;
  for (const std::string& vary : wanted.vary) {
    auto axis = parse_axis(vary);
    if (!axis) return axis.error();
    plan.axes.push_back(std::move(*axis));
  }
  if (plan.axes.empty()) return Error{"Nothing varies; choose a setting and its values"};
  name_plan(plan);
  if (auto wrong = check_plan(plan)) return *wrong;
  std::vector<std::size_t> numbers(plan.cells());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  const auto jobs = sweep_jobs(plan, numbers, presets);
  if (!jobs) return jobs.error();
  std::vector<SweepCell> cells;
  const auto ran = run_sweep(*jobs, false, default_threads(), control,
                             [&cells](const SweepCell& cell, const RunResults*) -> Result<void> {
                               cells.push_back(cell);
                               return {};
                             });
  if (!ran) return ran.error();
  std::sort(cells.begin(), cells.end(), [](const SweepCell& a, const SweepCell& b) { return a.cell < b.cell; });
  const AnswerTable answers = answer_table(plan, cells, jobs->front().scenario, {});
  NumberTable table = number_table(answers);
  return Made{sweep_figures(plan, cells, &jobs->front().scenario), std::move(table), words_of(answers)};
}

Result<Made> run(const Scenario& scenario, const PlanWanted& wanted, const std::string& presets, JobControl& control) {
  if (wanted.strategies.empty()) return Error{"No strategy is chosen; at least one is needed"};
  auto objectives = parse_objectives(wanted.slo, "Objectives");
  if (!objectives) return objectives.error();
  const auto prices = read_prices(presets);
  if (!prices) return prices.error();
  FleetPlanWanted asked;
  asked.objectives = std::move(*objectives);
  asked.strategies = wanted.strategies;
  const auto plan = run_fleet_plan(scenario, asked, *prices, presets, default_threads(), control);
  if (!plan) return plan.error();
  const auto rows = plan_rows(*plan);
  NumberTable table;
  for (std::size_t c = 0; c < rows[0].size(); ++c)
    table.head.push_back({rows[0][c], c > 1, c + 3 > rows[0].size() ? static_cast<int>(c) : 0});
  table.rows.assign(rows.begin() + 1, rows.end());
  const std::vector<std::string> says = plan_says(*plan);
  const std::size_t told = says.size() - plan->notes.size();
  ExperimentWords words{{}, {says.begin(), says.begin() + static_cast<std::ptrdiff_t>(told)}, "", "", ""};
  for (const std::string& note : plan->notes) words.method += note + ". ";
  words.markdown = grid_text(rows, 2, TableFormat::kMarkdown);
  words.latex = grid_text(rows, 2, TableFormat::kLatex);
  return Made{{{"fleet_plan", fleet_plan_figure(*plan)}}, std::move(table), std::move(words)};
}

}  // namespace

ExperimentJob::ExperimentJob(Scenario scenario, ExperimentWanted wanted, std::string presets_dir, std::uint64_t id)
    : state_(begun(scenario, wanted, id)),
      outcome_(std::make_shared<Outcome>()),
      job_([out = outcome_, scenario = std::move(scenario), wanted, presets = std::move(presets_dir)](
               JobControl& control) { *out = work(scenario, wanted, presets, control); }) {}

// An exception (memory that runs out) ends the experiment, never the program.
ExperimentJob::Outcome ExperimentJob::work(const Scenario& scenario, const ExperimentWanted& wanted,
                                           const std::string& presets_dir, JobControl& control) {
  try {
    auto made = std::visit([&](const auto& w) { return run(scenario, w, presets_dir, control); }, wanted);
    if (!made) return {{}, {}, {}, made.error().message};
    return {std::move(made->figures), std::move(made->table), std::move(made->words), ""};
  } catch (const std::exception& e) {
    return {{}, {}, {}, fmt::format("The experiment ended early: {}", e.what())};
  }
}

void ExperimentJob::poll() {
  if (!state_.running) return;
  const bool over = job_.finished();  // first: what is read below is then final
  state_.done = job_.control().done;
  state_.total = job_.control().total;
  if (!over) return;
  state_.running = false;
  state_.figures = std::move(outcome_->figures);
  state_.table = std::move(outcome_->table);
  state_.words = std::move(outcome_->words);
  state_.trouble = std::move(outcome_->trouble);
}

}  // namespace blockyard
