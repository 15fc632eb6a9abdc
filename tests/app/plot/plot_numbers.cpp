// The plot room without pictures: ticks, decimation, the values behind plots, tables.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>
#include <sstream>

#include "app/plot/data/axis.h"
#include "app/plot/data/decimate.h"
#include "app/plot/draw/export.h"
#include "plot_samples.h"

namespace blockyard {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

// -- axis

TEST(PlotTicks, AreMultiplesOfOneTwoFive) {
  for (const auto& [lo, hi] :
       {std::pair{0.0, 1.0}, {0.0, 1742.0}, {-3.2, 0.7}, {0.00012, 0.00045}, {1e9, 1.4e9}, {17.0, 17.5}}) {
    for (int target : {2, 5, 8}) {
      const Ticks t = linear_ticks(lo, hi, target);
      const double mantissa = t.step / std::pow(10.0, std::floor(std::log10(t.step) + 1e-9));
      EXPECT_TRUE(std::abs(mantissa - 1) < 1e-6 || std::abs(mantissa - 2) < 1e-6 || std::abs(mantissa - 5) < 1e-6)
          << t.step;
      ASSERT_FALSE(t.at.empty());
      EXPECT_GE(t.at.front(), lo - t.step * 1e-5);
      EXPECT_LE(t.at.back(), hi + t.step * 1e-5);
      EXPECT_LE(t.at.size(), 2U * static_cast<unsigned>(target) + 2U);
    }
  }
  EXPECT_EQ(linear_ticks(0, 100, 5).at, (std::vector<double>{0, 20, 40, 60, 80, 100}));
  EXPECT_TRUE(linear_ticks(1, 1, 5).at.empty());
  EXPECT_TRUE(linear_ticks(kNan, 1, 5).at.empty());
  EXPECT_TRUE(linear_ticks(0, kInf, 5).at.empty());
}

TEST(PlotTicks, LogAxesStandOnDecades) {
  EXPECT_EQ(log_ticks(1, 1e6, 6).at, (std::vector<double>{1, 10, 100, 1e3, 1e4, 1e5, 1e6}));
  EXPECT_EQ(log_ticks(1, 100, 5).at, (std::vector<double>{1, 2, 5, 10, 20, 50, 100}));
  EXPECT_TRUE(log_ticks(0, 10, 5).at.empty());
  EXPECT_TRUE(log_ticks(-1, 10, 5).at.empty());
}

TEST(PlotTicks, LabelsAreShortAndOfOneForm) {
  EXPECT_EQ(format_tick(0.5, 0.5, 2), "0.5");
  EXPECT_EQ(format_tick(1, 0.5, 2), "1.0");
  EXPECT_EQ(format_tick(1500, 500, 2000), "1500");
  EXPECT_EQ(format_tick(20000, 10000, 40000), "20,000");
  EXPECT_EQ(format_tick(2.5e6, 5e5, 3e6), "2,500,000");
  EXPECT_EQ(format_tick(0, 10000, 40000), "0");
  EXPECT_EQ(format_tick(2.5e7, 5e6, 3e7), "25 million");
  // Times go over to larger units, and their ticks are whole ones of those.
  EXPECT_EQ(shown_unit("ms", 900).name, "ms");
  EXPECT_EQ(shown_unit("ms", 200'000).name, "s");
  EXPECT_EQ(shown_unit("s", 3'600).name, "min");
  EXPECT_EQ(shown_unit("blocks", 1e9).name, "blocks");
  for (const double hi : {40.0, 900.0, 200'000.0, 3.6e6, 4e7}) {
    const ShownUnit shown = shown_unit("ms", hi);
    const Ticks ticks = linear_ticks(0, hi, 5, shown.size);
    ASSERT_GE(ticks.at.size(), 3U);
    for (const double v : ticks.at) {
      const std::string text = format_tick(ticks, v);
      EXPECT_LE(text.size(), 5U) << text;
      EXPECT_NEAR(std::strtod(text.c_str(), nullptr) * shown.size, v, 1e-6) << text;
    }
  }
  EXPECT_EQ(format_tick(1000, 0, 1000), "1,000");
  EXPECT_EQ(format_value(1234567.8), "1,234,568");
  EXPECT_EQ(format_value(1196), "1,196");
  EXPECT_EQ(format_value(79.5), "79.5");
  EXPECT_EQ(format_value(-0.25), "−0.25");
  EXPECT_EQ(format_value(kNan), "–");
}

TEST(PlotAxis, RangesAreKindToTheEye) {
  EXPECT_EQ(nice_range({12, 96}, false, false, 5).lo, 0);  // zero is near
  EXPECT_EQ(nice_range({12, 96}, false, false, 5).hi, 100);
  EXPECT_GT(nice_range({1000, 1010}, false, false, 5).lo, 900);  // zero is far
  EXPECT_EQ(nice_range({1000, 1010}, false, true, 5).lo, 0);
  for (double top = 1; top < 100; top += 0.7) {  // the ends carry ticks
    const AxisRange r = nice_range({0, top}, false, true, 4);
    EXPECT_NEAR(linear_ticks(r.lo, r.hi, 4).at.back(), r.hi, 1e-9) << top;
  }
  const AxisRange constant = nice_range({7, 7}, false, false, 5);
  EXPECT_LT(constant.lo, 7);
  EXPECT_GT(constant.hi, 7);
  const AxisRange log = nice_range({3, 700}, true, false, 5);
  EXPECT_DOUBLE_EQ(log.lo, 2);
  EXPECT_DOUBLE_EQ(log.hi, 1000);
}

TEST(PlotAxis, PixelsAndValuesAreInverse) {
  for (bool log : {false, true}) {
    const AxisScale s{1, 1000, log, 400, 20};
    EXPECT_FLOAT_EQ(s.px(1), 400);
    EXPECT_FLOAT_EQ(s.px(1000), 20);
    for (double v : {1.0, 3.0, 55.0, 999.0}) EXPECT_NEAR(s.value(s.px(v)), v, v * 1e-4);
    EXPECT_TRUE(std::isfinite(s.px(-5)));
    EXPECT_TRUE(std::isfinite(s.px(1e300)));
  }
  EXPECT_FLOAT_EQ((AxisScale{1, 100, true, 0, 200}.px(10)), 100);
}

// -- decimation

TEST(PlotPyramid, AgreesWithASearchAndGrowsByAppending) {
  std::vector<double> values;
  MinMaxPyramid tree;
  unsigned state = 7;
  const auto random = [&] { return state = state * 1664525U + 1013904223U, state >> 8U; };
  for (int round = 0; round < 40; ++round) {
    const std::size_t more = random() % 700;
    for (std::size_t i = 0; i < more; ++i) values.push_back(random() % 9 == 0 ? kNan : random() % 5000);
    tree.update(values);
    for (int query = 0; query < 40 && !values.empty(); ++query) {
      std::size_t a = random() % values.size(), b = random() % (values.size() + 1);
      if (a > b) std::swap(a, b);
      double lo = kInf, hi = -kInf;
      for (std::size_t i = a; i < b; ++i) {
        if (!std::isnan(values[i])) lo = std::min(lo, values[i]), hi = std::max(hi, values[i]);
      }
      const auto e = tree.extremes(values, a, b);
      ASSERT_EQ(e.any(), lo <= hi);
      if (e.any()) {
        ASSERT_EQ(values[e.min], lo);
        ASSERT_EQ(values[e.max], hi);
      }
    }
  }
}

TEST(PlotDecimation, KeepsTheExtremesOfEveryColumn) {
  constexpr std::size_t kPoints = 100000;
  std::vector<double> x, y;
  for (std::size_t i = 0; i < kPoints; ++i) {
    x.push_back(static_cast<double>(i));
    y.push_back(std::sin(static_cast<double>(i) * 12.9898) * 100);
  }
  y[54321] = 5000;  // one point of a hundred thousand
  y[77777] = -5000;
  y[500] = kNan;
  MinMaxPyramid tree;
  tree.update(y);
  const AxisScale scale{0, kPoints - 1, false, 0, 800};
  std::vector<std::size_t> with, without;
  decimate(x, y, &tree, scale, with);
  decimate(x, y, nullptr, scale, without);
  EXPECT_EQ(with, without);
  EXPECT_LE(with.size(), 4U * 800U + 4U);
  EXPECT_TRUE(std::is_sorted(with.begin(), with.end()));
  const std::set<std::size_t> kept(with.begin(), with.end());
  EXPECT_TRUE(kept.count(54321) && kept.count(77777) && kept.count(0) && kept.count(kPoints - 1));
  EXPECT_FALSE(kept.count(500));
}

TEST(PlotDecimation, ShortSeriesStayWholeAndBreakAtHoles) {
  const std::vector<double> x = {0, 1, 2, 3, 4, 5}, y = {1, 2, kNan, 4, kInf, 6};
  std::vector<std::size_t> keep;
  decimate(x, y, nullptr, {0, 5, false, 0, 100}, keep);
  EXPECT_EQ(keep, (std::vector<std::size_t>{0, 1, kGap, 3, kGap, 5}));
  decimate(x, y, nullptr, {2.5, 3.5, false, 0, 100}, keep);  // neighbours out of view keep the line going
  EXPECT_NE(std::find(keep.begin(), keep.end(), 3U), keep.end());
  decimate({}, {}, nullptr, {0, 1, false, 0, 100}, keep);
  EXPECT_TRUE(keep.empty());
}

TEST(PlotDecimation, KeepsAFewPointsAColumnOfFiveMillion) {
  std::vector<double> x(5000000), y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<double>(i), y[i] = static_cast<double>((i * 2654435761U) % 1000);
  MinMaxPyramid tree;
  tree.update(y);
  std::vector<std::size_t> keep;
  for (int zoom = 0; zoom < 20; ++zoom) {
    const double half = 2500000.0 / std::pow(1.5, zoom);
    decimate(x, y, &tree, {2500000 - half, 2500000 + half, false, 0, 1500}, keep);
    EXPECT_LE(keep.size(), 4U * 1502);
    EXPECT_GE(keep.size(), 1000U);
  }
}

// -- data

TEST(PlotData, HistogramsCountEverySampleOnce) {
  const std::vector<double> samples = {1, 1, 2, 3, 5, 8, kNan, 13, kInf};
  const PlotSeries h = make_histogram("h", samples, histogram_edges(samples, 4));
  ASSERT_EQ(h.x.size(), h.y.size() + 1);
  EXPECT_EQ(h.y[0] + h.y[1] + h.y[2] + h.y[3], 7);
  EXPECT_EQ(h.y[3], 1);  // the largest belongs to the last bin
  EXPECT_TRUE(histogram_edges({}).empty());
  EXPECT_EQ(make_histogram("one", std::vector<double>{4, 4}, histogram_edges(std::vector<double>{4, 4})).y.size(), 20U);
  const PlotSeries cdf = make_cdf("c", samples);
  EXPECT_EQ(cdf.x.back(), 13);
  EXPECT_EQ(cdf.y.back(), 100);
}

TEST(PlotData, LanesGiveOverlappingGroupsRowsOfTheirOwn) {
  SwimLanes l;
  l.lanes = {"a", "b"};
  l.items = {{0, 0, 1, 0, 1, "", 0},
             {0, 1, 1, 1, 4, "", 0},
             {0, 0, 2, 2, 3, "", 0},
             {0, 0, 3, 4, 5, "", 0},
             {1, 0, 4, 0, 9, "", 0}};
  EXPECT_EQ(pack_lanes(l), (std::vector<int>{2, 1}));
  EXPECT_EQ(l.items[1].sub, 0);
  EXPECT_EQ(l.items[2].sub, 1);
  EXPECT_EQ(l.items[3].sub, 0);
}

TEST(PlotData, WaterfallsRunFromTotalToTotal) {
  Waterfall w;
  w.bars = {{"a", 10, true, {}}, {"b", -4, false, {}}, {"c", 1, false, {}}, {"d", 7, true, {}}};
  const auto spans = waterfall_spans(w);
  EXPECT_EQ(spans[1].from, 10);
  EXPECT_EQ(spans[1].to, 6);
  EXPECT_EQ(spans[2].to, 7);
  EXPECT_EQ(spans[3].from, 0);
}

TEST(PlotCsv, HoldsEveryNumberInFull) {
  Plot p;
  p.title = "a, \"b\"";
  p.x.unit = "s";
  p.categories = {"one", "two"};
  PlotSeries line, bars;
  line.name = "line", line.x = {0.1, 0.2}, line.y = {1.0 / 3, kNan};
  bars.name = "bars", bars.style = SeriesStyle::Bars, bars.y = {7, 8}, bars.lo = {6, 7}, bars.hi = {9, 9.5};
  p.series = {line, bars};
  HeatMap heat;
  heat.rows = 1, heat.cols = 3, heat.values = {11.25, 12.5, 13.75}, heat.x0 = 4, heat.dx = 2, heat.unit = "%";
  p.heat = heat;
  SwimLanes lanes;
  lanes.lanes = {"w0"}, lanes.kinds = {{"prefill", {}}}, lanes.items = {{0, 0, 1, 21.5, 22.5, "#1", 0}};
  p.lanes = lanes;
  Waterfall fall;
  fall.bars = {{"t", 31.5, true, {}}};
  p.waterfall = fall;
  PlotMark mark;
  mark.at = 41.5, mark.end = 42.5, mark.label = "down";
  p.marks = {mark};
  p.notes = {{51.5, 52.5, "here"}};
  const std::string csv = to_csv(make_figure(p));
  std::istringstream lines(csv);
  std::string text;
  int rows = 0;
  while (std::getline(lines, text)) {
    ++rows;
    const bool named = rows == 1 || text.rfind("\"a, \"\"b\"\"\",", 0) == 0;
    EXPECT_TRUE(named) << text;
  }
  EXPECT_EQ(rows, 1 + 2 + 2 + 3 + 1 + 1 + 1 + 1);
  for (const char* number : {"0.3333333333333333", "nan", "0.1", "6", "9.5", "11.25", "12.5", "13.75", "21.5", "22.5",
                             "31.5", "41.5", "42.5", "51.5", "52.5", "one", "two", ",s,%"}) {
    EXPECT_NE(csv.find(number), std::string::npos) << number;
  }
}

TEST(PlotCsv, IsWrittenWholeOrNotAtAll) {
  const std::string path = std::string(BLOCKYARD_TEST_OUTPUT) + "/plot.csv";
  const Figure figure = sample_latency(10);
  ASSERT_EQ(write_figure_csv(figure, path), "");
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), to_csv(figure));
  EXPECT_NE(write_figure_csv(figure, "/nowhere/at/all.csv"), "");
}

}  // namespace
}  // namespace blockyard
