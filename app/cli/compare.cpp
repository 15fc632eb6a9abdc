// blockyard compare: several strategies, or fleets that differ in any other setting, on the same requests.
#include "app/jobs/compare.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/cli/answers/answer_args.h"
#include "app/cli/command.h"
#include "app/cli/parts/checks.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/jobs_view.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/output_set.h"
#include "app/cli/parts/table.h"
#include "app/jobs/sweep.h"
#include "core/base/words/printable.h"
#include "core/experiment/answers/answer_table.h"
#include "core/experiment/answers/robust.h"
#include "core/io/experiments/comparison.h"
#include "core/io/results.h"
#include "core/router/policy.h"

namespace blockyard::cli {
namespace {

struct CompareArgs {
  ScenarioArgs scenario;
  PictureArgs picture;
  AnswerArgs answer;
  std::string strategies, out, metrics = "ttft_p95,ttft_mean,e2e_p95,e2e_mean,block_hit_rate,false_hits,imbalance";
  std::vector<std::string> variants;
  unsigned jobs = default_threads();
  std::uint32_t seeds = 1;
  bool json = false, robust = false;
};

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

// A row a variation: who is best, and how the one that is best without any of them does against it.
std::string robust_text(const Robustness& r) {
  const Metric& metric = metric_table()[r.metric];
  std::vector<std::vector<std::string>> rows{
      {"Variation", "Best", fmt::format("{} of it", metric.id), fmt::format("of {}", r.fleets[r.favourite])}};
  for (std::size_t v = 0; v < r.variations.size(); ++v) {
    const FleetRanking& ranking = r.rankings[v];
    if (!ranking.any()) continue;
    rows.push_back({r.variations[v].label, r.fleets[ranking.best()],
                    estimate_text(ranking.estimates[ranking.best()], metric),
                    estimate_text(ranking.estimates[r.favourite], metric)});
  }
  std::string out = text_table(rows) + "\n";
  for (const std::string& sentence : robust_says(r)) out += sentence + "\n";
  return out;
}

// The comparison again under each variation, as cells of a sweep.
Result<Robustness> run_robust(const Comparison& comparison, const std::string& metric, const Warmup& warmup,
                              const std::string& presets, unsigned threads, JobControl& control,
                              const std::function<void()>& tick) {
  const std::vector<Variation> variations = variations_of(comparison.scenario);
  auto scenarios = varied_fleets(comparison, variations, presets);
  if (!scenarios) return scenarios.error();
  std::vector<SweepJob> jobs;
  for (auto& fleets : *scenarios) {
    for (Scenario& s : fleets) jobs.push_back({jobs.size(), std::move(s), {metric}});
  }
  const std::size_t fleets = comparison.fleets.size();
  std::vector<std::vector<SweepCell>> cells(variations.size(), std::vector<SweepCell>(fleets));
  const auto ran = run_sweep(
      jobs, false, threads, control,
      [&](const SweepCell& cell, const RunResults*) -> Result<void> {
        cells[cell.cell / fleets][cell.cell % fleets] = cell;
        return {};
      },
      tick);
  if (!ran) return ran.error();
  return judge(comparison, static_cast<std::size_t>(find_metric(metric) - metric_table().data()), variations, cells,
               warmup);
}

int compare(const CompareArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  const auto wanted = AnswerWanted::of(args.answer);
  if (!wanted) return refuse(wanted.error());
  const std::vector<std::string> metrics = comma_list(args.metrics);
  if (metrics.empty()) return refuse(Error{"--metrics: name at least one"});
  for (const std::string& id : metrics) {
    if (auto known = check_metric(id, "--metrics"); !known) return refuse(known.error());
  }
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
  std::optional<Robustness> robust;
  if (args.robust) {
    JobControl again;
    JobsView variations(again, "runs of variations");
    auto judged = run_robust(comparison, metrics.front(), wanted->warmup, assets.presets(), args.jobs, again,
                             [&variations] { variations.tick(); });
    variations.clear();
    if (!judged) return refuse(interrupted() ? interruption() : judged.error());
    robust = std::move(*judged);
  }
  view.clear();
  for (std::size_t i = 0; i < comparison.fleets.size(); ++i) {
    out.add(fmt::format("results_{}.json", comparison.fleets[i].name), results_json(comparison.runs[i][0]));
  }
  const std::string json = comparison_json(comparison, metrics, wanted->warmup);
  out.add("comparison.json", json);
  const AnswerTable answers = answer_table(comparison, metrics, metrics.front(), wanted->warmup);
  std::string table = answer_text(answers, wanted->format);
  out.add(fmt::format("comparison.{}", table_extension(wanted->format)), table);
  if (robust) {
    const AnswerTable varied = answer_table(*robust);
    out.add(fmt::format("robust.{}", table_extension(wanted->format)), answer_text(varied, wanted->format));
    table +=
        wanted->format == TableFormat::kText ? "\n" + robust_text(*robust) : "\n" + answer_text(varied, wanted->format);
  }
  out.add({"strategy_comparison", strategy_comparison(comparison)}, args.picture, assets.dir() + "/fonts");
  const std::string head =
      wanted->format != TableFormat::kText
          ? ""
          : fmt::format(
                "{} · {} requests · {}\n\n", quoted_part(scenario->name), comparison.runs[0][0].summary.requests,
                args.seeds == 1 ? fmt::format("seed {}", comparison.seeds[0])
                                : fmt::format("seeds {} to {}", comparison.seeds.front(), comparison.seeds.back()));
  if (const int status = out.finish(args.json ? json : head + table); status != kDone) return status;
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
  app.add_option("--out", args->out, "Folder for results_NAME.json, comparison.json, the table and the plot")
      ->type_name("DIR")
      ->required();
  add_jobs(app, args->jobs);
  app.add_option("--seeds", args->seeds, "Number of repeats, with the scenario's seed and the ones that follow")
      ->capture_default_str()
      ->check(whole(1, 1000));
  std::vector<std::string> metrics;
  for (const Metric& metric : metric_table()) metrics.emplace_back(metric.id);
  app.add_option("--metrics", args->metrics,
                 fmt::format("Columns of the table, from {}; what can be told is said of the first", listed(metrics)))
      ->type_name("A,B,…")
      ->capture_default_str();
  args->answer.add_to(app);
  app.add_flag("--robust", args->robust,
               "Also ask whether the ranking survives: the first metric again under latency constants ± 20 %, arrivals "
               "± 10 %, a view half and twice as old, other seeds; writes robust.* as well");
  app.add_flag("--json", args->json, "Print comparison.json instead of the table");
  args->picture.add_to(app);
  end_help(app, {"blockyard compare first-look --strategies cache_aware,round_robin --out compared",
                 "blockyard compare first-look --variant fast:router.sync_ms=500 --seeds 3 --out compared",
                 "blockyard compare first-look --strategies all --metrics ttft_p95,block_hit_rate --format latex --out "
                 "compared"});
  return [args, context] { return compare(*args, context); };
}

}  // namespace blockyard::cli
