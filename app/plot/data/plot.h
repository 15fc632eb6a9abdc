// A plot as a plain value: what is drawn, never how. Whoever has numbers fills a Plot, the drawing (plot_draw.h), the
// table (to_csv) and the picture file (export.h) all read the same value. It knows no theme, no pixel and no simulator.
//
// Invariants:
// 1. For Line, Step, Area and Band, x ascends. Points may come in any order. Arrays of unequal length are read up to
// the shortest.
// 2. A number that is not finite is never drawn: it breaks a line, leaves a bar out and a heat map cell blank. to_csv
// keeps it.
// 3. Everything that is drawn as a number is in to_csv(figure), in full precision.
// 4. Numbers are in the axis' unit (an axis in "s" holds seconds).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace blockyard {

// What a colour stands for. The theme decides which colour that is, in dark and in light.
enum class PlotRole : std::uint8_t {
  Auto,  // the next of the palette, by position
  P50,
  P95,
  P99,
  Accent,
  Hit,
  Miss,
  Good,
  Warning,
  Bad,
  Muted,
  Wait,
  Prefill,
  Decode,
  Count
};

// A worker's own colour if `worker` >= 0, else the role's.
struct PlotColour {
  PlotRole role = PlotRole::Auto;
  int worker = -1;
};

enum class SeriesStyle : std::uint8_t {
  Line,       // x, y
  Step,       // x, y; y[i] holds from x[i] to x[i + 1]
  Area,       // x, y; filled down to zero
  Points,     // x, y; lo, hi: optional error bars
  Bars,       // y by category; lo, hi: optional error bars; series stand beside each other
  Histogram,  // y[i] between the edges x[i] and x[i + 1]
  Band        // filled between lo and hi over x; y: optional line in the middle
};

struct PlotSeries {
  std::string name;
  SeriesStyle style = SeriesStyle::Line;
  PlotColour colour;
  std::vector<double> x, y, lo, hi;
  bool dashed = false;
  bool fill = false;     // a gradient under a Line or Step
  bool markers = false;  // each point of a Line or Band was measured, what lies between was not: a mark at each
};

struct PlotAxis {
  std::string label, unit;
  bool log = false;
  std::optional<double> min, max;  // unset: fitted to the data
};

// A line across the plot with a label (an SLO, a fault), or a shaded span when `end` is set (an outage).
struct PlotMark {
  enum class Across : std::uint8_t { X, Y };  // X: vertical, at an x value. Y: horizontal, at a y value.
  Across across = Across::X;
  double at = 0;
  std::optional<double> end;
  std::string label;
  PlotColour colour{PlotRole::Warning, -1};
  bool dashed = true;
};

// Text at a point of the plot, with a dot.
struct PlotNote {
  double x = 0, y = 0;
  std::string text;
};

// Rows from top to bottom; values[row * cols + col], NaN = no data. Column c covers x0 + c * dx … x0 + (c + 1) * dx, or
// is Plot::categories[c] where there are categories.
struct HeatMap {
  int rows = 0, cols = 0;
  std::vector<double> values;
  std::vector<std::string> row_labels;
  double x0 = 0, dx = 1;
  std::string label, unit;         // of the values
  std::optional<double> min, max;  // of the colour bar
  bool cell_values = false;        // print the number into each cell that has room for it
  // A name a cell (the winner there), or none at all: printed over the number, and a border is drawn between neighbours
  // of different names.
  std::vector<std::string> names;
};

// Who did what when: rectangles in lanes. `sub` is the row within the lane, see pack_lanes.
struct SwimLanes {
  struct Kind {
    std::string name;
    PlotColour colour;
  };
  struct Item {
    int lane = 0, kind = 0;
    std::int64_t group = -1;  // pieces of one thing (a request) share a group and so a row
    double start = 0, end = 0;
    std::string text;
    int sub = 0;
  };
  std::vector<std::string> lanes;
  std::vector<Kind> kinds;
  std::vector<Item> items;
};

// From a first total through signed changes to the next total.
struct Waterfall {
  struct Bar {
    std::string label;
    double value = 0;    // a total's height, or a change
    bool total = false;  // stands on zero
    PlotColour colour;   // Auto: totals accent, gains and losses by sign
  };
  std::vector<Bar> bars;
  bool less_is_better = true;
};

struct Plot {
  std::string title, subtitle;
  std::string empty_text;  // how to get data, shown under "No data yet"
  PlotAxis x, y;
  std::vector<std::string> categories;  // of Bars; of the heat map's columns
  std::vector<PlotSeries> series;
  std::vector<PlotMark> marks;
  std::vector<PlotNote> notes;
  std::optional<HeatMap> heat;  // a plot holds series, or one of these three
  std::optional<SwimLanes> lanes;
  std::optional<Waterfall> waterfall;
  bool bar_values = true;  // print numbers over bars where there is room
};

// A grid of plots, row by row, with one title and one small print (scenario, seed, version).
struct Figure {
  std::string title, subtitle, footnote;
  int columns = 1;
  std::vector<Plot> plots;
  std::uint64_t revision = 0;  // change it when points already given change; appending does not need it
};

// One plot as a figure.
Figure make_figure(Plot plot, std::string footnote = {});

// True if there is no finite number to draw.
bool is_empty(const Plot& plot);

// The edges of `bins` equal bins from the least to the largest finite sample (Freedman–Diaconis' width for bins = 0, at
// most 80 bins); empty without samples. Histograms to be compared share the edges of all their samples.
std::vector<double> histogram_edges(std::span<const double> samples, int bins = 0);

// Counts of the finite samples between the edges (the last bin includes its upper edge; outside ones are not counted).
PlotSeries make_histogram(std::string name, std::span<const double> samples, std::vector<double> edges,
                          PlotColour colour = {});

// The empirical distribution in percent: a Step series through (sorted sample, 100 · rank / n).
PlotSeries make_cdf(std::string name, std::span<const double> samples, PlotColour colour = {});

// Gives each group of items the first row of its lane that is free, in order of start. Returns the rows of each lane
// (>= 1).
std::vector<int> pack_lanes(SwimLanes& lanes);

// A waterfall's bar from … to … on the y axis.
struct WaterfallSpan {
  double from = 0, to = 0;
};
std::vector<WaterfallSpan> waterfall_spans(const Waterfall& waterfall);

// Every number of the figure as one tidy table, doubles in shortest round-trip form, RFC 4180 quoting:
// plot,kind,series,label,x,x_end,y,low,high,x_unit,y_unit
std::string to_csv(const Figure& figure);

}  // namespace blockyard
