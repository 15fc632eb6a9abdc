#include "app/cli/command.h"

#include <array>

namespace blockyard::cli {

std::span<const CommandRow> command_table() {
  static constexpr auto kTable = std::to_array<CommandRow>({
      {"run", "Run a scenario, print its summary and write its results", make_run},
      {"compare", "Run several strategies or settings on the same requests and compare them", make_compare},
      {"sweep", "Run a scenario for every combination of values; plot curves, heat maps and fronts", make_sweep},
      {"merge", "Join the shards of a sweep", make_merge},
      {"experiment", "Run a ready-made experiment by name", make_experiment},
      {"plan", "Find the smallest fleet that keeps objectives, and what it costs", make_plan},
      {"waterfall", "Show where the hit rate was lost, cause by cause", make_waterfall},
      {"plot", "Plot the results of earlier runs, each plot also as a table", make_plot},
      {"report", "Write results as one self-contained HTML file", make_report},
      {"reproduce", "Recompute published figures from public traces", make_reproduce},
      {"decisions", "Filter and sum up the routing decisions of a run", make_decisions},
      {"policy", "Translate another router's configuration into a router section", make_policy},
      {"trace", "Inspect a trace", make_trace},
      {"workload", "Write a generated workload as a trace", make_workload},
      {"tokenize", "Split text into tokens and blocks, with their chained digests", make_tokenize},
      {"tokenizer", "Train the built-in tokenizer on texts", make_tokenizer},
#ifdef BLOCKYARD_WITH_LIVE
      {"live", "Watch a real fleet through its engines' events; record it, replay it", make_live},
      {"standin", "Run one stand-in worker: the simulator behind vLLM's API, in real time", make_standin},
#endif
      {"settings", "List every setting of a scenario: default, range, and when it applies", make_settings},
      {"fidelity", "Show what is modelled as in vLLM v1; with --run, what each switch of today's vLLM changes",
       make_fidelity},
      {"lessons", "List the lessons; with --check, check the facts they state", make_lessons},
      {"presets", "List models, GPUs, scenarios, strategies and policies", make_presets},
#ifdef BLOCKYARD_WITH_GUI
      {"shot", "Draw the window at a simulated time into a PNG; no display needed", make_shot},
#endif
  });
  return kTable;
}

}  // namespace blockyard::cli
