// The OpenGL path, off screen, held against the software rasteriser.
#include <gtest/gtest.h>

#include <cstdlib>

#include "app/platform/egl_offscreen.h"
#include "app/ui/raster/headless.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

void draw_scene(const Look& look, ImTextureID texture) {
  begin_root(look, ImVec2(320, 200));
  begin_card(look, "card", {10, 10, 200, 180});
  section_header(look, nullptr, "Workload");
  double value = 0.4;
  SliderSpec spec;
  spec.label = "Arrival rate";
  slider_row(look, spec, &value);
  end_card(look);
  draw_texture(ImGui::GetWindowDrawList(), texture, {220, 20, 80, 80});
  ImGui::GetWindowDrawList()->AddLine(ImVec2(220, 120), ImVec2(310, 180), look.theme.p99, 2.0f);
  end_root();
}

constexpr std::array<std::uint8_t, 16> kTexels = {255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255};

TEST(Offscreen, OpenGlDrawsWhatTheRasteriserDraws) {
  std::string error;
  auto egl = EglOffscreen::open(320, 200, &error);
  if (!egl) GTEST_SKIP() << "no off-screen OpenGL here: " << error;

  const Theme theme = dark_theme();
  ImGuiContext* context = ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.DisplaySize = ImVec2(320, 200);
  io.DeltaTime = 1.0f / 60.0f;
  apply_theme(theme, 1.0f, ImGui::GetStyle());
  Look look;
  look.theme = theme;
  look.fonts = load_fonts(*io.Fonts, BLOCKYARD_FONT_DIR, 1.0f);
  look.textures = &egl->textures();
  ASSERT_TRUE(egl->attach_imgui());
  const ImTextureID texture = look.textures->create(2, 2);
  look.textures->update(texture, 0, 0, 2, 2, kTexels.data());
  Image by_gl;
  for (int i = 0; i < 3; ++i) {
    egl->new_frame();
    ImGui::NewFrame();
    draw_scene(look, texture);
    ImGui::Render();
    by_gl = egl->render(*ImGui::GetDrawData(), theme.background);
  }

  const std::string renderer = egl->renderer();
  egl.reset();
  ImGui::DestroyContext(context);

  HeadlessUi ui(320, 200, 1.0f, theme, BLOCKYARD_FONT_DIR);
  const ImTextureID soft = ui.look().textures->create(2, 2);
  ui.look().textures->update(soft, 0, 0, 2, 2, kTexels.data());
  ui.set_ui([&] { draw_scene(ui.look(), soft); });
  ui.frames(3);
  const Image by_cpu = ui.picture();

  int differing = 0;
  for (std::size_t i = 0; i < by_gl.rgba.size(); ++i) differing += std::abs(by_gl.rgba[i] - by_cpu.rgba[i]) > 25;
  EXPECT_LT(differing, 320 * 200 * 4 / 500) << "on " << renderer;
  EXPECT_EQ(by_gl.at(225, 25), by_cpu.at(225, 25));
  EXPECT_EQ(by_gl.at(259, 25), by_cpu.at(259, 25)) << "no smoothing between texels";
}

}  // namespace
}  // namespace blockyard
