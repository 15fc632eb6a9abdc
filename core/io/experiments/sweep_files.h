// A sweep's files: the plan (sweep.json, or a ready-made experiment) and the finished cells (cells.jsonl, a line each).
#pragma once

#include <string>
#include <vector>

#include "core/experiment/sweep.h"

namespace blockyard {

/// sweep.json: everything that defines the cells and the pictures, and the program's version. Equal plans, equal bytes.
std::string plan_json(const SweepPlan& plan);

/// Reads sweep.json again, or a ready-made experiment: {"title", "about", "scenario", "vary": ["PATH=…", …] or axes,
/// "metrics", "pareto", "marks", "keep_results"}; missing keys have the plan's defaults.
Result<SweepPlan> read_plan(const std::string& path);

/// Fills in the plan's name and seed from its scenario.
void name_plan(SweepPlan& plan);

/// The "about" of a ready-made experiment: one sentence.
Result<std::string> read_plan_about(const std::string& path);

/// One line, its newline included.
std::string cell_line(const SweepPlan& plan, const SweepCell& cell);

/// The cells of a file, in its order. A last line that was cut off by an interruption is left out.
Result<std::vector<SweepCell>> read_cells(const std::string& path, const SweepPlan& plan);

}  // namespace blockyard
