#include "app/panels/plots/fleet_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/router/policy.h"

namespace blockyard {

std::vector<FleetLine> fleet_lines(const FrameContext& ctx) {
  std::vector<FleetLine> out;
  const auto add = [&out](std::string_view name, const Fleet& fleet, const LiveMetrics& metrics) {
    const auto k = static_cast<int>(out.size());
    out.push_back({fmt::format("{} · {}", static_cast<char>('A' + k), name), {PlotRole::Auto, k}, &fleet, &metrics});
  };
  add(policy_table()[ctx.fleet.config().router.strategy].label, ctx.fleet, ctx.metrics);
  for (const RunBeside& r : ctx.compared) add(r.variant->name, r.player->cursor(), *r.metrics);
  return out;
}

std::string fleet_names(const FrameContext& ctx) {
  std::string out(policy_table()[ctx.fleet.config().router.strategy].label);
  for (const RunBeside& r : ctx.compared) out += '\n' + r.variant->name;
  return out;
}

PlotSeries empty_line(const FleetLine& fleet) {
  PlotSeries s;
  s.name = fleet.name;
  s.colour = fleet.colour;
  s.dashed = fleet.colour.worker % 2 == 1;  // told apart without colour
  return s;
}

Plot fleets_over_time(const FrameContext& ctx, const char* title, const char* y, const char* unit,
                      const std::function<double(const LivePoint&)>& value) {
  Plot p = time_plot(ctx, title, y, unit);
  p.subtitle = fmt::format("over a sliding window of {}", duration_text(us_to_ms(ctx.metrics.window())));
  for (const FleetLine& fleet : fleet_lines(ctx)) {
    PlotSeries s = empty_line(fleet);
    for (const LivePoint& point : fleet.metrics->series(ctx.now)) {
      s.x.push_back(axis_seconds(point.t));
      s.y.push_back(value(point));
    }
    p.series.push_back(std::move(s));
  }
  return p;
}

std::vector<PlotSeries> fleet_distributions(const std::vector<FleetLine>& fleets,
                                            const std::vector<std::vector<double>>& samples, bool cumulative,
                                            int bins) {
  std::vector<PlotSeries> out;
  std::vector<double> all;
  for (const auto& of_fleet : samples) all.insert(all.end(), of_fleet.begin(), of_fleet.end());
  if (all.empty()) return out;
  const std::vector<double> edges = cumulative ? std::vector<double>() : histogram_edges(all, bins);
  for (std::size_t i = 0; i < fleets.size(); ++i) {
    const std::string name = fmt::format("{} ({})", fleets[i].name, samples[i].size());
    out.push_back(cumulative ? make_cdf(name, samples[i], fleets[i].colour)
                             : make_histogram(name, samples[i], edges, fleets[i].colour));
    if (cumulative) out.back().dashed = i % 2 == 1;
  }
  return out;
}

}  // namespace blockyard
