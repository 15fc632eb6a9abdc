// blockyard fidelity: what is modelled as in vLLM v1, what is simplified, what is left out; and what the switches that
// tell today's vLLM from its plain scheduler change on a scenario.
#include "core/model/fidelity.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/jobs_view.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "app/jobs/compare.h"
#include "core/base/words/printable.h"
#include "core/experiment/switches.h"
#include "core/io/experiments/switches_file.h"
#include "core/io/files.h"

namespace blockyard::cli {
namespace {

struct FidelityArgs {
  ScenarioArgs scenario;
  std::string out;
  unsigned jobs = default_threads();
  bool markdown = false;
  bool json = false;
};

void print_table(bool markdown) {
  if (markdown) fmt::print("| what | here | how | source | vLLM's change |\n| --- | --- | --- | --- | --- |\n");
  std::string_view group;
  for (const FidelityRow& row : fidelity_table()) {
    const std::string_view name = fidelity_name(row.fidelity);
    if (markdown) {
      fmt::print("| {} | {} | {} | {} | {} |\n", row.aspect, name, row.note, row.source, row.change);
      continue;
    }
    if (name != group) fmt::print("{}{}\n", group.empty() ? "" : "\n", name);
    group = name;
    fmt::print("  {:26}{}\n  {:26}[{}{}{}]\n", row.aspect, row.note, "", row.source,
               row.change.empty() ? "" : " · vLLM ", row.change);
  }
}

std::string switches_table(const Comparison& c) {
  std::vector<std::vector<std::string>> rows{
      {"switches", "TTFT mean ms", "p95", "hit blocks", "hit rate %", "preemptions", "completed", "rejected"}};
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    const Summary& s = c.runs[i][0].summary;
    const auto ms = [&](double Spread::*figure) { return s.ttft ? fmt::format("{:.3f}", (*s.ttft).*figure) : "-"; };
    rows.push_back({c.fleets[i].label, ms(&Spread::mean), ms(&Spread::p95), fmt::format("{}", s.hit_blocks),
                    fmt::format("{:.2f}", 100 * s.token_hit_rate), fmt::format("{}", s.preemptions),
                    fmt::format("{}", s.completed), fmt::format("{}", s.rejected)});
  }
  return text_table(rows);
}

int run_switches(const FidelityArgs& args, const Context& context) {
  const Assets assets(context.assets_dir);
  const auto scenario = load_scenario(args.scenario, assets);
  if (!scenario) return refuse(scenario.error());
  io::Outputs outputs;
  tell_inputs(outputs, args.scenario, assets, *scenario);
  io::OutputFile* out = nullptr;
  if (!args.out.empty()) {
    const auto opened = outputs.open("--out", args.out);
    if (!opened) return refuse(opened.error());
    out = *opened;
  }
  auto comparison = plan_switches(*scenario, assets.presets());
  if (!comparison) return refuse(comparison.error());
  if (scenario->config.fleet.engine != EngineKind::kContinuous) {
    note("blockyard: engine slots ignores the switches; these runs are those of engine continuous\n");
  }
  const PolledInterrupts polled;
  JobControl control;
  JobsView view(control, "runs");
  const auto done = run_comparison(*comparison, args.jobs, control, [&view] { view.tick(); });
  view.clear();
  if (!done && interrupted()) return refuse(interruption());
  if (!done) return refuse(done.error());
  const std::string json = switches_json(*comparison);
  if (out != nullptr) out->write(json);
  if (args.json) return finish(outputs, json);
  return finish(outputs, fmt::format("{} · {} requests · seed {} · engine continuous\n\n{}",
                                     quoted_part(scenario->name), comparison->runs[0][0].summary.requests,
                                     scenario->config.seed, switches_table(*comparison)));
}

}  // namespace

std::function<int()> make_fidelity(CLI::App& app, const Context& context) {
  auto args = std::make_shared<FidelityArgs>();
  app.add_flag("--markdown", args->markdown, "Print the table as Markdown");
  app.add_option("--run", args->scenario.name,
                 "Show what each switch of today's vLLM changes on this scenario: all off, one at a time, all on "
                 "(default: the table of what is modelled)")
      ->type_name("SCENARIO");
  args->scenario.add_sets_to(app);
  add_jobs(app, args->jobs);
  app.add_flag("--json", args->json, "With --run: print JSON instead of the table");
  app.add_option("--out", args->out, "With --run: also write the JSON to this file (default: not written)")
      ->type_name("FILE");
  end_help(app, {"blockyard fidelity", "blockyard fidelity --run first-look"});
  return [args, context] {
    const ScenarioArgs& s = args->scenario;
    if (!s.name.empty()) return run_switches(*args, context);
    if (args->json || !args->out.empty() || !s.sets.empty() || !s.trace.empty()) {
      return refuse(Error{"fidelity: --json, --out, --set and --trace belong to --run SCENARIO"});
    }
    print_table(args->markdown);
    return kDone;
  };
}

}  // namespace blockyard::cli
