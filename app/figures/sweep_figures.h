// The pictures of a sweep: what its axes allow. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/figures/figures.h"
#include "core/experiment/answers/ranking.h"
#include "core/experiment/sweep.h"

namespace blockyard {

/// `cells` holds every cell of the plan, by number. Axes with words for values (strategies, policies) become the
/// series, the axis `seed` a mean with its 95 % interval, and the other axes the picture (figures as in the answer
/// table, without the warm-up): none: `sweep_bars`; one: `sweep_curves`; two: `sweep_heatmap` and, where there are
/// series, `sweep_winner` with the border between who wins where. Always `sweep_pareto` where the plan names two
/// metrics. `first`: the scenario of the first cell, which says in the small print what all cells share.
std::vector<NamedFigure> sweep_figures(const SweepPlan& plan, const std::vector<SweepCell>& cells,
                                       const Scenario* first = nullptr, const Warmup& warmup = {});

/// One sentence: which of a sweep's series is best at what, by each of its metrics; "" where it has only one, or axes
/// of numbers. A view that looks into the workers is left aside where there are others.
std::string best_at_what(const SweepPlan& plan, const std::vector<SweepCell>& cells, const Warmup& warmup = {});

/// A path for people: "router.sync_ms" is "Sync" in "ms".
PlotAxis axis_of_path(const std::string& path);

/// One line of `recovery_curves`.
struct RecoveryCase {
  std::string label;
  const RunResults* results;
};

/// The beliefs of several runs through the same first fault, over each other, around its moment. At least one case, and
/// each with a fault.
Figure recovery_curves(const std::vector<RecoveryCase>& cases, std::string title, std::string subtitle);

}  // namespace blockyard
