#include "app/figures/waterfall_figure.h"

#include <fmt/format.h>

#include "core/router/policy.h"

namespace blockyard {

Figure loss_waterfall_figure(const LossWaterfall& w) {
  Plot p;
  p.title = fmt::format("Where the hit rate went: {:.1f} % was possible, {:.1f} % was reached",
                        w.percent(static_cast<double>(w.best())), w.percent(static_cast<double>(w.achieved())));
  p.subtitle = w.rejected_reason.empty()
                   ? "share of all prompt tokens; each step runs the same requests again with one thing more as it is"
                   : "share of the prompt tokens of the requests that ran. Not run: " + w.rejected_reason;
  p.y = {"Token hit rate", "%", false, 0.0, {}};
  Waterfall bars;
  bars.less_is_better = false;
  const auto percent = [&w](auto tokens) { return w.percent(static_cast<double>(tokens)); };
  bars.bars.push_back({w.steps[0].label, percent(w.best()), true, {PlotRole::Hit, -1}});
  for (std::size_t i = 1; i < w.steps.size(); ++i)
    bars.bars.push_back({w.steps[i].label, -percent(w.loss(i)), false, {}});
  bars.bars.push_back({"Achieved", percent(w.achieved()), true, {PlotRole::Hit, -1}});
  p.waterfall = std::move(bars);
  const Config& c = w.scenario.config;
  return make_figure(
      std::move(p),
      fmt::format("scenario {} · {} · {} eviction · seed {} · blockyard {}", w.scenario.name, fleet_print(w.scenario),
                  eviction_table()[static_cast<std::size_t>(c.cache.eviction)].id, c.seed, w.version));
}

}  // namespace blockyard
