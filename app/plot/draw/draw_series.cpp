// Series over a number axis: lines, steps, areas, bands, points, histograms.
#include <algorithm>
#include <cmath>

#include "app/plot/draw/draw_parts.h"
#include "app/plot/draw/plot_range.h"

namespace blockyard {
namespace {

using Path = std::vector<ImVec2>;

class SeriesPainter {
 public:
  SeriesPainter(const Pen& pen, const PlotSeries& s, const PlotGeometry& g, Color colour, const MinMaxPyramid* tree,
                bool dashed, int shape)
      : pen_(pen), s_(s), g_(g), colour_(colour), tree_(tree), dashed_(dashed), shape_(shape) {}

  // Later series have smaller marks: one that lies on another leaves it to be seen.
  void markers() const {
    const float radius = std::max(2.2F, 6.2F - 1.0F * static_cast<float>(shape_)) * pen_.style().scale;
    for (std::size_t i = 0; i < std::min(s_.x.size(), s_.y.size()); ++i) {
      if (!drawable(s_.x[i], s_.y[i])) continue;
      const ImVec2 p(g_.x.px(s_.x[i]), g_.y.px(s_.y[i]));
      if (is_in_area(p)) pen_.mark(p, radius, shape_, colour_);
    }
  }

  void draw() const {
    switch (s_.style) {
      case SeriesStyle::Line:
      case SeriesStyle::Step:
      case SeriesStyle::Area:
        return line();
      case SeriesStyle::Band:
        return band();
      case SeriesStyle::Points:
        return points();
      case SeriesStyle::Histogram:
        return histogram();
      case SeriesStyle::Bars:
        return;
    }
  }

 private:
  float base() const { return g_.y.log ? g_.y.p0 : std::clamp(g_.y.px(0), g_.y.p1, g_.y.p0); }
  bool drawable(double x, double y) const {
    return std::isfinite(x) && std::isfinite(y) && (!g_.x.log || x > 0) && (!g_.y.log || y > 0);
  }

  bool is_in_area(ImVec2 p) const {
    return p.x >= g_.area.x && p.x <= g_.area.right() && p.y >= g_.area.y && p.y <= g_.area.bottom();
  }

  // The points as unbroken runs of pixels.
  std::vector<Path> paths(const std::vector<double>& y, const MinMaxPyramid* tree) const {
    std::vector<std::size_t> keep;
    decimate(s_.x, y, tree, g_.x, keep);
    std::vector<Path> out(1);
    for (std::size_t i : keep) {
      if (i == kGap || !drawable(s_.x[i], y[i])) {
        if (!out.back().empty()) out.emplace_back();
        continue;
      }
      const ImVec2 p(g_.x.px(s_.x[i]), g_.y.px(y[i]));
      if (s_.style == SeriesStyle::Step) corner(p, out.back());
      add(p, out.back());
    }
    return out;
  }

  // Two points on one spot have no direction: a joint there would bulge.
  static void add(ImVec2 p, Path& path) {
    if (path.empty() || p.x != path.back().x || p.y != path.back().y) path.push_back(p);
  }
  // The corner of a step before p; a level that goes on is one long piece.
  static void corner(ImVec2 p, Path& path) {
    if (path.empty()) return;
    const std::size_t n = path.size();
    if (n > 1 && path[n - 1].y == p.y && path[n - 2].y == p.y) path.pop_back();
    if (path.back().y != p.y) add({p.x, path.back().y}, path);
  }

  // Whether a path goes up and down far more than along.
  static bool jumpy(const Path& path, float span) {
    float travel = 0;
    for (std::size_t i = 1; i < path.size(); ++i) travel += std::abs(path[i].y - path[i - 1].y);
    return travel > 5 * span;
  }

  void stroke(const Path& path) const {
    if (path.size() == 1) {
      pen_.list().AddCircleFilled(path[0], pen_.px(2.5F), colour_, 12);
      return;
    }
    // A line with about a point a pixel is noise by nature: drawn finer, its shape stays visible.
    const float span = path.back().x - path.front().x;
    const bool dense = static_cast<float>(path.size()) > span / (1.2F * pen_.style().scale);
    const float width = std::max(1.0F, (dense ? 1.3F : 2.0F) * pen_.style().scale);
    if (dashed_) return pen_.dashed_polyline(path, colour_, width);
    dense&& jumpy(path, span) ? pen_.dense_line(path, colour_, width) : pen_.polyline(path, colour_, width);
  }

  void line() const {
    const float floor = base();
    for (const Path& path : paths(s_.y, tree_)) {
      if (path.empty()) continue;
      const float bottoms[] = {floor};
      if (s_.style == SeriesStyle::Area) {
        pen_.fill_to(path, bottoms, faded(colour_, 0.30F), faded(colour_, 0.10F));
      } else if (s_.fill) {
        pen_.fill_to(path, bottoms, faded(colour_, 0.24F), faded(colour_, 0.0F));
      }
      stroke(path);
    }
  }

  void band() const {
    const std::size_t n = std::min({s_.x.size(), s_.lo.size(), s_.hi.size()});
    Path top;
    std::vector<float> bottom;
    const auto flush = [&] {
      if (top.size() > 1) pen_.fill_to(top, bottom, faded(colour_, 0.22F), faded(colour_, 0.22F));
      top.clear();
      bottom.clear();
    };
    const auto visible = [&](double lo, double hi) { return hi >= g_.x.lo && lo <= g_.x.hi; };
    for (std::size_t i = 0; i < n;) {
      // Neighbours on one pixel are joined to their outer hull.
      if (!drawable(s_.x[i], s_.lo[i]) || !drawable(s_.x[i], s_.hi[i])) {
        flush();
        ++i;
        continue;
      }
      const float x = g_.x.px(s_.x[i]);
      double lo = s_.lo[i], hi = s_.hi[i];
      std::size_t k = i + 1;
      for (; k < n && drawable(s_.x[k], s_.lo[k]) && drawable(s_.x[k], s_.hi[k]) && g_.x.px(s_.x[k]) < x + 1; ++k) {
        lo = std::min(lo, s_.lo[k]);
        hi = std::max(hi, s_.hi[k]);
      }
      if (visible(i > 0 ? s_.x[i - 1] : s_.x[i], k < n ? s_.x[k] : s_.x[k - 1])) {
        top.emplace_back(x, g_.y.px(hi));
        bottom.push_back(g_.y.px(lo));
      }
      i = k;
    }
    flush();
    if (s_.y.empty()) return;
    for (const Path& path : paths(s_.y, tree_)) {
      if (!path.empty()) stroke(path);
    }
  }

  void points() const {
    const std::size_t n = std::min(s_.x.size(), s_.y.size());
    const float radius = std::max(1.5F, (n > 2000 ? 2.0F : 3.5F) * pen_.style().scale);
    const Color fill = n > 300 ? faded(colour_, 0.65F) : colour_;
    // One dot a cell of half a radius: a cloud of any size costs no more than the pixels it covers.
    const float cell = radius / 2;
    const auto columns = static_cast<std::size_t>(g_.area.w / cell) + 1,
               rows = static_cast<std::size_t>(g_.area.h / cell) + 1;
    std::vector<bool> taken(columns * rows);
    for (std::size_t i = 0; i < n; ++i) {
      if (!drawable(s_.x[i], s_.y[i])) continue;
      const ImVec2 p(g_.x.px(s_.x[i]), g_.y.px(s_.y[i]));
      if (!is_in_area(p)) continue;
      const auto at = static_cast<std::size_t>((p.y - g_.area.y) / cell) * columns +
                      static_cast<std::size_t>((p.x - g_.area.x) / cell);
      if (taken[at]) continue;
      taken[at] = true;
      if (i < s_.lo.size() && i < s_.hi.size() && drawable(s_.x[i], s_.lo[i]) && drawable(s_.x[i], s_.hi[i])) {
        const float top = g_.y.px(std::max(s_.lo[i], s_.hi[i])), bottom = g_.y.px(std::min(s_.lo[i], s_.hi[i])),
                    cap = pen_.px(4);
        pen_.line({p.x, top}, {p.x, bottom}, colour_, 1);
        pen_.line({p.x - cap, top}, {p.x + cap, top}, colour_, 1);
        pen_.line({p.x - cap, bottom}, {p.x + cap, bottom}, colour_, 1);
      }
      pen_.mark(p, radius, n > 2000 ? 0 : shape_, fill);
    }
  }

  void histogram() const {
    const std::size_t n = std::min(s_.y.size(), s_.x.empty() ? 0 : s_.x.size() - 1);
    const float floor = base();
    for (std::size_t i = 0; i < n; ++i) {
      if (!drawable(s_.x[i], s_.y[i]) || !std::isfinite(s_.x[i + 1]) || s_.y[i] == 0) continue;
      const float left = std::round(g_.x.px(s_.x[i])), right = std::round(g_.x.px(s_.x[i + 1]));
      const float gap = right - left > 5 * pen_.style().scale ? pen_.px(1) : 0;
      // What holds anything is seen: at least one pixel high.
      const float top = std::min(std::round(g_.y.px(s_.y[i])), floor - std::max(1.0F, pen_.px(1)));
      pen_.box({left, top, std::max(1.0F, right - left - gap), floor - top}, faded(colour_, 0.72F));
      pen_.box({left, top, std::max(1.0F, right - left - gap), std::max(1.0F, pen_.px(2))}, colour_);
    }
  }

  const Pen& pen_;
  const PlotSeries& s_;
  const PlotGeometry& g_;
  Color colour_;
  const MinMaxPyramid* tree_;
  bool dashed_;
  int shape_;
};

}  // namespace

namespace {

template <class F>
void each_shown(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view, F f) {
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    if (!view.shows(i)) continue;
    const MinMaxPyramid* tree = i < view.trees.size() ? &view.trees[i] : nullptr;
    const PlotSeries& s = plot.series[i];
    const int index = static_cast<int>(i);
    f(s, SeriesPainter(pen, s, g, pen.style().colour(s.colour, index), tree, is_dashed(plot, i), index));
  }
}

}  // namespace

void draw_series(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view) {
  each_shown(pen, plot, g, view, [](const PlotSeries&, const SeriesPainter& painter) { painter.draw(); });
}

void draw_markers(const Pen& pen, const Plot& plot, const PlotGeometry& g, const PlotView& view) {
  each_shown(pen, plot, g, view, [](const PlotSeries& s, const SeriesPainter& painter) {
    if (s.markers) painter.markers();
  });
}

}  // namespace blockyard
