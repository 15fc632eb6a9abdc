// The files that plot and report are given: results of runs, and waterfalls.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/figures/figures.h"
#include "core/base/result.h"
#include "core/experiment/run.h"
#include "core/experiment/waterfall.h"

namespace blockyard::cli {

struct ResultFiles {
  std::vector<std::pair<std::string, RunResults>> runs;  ///< by a short name, each once
  std::vector<std::pair<std::string, LossWaterfall>> waterfalls;

  static Result<ResultFiles> read(const std::vector<std::string>& paths);
  /// The comparison of the runs where there are several, and the waterfalls.
  std::vector<NamedFigure> common_figures() const;
};

}  // namespace blockyard::cli
