#include "app/figures/plan_figure.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "app/figures/parts.h"
#include "core/base/version.h"

namespace blockyard {

Figure fleet_plan_figure(const FleetPlan& plan) {
  using figures::kNothing;
  Plot p;
  p.title = "How many workers?";
  p.y = {"", "workers", false, 0.0, {}};
  PlotSeries sure = figures::series("workers that keep the objectives", SeriesStyle::Bars, {PlotRole::Accent, -1});
  PlotSeries value = figures::series("by the values alone", SeriesStyle::Bars, {PlotRole::Muted, -1});
  std::set<std::string> gpus;
  for (const PlannedFleet& f : plan.fleets) gpus.insert(f.gpu);
  double bound = 0;
  for (const PlannedFleet& f : plan.fleets) {
    p.categories.push_back(gpus.size() > 1 ? f.strategy + " " + f.gpu : f.strategy);
    sure.y.push_back(f.smallest ? f.smallest->workers : kNothing);
    value.y.push_back(f.by_value ? *f.by_value : kNothing);
    if (std::isfinite(f.bound)) bound = bound == 0 ? f.bound : std::min(bound, f.bound);
  }
  p.series = {std::move(sure), std::move(value)};
  if (bound > 0) {
    PlotMark mark;
    mark.across = PlotMark::Across::Y;
    mark.at = bound;
    mark.label = fmt::format("perfect cache and balance: {:.1f}", bound);
    p.marks.push_back(std::move(mark));
  }
  std::vector<std::string> wanted;
  for (const Objective& o : plan.objectives) wanted.push_back(objective_text(o));
  p.subtitle = fmt::format("{}", fmt::join(wanted, ", "));
  return make_figure(std::move(p), fmt::format("scenario {} · up to {} workers were tried · blockyard {}", plan.title,
                                               plan.most, version()));
}

}  // namespace blockyard
