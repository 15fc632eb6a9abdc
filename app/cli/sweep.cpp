// blockyard sweep: a scenario over every combination of values. blockyard merge: the shards of one put together.
// blockyard experiment: ready-made sweeps by name.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/sweep_run.h"
#include "core/base/printable.h"
#include "core/io/experiments/sweep_files.h"

namespace blockyard::cli {
namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t comma = std::min(list.find(',', begin), list.size());
    if (comma > begin) out.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return out;
}

struct SweepCommand {
  ScenarioArgs scenario;
  std::vector<std::string> vary;
  std::string metrics, pareto;
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
  if (!args.metrics.empty()) plan.metrics = split(args.metrics);
  if (!args.pareto.empty()) plan.pareto = split(args.pareto);
  for (const std::string& text : args.vary) {
    auto axis = parse_axis(text);
    if (!axis) return refuse(axis.error());
    plan.axes.push_back(std::move(*axis));
  }
  return run_plan(plan, args.sweep, assets);
}

struct MergeCommand {
  std::vector<std::string> folders;
  std::string out;
  PictureArgs picture;
};

int merge(const MergeCommand& args, const Context& context) {
  const Assets assets(context.assets_dir);
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
  const auto written = write_sweep(*plan, *cells, out, args.picture, assets);
  if (!written) return refuse(written.error());
  note("{} cells; {} files in {}\n", cells->size(), *written, printable(out));
  return kDone;
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
    return refuse(Error{fmt::format("{}: no experiment of that name; `blockyard experiment` lists them", args.name)});
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
  for (const std::string& set : args.sets) {
    const std::size_t equals = set.find('=');
    if (equals == std::string::npos) return refuse(Error{fmt::format("--set {}: write PATH=VALUE", set)});
    auto changed = set_json_value(plan->scenario, std::string_view(set).substr(0, equals), set.substr(equals + 1));
    if (!changed) return refuse(Error{fmt::format("--set {}: {}", set, changed.error().message)});
    plan->scenario = std::move(*changed);
  }
  name_plan(*plan);
  return run_plan(*plan, args.sweep, assets);
}

}  // namespace

std::function<int()> make_sweep(CLI::App& app, const Context& context) {
  auto args = std::make_shared<SweepCommand>();
  args->scenario.add_to(app, true);
  app.add_option("--vary", args->vary,
                 "PATH=v1,v2,… or PATH=from:to:step or PATH=from:to:xfactor; several make a grid; seed=1:10:1 repeats")
      ->required()
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--metrics", args->metrics, "a,b,c: a panel each; e.g. block_hit_rate,ttft_p95,false_hits,imbalance");
  app.add_option("--pareto", args->pareto, "x,y: the two metrics of the Pareto front");
  app.add_flag("--results", args->keep_results, "Write results.json of every cell as well");
  args->sweep.add_to(app, context);
  return [args, context] { return sweep(*args, context); };
}

std::function<int()> make_merge(CLI::App& app, const Context& context) {
  auto args = std::make_shared<MergeCommand>();
  app.add_option("folders", args->folders, "The folders of the shards of one sweep")->required();
  app.add_option("--out", args->out, "Folder for the whole (default: the first)");
  args->picture.add_to(app);
  return [args, context] { return merge(*args, context); };
}

std::function<int()> make_experiment(CLI::App& app, const Context& context) {
  auto args = std::make_shared<ExperimentCommand>();
  app.add_option("name", args->name, "Which one; without a name all are listed");
  auto* scenario = app.add_option("--scenario", args->scenario.name,
                                  "Another scenario than its own: a file, or a built-in one by name");
  app.add_option("--trace", args->scenario.trace, "Replay this trace instead of that scenario's workload")
      ->take_all()
      ->allow_extra_args(false)
      ->needs(scenario);
  app.add_option("--set", args->sets, "PATH=VALUE: changes what its cells share; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  args->sweep.add_to(app, context);
  app.get_option("--out")->required(false);
  return [args, context] { return experiment(*args, context); };
}

}  // namespace blockyard::cli
