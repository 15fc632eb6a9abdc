// Plots as vector files: the same drawing as the PNG, with its words as words.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "app/plot/draw/export.h"
#include "app/plot/draw/plot_style.h"
#include "app/plot/draw/plot_widget.h"
#include "app/plot/draw/vector/page.h"
#include "app/ui/raster/headless.h"
#include "tests/app/plot/plot_samples.h"

namespace blockyard {
namespace {

std::string rendered(const Figure& figure, VectorFormat format, PaperWidth width) {
  ExportOptions options;
  options.font_dir = BLOCKYARD_FONT_DIR;
  return render_figure_vector(figure, format, width, options);
}

// What stands between the tags of <text>, in order.
std::vector<std::string> words_of(const std::string& svg) {
  std::vector<std::string> out;
  for (std::size_t at = svg.find("<text "); at != std::string::npos; at = svg.find("<text ", at + 1)) {
    const std::size_t begin = svg.find('>', at) + 1;
    out.push_back(svg.substr(begin, svg.find("</text>", begin) - begin));
  }
  return out;
}

void save(const std::string& name, const std::string& bytes) {
  std::ofstream(std::string(BLOCKYARD_TEST_OUTPUT) + "/" + name, std::ios::binary) << bytes;
}

TEST(PlotVector, EveryKindIsWrittenWithItsWordsAsWords) {
  for (const SampleFigure& sample : sample_figures()) {
    for (const auto& [width, name] : {std::pair{PaperWidth::OneColumn, "one"}, {PaperWidth::TwoColumns, "two"}}) {
      SCOPED_TRACE(sample.name);
      const std::string svg = rendered(sample.figure, VectorFormat::Svg, width);
      save("vector-" + sample.name + "-" + name + ".svg", svg);
      save("vector-" + sample.name + "-" + name + ".pdf", rendered(sample.figure, VectorFormat::Pdf, width));
      EXPECT_EQ(svg.find("<?xml"), 0U);
      EXPECT_NE(svg.rfind("</svg>\n"), std::string::npos);
      EXPECT_NE(svg.find(width == PaperWidth::OneColumn ? "width=\"241pt\"" : "width=\"504pt\""), std::string::npos);
      const std::vector<std::string> words = words_of(svg);
      EXPECT_GE(words.size(), 3U);
      const std::string& title = sample.figure.title.empty() ? sample.figure.plots[0].title : sample.figure.title;
      const std::string begin = title.substr(0, std::min<std::size_t>(title.size(), 8));
      EXPECT_TRUE(std::any_of(words.begin(), words.end(), [&](const std::string& w) { return w.find(begin) == 0; }))
          << title;
      EXPECT_EQ(svg.find("nan"), std::string::npos);
      EXPECT_EQ(svg.find("http://", svg.find("<svg") + 60), std::string::npos) << "nothing is loaded";
    }
  }
}

TEST(PlotVector, SameFigureSameBytes) {
  const Figure figure = sample_figures()[0].figure;
  for (const VectorFormat format : {VectorFormat::Svg, VectorFormat::Pdf})
    EXPECT_EQ(rendered(figure, format, PaperWidth::OneColumn), rendered(figure, format, PaperWidth::OneColumn));
}

// A PDF is read from its end: the table of objects must point at them.
TEST(PlotVector, APdfsObjectsStandWhereItsTableSays) {
  const std::string pdf = rendered(sample_figures()[0].figure, VectorFormat::Pdf, PaperWidth::TwoColumns);
  ASSERT_EQ(pdf.find("%PDF-1.4\n"), 0U);
  const std::size_t start = pdf.rfind("startxref\n");
  ASSERT_NE(start, std::string::npos);
  const std::size_t table = std::stoul(pdf.substr(start + 10));
  ASSERT_EQ(pdf.substr(table, 7), "xref\n0 ");
  const std::size_t count = std::stoul(pdf.substr(table + 7));
  std::size_t row = pdf.find('\n', table + 5) + 1;
  for (std::size_t i = 0; i < count; ++i, row += 20) {
    if (i == 0) continue;
    const std::size_t at = std::stoul(pdf.substr(row, 10));
    const std::string begin = std::to_string(i) + " 0 obj\n";
    EXPECT_EQ(pdf.substr(at, begin.size()), begin);
  }
  const std::size_t stream = pdf.find("stream\n") + 7, length = std::stoul(pdf.substr(pdf.find("/Length ") + 8));
  EXPECT_EQ(pdf.substr(stream + length, 9), "endstream");
  EXPECT_EQ(pdf.find("(%"), std::string::npos) << "no unescaped start";
  EXPECT_NE(pdf.find(" Tj "), std::string::npos);
}

// Spelt as they were drawn: letters, spaces, and signs beyond ASCII; boxes stay boxes.
TEST(PlotVector, TakesTextAndShapesFromADrawing) {
  HeadlessUi ui(400, 200, 1, light_theme(), BLOCKYARD_FONT_DIR);
  const PlotStyle style = plot_style(ui.look());
  ui.set_ui([&] {
    ImDrawList& list = *ImGui::GetBackgroundDrawList();
    list.Flags = ImDrawListFlags_None;
    list.AddRectFilled({10, 20}, {110, 60}, IM_COL32(10, 20, 30, 255));
    list.AddText(style.label.font, style.label.px, {12, 24}, IM_COL32(1, 2, 3, 255), "p95: 12.5 ms ± 3 – ok");
    list.AddText(style.label.font, style.label.px, {12, 80}, IM_COL32(1, 2, 3, 255), "second line");
  });
  ui.frames();
  const VectorPage page = vector_page(ui.draw_data(), *style.label.font->ContainerAtlas);
  std::vector<const VectorText*> texts;
  std::vector<const VectorShape*> shapes;
  for (const auto& item : page.items) {
    if (const auto* t = std::get_if<VectorText>(&item)) texts.push_back(t);
    if (const auto* s = std::get_if<VectorShape>(&item)) shapes.push_back(s);
  }
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0]->text, "p95: 12.5 ms ± 3 – ok");
  EXPECT_EQ(texts[1]->text, "second line");
  EXPECT_NEAR(texts[0]->x, 12, 1);
  EXPECT_NEAR(texts[0]->size, style.label.px, 0.1);
  EXPECT_GT(texts[0]->base, 24);
  ASSERT_EQ(shapes.size(), 1U);
  ASSERT_EQ(shapes[0]->polygons.size(), 1U) << "two triangles are one box";
  EXPECT_EQ(shapes[0]->polygons[0].size(), 4U);
  ui.set_ui({});
}

// On a grey print up to five lines of a plot are told apart by lightness, or by the shape of their marks.
TEST(PlotVector, SeriesAreToldApartWithoutColour) {
  HeadlessUi ui(100, 100, 1, light_theme(), BLOCKYARD_FONT_DIR);
  const PlotStyle style = plot_style(ui.look());
  const auto lightness = [&](int series) {
    const Color c = style.colour({PlotRole::Auto, -1}, series);
    return 0.2126 * (c >> IM_COL32_R_SHIFT & 255U) + 0.7152 * (c >> IM_COL32_G_SHIFT & 255U) +
           0.0722 * (c >> IM_COL32_B_SHIFT & 255U);
  };
  for (int a = 0; a < 5; ++a) {
    for (int b = 0; b < a; ++b)
      EXPECT_TRUE(a % 4 != b % 4 || std::abs(lightness(a) - lightness(b)) > 12) << a << " and " << b;
  }
}

}  // namespace
}  // namespace blockyard
