// What sweep, experiment and merge share: a plan, its folder, and going on where an earlier run stopped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/cli/answers/answer_args.h"
#include "app/cli/command.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/output_set.h"
#include "app/jobs/pool.h"
#include "core/experiment/sweep.h"

namespace blockyard::cli {

struct SweepArgs {
  std::string out;
  unsigned jobs = default_threads();
  std::string shard;              ///< "I/N", or all
  std::uint64_t most_memory = 0;  ///< that all runs at a time may take, bytes
  PictureArgs picture;
  AnswerArgs answer;
  void add_to(CLI::App& app, const Context& context, bool out_required = true);
};

/// Runs the cells of the plan that the folder does not have yet (of this shard), and where then none is missing writes
/// cells.jsonl in order and the pictures. Exit status.
int run_plan(const SweepPlan& plan, const SweepArgs& args, const Assets& assets);

/// The finished cells of folders that hold the plan: those of cells*.jsonl in each, each cell once, by number.
Result<std::vector<SweepCell>> finished_cells(const SweepPlan& plan, const std::vector<std::string>& folders);

/// Writes sweep.json, cells.jsonl, the table and the pictures of a finished sweep, and prints the table; results of
/// cells are read from `out`. The exit status.
int end_sweep(const SweepPlan& plan, const std::vector<SweepCell>& cells, const std::string& out,
              const PictureArgs& picture, const AnswerWanted& answer, const Assets& assets);

/// A sweep's table for people: as it is where that is no wider than a page, else as a list.
std::string sweep_text(const AnswerTable& answers);

}  // namespace blockyard::cli
