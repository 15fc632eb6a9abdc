// AnswerTable: what an experiment says, as one table that can be handed on: a row a strategy (or whatever else has no
// order), a column for each combination of what was varied and each figure; in a cell mean and interval, the best
// marked; below it in sentences what can be told, what must not be believed, and how it was found.
//
// Pure. The command line, reports and the window all write this table.
#pragma once

#include <string>
#include <vector>

#include "core/experiment/answers/ranking.h"
#include "core/experiment/compare.h"
#include "core/experiment/sweep.h"

namespace blockyard {

struct AnswerCell {
  Estimate estimate;
  bool best = false;       ///< or cannot be told from the best
  bool saturated = false;  ///< some run of it
};

struct AnswerColumn {
  std::string varied;      ///< "Staleness 1 s, Workers 8"; "" where nothing is
  std::size_t metric = 0;  ///< row of metric_table()
  FleetRanking ranking;    ///< by row
};

struct AnswerRow {
  std::vector<std::string> labels;
  std::vector<AnswerCell> cells;  ///< by column
};

struct AnswerTable {
  std::string title;
  std::vector<std::string> row_heads;
  std::vector<AnswerColumn> columns;
  std::vector<AnswerRow> rows;
  std::vector<std::string> says;      ///< what can be told, a sentence each
  std::vector<std::string> cautions;  ///< saturation, rejections
  std::vector<std::string> method;    ///< warm-up and intervals

  bool one_metric() const;
  /// The head of a column: what was varied, and the figure with its unit unless all columns have the same one.
  std::string head(std::size_t column) const;
  /// A cell as text, without marks: value and half-width to the same digit, in the figure's unit.
  std::string text(std::size_t row, std::size_t column) const;
};

/// Of a finished comparison: a column for each metric (ids); the sentences are about `by`, one of the metrics' ids.
AnswerTable answer_table(const Comparison& comparison, const std::vector<std::string>& metrics, const std::string& by,
                         const Warmup& warmup);

/// Of a finished sweep, whose axes of words are rows and whose others are columns; where it has no axis of words its
/// first one is the rows. The axis `seed` is repeats. `first`: the scenario of its first cell.
AnswerTable answer_table(const SweepPlan& plan, const std::vector<SweepCell>& cells, const Scenario& first,
                         const Warmup& warmup);

/// How a table's figures were found, a sentence each: what was dropped of a run like `run`, where intervals are from.
std::vector<std::string> method_text(const RunBatches& run, std::uint32_t dropped, const Warmup& warmup,
                                     IntervalFrom from, std::size_t seeds);

/// "Time to first token, p95, ms".
std::string metric_head(const Metric& metric);
/// Value and half-width as a table has them: "412 ± 15"; "–" where there is no value.
std::string plain_estimate(const Estimate& estimate);
/// The same two, as the digits of a column of figures: "412" and "15" (or "").
std::string plain_value(const Estimate& estimate);
std::string plain_half(const Estimate& estimate);

}  // namespace blockyard
