// blockyard sweep: a scenario over every combination of values. blockyard merge: the shards of one put together.
// blockyard experiment: ready-made sweeps by name.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/sweep_run.h"
#include "core/base/words/nearest.h"
#include "core/base/words/printable.h"
#include "core/experiment/compare.h"
#include "core/io/experiments/sweep_files.h"
#include "core/router/policy.h"

namespace blockyard::cli {
namespace {

struct SweepCommand {
  ScenarioArgs scenario;
  std::vector<std::string> vary;
  std::string metrics, pareto, strategies;
  bool keep_results = false;
  SweepArgs sweep;
};

int sweep(const SweepCommand& args, const Context& context) {
  const Assets assets(context.assets_dir);
  const auto scenario = load_scenario(args.scenario, assets);
  if (!scenario) return refuse(scenario.error());
  SweepPlan plan;
  plan.title = scenario->name;
  plan.scenario = sweep_base(*scenario);
  plan.base_dir = scenario->base_dir;
  plan.keep_results = args.keep_results;
  name_plan(plan);
  if (!args.metrics.empty()) plan.metrics = comma_list(args.metrics);
  if (!args.pareto.empty()) plan.pareto = comma_list(args.pareto);
  if (!args.strategies.empty()) {
    const auto strategies = parse_strategies(args.strategies);
    if (!strategies) return refuse(strategies.error());
    SweepAxis axis{"router.strategy", {}};
    for (const std::uint32_t s : *strategies) axis.values.emplace_back(policy_table()[s].id);
    plan.axes.push_back(std::move(axis));
  }
  for (const std::string& text : args.vary) {
    auto axis = parse_axis(text);
    if (!axis) return refuse(axis.error());
    plan.axes.push_back(std::move(*axis));
  }
  if (plan.axes.empty()) return refuse(Error{"nothing varies; name --vary PATH=VALUES, or --strategies"});
  return run_plan(plan, args.sweep, assets);
}

struct MergeCommand {
  std::vector<std::string> folders;
  std::string out;
  PictureArgs picture;
  AnswerArgs answer;
};

int merge(const MergeCommand& args, const Context& context) {
  const Assets assets(context.assets_dir);
  const auto answer = AnswerWanted::of(args.answer);
  if (!answer) return refuse(answer.error());
  const auto plan = read_plan(args.folders[0] + "/sweep.json");
  if (!plan) return refuse(plan.error());
  for (const std::string& folder : args.folders) {
    const auto other = read_file(folder + "/sweep.json");
    if (!other) return refuse(other.error());
    if (*other != plan_json(*plan))
      return refuse(Error{fmt::format("{}: holds another sweep than {}", folder, args.folders[0])});
  }
  const auto cells = finished_cells(*plan, args.folders);
  if (!cells) return refuse(cells.error());
  if (cells->size() < plan->cells()) {
    std::size_t missing = 0;
    while (missing < cells->size() && (*cells)[missing].cell == missing) ++missing;
    return refuse(
        Error{fmt::format("{} of {} cells are missing, the first is cell {}; run the other shards, or this one again",
                          plan->cells() - cells->size(), plan->cells(), missing)});
  }
  const std::string out = args.out.empty() ? args.folders[0] : args.out;
  return end_sweep(*plan, *cells, out, args.picture, *answer, assets);
}

struct ExperimentCommand {
  std::string name;
  ScenarioArgs scenario;  // whose requests and fleet, where not the experiment's own
  std::vector<std::string> sets;
  SweepArgs sweep;
};

Result<std::vector<std::string>> experiment_names(const std::string& dir) {
  std::error_code ec;
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(dir, ec)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  if (ec) return Error{fmt::format("{}: cannot be read: {}", dir, ec.message())};
  std::sort(names.begin(), names.end());
  return names;
}

int experiment(const ExperimentCommand& args, const Context& context) {
  const Assets assets(context.assets_dir);
  const std::string dir = assets.dir() + "/experiments";
  const auto names = experiment_names(dir);
  if (!names) return refuse(names.error());
  if (args.name.empty()) {
    for (const std::string& name : *names) {
      const auto about = read_plan_about(dir + "/" + name + ".json");
      if (!about) return refuse(about.error());
      fmt::print("{:16} {}\n", name, *about);
    }
    return kDone;
  }
  if (std::find(names->begin(), names->end(), args.name) == names->end()) {
    return refuse(Error{fmt::format("{}: no experiment of that name; {}", quoted_part(args.name),
                                    did_you_mean(args.name, *names, "`blockyard experiment` lists them"))});
  }
  if (args.sweep.out.empty()) return refuse(Error{"--out DIR is needed: the folder for cells.jsonl and the pictures"});
  auto plan = read_plan(dir + "/" + args.name + ".json");
  if (!plan) return refuse(plan.error());
  plan->base_dir = assets.scenarios();
  if (!args.scenario.name.empty()) {
    const auto scenario = load_scenario(args.scenario, assets);
    if (!scenario) return refuse(scenario.error());
    plan->scenario = sweep_base(*scenario);
    plan->base_dir = scenario->base_dir;
    plan->title += fmt::format(" ({})", scenario->name);
  }
  if (const auto shared = parse_with_sets(plan->scenario, args.sets, plan->base_dir, assets.presets(), args.name);
      !shared && !args.sets.empty())
    return refuse(shared.error());
  auto changed = with_sets(plan->scenario, args.sets);
  if (!changed) return refuse(changed.error());
  plan->scenario = std::move(*changed);
  name_plan(*plan);
  return run_plan(*plan, args.sweep, assets);
}

}  // namespace

std::function<int()> make_sweep(CLI::App& app, const Context& context) {
  auto args = std::make_shared<SweepCommand>();
  args->scenario.add_to(app, true);
  app.add_option("--vary", args->vary,
                 "What varies: a setting (see `blockyard settings`) and its values, as v1,v2,… or from:to:step or "
                 "from:to:xFACTOR; several make a grid, seed=1:10:1 repeats; staleness=1s,5s,20s is how old the "
                 "router's view may be: v sets sync, heartbeat and message delay to v / 2 each (required, but for "
                 "--strategies)")
      ->type_name("PATH=VALUES")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--strategies", args->strategies,
                 "Strategies that vary as well, with commas between, or all: the same as --vary router.strategy=… "
                 "(default: the scenario's own)")
      ->type_name("A,B,…");
  std::vector<std::string> ids;
  for (const Metric& metric : metric_table()) ids.emplace_back(metric.id);
  app.add_option(
         "--metrics", args->metrics,
         fmt::format("Metrics to plot and tabulate, from {} (default {})", listed(ids), listed(SweepPlan().metrics)))
      ->type_name("A,B,…");
  app.add_option("--pareto", args->pareto,
                 fmt::format("The two metrics of the Pareto front (default {})", listed(SweepPlan().pareto)))
      ->type_name("X,Y");
  app.add_flag("--results", args->keep_results, "Also write results.json for every cell, into results/");
  args->sweep.add_to(app, context);
  end_help(app,
           {"blockyard sweep first-look --vary fleet.workers=2:8:x2 --out swept",
            "blockyard sweep first-look --vary router.strategy=cache_aware,kv_cost --vary router.sync_ms=500:8000:x4 "
            "--metrics block_hit_rate,ttft_p95 --out grid",
            "blockyard sweep first-look --strategies cache_aware,kv_cost,round_robin --vary staleness=1s,5s,20s "
            "--metrics ttft_p95 --format markdown --out answer"});
  return [args, context] { return sweep(*args, context); };
}

std::function<int()> make_merge(CLI::App& app, const Context& context) {
  auto args = std::make_shared<MergeCommand>();
  app.add_option("folders", args->folders, "The folders that hold one sweep's shards")->required();
  app.add_option("--out", args->out, "Folder for the whole sweep (default: the first shard's)")->type_name("DIR");
  args->answer.add_to(app);
  args->picture.add_to(app);
  end_help(app, {"blockyard sweep first-look --vary fleet.workers=2,4,8,16 --shard 1/2 --out shard-1",
                 "blockyard sweep first-look --vary fleet.workers=2,4,8,16 --shard 2/2 --out shard-2",
                 "blockyard merge shard-1 shard-2 --out whole"});
  return [args, context] { return merge(*args, context); };
}

std::function<int()> make_experiment(CLI::App& app, const Context& context) {
  auto args = std::make_shared<ExperimentCommand>();
  const auto names = experiment_names(Assets(context.assets_dir).dir() + "/experiments");
  app.add_option("name", args->name,
                 fmt::format("Which experiment{} (default: list them all with what they show)",
                             names ? ": " + listed(*names) : ""));
  auto* scenario = app.add_option("--scenario", args->scenario.name,
                                  "Use another scenario, a file or a built-in one (default: the experiment's own)")
                       ->type_name("SCENARIO");
  app.add_option("--trace", args->scenario.trace,
                 "Replay this trace instead of that workload (default: the scenario's workload)")
      ->type_name("FILE")
      ->take_all()
      ->allow_extra_args(false)
      ->needs(scenario);
  add_sets(app, args->sets);
  args->sweep.add_to(app, context, false);
  end_help(app, {"blockyard experiment", "blockyard experiment staleness --out staleness"});
  return [args, context] { return experiment(*args, context); };
}

}  // namespace blockyard::cli
