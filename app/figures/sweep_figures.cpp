// Which picture a sweep gets follows from its axes alone, see sweep_figures.h.
#include "app/figures/sweep_figures.h"

#include <map>

#include "app/figures/parts.h"
#include "app/figures/sweep_table.h"
#include "core/base/text.h"
#include "core/base/version.h"
#include "core/io/results.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace {

using namespace figures;

PlotAxis value_axis(const Metric& m) {
  const bool share = m.unit.starts_with('%');
  return {"", std::string(m.unit), false, share || !m.more_is_better ? std::optional(0.0) : std::nullopt, {}};
}

std::string footnote(const SweepTable& t) {
  const SweepPlan& plan = t.plan();
  std::vector<std::string> varied;
  for (const SweepAxis& a : plan.axes) varied.push_back(a.path);
  return fmt::format("scenario {} · varied: {}{}{} · {} · {} runs · blockyard {}", plan.name, fmt::join(varied, " × "),
                     t.first() == nullptr ? "" : " · ", t.first() == nullptr ? "" : fleet_print(*t.first(), varied),
                     t.repeats() > 1 ? fmt::format("{} seeds", t.repeats()) : fmt::format("seed {}", plan.seed),
                     plan.cells(), version());
}

Figure figure_of(const SweepTable& t) {
  Figure f;
  f.title = t.plan().title;
  f.footnote = footnote(t);
  f.columns = t.plan().metrics.size() > 1 ? 2 : 1;
  f.subtitle = t.intervals();
  return f;
}

// Values that rise by ratios want a logarithmic axis.
bool wants_log(const std::vector<double>& x) {
  if (x.size() < 3 || x.front() <= 0) return false;
  return x.back() / x.front() >= 16;
}

// Long times in seconds; where curves span decades, a logarithmic axis; what differs little need not begin at zero,
// where all of it would be one line (bars always do).
void fit_values(Plot& p, bool may_be_log) {
  constexpr double kFlat = 0.3;  // of the least value
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const PlotSeries& s : p.series) {
    for (const double v : s.y) {
      if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    }
  }
  if (p.categories.empty() && high > low && high - low < kFlat * low) p.y.min.reset();
  if (p.y.unit != "ms") return;
  if (may_be_log && low > 0 && high / low >= 50) {
    p.y.log = true;
    p.y.min.reset();
  }
  const TimeUnit unit = unit_for_ms(high);
  p.y.unit = unit.name;
  for (PlotSeries& s : p.series) {
    for (auto* values : {&s.y, &s.lo, &s.hi}) {
      for (double& v : *values) v *= unit.factor;
    }
  }
}

// Whether a series looks into the workers (view oracle) where others do not: a bound, and no router that can be run.
bool is_bound(const SweepTable& t, std::size_t k) {
  bool out = false, others = false;
  for (std::size_t i = t.words().size(); i-- > 0;) {
    const SweepAxis& axis = t.plan().axes[t.words()[i]];
    const std::vector<std::string> values = t.word_values(t.words()[i]);
    if (axis.path == "router.view") {
      out = values[k % values.size()] == "oracle";
      others = std::any_of(values.begin(), values.end(), [](const std::string& v) { return v != "oracle"; });
    }
    k /= values.size();
  }
  return out && others;
}

// One sentence: which series is best at what.
std::string best_at_what(const SweepTable& t) {
  std::vector<std::pair<std::string, std::string>> by_winner;  // what it is, what it is best at
  bool bound = false;
  for (const std::string& id : t.plan().metrics) {
    const Metric& m = *find_metric(id);
    double best = kNothing;
    std::vector<std::size_t> winners;
    for (std::size_t k = 0; k < t.series().size(); ++k) {
      if (is_bound(t, k)) {
        bound = true;
        continue;
      }
      const double v = t.at(m, k, {}).mean;
      if (!std::isfinite(v)) continue;
      if (!std::isfinite(best) || (m.more_is_better ? v > best : v < best)) winners.clear(), best = v;
      if (v == best) winners.push_back(k);
    }
    if (winners.empty()) continue;
    std::string who = t.series()[winners[0]];
    if (winners.size() > 1) who += fmt::format(" and {} more", winners.size() - 1);
    std::string what(m.label);
    if (what.size() > 1 && what[1] >= 'a' && what[1] <= 'z') what[0] = static_cast<char>(what[0] - 'A' + 'a');
    what += fmt::format(" ({})", quantity_text(best, m.unit));
    const auto it = std::find_if(by_winner.begin(), by_winner.end(), [&](const auto& w) { return w.first == who; });
    if (it == by_winner.end()) {
      by_winner.emplace_back(std::move(who), std::move(what));
    } else {
      it->second += " and " + what;
    }
  }
  std::string out;
  for (const auto& [who, what] : by_winner) out += fmt::format("{}{} at {}", out.empty() ? "Best: " : "; ", who, what);
  if (out.empty()) return out;
  return out + (bound ? " – the oracle, which cannot be built, left aside." : ".");
}

// Bars a metric. Two axes of words: the first in groups, the second beside each other within them.
Figure bars(const SweepTable& t) {
  Figure f = figure_of(t);
  const bool grouped = t.words().size() == 2;
  const std::size_t beside = grouped ? t.word_values(t.words()[1]).size() : 1;
  for (const std::string& id : t.plan().metrics) {
    const Metric& m = *find_metric(id);
    Plot p;
    p.title = m.label;
    p.y = value_axis(m);
    p.categories = grouped ? t.word_values(t.words()[0]) : t.series();
    for (std::size_t b = 0; b < beside; ++b) {
      const PlotColour colour = grouped ? PlotColour{PlotRole::Auto, static_cast<int>(b)}
                                        : PlotColour{m.more_is_better ? PlotRole::Hit : PlotRole::Accent, -1};
      PlotSeries s = series(grouped ? t.word_values(t.words()[1])[b] : "", SeriesStyle::Bars, colour);
      for (std::size_t k = b; k < t.series().size(); k += beside) {
        const Interval v = t.at(m, k, {});
        s.y.push_back(v.mean);
        if (t.intervals().empty()) continue;
        s.lo.push_back(std::max(0.0, v.low));
        s.hi.push_back(v.high);
      }
      p.series.push_back(std::move(s));
    }
    fit_values(p, false);
    f.plots.push_back(std::move(p));
  }
  if (t.series().size() > 1) {
    const std::string best = best_at_what(t);
    f.subtitle = f.subtitle.empty() ? best : fmt::format("{} {}", best, f.subtitle);
  }
  return f;
}

Figure curves(const SweepTable& t) {
  Figure f = figure_of(t);
  const std::size_t axis = t.shown()[0];
  const std::vector<double> x = t.numbers(axis);
  for (const std::string& id : t.plan().metrics) {
    const Metric& m = *find_metric(id);
    Plot p;
    p.title = m.label;
    p.x = axis_of_path(t.plan().axes[axis].path);
    p.x.log = wants_log(x);
    p.y = value_axis(m);
    for (std::size_t k = 0; k < t.series().size(); ++k) {
      const bool band = !t.intervals().empty() && t.series().size() <= 3;
      PlotSeries line =
          series(t.series()[k], band ? SeriesStyle::Band : SeriesStyle::Line, {PlotRole::Auto, static_cast<int>(k)});
      if (t.series().size() == 1) line.colour = {m.more_is_better ? PlotRole::Hit : PlotRole::Accent, -1};
      line.markers = true;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const Interval v = t.at(m, k, {i});
        line.x.push_back(x[i]);
        line.y.push_back(v.mean);
        line.lo.push_back(std::max(0.0, v.low));
        line.hi.push_back(v.high);
      }
      p.series.push_back(std::move(line));
    }
    for (const SweepMark& mark : t.plan().marks) {
      p.marks.push_back({PlotMark::Across::X, mark.at, {}, mark.label, {PlotRole::Muted, -1}, true});
    }
    fit_values(p, t.intervals().empty());
    f.plots.push_back(std::move(p));
  }
  return f;
}

std::vector<std::string> axis_labels(const SweepTable& t, std::size_t axis) {
  std::vector<std::string> out;
  for (const double v : t.numbers(axis)) out.push_back(fmt::format("{}", v));
  return out;
}

double rounded(double v) {
  const double unit = std::abs(v) >= 1000 ? 1 : std::abs(v) >= 10 ? 0.1 : 0.01;
  return std::round(v / unit) * unit;
}

// Rows: the first axis, upwards; columns: the second.
Plot heat_plot(const SweepTable& t, std::string title, std::string label, std::string unit) {
  Plot p;
  const PlotAxis rows = axis_of_path(t.plan().axes[t.shown()[0]].path);
  p.title = std::move(title);
  p.subtitle = fmt::format("rows: {}{}", rows.label, rows.unit.empty() ? "" : fmt::format(" ({})", rows.unit));
  p.x = axis_of_path(t.plan().axes[t.shown()[1]].path);
  p.categories = axis_labels(t, t.shown()[1]);
  HeatMap h;
  h.row_labels = axis_labels(t, t.shown()[0]);
  std::reverse(h.row_labels.begin(), h.row_labels.end());
  h.rows = static_cast<int>(h.row_labels.size());
  h.cols = static_cast<int>(p.categories.size());
  h.label = std::move(label);
  h.unit = std::move(unit);
  h.cell_values = true;
  p.heat = std::move(h);
  return p;
}

template <class F>
void each_heat_cell(const SweepTable& t, F f) {
  const std::size_t rows = t.plan().axes[t.shown()[0]].values.size(), cols = t.plan().axes[t.shown()[1]].values.size();
  for (std::size_t r = rows; r-- > 0;) {
    for (std::size_t c = 0; c < cols; ++c) f(std::vector<std::size_t>{r, c});
  }
}

Figure heat_maps(const SweepTable& t) {
  Figure f = figure_of(t);
  for (std::size_t k = 0; k < t.series().size(); ++k) {
    for (const std::string& id : t.plan().metrics) {
      const Metric& m = *find_metric(id);
      const std::string title =
          t.series()[k].empty() ? std::string(m.label) : fmt::format("{}: {}", t.series()[k], m.label);
      Plot p = heat_plot(t, title, "", std::string(m.unit));
      each_heat_cell(
          t, [&](const std::vector<std::size_t>& at) { p.heat->values.push_back(rounded(t.at(m, k, at).mean)); });
      f.plots.push_back(std::move(p));
    }
  }
  return f;
}

// The phase diagram: who is best where, and by how much.
Figure winners(const SweepTable& t) {
  Figure f = figure_of(t);
  f.subtitle = "named: the best; number: its value; line: the border between winners";
  for (const std::string& id : t.plan().metrics) {
    const Metric& m = *find_metric(id);
    Plot p = heat_plot(t, fmt::format("Best by {}", m.label), "", std::string(m.unit));
    each_heat_cell(t, [&](const std::vector<std::size_t>& at) {
      std::size_t best = 0;
      double value = kNothing;
      for (std::size_t k = 0; k < t.series().size(); ++k) {
        const double v = t.at(m, k, at).mean;
        if (!std::isfinite(v) || (std::isfinite(value) && !(m.more_is_better ? v > value : v < value))) continue;
        value = v;
        best = k;
      }
      p.heat->values.push_back(rounded(value));
      p.heat->names.push_back(std::isfinite(value) ? t.series()[best] : "");
    });
    f.plots.push_back(std::move(p));
  }
  return f;
}

Figure pareto(const SweepTable& t) {
  const Metric& mx = *find_metric(t.plan().pareto[0]);
  const Metric& my = *find_metric(t.plan().pareto[1]);
  Plot p;
  p.title = fmt::format("{} · {}", my.label, mx.label);
  p.subtitle = "dashed: the settings that no other beats in both";
  p.x = {std::string(mx.label), std::string(mx.unit), false, {}, {}};
  p.y = {std::string(my.label), std::string(my.unit), false, {}, {}};
  struct Point {
    double x, y;
    std::string name;
  };
  std::vector<Point> points;
  for (std::size_t k = 0; k < t.series().size(); ++k) {
    p.series.push_back(series(t.series()[k], SeriesStyle::Points, {PlotRole::Auto, static_cast<int>(k)}));
  }
  t.each([&](std::size_t k, const std::vector<std::size_t>& places) {
    const double x = t.at(mx, k, places).mean, y = t.at(my, k, places).mean;
    if (!std::isfinite(x) || !std::isfinite(y)) return;
    p.series[k].x.push_back(x);
    p.series[k].y.push_back(y);
    std::string name = t.series()[k];
    for (std::size_t a = 0; a < places.size(); ++a) {
      const auto& axis = t.plan().axes[t.shown()[a]];
      name += fmt::format("{}{}", name.empty() ? "" : ", ", axis.values[places[a]]);
    }
    points.push_back({x, y, std::move(name)});
  });
  if (!points.empty()) {
    const auto [low, high] =
        std::minmax_element(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
    p.x.log = low->x > 0 && high->x / low->x >= 50;
    const double room = 0.06 * (high->x - low->x);
    p.x.min = p.x.log ? low->x / 1.3 : std::max(0.0, low->x - room);
    p.x.max = p.x.log ? high->x * 1.3 : high->x + room;
  }
  PlotSeries front = series("", SeriesStyle::Line, {PlotRole::Muted, -1});
  front.dashed = true;
  std::map<double, const Point*> best;  // by x
  for (const Point& a : points) {
    const bool beaten = std::any_of(points.begin(), points.end(), [&](const Point& b) {
      const bool x_as_good = mx.more_is_better ? b.x >= a.x : b.x <= a.x,
                 y_as_good = my.more_is_better ? b.y >= a.y : b.y <= a.y;
      return x_as_good && y_as_good && (b.x != a.x || b.y != a.y);
    });
    if (!beaten) best.emplace(a.x, &a);
  }
  for (const auto& [x, point] : best) {
    front.x.push_back(x);
    front.y.push_back(point->y);
    if (best.size() <= 12) p.notes.push_back({x, point->y, point->name});
  }
  p.series.push_back(std::move(front));
  return make_figure(std::move(p), footnote(t));
}

}  // namespace

PlotAxis axis_of_path(const std::string& path) {
  if (path == kStalenessAxis) return {"Staleness", "ms", false, {}, {}};
  const Setting* row = find_setting(path);
  if (row == nullptr) return {path, "", false, {}, {}};  // a value of a list, such as a fault's time
  return {std::string(row->label), std::string(row->unit), false, {}, {}};
}

std::string best_at_what(const SweepPlan& plan, const std::vector<SweepCell>& cells, const Warmup& warmup) {
  const SweepTable t(plan, cells, nullptr, warmup);
  return t.shown().empty() && t.series().size() > 1 ? best_at_what(t) : std::string();
}

std::vector<NamedFigure> sweep_figures(const SweepPlan& plan, const std::vector<SweepCell>& cells,
                                       const Scenario* first, const Warmup& warmup) {
  const SweepTable t(plan, cells, first, warmup);
  std::vector<NamedFigure> out;
  if (t.shown().empty()) out.push_back({"sweep_bars", bars(t)});
  if (t.shown().size() == 1) out.push_back({"sweep_curves", curves(t)});
  if (t.shown().size() == 2) {
    out.push_back({"sweep_heatmap", heat_maps(t)});
    if (t.series().size() > 1) out.push_back({"sweep_winner", winners(t)});
  }
  if (plan.pareto.size() == 2 && cells.size() > 1) out.push_back({"sweep_pareto", pareto(t)});
  return out;
}

Figure recovery_curves(const std::vector<RecoveryCase>& cases, std::string title, std::string subtitle) {
  Figure f;
  f.title = std::move(title);
  f.subtitle = std::move(subtitle);
  f.footnote = small_print(*cases[0].results);
  Plot phantom, hits;
  constexpr double kBefore = 10, kAfter = 30;  // s of the picture around the fault
  const double struck = us_to_ms(cases[0].results->scenario.config.faults[0].t) / 1000;
  phantom.title = "Blocks the router believes in that are gone";
  phantom.y = {"", "blocks", false, 0.0, {}};
  hits.title = "Block hit rate";
  hits.subtitle = window_text(*cases[0].results);
  hits.y = {"", "%", false, 0.0, 100.0};
  int index = 0;
  for (const RecoveryCase& c : cases) {
    PlotSeries a = series(c.label, SeriesStyle::Line, {PlotRole::Auto, index++}), b = a;
    const RunResults& r = *c.results;
    const std::vector<double> part = windowed(r, [](const Series::Bucket& k) { return k.hit_blocks; });
    const std::vector<double> whole = windowed(r, [](const Series::Bucket& k) { return k.prompt_blocks; });
    for (std::size_t i = 0; i < r.series.size(); ++i) {
      a.x.push_back(time_of(r, i));
      a.y.push_back(static_cast<double>(r.series[i].phantom_blocks));
      b.x.push_back(time_of(r, i));
      b.y.push_back(percent(part[i], whole[i]));
    }
    phantom.series.push_back(std::move(a));
    hits.series.push_back(std::move(b));
  }
  for (Plot* p : {&phantom, &hits}) {
    p->x = {"Simulated time", "s", false, std::max(0.0, struck - kBefore), struck + kAfter};
    p->marks = fault_marks(*cases[0].results);
    f.plots.push_back(std::move(*p));
  }
  return f;
}

}  // namespace blockyard
