#include "app/panels/plots/tab_tokens.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "app/panels/plots/fleet_lines.h"
#include "app/ui/icons.h"
#include "core/settings/scenario.h"

namespace blockyard {

namespace {

// How many of the tokens came within so long after the one before; the longest gap is marked.
Plot gaps_plot(const FrameContext& ctx) {
  TokenGaps gaps;
  for (const Worker& w : ctx.fleet.workers()) {
    for (const auto& [gap, tokens] : w.token_gaps().sorted()) gaps.add(gap, tokens);
  }
  Plot p;
  p.title = "Distribution of inter-token latency";
  p.empty_text = "No request has had two tokens yet.";
  p.x.label = "time between tokens";
  p.x.unit = "ms";
  p.y.label = "tokens";
  p.y.unit = "%";
  p.y.min = 0;
  p.y.max = 100;
  const auto counts = gaps.sorted();
  PlotSeries s;
  s.name = fmt::format("{} tokens", with_commas(gaps.tokens()));
  s.colour.role = PlotRole::P95;
  std::uint64_t below = 0;
  for (const auto& [gap, tokens] : counts) {
    below += tokens;
    s.x.push_back(us_to_ms(gap));
    s.y.push_back(100 * static_cast<double>(below) / static_cast<double>(gaps.tokens()));
  }
  if (s.x.size() == 1) s.x.insert(s.x.begin(), 0.0), s.y.insert(s.y.begin(), 0.0);
  s.style = SeriesStyle::Step;
  if (!counts.empty()) {
    p.series = {std::move(s)};
    PlotMark longest;
    longest.at = us_to_ms(counts.back().first);
    longest.label = "longest " + duration_text(longest.at);
    longest.colour.role = PlotRole::Warning;
    p.marks.push_back(longest);
    p.x.min = 0;
    p.x.max = longest.at * 1.25;  // room for the mark's words
  }
  return p;
}

}  // namespace

void TokensTab::over_time(const FrameContext& ctx, bool both) {
  const auto plot = [&](const char* title, const char* y, const char* unit) {
    Plot p = time_plot(ctx, title, y, unit);
    p.subtitle = fmt::format("over a sliding window of {}", duration_text(us_to_ms(ctx.metrics.window())));
    return p;
  };
  Plot rate = plot("Output tokens", "tokens", "1/s"), gap = plot("Inter-token latency", "mean gap", "ms");
  const std::vector<FleetLine> fleets = fleet_lines(ctx);
  for (const FleetLine& fleet : fleets) {
    const auto points = fleet.metrics->series(ctx.now);
    PlotSeries tokens = empty_line(fleet), gaps = tokens;
    if (fleets.size() == 1) {
      tokens.name = "output tokens";
      tokens.colour = {PlotRole::Accent, -1};
      tokens.fill = true;
      gaps.name = "mean time between tokens";
      gaps.colour = {PlotRole::P95, -1};
    }
    std::size_t from = 0;  // the last point before the window
    for (std::size_t i = 0; i < points.size(); ++i) {
      while (from < i && points[from + 1].t <= points[i].t - ctx.metrics.window()) ++from;
      const bool whole = points[i].t > ctx.metrics.window();
      const TokenTotals before = whole ? points[from].tokens : TokenTotals{};
      const SimTime span = points[i].t - (whole ? points[from].t : 0);
      const TokenTotals& now = points[i].tokens;
      const double t = axis_seconds(points[i].t);
      tokens.x.push_back(t);
      tokens.y.push_back(static_cast<double>(now.handed_out - before.handed_out) / axis_seconds(span));
      gaps.x.push_back(t);
      gaps.y.push_back(now.gaps == before.gaps
                           ? std::numeric_limits<double>::quiet_NaN()
                           : us_to_ms(now.gap_time - before.gap_time) / static_cast<double>(now.gaps - before.gaps));
    }
    rate.series.push_back(std::move(tokens));
    gap.series.push_back(std::move(gaps));
  }
  box_[0].figure = Figure{};
  box_[0].figure.title = "Output tokens";
  box_[0].figure.columns = both ? 2 : 1;
  box_[0].figure.plots.push_back(std::move(rate));
  if (both) box_[0].figure.plots.push_back(ctx.lesson ? gaps_plot(ctx) : std::move(gap));
}

void TokensTab::distribution(const FrameContext& ctx) {
  const std::uint64_t revision = box_[1].figure.revision + 1;
  box_[1].figure = make_figure(gaps_plot(ctx));
  box_[1].figure.revision = revision;
}

void TokensTab::goodput(const FrameContext& ctx) {
  const SloConfig& slo = ctx.scenario.config.slo;
  const std::string promised = objectives_text(slo);
  Plot p = time_plot(ctx, "Goodput", "requests", "1/s");
  p.subtitle = fmt::format("{}, over a sliding window of {}", promised, duration_text(us_to_ms(ctx.metrics.window())));
  if (promised.empty()) {
    p.empty_text = "No objective is set. Set a TTFT or TPOT under Objectives, on the left.";
  } else {
    PlotSeries all, good;
    all.name = "finished";
    all.colour.role = PlotRole::Muted;
    all.dashed = true;
    good.name = fmt::format("of these with {}", promised);
    good.colour.role = PlotRole::Accent;
    good.fill = true;
    good.y = ctx.metrics.goodput(ctx.now, slo);
    for (const LivePoint& point : ctx.metrics.series(ctx.now)) {
      all.x.push_back(axis_seconds(point.t));
      all.y.push_back(point.window.throughput_rps);
    }
    good.x = all.x;
    p.series = {std::move(all), std::move(good)};
  }
  const std::uint64_t revision = box_[2].figure.revision + 1;
  box_[2].figure = make_figure(std::move(p));
  box_[2].figure.revision = revision;
}

void TokensTab::draw(FrameContext& ctx, const Rect& rect) {
  constexpr std::array<PlotChoice, 3> kKinds = {
      {{icons::kLineChart, "Tokens and gaps over time"},
       {icons::kAreaChart, "How long each token took after the one before"},
       {icons::kTarget, "Goodput: requests that kept their objectives, over time"}}};
  plot_choices(ctx.look, "token kind", rect, kKinds, &kind_);
  if (kind_ == 0) {
    over_time(ctx, rect.w >= ctx.look.px(420));
  } else if (const bool due = due_.due(ctx); due || made_ != kind_) {
    kind_ == 1 ? distribution(ctx) : goodput(ctx);
  }
  made_ = kind_;
  box_[kind_].choices = static_cast<int>(kKinds.size());
  show_plot(ctx, "tokens", rect, box_[kind_], kind_ != 1);
}

}  // namespace blockyard
