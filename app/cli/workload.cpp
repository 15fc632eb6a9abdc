// blockyard workload: a generated workload as a trace that replays to the same results.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "core/experiment/prepared.h"
#include "core/io/files.h"
#include "core/io/trace_export.h"
#include "core/workload/trace_writer.h"

namespace blockyard::cli {
namespace {

int write(const ScenarioArgs& scenario_args, const std::string& out, const Context& context) {
  catch_interrupts();
  const auto scenario = load_scenario(scenario_args, Assets(context.assets_dir));
  if (!scenario) return refuse(scenario.error());
  auto file = io::OutputFile::open(out);
  if (!file) return refuse(file.error());
  const auto prepared = prepare(*scenario);
  if (!prepared) return refuse(prepared.error());
  if ((*prepared)->workload.closed.users > 0) {
    // When a closed loop's requests arrive follows from the run: so it is run.
    Simulation sim = (*prepared)->simulation();
    while (sim.step()) {
      if (interrupted()) return refuse(Error{"interrupted; nothing was written"}, kFailed);
    }
    file->write(write_simulated_trace(sim));
  } else {
    file->write(write_trace((*prepared)->workload));
  }
  if (auto ok = file->commit(); !ok) return refuse(ok.error(), kFailed);
  fmt::print("{}: {} requests; replay with --trace {}\n", out, (*prepared)->workload.requests.size(), out);
  return kDone;
}

}  // namespace

std::function<int()> make_workload(CLI::App& app, const Context& context) {
  struct Args {
    ScenarioArgs scenario;
    std::string out;
  };
  auto args = std::make_shared<Args>();
  args->scenario.add_to(app, true);
  app.add_option("--out", args->out, "The trace to write, in Mooncake's format")->required();
  return [args, context] { return write(args->scenario, args->out, context); };
}

}  // namespace blockyard::cli
