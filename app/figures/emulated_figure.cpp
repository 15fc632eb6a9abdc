#include "app/figures/emulated_figure.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/base/version.h"

namespace blockyard {
namespace {

constexpr double kBand = 0.2;

std::string told(const live::TimeErrors& e) {
  if (e.n == 0) return "no request has it";
  return fmt::format("{}: off by {:.1f} % in the middle, {:.1f} % at p95{}", counted(e.n, "request"), 100 * e.median_off,
                     100 * e.p95_off, e.spearman ? fmt::format(", rank correlation {:.3f}", *e.spearman) : std::string());
}

// Emulated over real, ms.
Plot scatter(const char* title, const char* what, const std::vector<double>& real, const std::vector<double>& emulated,
             const live::TimeErrors& errors) {
  Plot p;
  p.title = title;
  p.subtitle = told(errors);
  p.x = {fmt::format("{}, real", what), "ms", false, {}, {}};
  p.y = {fmt::format("{}, emulated", what), "ms", false, {}, {}};
  if (real.empty()) return p;
  double most = 0;
  for (const auto* side : {&real, &emulated}) most = std::max(most, *std::max_element(side->begin(), side->end()));
  most *= 1.04;
  p.x.min = p.y.min = 0;
  p.x.max = p.y.max = most;
  PlotSeries band, diagonal, points;
  band.name = "± 20 %";
  band.style = SeriesStyle::Band;
  band.colour.role = PlotRole::Muted;
  band.x = {0, most};
  band.lo = {0, most * (1 - kBand)};
  band.hi = {0, most * (1 + kBand)};
  diagonal.name = "as it was";
  diagonal.style = SeriesStyle::Line;
  diagonal.colour.role = PlotRole::Muted;
  diagonal.dashed = true;
  diagonal.x = diagonal.y = {0, most};
  points.name = "requests";
  points.style = SeriesStyle::Points;
  points.colour.role = PlotRole::Accent;
  points.x = real;
  points.y = emulated;
  p.series = {std::move(band), std::move(diagonal), std::move(points)};
  return p;
}

Plot distributions(const char* title, const char* what, const std::vector<double>& real,
                   const std::vector<double>& emulated) {
  Plot p;
  p.title = title;
  p.x = {what, "ms", false, {}, {}};
  p.y = {"requests", "%", false, 0.0, 100.0};
  if (real.empty()) return p;
  p.series = {make_cdf("real", real, {PlotRole::P95, -1}), make_cdf("emulated", emulated, {PlotRole::Accent, -1})};
  p.series[1].dashed = true;
  return p;
}

}  // namespace

Figure emulated_against_real(const std::vector<live::RequestPair>& pairs, const live::RealComparison& comparison,
                             const std::string& fleet, const std::string& scenario) {
  std::vector<double> ttft_real, ttft, e2e_real, e2e;
  for (const live::RequestPair& p : pairs) {
    if (p.ttft_real) {
      ttft_real.push_back(us_to_ms(*p.ttft_real));
      ttft.push_back(us_to_ms(p.ttft_emulated));
    }
    e2e_real.push_back(us_to_ms(p.e2e_real));
    e2e.push_back(us_to_ms(p.e2e_emulated));
  }
  Figure f;
  f.title = "Emulated against real";
  f.subtitle = fmt::format("{}; hits: {} as they were, {} longer, {} shorter", counted(comparison.n, "request"),
                           comparison.hits.equal, comparison.hits.longer, comparison.hits.shorter);
  f.footnote = fmt::format("fleet {} · scenario {} · blockyard {}", fleet, scenario, version());
  f.columns = 2;
  f.plots = {scatter("Time to first token", "TTFT", ttft_real, ttft, comparison.ttft),
             scatter("End to end", "end to end", e2e_real, e2e, comparison.e2e),
             distributions("Time to first token, distributions", "TTFT", ttft_real, ttft),
             distributions("End to end, distributions", "end to end", e2e_real, e2e)};
  return f;
}

}  // namespace blockyard
