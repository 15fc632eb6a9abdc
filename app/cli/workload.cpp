// blockyard workload: a generated workload as a trace that replays to the same results.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "core/base/words/printable.h"
#include "core/experiment/prepared.h"
#include "core/io/files.h"
#include "core/io/trace_export.h"
#include "core/workload/trace_writer.h"

namespace blockyard::cli {
namespace {

int write(const ScenarioArgs& scenario_args, const std::string& out, bool words, const Context& context) {
  const Assets assets(context.assets_dir);
  auto scenario = load_scenario(scenario_args, assets);
  if (!scenario) return refuse(scenario.error());
  scenario->most_memory = context.most_memory;
  io::Outputs outputs;
  tell_inputs(outputs, scenario_args, assets, *scenario);
  const auto opened = outputs.open("--out", out);
  if (!opened) return refuse(opened.error());
  io::OutputFile* file = *opened;
  const auto prepared = prepare(*scenario);
  if (!prepared) return refuse(prepared.error());
  const Workload& workload = (*prepared)->workload;
  if (words && (!workload.words || workload.closed.users > 0)) {
    return refuse(Error{"--words: this workload's prompts are no words, or come in a closed loop; leave it out"});
  }
  if (words) {
    file->write(write_words(workload));
  } else if (workload.closed.users > 0) {
    // When a closed loop's requests arrive follows from the run: so it is run.
    Simulation sim = (*prepared)->simulation();
    sim.run();
    file->write(write_simulated_trace(sim));
  } else {
    file->write(write_trace((*prepared)->workload));
  }
  return finish(outputs, fmt::format("{0}: {1} requests; replay with --trace {0}\n", printable(out),
                                     (*prepared)->workload.requests.size()));
}

}  // namespace

std::function<int()> make_workload(CLI::App& app, const Context& context) {
  struct Args {
    ScenarioArgs scenario;
    std::string out;
    bool words = false;
  };
  auto args = std::make_shared<Args>();
  args->scenario.add_to(app, true);
  app.add_option("--out", args->out, "The trace to write, in Mooncake's format; - is standard output")
      ->type_name("FILE")
      ->required();
  app.add_flag("--words", args->words,
               "Write prompts as words, in format text, if the workload has words (demo, or a trace with text)");
  end_help(app, {"blockyard workload multi-turn --out chat.jsonl", "blockyard run first-look --trace chat.jsonl"});
  return [args, context] { return write(args->scenario, args->out, args->words, context); };
}

}  // namespace blockyard::cli
