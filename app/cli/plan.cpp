// blockyard plan: the smallest fleet for each strategy and GPU that keeps objectives, and what it costs.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/answers/answer_args.h"
#include "app/cli/command.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/jobs_view.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "app/jobs/fleet_plan.h"
#include "core/base/words/nearest.h"
#include "core/base/words/printable.h"
#include "core/experiment/compare.h"
#include "core/io/experiments/fleet_plan.h"
#include "core/settings/presets_json.h"

namespace blockyard::cli {
namespace {

struct PlanArgs {
  ScenarioArgs scenario;
  AnswerArgs answer;
  std::string slo, strategies, gpus, price, out;
  std::uint32_t most = 256;
  unsigned jobs = default_threads();
  bool json = false;
};

Result<std::vector<std::string>> parse_gpus(const std::string& list, const Presets& presets) {
  std::vector<std::string> known, out = comma_list(list);
  for (const GpuPreset& gpu : presets.gpus) known.push_back(gpu.id);
  if (list == "all") return known;
  for (const std::string& id : out) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    return Error{fmt::format("--gpus: '{}' is no GPU; {}", quoted_part(id),
                             did_you_mean(id, known, fmt::format("there are {}", fmt::join(known, ", "))))};
  }
  return out;
}

int plan(const PlanArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  const auto answer = AnswerWanted::of(args.answer);
  if (!answer) return refuse(answer.error());
  FleetPlanWanted wanted;
  wanted.warmup = answer->warmup;
  wanted.most = args.most;
  auto objectives = parse_objectives(args.slo);
  if (!objectives) return refuse(objectives.error());
  wanted.objectives = std::move(*objectives);
  auto scenario = load_scenario(args.scenario, assets);
  if (!scenario) return refuse(scenario.error());
  scenario->most_memory = context.most_memory / args.jobs;  // so many run at a time
  wanted.strategies = {scenario->config.router.strategy};
  if (!args.strategies.empty()) {
    auto strategies = parse_strategies(args.strategies);
    if (!strategies) return refuse(strategies.error());
    wanted.strategies = std::move(*strategies);
  }
  const auto presets = read_presets(assets.presets());
  if (!presets) return refuse(presets.error());
  auto gpus = parse_gpus(args.gpus, *presets);
  if (!gpus) return refuse(gpus.error());
  wanted.gpus = gpus->empty() ? std::vector<std::string>{scenario->gpu} : std::move(*gpus);
  auto prices = read_prices(assets.presets());
  if (!prices) return refuse(prices.error());
  if (auto changed = change_prices(*prices, args.price, wanted.gpus); !changed) return refuse(changed.error());
  io::Outputs outputs;
  tell_inputs(outputs, args.scenario, assets, *scenario);
  io::OutputFile* file = nullptr;
  if (!args.out.empty()) {
    auto opened = outputs.open("--out", args.out);
    if (!opened) return refuse(opened.error());
    file = *opened;
  }
  const PolledInterrupts polled;
  JobControl control;
  JobsView view(control, "searches");
  const auto made =
      run_fleet_plan(*scenario, wanted, *prices, assets.presets(), args.jobs, control, [&view] { view.tick(); });
  view.clear();
  if (!made) return refuse(interrupted() ? interruption() : made.error());
  const std::string json = fleet_plan_json(*made);
  if (file != nullptr) file->write(json);
  if (args.json) return finish(outputs, json);
  const auto rows = plan_rows(*made);
  std::string text = answer->format == TableFormat::kText ? text_table(rows) : grid_text(rows, 2, answer->format);
  if (answer->format == TableFormat::kText || answer->format == TableFormat::kMarkdown) {
    text += "\n";
    for (const std::string& sentence : plan_says(*made))
      text += (answer->format == TableFormat::kMarkdown ? "- " : "") + sentence + "\n";
  }
  const std::string head = answer->format == TableFormat::kText
                               ? fmt::format("{} · how many workers?\n\n", quoted_part(scenario->name))
                               : "";
  return finish(outputs, head + text);
}

}  // namespace

std::function<int()> make_plan(CLI::App& app, const Context& context) {
  auto args = std::make_shared<PlanArgs>();
  args->scenario.add_to(app, true);
  app.add_option("--slo", args->slo,
                 "Objectives: figures (see --metrics of `blockyard sweep`) and their limits in the figure's unit, e.g. "
                 "ttft_p95=500,tpot_p95=30")
      ->type_name("METRIC=LIMIT,…")
      ->required();
  app.add_option("--strategies", args->strategies,
                 "Strategies with commas between, or all (default: the scenario's own)")
      ->type_name("A,B,…");
  app.add_option("--gpus", args->gpus,
                 "GPU presets with commas between, or all (default: the scenario's own); their memory and batch sizes "
                 "differ, the latency constants are the scenario's")
      ->type_name("A,B,…");
  app.add_option("--price", args->price,
                 "Price of a GPU per hour: GPU=PRICE with commas between, or one number for all (default: "
                 "presets/prices.json, with date and source)")
      ->type_name("GPU=PRICE,…");
  app.add_option("--most", args->most, "Workers that are tried at most")->capture_default_str()->check(whole(1, 4096));
  app.add_option("--out", args->out, "The plan as JSON; - is standard output (default: not written)")
      ->type_name("FILE");
  args->answer.add_to(app);
  add_jobs(app, args->jobs);
  app.add_flag("--json", args->json, "Print the plan as JSON instead of the table");
  end_help(app, {"blockyard plan first-look --slo ttft_p95=2000 --strategies cache_aware,round_robin",
                 "blockyard plan multi-turn --slo ttft_p95=1000,tpot_p95=30 --gpus a100-40gb,a100-80gb --price "
                 "a100-40gb=2,a100-80gb=3"});
  return [args, context] { return plan(*args, context); };
}

}  // namespace blockyard::cli
