// Plots that show the run and the fleets beside it, A and B and C, in one: a line a fleet, in the same order, with the
// same name and colour in every plot.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/panels/plots/tab_plot.h"

namespace blockyard {

struct FleetLine {
  std::string name;  ///< "A · Cache aware"
  PlotColour colour;
  const Fleet* fleet = nullptr;
  const LiveMetrics* metrics = nullptr;
};

/// The run first, then those beside it.
std::vector<FleetLine> fleet_lines(const FrameContext& ctx);

/// Which fleets these are: a figure that is kept over frames is to be made anew when it changes.
std::string fleet_names(const FrameContext& ctx);

/// A line of that name and colour without points.
PlotSeries empty_line(const FleetLine& fleet);

/// One figure of every fleet over simulated time.
Plot fleets_over_time(const FrameContext& ctx, const char* title, const char* y, const char* unit,
                      const std::function<double(const LivePoint&)>& value);

/// The distribution of samples that every fleet has: cumulative, in %, or as histograms of the same bins.
std::vector<PlotSeries> fleet_distributions(const std::vector<FleetLine>& fleets,
                                            const std::vector<std::vector<double>>& samples, bool cumulative, int bins);

}  // namespace blockyard
