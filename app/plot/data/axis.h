// Axes without drawing: from values to pixels and back, where ticks stand and how numbers read.
#pragma once

#include <string>
#include <vector>

namespace blockyard {

struct AxisRange {
  double lo = 0, hi = 1;
};

// The mapping of one axis. lo < hi, and lo > 0 on a log axis. p0 is the pixel of lo, p1 of hi (p1 < p0 on a y axis).
struct AxisScale {
  double lo = 0, hi = 1;
  bool log = false;
  float p0 = 0, p1 = 1;

  // Far outside values are clamped to ten widths, so that pixels stay small numbers.
  float px(double value) const;
  double value(float px) const;
  // 0 at lo, 1 at hi, straight on screen: what zooming and panning calculate with.
  double fraction(double value) const;
  double at_fraction(double f) const;
};

// Ticks at multiples of 1, 2 or 5 · 10^n within [lo, hi] (a little tolerance at the ends), about `target` of them.
struct Ticks {
  std::vector<double> at;
  double step = 1;   // in `shown`; 0 on a log axis
  double shown = 1;  // the unit in which the labels are written
};
Ticks linear_ticks(double lo, double hi, int target, double shown = 1);

// Powers of ten; with 2 and 5 between where few decades are seen; linear ticks where even those are too few.
Ticks log_ticks(double lo, double hi, int target);

// The range of the data widened for the eye: to whole ticks, to zero where zero is near (`from_zero` forces it), to a
// visible height where all values are equal. On a log axis: to 1, 2 or 5 · 10^n.
AxisRange nice_range(AxisRange data, bool log, bool from_zero, int target);

// The unit in which an axis in `unit` that goes up to `largest` is read: times in ms or s go over to s, min and h as
// they grow, so that nobody has to convert "200,000 ms". `size` is that unit in the axis' own.
struct ShownUnit {
  std::string name;
  double size = 1;
};
ShownUnit shown_unit(const std::string& unit, double largest);

// A tick's label: as many decimals as the step asks for, thousands separated. `largest` is the largest magnitude among
// the ticks, so that all of one axis use one form.
std::string format_tick(double value, double step, double largest);
// That of a tick of `ticks`, in the unit in which they are shown.
std::string format_tick(const Ticks& ticks, double value);

// A single value for reading: 4 significant digits, thousands separated, no trailing zeros.
std::string format_value(double value);

}  // namespace blockyard
