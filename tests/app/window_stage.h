// The whole window without a window: a session, the main frame and a HeadlessUi, for tests and measurements. Commands
// take effect in the next frame, as in the program.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/session/session.h"
#include "app/ui/raster/headless.h"
#include "app/window/main_frame.h"

namespace blockyard {

class WindowStage {
 public:
  explicit WindowStage(const std::string& scenario, int w = 1600, int h = 1000, float scale = 1, bool dark = true)
      : session_({BLOCKYARD_ASSETS, "", testing::TempDir(), 1000}),
        ui_(w, h, scale, dark ? dark_theme() : light_theme(), BLOCKYARD_FONT_DIR) {
    const auto opened = session_.open({scenario, "", ""}, false);
    if (!opened) throw std::runtime_error(opened.error().message);
    session_.ui().first_start = false;
    while (session_.busy()) session_.update(0);
    ui_.set_ui([this] {
      session_.apply_all(commands_);
      session_.settle();
      session_.update(1.0 / 60);
      const auto began = std::chrono::steady_clock::now();
      FrameContext ctx = session_.frame(ui_.look(), commands_);
      frame_.draw(ctx, ui_.size());
      draw_ms_ = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
    });
    ui_.frames(3);
  }
  HeadlessUi& ui() { return ui_; }
  Session& session() { return session_; }
  void seek(SimTime t) {
    session_.apply(cmd::Seek{t});
    ui_.frames(2);
  }
  /// By value: the next frame marks its parts anew.
  Rect anchor(const std::string& name) const {
    const Rect* r = ui_.anchors().find(name);
    if (r == nullptr) throw std::runtime_error("no anchor " + name);
    return *r;
  }
  /// Of the last frame: every panel and the texels of the block maps, ms; neither simulation nor rasterising.
  double draw_ms() const { return draw_ms_; }
  /// Whether the window would draw another frame by itself: as window_main decides.
  bool wants_frames() const {
    bool asked = false;
    for (const Command& c : commands_) asked = asked || !std::holds_alternative<cmd::Hover>(c);
    return asked || session_.wants_frames();
  }
  /// What the last frame asked for; carried out in the next.
  const std::vector<Command>& commands() const { return commands_; }
  void save(const std::string& name) {
    std::filesystem::create_directories(BLOCKYARD_TEST_OUTPUT);
    EXPECT_EQ(write_png(ui_.picture(), std::string(BLOCKYARD_TEST_OUTPUT) + "/" + name), "");
  }

 private:
  Session session_;
  HeadlessUi ui_;
  MainFrame frame_;
  std::vector<Command> commands_;
  double draw_ms_ = 0;
};

}  // namespace blockyard
