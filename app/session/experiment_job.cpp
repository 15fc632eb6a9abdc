#include "app/session/experiment_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "app/figures/sweep_figures.h"
#include "app/figures/waterfall_figure.h"
#include "app/jobs/compare.h"
#include "app/jobs/sweep.h"
#include "core/io/experiments/sweep_files.h"

namespace blockyard {
namespace {

std::string title_of(const ExperimentWanted& wanted) {
  if (std::holds_alternative<WaterfallWanted>(wanted)) return "Where the hit rate went";
  if (std::holds_alternative<PicturesWanted>(wanted)) return "The whole run";
  if (const auto* c = std::get_if<ComparisonWanted>(&wanted)) {
    return fmt::format("{} strategies, {} seed{}", c->strategies.size(), c->seeds, c->seeds == 1 ? "" : "s");
  }
  return fmt::format("Sweep of {}", fmt::join(std::get<SweepWanted>(wanted).vary, " and "));
}

Result<std::vector<NamedFigure>> run(const Scenario& scenario, const WaterfallWanted&, const std::string&,
                                     JobControl& control) {
  const auto waterfall = loss_waterfall(
      scenario, [&control] { return control.cancelled(); },
      [&control](std::size_t done, std::size_t all) {
        control.total = all;
        control.done = done;
      });
  if (!waterfall) return waterfall.error();
  return std::vector<NamedFigure>{{"loss_waterfall", loss_waterfall_figure(*waterfall)}};
}

Result<std::vector<NamedFigure>> run(const Scenario& scenario, const PicturesWanted&, const std::string&,
                                     JobControl& control) {
  const auto prepared = prepare(scenario);
  if (!prepared) return prepared.error();
  const auto results = run_scenario(**prepared, scenario, [&control] { return control.cancelled(); });
  if (!results) return Error{"Cancelled"};
  return run_figures(*results);
}

Result<std::vector<NamedFigure>> run(const Scenario& scenario, const ComparisonWanted& wanted, const std::string&,
                                     JobControl& control) {
  if (wanted.strategies.empty()) return Error{"No strategy is chosen; at least one is needed"};
  Comparison comparison = plan_comparison(scenario, wanted.strategies, std::max(1U, wanted.seeds));
  if (auto ran = run_comparison(comparison, default_threads(), control); !ran) return ran.error();
  return std::vector<NamedFigure>{{"strategy_comparison", strategy_comparison(comparison)}};
}

Result<std::vector<NamedFigure>> run(const Scenario& scenario, const SweepWanted& wanted, const std::string& presets,
                                     JobControl& control) {
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
  return sweep_figures(plan, cells);
}

}  // namespace

ExperimentJob::ExperimentJob(Scenario scenario, ExperimentWanted wanted, std::string presets_dir)
    : outcome_(std::make_shared<Outcome>()),
      job_([out = outcome_, scenario = std::move(scenario), wanted, presets = std::move(presets_dir)](
               JobControl& control) { *out = work(scenario, wanted, presets, control); }) {
  state_.title = title_of(wanted);
  state_.running = true;
}

// An exception (memory that runs out) ends the experiment, never the program.
ExperimentJob::Outcome ExperimentJob::work(const Scenario& scenario, const ExperimentWanted& wanted,
                                           const std::string& presets_dir, JobControl& control) {
  try {
    auto figures = std::visit([&](const auto& w) { return run(scenario, w, presets_dir, control); }, wanted);
    if (!figures) return {{}, figures.error().message};
    return {std::move(*figures), ""};
  } catch (const std::exception& e) {
    return {{}, fmt::format("The experiment ended early: {}", e.what())};
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
  state_.trouble = std::move(outcome_->trouble);
}

}  // namespace blockyard
