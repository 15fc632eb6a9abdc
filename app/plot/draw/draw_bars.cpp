// Bars by category, and waterfalls.
#include <algorithm>
#include <cmath>

#include "app/plot/draw/draw_parts.h"

namespace blockyard {
namespace {

// A bar between two heights, its free end rounded, never thinner than it can be seen.
void bar(const Pen& pen, float left, float width, float from, float to, Color colour) {
  const float top = std::round(std::min(from, to)), bottom = std::round(std::max(from, to));
  const float height = std::max(std::max(1.0F, pen.px(1)), bottom - top);
  const float rounding = std::min({pen.px(3), width / 3, height / 2});
  pen.box({left, to <= from ? bottom - height : top, width, height}, colour, rounding,
          to <= from ? ImDrawFlags_RoundCornersTop : ImDrawFlags_RoundCornersBottom);
}

}  // namespace

BarSlots bar_slots(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view) {
  BarSlots out;
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    if (plot.series[i].style == SeriesStyle::Bars && view.shows(i)) ++out.shown;
  }
  out.slot = g.area.w / static_cast<float>(std::max(1.0, g.x.hi - g.x.lo));
  out.gap = pen.px(2);
  const auto n = static_cast<float>(std::max<std::size_t>(out.shown, 1));
  out.width = std::floor(std::clamp((out.slot * 0.72F - out.gap * (n - 1)) / n, 1.0F, pen.px(64)));
  return out;
}

void draw_bars(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view) {
  const PlotStyle& st = pen.style();
  const BarSlots slots = bar_slots(pen, plot, g, view);
  const float floor = g.y.log ? g.y.p0 : std::clamp(g.y.px(0), g.y.p1, g.y.p0);
  const float group = slots.width * static_cast<float>(slots.shown) +
                      slots.gap * static_cast<float>(std::max<std::size_t>(slots.shown, 1) - 1);
  std::size_t position = 0;
  for (std::size_t k = 0; k < plot.series.size(); ++k) {
    const PlotSeries& s = plot.series[k];
    if (s.style != SeriesStyle::Bars || !view.shows(k)) continue;
    const Color colour = st.colour(s.colour, static_cast<int>(k));
    for (std::size_t i = 0; i < std::min(s.y.size(), plot.categories.size()); ++i) {
      const float left = std::round(g.x.px(static_cast<double>(i)) - group / 2 +
                                    static_cast<float>(position) * (slots.width + slots.gap));
      const float middle = left + slots.width / 2;
      if (!std::isfinite(s.y[i]) || (g.y.log && s.y[i] <= 0)) {
        pen.text(st.label, {middle, floor - pen.px(4)}, st.theme.text_muted, "–", {0.5F, 1});
        continue;
      }
      const float top = g.y.px(s.y[i]);
      bar(pen, left, slots.width, floor, top, colour);
      float label_y = top;
      if (i < s.lo.size() && i < s.hi.size() && std::isfinite(s.lo[i]) && std::isfinite(s.hi[i])) {
        const float high = g.y.px(std::max(s.lo[i], s.hi[i])), low = g.y.px(std::min(s.lo[i], s.hi[i])),
                    cap = std::min(pen.px(5), slots.width / 3);
        const Color ink = faded(st.theme.text, 0.85F);
        pen.line({middle, high}, {middle, low}, ink);
        pen.line({middle - cap, high}, {middle + cap, high}, ink);
        pen.line({middle - cap, low}, {middle + cap, low}, ink);
        label_y = s.y[i] < 0 ? std::max(low, top) : std::min(high, top);
      }
      const std::string value = format_value(s.y[i]);
      const bool fits = text_size(st.mono, value).x <= (slots.shown == 1 ? slots.slot : slots.width + slots.gap * 3);
      if (plot.bar_values && fits) {
        pen.text(st.mono, {middle, s.y[i] < 0 ? label_y + pen.px(3) : label_y - pen.px(3)}, st.theme.text_secondary,
                 value, {0.5F, s.y[i] < 0 ? 0.0F : 1.0F});
      }
    }
    ++position;
  }
}

void draw_waterfall(const Pen& pen, const Plot& plot, const PlotGeometry& g) {
  const PlotStyle& st = pen.style();
  const Waterfall& w = *plot.waterfall;
  const std::vector<WaterfallSpan> spans = waterfall_spans(w);
  const float slot = g.area.w / static_cast<float>(std::max<std::size_t>(spans.size(), 1));
  const float width = std::floor(std::min(slot * 0.62F, pen.px(84)));
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const Waterfall::Bar& b = w.bars[i];
    const float middle = g.x.px(static_cast<double>(i)), left = std::round(middle - width / 2);
    const float from = g.y.px(spans[i].from), to = g.y.px(spans[i].to);
    const bool better = (spans[i].to < spans[i].from) == w.less_is_better;
    Color colour = b.total ? st.theme.text_muted : better ? st.theme.p50 : st.theme.block_evicted;
    if (b.colour.role != PlotRole::Auto || b.colour.worker >= 0) colour = st.colour(b.colour);
    if (i + 1 < spans.size()) {
      pen.dashed({left + width, to}, {std::round(g.x.px(static_cast<double>(i + 1)) - width / 2), to},
                 st.theme.line_strong);
    }
    const float top = std::round(std::min(from, to)),
                height = std::max(pen.px(2), std::round(std::max(from, to)) - top);
    pen.box({left, top, width, height}, colour, std::min(pen.px(3), height / 2));
    std::string value = format_value(b.value);
    if (!b.total && b.value > 0) value.insert(value.begin(), '+');
    pen.text(st.mono, {middle, top - pen.px(3)}, b.total ? st.theme.text : st.theme.text_secondary, value, {0.5F, 1});
  }
}

}  // namespace blockyard
