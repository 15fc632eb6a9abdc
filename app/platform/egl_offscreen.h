// An OpenGL 3.3 context without a window: EGL on a device or surfaceless, drawing into a framebuffer object.
//
// Serves the test that holds the OpenGL path against the software rasteriser. Exports do not use it. The context is
// current from open() until the object dies. One at a time on a thread.
#pragma once

#include <imgui.h>

#include <memory>
#include <string>

#include "app/ui/raster/image.h"
#include "app/ui/raster/texture.h"
#include "app/ui/theme.h"

namespace blockyard {

class EglOffscreen {
 public:
  // Null if there is no driver that can do it; then `error` says what was tried.
  static std::unique_ptr<EglOffscreen> open(int w, int h, std::string* error);
  ~EglOffscreen();
  EglOffscreen(const EglOffscreen&) = delete;
  EglOffscreen& operator=(const EglOffscreen&) = delete;

  // Binds the current Dear ImGui context to this one: call once, before its first frame.
  bool attach_imgui();
  // Call before every ImGui::NewFrame().
  void new_frame();
  Image render(ImDrawData& data, Color background);
  TextureStore& textures();
  // Name of the driver, for messages.
  const std::string& renderer() const { return renderer_; }

 private:
  EglOffscreen() = default;

  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::string renderer_;
  int width_ = 0, height_ = 0;
  bool attached_ = false;
};

}  // namespace blockyard
