#include "app/cli/command.h"

#include <array>

namespace blockyard::cli {

std::span<const CommandRow> command_table() {
  static constexpr auto kTable = std::to_array<CommandRow>({
      {"run", "Run a scenario; print its summary, write its results", make_run},
      {"compare", "Run several strategies on the same requests; tables and a picture", make_compare},
      {"sweep", "Run a scenario over every combination of values; curves, heat maps, fronts", make_sweep},
      {"merge", "Put the shards of a sweep together", make_merge},
      {"experiment", "Run a ready-made experiment by name", make_experiment},
      {"waterfall", "Explain where the hit rate was lost, cause by cause", make_waterfall},
      {"plot", "The pictures of earlier runs, each also as a table", make_plot},
      {"report", "Results as one self-contained HTML file", make_report},
      {"decisions", "Filter and sum the routing decisions of a run", make_decisions},
      {"policy", "A router's configuration elsewhere as a router section here", make_policy},
      {"trace", "Look into a trace", make_trace},
      {"workload", "Write a generated workload as a trace", make_workload},
      {"tokenize", "Words as tokens, cut into blocks with their chained digests", make_tokenize},
      {"tokenizer", "Learn the built-in tokenizer from texts", make_tokenizer},
#ifdef BLOCKYARD_WITH_LIVE
      {"live", "Watch a real fleet: what its workers hold, from their engines; record it, replay it", make_live},
#endif
      {"settings", "Every setting of a scenario: default, range, and when it counts", make_settings},
      {"fidelity", "What is modelled as in vLLM v1; --run: what each switch of today's vLLM changes", make_fidelity},
      {"lessons", "The lessons in order; --check holds their facts against their runs", make_lessons},
      {"presets", "Models, GPUs, scenarios, strategies, policies", make_presets},
#ifdef BLOCKYARD_WITH_GUI
      {"shot", "Draw the window at a simulated time into a PNG; no display needed", make_shot},
#endif
  });
  return kTable;
}

}  // namespace blockyard::cli
