// The software rasteriser: exact pixels, clipping, textures, and the same bytes every time.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "app/ui/compat.h"
#include "app/ui/raster/headless.h"
#include "app/ui/raster/soft_raster.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

using Pixel = std::array<std::uint8_t, 4>;
constexpr Pixel kBack = {13, 17, 23, 255};
constexpr Pixel kRed = {255, 0, 0, 255};

class Raster : public ::testing::Test {
 protected:
  Image draw(const std::function<void(ImDrawList*)>& shapes) {
    ui_.set_ui([&] { shapes(ImGui::GetForegroundDrawList()); });
    ui_.frames(2);
    return ui_.picture();
  }
  int count(const Image& image, const Pixel& pixel) {
    int n = 0;
    for (int y = 0; y < image.height; ++y)
      for (int x = 0; x < image.width; ++x) n += image.at(x, y) == pixel;
    return n;
  }
  HeadlessUi ui_{64, 48, 1.0f, dark_theme(), BLOCKYARD_FONT_DIR};
};

TEST_F(Raster, FillsExactlyThePixelsOfARectangle) {
  const Image image = draw([](ImDrawList* list) { list->AddRectFilled(ImVec2(10, 5), ImVec2(20, 9), rgb(0xFF0000)); });
  EXPECT_EQ(image.width, 64);
  EXPECT_EQ(image.height, 48);
  EXPECT_EQ(count(image, kRed), 40);
  EXPECT_EQ(image.at(10, 5), kRed);
  EXPECT_EQ(image.at(19, 8), kRed);
  EXPECT_EQ(image.at(9, 5), kBack);
  EXPECT_EQ(image.at(20, 8), kBack);
}

TEST_F(Raster, BlendsWithExactRounding) {
  const Image image =
      draw([](ImDrawList* list) { list->AddRectFilled(ImVec2(0, 0), ImVec2(8, 8), rgb(0xFF0000, 128)); });
  EXPECT_EQ(image.at(3, 3), (Pixel{134, 8, 11, 255}));  // (255*128 + 13*127) / 255 = 134.5, 17*127/255 = 8.5, rounded
}

TEST_F(Raster, TouchesSharedEdgesOnce) {
  // A fan of translucent triangles around a point: any pixel painted twice or never would differ from the others.
  const Image image = draw([](ImDrawList* list) {
    list->Flags &= ~ImDrawListFlags_AntiAliasedFill;
    const ImVec2 center(31.3f, 23.7f);
    constexpr int kBlades = 17;
    const auto rim = [&](int i) {
      const float a = 6.2831853f * static_cast<float>(i % kBlades) / kBlades;
      return ImVec2(center.x + 20 * std::cos(a), center.y + 20 * std::sin(a));
    };
    for (int i = 0; i < kBlades; ++i) list->AddTriangleFilled(center, rim(i), rim(i + 1), rgb(0xFFFFFF, 100));
  });
  const Pixel once = image.at(31, 23);
  for (int y = 0; y < 48; ++y)
    for (int x = 0; x < 64; ++x) {
      const Pixel p = image.at(x, y);
      EXPECT_TRUE(p == once || p == kBack) << x << ',' << y;
      const bool inside = std::hypot(static_cast<float>(x) - 31.3f, static_cast<float>(y) - 23.7f) < 18;
      EXPECT_TRUE(!inside || p == once) << x << ',' << y;
    }
}

TEST_F(Raster, HonoursClipRectangles) {
  const Image image = draw([](ImDrawList* list) {
    list->PushClipRect(ImVec2(4, 4), ImVec2(8, 6));
    list->AddRectFilled(ImVec2(0, 0), ImVec2(64, 48), rgb(0xFF0000));
    list->AddTriangleFilled(ImVec2(0, 0), ImVec2(64, 0), ImVec2(0, 48), rgb(0xFF0000));
    list->PopClipRect();
  });
  EXPECT_EQ(count(image, kRed), 8);
  EXPECT_EQ(image.at(4, 4), kRed);
  EXPECT_EQ(image.at(7, 5), kRed);
}

TEST_F(Raster, DrawsTexturesWithoutSmoothing) {
  TextureStore& store = *ui_.look().textures;
  const ImTextureID id = store.create(2, 2);
  const std::array<std::uint8_t, 16> texels = {255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 0};
  store.update(id, 0, 0, 2, 2, texels.data());
  const auto shape = [id](ImDrawList* list) { draw_texture(list, id, Rect{8, 8, 10, 6}); };
  const Image image = draw(shape);
  EXPECT_EQ(count(image, kRed), 15);
  EXPECT_EQ(image.at(12, 10), kRed);
  EXPECT_EQ(image.at(13, 8), (Pixel{0, 255, 0, 255}));
  EXPECT_EQ(image.at(8, 11), (Pixel{0, 0, 255, 255}));
  EXPECT_EQ(image.at(17, 13), kBack);  // transparent texel
  store.destroy(id);
  EXPECT_EQ(count(draw(shape), kRed), 0) << "an unknown texture is skipped";
}

TEST_F(Raster, SurvivesWildCoordinates) {
  const Image image = draw([](ImDrawList* list) {
    list->AddTriangleFilled(ImVec2(-1e9f, -1e9f), ImVec2(1e9f, -1e9f), ImVec2(0, 1e9f), rgb(0xFF0000));
    list->AddLine(ImVec2(-1e30f, 3), ImVec2(1e30f, 5), rgb(0x00FF00), 3.0f);
    list->AddTriangleFilled(ImVec2(NAN, 0), ImVec2(10, NAN), ImVec2(5, 5), rgb(0x00FF00));
  });
  EXPECT_EQ(image.at(32, 40), kRed);
}

TEST_F(Raster, SkipsCallbacks) {
  const Image image = draw([](ImDrawList* list) {
    list->AddCallback([](const ImDrawList*, const ImDrawCmd*) { FAIL(); }, nullptr);
    list->AddRectFilled(ImVec2(0, 0), ImVec2(2, 2), rgb(0xFF0000));
  });
  EXPECT_EQ(count(image, kRed), 4);
}

TEST_F(Raster, GivesTheSameBytesTwice) {
  const auto picture = [] {
    HeadlessUi ui(320, 200, 1.5f, light_theme(), BLOCKYARD_FONT_DIR);
    ui.set_ui([&] {
      ImDrawList* list = ImGui::GetForegroundDrawList();
      draw_text(list, ui.look(), FontRole::Kpi, ui.look().theme.text, ImVec2(10, 30), "71.8 %");
      draw_text(list, ui.look(), FontRole::Mono14, ui.look().theme.accent, ImVec2(10, 60), "0x3fa2 → w1");
      list->AddCircleFilled(ImVec2(200.4f, 90.7f), 33.3f, rgb(0x4C9AFF));
      list->AddRectFilledMultiColor(ImVec2(20, 100), ImVec2(120, 180), rgb(0xFF0000), rgb(0x00FF00), rgb(0x0000FF),
                                    rgb(0, 0));
      list->AddLine(ImVec2(3, 7), ImVec2(310, 190), rgb(0xF5B83D), 2.0f);
    });
    ui.frames(2);
    return ui.picture();
  };
  const Image a = picture(), b = picture();
  EXPECT_EQ(a, b);
  EXPECT_EQ(encode_png(a), encode_png(b));
}

TEST(ImageFile, IsWrittenWholeOrNotAtAll) {
  Image image(5, 4);
  const std::string path = std::string(BLOCKYARD_TEST_OUTPUT) + "/tiny.png";
  EXPECT_EQ(write_png(image, path), "");
  const std::string error = write_png(image, std::string(BLOCKYARD_TEST_OUTPUT) + "/no/such/folder/x.png");
  EXPECT_NE(error.find("no/such/folder"), std::string::npos) << error;
  EXPECT_NE(write_png(Image(), path), "");
}

}  // namespace
}  // namespace blockyard
