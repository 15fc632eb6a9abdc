// The picture of a plan: how many workers each strategy needs, and how many none can do without. Pure.
#pragma once

#include "app/plot/data/plot.h"
#include "core/io/experiments/fleet_plan.h"

namespace blockyard {

/// Bars: the smallest fleets that keep the objectives, and those that would do by the values alone; a line for the
/// bound. Who does not keep them has no bar.
Figure fleet_plan_figure(const FleetPlan& plan);

}  // namespace blockyard
