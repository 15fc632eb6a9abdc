// The plot room's pictures: every kind of plot as a PNG in the build folder (to be looked at), and the hands on a plot.
#include <gtest/gtest.h>

#include <limits>

#include "app/plot/draw/export.h"
#include "app/plot/draw/plot_widget.h"
#include "app/ui/raster/headless.h"
#include "plot_samples.h"

namespace blockyard {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

ExportOptions options(bool dark = false, float scale = 1) {
  ExportOptions o;
  o.theme = dark ? dark_theme() : light_theme();
  o.scale = scale;
  o.font_dir = BLOCKYARD_FONT_DIR;
  return o;
}

bool has_colour(const Image& image, Color colour) {
  for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
    if (image.rgba[i] == red_of(colour) && image.rgba[i + 1] == green_of(colour) &&
        image.rgba[i + 2] == blue_of(colour))
      return true;
  }
  return false;
}

Plot plot_of(std::vector<double> x, std::vector<double> y, SeriesStyle style = SeriesStyle::Line) {
  Plot p;
  PlotSeries s;
  s.name = "s", s.style = style, s.x = std::move(x), s.y = std::move(y);
  p.series = {s};
  return p;
}

TEST(PlotDraw, EveryKindInBothThemes) {
  for (const SampleFigure& sample : sample_figures()) {
    for (const bool dark : {false, true}) {
      for (const float scale : {1.0F, 2.0F}) {
        if (scale > 1 && sample.figure.plots.size() == 1 && sample.name != "lanes") continue;
        ExportOptions o = options(dark, scale);
        const ImVec2 size = export_size(sample.figure);
        o.width = static_cast<int>(size.x), o.height = static_cast<int>(size.y);
        const std::string path = std::string(BLOCKYARD_TEST_OUTPUT) + "/plot-" + sample.name +
                                 (dark ? "-dark" : "-light") + (scale > 1 ? "-2x.png" : ".png");
        EXPECT_EQ(render_figure_png(sample.figure, o, path), "");
      }
    }
  }
}

TEST(PlotDraw, SameFigureSameBytes) {
  const Figure figure = sample_latency(5000);
  const auto first = encode_png(render_figure(figure, options()));
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(first, encode_png(render_figure(figure, options())));
}

TEST(PlotDraw, ReportsAPathThatCannotBeWritten) {
  EXPECT_NE(render_figure_png(sample_latency(10), options(), "/nowhere/at/all.png"), "");
}

TEST(PlotDraw, LeavesTheCurrentContextAlone) {
  HeadlessUi ui(64, 64, 1, dark_theme(), BLOCKYARD_FONT_DIR);
  ImGuiContext* const mine = ImGui::GetCurrentContext();
  render_figure(sample_latency(10), options());
  EXPECT_EQ(ImGui::GetCurrentContext(), mine);
}

TEST(PlotDraw, EmptyFiguresSaySo) {
  Plot nothing;
  EXPECT_TRUE(is_empty(nothing));
  EXPECT_TRUE(is_empty(plot_of({1, 2}, {kNan, kInf})));
  EXPECT_FALSE(is_empty(plot_of({1, 2}, {kNan, 4})));
  // The words are the only text of that brightness in a plot without title, legend and ticks.
  const Image said = render_figure(make_figure(nothing), options());
  EXPECT_TRUE(has_colour(said, light_theme().text_secondary));
  render_figure(Figure{}, options());  // no plot at all is drawn as nothing
}

TEST(PlotDraw, WhatIsNotANumberIsIgnored) {
  for (SeriesStyle style : {SeriesStyle::Line, SeriesStyle::Step, SeriesStyle::Area, SeriesStyle::Points}) {
    const Plot holes = plot_of({0, 1, 2, 3, kInf}, {1, kNan, kInf, -kInf, 3}, style);
    for (const bool log : {false, true}) {
      Plot p = holes;
      p.y.log = p.x.log = log;
      EXPECT_FALSE(render_figure(make_figure(p), options()).empty());
    }
  }
  const FigureGeometry g = [] {
    HeadlessUi ui(10, 10, 1, dark_theme(), BLOCKYARD_FONT_DIR);
    ui.frames();
    return lay_out_figure({0, 0, 600, 400}, make_figure(plot_of({0, 1, 2}, {5, kInf, 7})), plot_style(ui.look()), {});
  }();
  EXPECT_LT(g.plots[0].y.hi, 20);
}

// Of two lines of one course the first is seen by its marks.
TEST(PlotDraw, LinesThatCoincideAreBothSeen) {
  HeadlessUi ui(10, 10, 1, light_theme(), BLOCKYARD_FONT_DIR);
  const PlotColour first{PlotRole::Hit, -1}, second{PlotRole::Bad, -1};
  const Color hidden = plot_style(ui.look()).colour(first);
  for (const bool marked : {false, true}) {
    Plot p = plot_of({0, 1, 2, 3}, {52, 54, 53, 55});
    p.series[0].name.clear();
    p.series[0].markers = marked;
    p.series.push_back(p.series[0]);
    p.series[0].colour = first;
    p.series[1].colour = second;
    EXPECT_EQ(has_colour(render_figure(make_figure(p), options()), hidden), marked);
  }
}

TEST(PlotDraw, HeatMapsSpanTheirColours) {
  Plot p;
  HeatMap h;
  h.rows = 2, h.cols = 2, h.values = {0, 10, kNan, 5}, h.min = 0, h.max = 10;
  p.heat = h;
  p.categories = {"a", "b"};
  const Image image = render_figure(make_figure(p), options());
  EXPECT_TRUE(has_colour(image, viridis(0)));
  EXPECT_TRUE(has_colour(image, viridis(1)));
  EXPECT_TRUE(has_colour(image, viridis(0.5F)));
  EXPECT_TRUE(has_colour(image, light_theme().frame));  // no data
}

TEST(PlotDraw, AxesOfAGridLineUp) {
  HeadlessUi ui(10, 10, 1, dark_theme(), BLOCKYARD_FONT_DIR);
  ui.frames();
  for (const SampleFigure& sample : sample_figures()) {
    const Rect rect{0, 0, 1240, 770};
    const FigureGeometry g = lay_out_figure(rect, sample.figure, plot_style(ui.look()), {});
    for (std::size_t i = 0; i < g.plots.size(); ++i) {
      EXPECT_TRUE(rect.contains(g.plots[i].area)) << sample.name;
      EXPECT_GT(g.plots[i].area.w, 100) << sample.name;
      if (g.plots.size() != 4) continue;
      EXPECT_EQ(g.plots[i].area.x, g.plots[i % 2].area.x);
      EXPECT_EQ(g.plots[i].area.y, g.plots[i / 2 * 2].area.y);
      EXPECT_EQ(g.plots[i].area.bottom(), g.plots[i / 2 * 2].area.bottom());
    }
  }
}

TEST(PlotDraw, TinyRectanglesAreSurvived) {
  const std::vector<SampleFigure> samples = sample_figures();
  HeadlessUi ui(60, 40, 1, dark_theme(), BLOCKYARD_FONT_DIR);
  ui.set_ui([&] {
    for (const SampleFigure& sample : samples) {
      for (float w : {1.0F, 30.0F, 90.0F}) {
        draw_figure(*ImGui::GetBackgroundDrawList(), Rect{0, 0, w, w / 2}, sample.figure, plot_style(ui.look()), {});
      }
    }
  });
  EXPECT_FALSE(ui.picture().empty());
}

// -- hands

class PlotHands : public testing::Test {
 protected:
  PlotHands() : ui_(800, 500, 1, dark_theme(), BLOCKYARD_FONT_DIR), figure_(sample_latency(400)) {
    ui_.set_ui([this] {
      ImGui::SetNextWindowPos({0, 0});
      ImGui::SetNextWindowSize({800, 500});
      ImGui::Begin("w", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
      const Rect at{ImGui::GetCursorScreenPos().x, ImGui::GetCursorScreenPos().y, 760, 460};
      const PlotAction action = plot_widget("plot", at.size(), figure_, plot_style(ui_.look()), view_);
      if (action.kind != PlotAction::Kind::None) asked_ = action;
      if (action.clicked_x) clicked_ = action.clicked_x;
      last_ = action;
      geometry_ = lay_out_figure(at, figure_, plot_style(ui_.look()), view_);
      ImGui::End();
    });
    ui_.frames(3);
  }
  const PlotGeometry& plot() const { return geometry_.plots[0]; }
  const PlotView& view() const { return view_.plots[0]; }

  HeadlessUi ui_;
  Figure figure_;
  FigureView view_;
  FigureGeometry geometry_;
  PlotAction asked_, last_;
  std::optional<double> clicked_;
};

TEST_F(PlotHands, TheWheelZoomsAtThePointerAndADoubleClickFits) {
  const ImVec2 at = plot().area.center();
  const double under = plot().x.value(at.x), width = plot().x.hi - plot().x.lo;
  ui_.wheel(at, 3);
  ASSERT_TRUE(view().x.has_value());
  EXPECT_FALSE(view().y.has_value());
  EXPECT_LT(plot().x.hi - plot().x.lo, width * 0.7);
  EXPECT_NEAR(plot().x.value(at.x), under, width * 0.002);
  const double before = plot().x.lo;
  ui_.drag(at, {at.x + 60, at.y});
  EXPECT_LT(plot().x.lo, before);
  ui_.wheel(at, -60);
  EXPECT_FALSE(view().x.has_value());  // no further out than everything
  ui_.wheel({plot().area.x - 20, at.y}, 2);
  EXPECT_TRUE(view().y.has_value());
  ui_.double_click(at);
  EXPECT_FALSE(view().y.has_value());
}

TEST_F(PlotHands, ThePointerReadsValuesAndAClickNamesATime) {
  const ImVec2 at = plot().area.center();
  ui_.move(at);
  ASSERT_TRUE(last_.hovered_x.has_value());
  EXPECT_NEAR(*last_.hovered_x, plot().x.value(at.x), 1e-9);
  EXPECT_TRUE(view().mouse.has_value());
  ASSERT_EQ(write_png(ui_.picture(), std::string(BLOCKYARD_TEST_OUTPUT) + "/plot-readout.png"), "");
  ui_.click(at);
  ASSERT_TRUE(clicked_.has_value());
  EXPECT_NEAR(*clicked_, plot().x.value(at.x), 1e-9);
  ui_.move({-100, -100});
  EXPECT_FALSE(view().mouse.has_value());
}

TEST(PlotReadout, ASeriesSaysNothingBeyondItsEnds) {
  // A crosshair far behind the last point draws its line and no dots.
  HeadlessUi ui(800, 400, 1, dark_theme(), BLOCKYARD_FONT_DIR);
  Plot plot;
  plot.x.min = 0;
  plot.x.max = 100;
  plot.series = {PlotSeries{}};
  for (int i = 0; i <= 50; ++i) plot.series[0].x.push_back(i), plot.series[0].y.push_back(i);
  const Figure figure = make_figure(std::move(plot));
  const auto vertices_at = [&](double x) {
    FigureView view;
    view.plots.resize(1);
    view.plots[0].cursor_x = x;
    ui.set_ui([&] {
      draw_figure(*ImGui::GetBackgroundDrawList(), Rect{0, 0, 800, 400}, figure, plot_style(ui.look()), view);
    });
    ui.frames(1);
    return ui.draw_data().TotalVtxCount;
  };
  EXPECT_GT(vertices_at(40), vertices_at(80));
  EXPECT_EQ(vertices_at(70), vertices_at(80));
}

TEST_F(PlotHands, TheLegendHidesASeriesAndTheAxisFollows) {
  const double before = plot().y.hi;
  ui_.click(plot().legend[2].rect.center());
  EXPECT_FALSE(view().shows(2));
  EXPECT_LT(plot().y.hi, before);
  ui_.click(plot().legend[2].rect.center());
  EXPECT_TRUE(view().shows(2));
  EXPECT_EQ(plot().y.hi, before);
}

TEST_F(PlotHands, TheRightButtonAsksForAFile) {
  const ImVec2 at = plot().area.center();
  ui_.click(at, 1);
  ui_.frames(2);
  ASSERT_EQ(write_png(ui_.picture(), std::string(BLOCKYARD_TEST_OUTPUT) + "/plot-menu.png"), "");
  for (float y = at.y + 90; y < at.y + 180 && asked_.kind == PlotAction::Kind::None; y += 12) {
    ui_.click(at, 1);
    ui_.click({at.x + 30, y});
    ui_.key(compat::Key::Escape);
  }
  EXPECT_NE(asked_.kind, PlotAction::Kind::None);
}

}  // namespace
}  // namespace blockyard
