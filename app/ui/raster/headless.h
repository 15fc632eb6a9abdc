// A window without a window: runs the interface with synthetic input and gives its pictures.
//
// For `shot`, for exports and for tests of panels. Owns a Dear ImGui context without a platform back end, the fonts,
// the textures and the anchors; time goes on by 1/60 s a frame, so that the same input gives the same picture. Several
// may live on one thread if they die in reverse order; each makes its context current when it is used and puts the
// former one back when it dies. One input event is given a frame, as the oldest supported Dear ImGui needs it.
#pragma once

#include <imgui.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/ui/compat.h"
#include "app/ui/look.h"
#include "app/ui/raster/image.h"
#include "app/ui/raster/soft_raster.h"

namespace blockyard {

class HeadlessUi {
 public:
  // A screen of w × h pixels. `font_dir` as for load_fonts().
  HeadlessUi(int w, int h, float scale, const Theme& theme, const std::string& font_dir);
  ~HeadlessUi();
  HeadlessUi(const HeadlessUi&) = delete;
  HeadlessUi& operator=(const HeadlessUi&) = delete;

  const Look& look() const { return look_; }
  const Anchors& anchors() const { return anchors_; }
  ImVec2 size() const { return size_; }

  // What is drawn in every frame, between NewFrame and Render.
  void set_ui(std::function<void()> ui) { ui_ = std::move(ui); }
  // Runs `count` frames. The first two of a new interface settle sizes.
  void frames(int count = 1);
  // The picture of the last frame (of a first one, if there was none).
  Image picture();
  const ImDrawData& draw_data();

  void move(ImVec2 to);
  void press(int button = 0);
  void release(int button = 0);
  void click(ImVec2 at, int button = 0);
  void double_click(ImVec2 at);
  // Down at `from`, to `to` in eight steps, up.
  void drag(ImVec2 from, ImVec2 to);
  void wheel(ImVec2 at, float dy);
  void key(compat::Key key, compat::Mods mods = {});
  void hold(compat::Mods mods);
  void type(std::string_view utf8);
  // Clicks the centre of an anchor; false if there is none.
  bool click(std::string_view anchor, int button = 0);

 private:
  ImGuiIO& io();

  struct ContextDeleter {
    void operator()(ImGuiContext* context) const { ImGui::DestroyContext(context); }
  };
  ImGuiContext* former_;
  std::unique_ptr<ImGuiContext, ContextDeleter> context_;
  SoftTextureStore textures_;
  Anchors anchors_;
  Look look_;
  FontPlane font_;
  ImVec2 size_;
  std::function<void()> ui_;
};

}  // namespace blockyard
