// blockyard compare: several strategies, or fleets that differ in any other setting, on the same requests.
#include "app/jobs/compare.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/jobs_view.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/output_set.h"
#include "app/cli/parts/table.h"
#include "core/base/words/printable.h"
#include "core/io/experiments/comparison.h"
#include "core/io/results.h"
#include "core/router/policy.h"

namespace blockyard::cli {
namespace {

struct CompareArgs {
  ScenarioArgs scenario;
  PictureArgs picture;
  std::string strategies, out;
  std::vector<std::string> variants;
  unsigned jobs = default_threads();
  std::uint32_t seeds = 1;
  bool json = false;
};

std::string comparison_table(const Comparison& c) {
  const char* kColumns[] = {"block_hit_rate", "ttft_mean",  "ttft_p95",  "e2e_mean",
                            "e2e_p95",        "false_hits", "evictions", "imbalance"};
  std::vector<std::vector<std::string>> rows{{c.fleets.front().by_strategy ? "strategy" : "fleet", "hit rate %",
                                              "TTFT ms", "p95", "end to end ms", "p95", "false hits %", "evictions",
                                              "imbalance"}};
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    std::vector<std::string> row{c.fleets[i].name};
    for (const char* id : kColumns) {
      const Metric& metric = *find_metric(id);
      const Interval v = c.interval(i, metric);
      const int digits = metric.id == "evictions" ? 0 : metric.id == "imbalance" ? 3 : 2;
      row.push_back(c.seeds.size() > 1 ? fmt::format("{:.{}f} ± {:.{}f}", v.mean, digits, v.high - v.mean, digits)
                                       : fmt::format("{:.{}f}", v.mean, digits));
    }
    rows.push_back(std::move(row));
  }
  std::string out = text_table(rows);
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    const Summary& s = c.runs[i][0].summary;
    if (!s.rejected_reason.empty()) out += fmt::format("Not run under {}: {}.\n", c.fleets[i].name, s.rejected_reason);
  }
  return out;
}

Result<void> add_variants(Comparison& comparison, const std::vector<std::string>& texts, const std::string& presets) {
  std::vector<Variant> variants;
  if (!texts.empty() && comparison.fleets.empty()) variants.push_back({"scenario", {}});
  for (const std::string& text : texts) {
    auto variant = parse_variant(text);
    if (!variant) return Error{"--variant " + variant.error().message};
    variants.push_back(std::move(*variant));
  }
  for (const Variant& variant : variants) {
    if (auto added = add_variant(comparison, variant, presets); !added) {
      return Error{"--variant " + added.error().message};
    }
  }
  return {};
}

int compare(const CompareArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  // All strategies, where nothing is said; variants alone stand beside the scenario as it is.
  std::vector<std::uint32_t> strategies;
  if (!args.strategies.empty() || args.variants.empty()) {
    auto named = parse_strategies(args.strategies.empty() ? "all" : args.strategies);
    if (!named) return refuse(named.error());
    strategies = std::move(*named);
  }
  auto scenario = load_scenario(args.scenario, assets);
  if (!scenario) return refuse(scenario.error());
  scenario->most_memory = context.most_memory / args.jobs;  // so many run at a time
  Comparison comparison = plan_comparison(*scenario, strategies, args.seeds);
  if (auto added = add_variants(comparison, args.variants, assets.presets()); !added) return refuse(added.error());
  OutputSet out(args.out);
  tell_inputs(out.outputs(), args.scenario, assets, *scenario);
  if (auto claimed = out.claim(); !claimed) return refuse(claimed.error());
  const PolledInterrupts polled;
  JobControl control;
  JobsView view(control, "runs");
  if (auto done = run_comparison(comparison, args.jobs, control, [&view] { view.tick(); }); !done) {
    view.clear();
    if (interrupted()) return refuse(interruption());
    return refuse(done.error());
  }
  view.clear();
  for (std::size_t i = 0; i < comparison.fleets.size(); ++i) {
    out.add(fmt::format("results_{}.json", comparison.fleets[i].name), results_json(comparison.runs[i][0]));
  }
  const std::string json = comparison_json(comparison);
  out.add("comparison.json", json);
  out.add({"strategy_comparison", strategy_comparison(comparison)}, args.picture, assets.dir() + "/fonts");
  const std::string table = fmt::format(
      "{} · {} requests · {}\n\n{}", quoted_part(scenario->name), comparison.runs[0][0].summary.requests,
      args.seeds == 1
          ? fmt::format("seed {}", comparison.seeds[0])
          : fmt::format("seeds {} to {}, mean ± 95 % interval", comparison.seeds.front(), comparison.seeds.back()),
      comparison_table(comparison));
  if (const int status = out.finish(args.json ? json : table); status != kDone) return status;
  note("{} files in {}\n", out.size(), printable(args.out));
  return kDone;
}

}  // namespace

std::function<int()> make_compare(CLI::App& app, const Context& context) {
  auto args = std::make_shared<CompareArgs>();
  args->scenario.add_to(app, true);
  std::vector<std::string> ids;
  for (const PolicyRow& row : policy_table()) ids.emplace_back(row.id);
  app.add_option(
         "--strategies", args->strategies,
         fmt::format("Strategies, from {} (default: all of them, or none if there is a --variant)", listed(ids)))
      ->type_name("A,B,…");
  app.add_option(
         "--variant", args->variants,
         "A fleet that differs in these settings, e.g. fast:router.sync_ms=1000; may be repeated (default: none); "
         "with no --strategies they are compared with the scenario as it is")
      ->type_name("NAME:PATH=VALUE,…")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--out", args->out, "Folder for results_NAME.json, comparison.json and the plot")
      ->type_name("DIR")
      ->required();
  add_jobs(app, args->jobs);
  app.add_option("--seeds", args->seeds, "Number of repeats, with the scenario's seed and the ones that follow")
      ->capture_default_str()
      ->check(whole(1, 1000));
  app.add_flag("--json", args->json, "Print comparison.json instead of the table");
  args->picture.add_to(app);
  end_help(app, {"blockyard compare first-look --strategies cache_aware,round_robin --out compared",
                 "blockyard compare first-look --variant fast:router.sync_ms=500 --seeds 3 --out compared"});
  return [args, context] { return compare(*args, context); };
}

}  // namespace blockyard::cli
