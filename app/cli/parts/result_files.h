// The files that plot and report are given: results of runs, waterfalls, and what comparisons say.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/figures/figures.h"
#include "core/base/result.h"
#include "core/experiment/run.h"
#include "core/experiment/waterfall.h"
#include "core/io/experiments/comparison.h"

namespace blockyard::cli {

struct ResultFiles {
  std::vector<std::pair<std::string, RunResults>> runs;  ///< by a short name, each once
  std::vector<std::pair<std::string, LossWaterfall>> waterfalls;
  std::vector<std::pair<std::string, ComparisonPage>> comparisons;

  static Result<ResultFiles> read(const std::vector<std::string>& paths);
  /// The comparison of the runs where there are several, and the waterfalls.
  std::vector<NamedFigure> common_figures() const;
};

}  // namespace blockyard::cli
