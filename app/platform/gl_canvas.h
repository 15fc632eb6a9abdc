// The picture of the window, kept from frame to frame in a framebuffer of its own, so that only what has changed is
// drawn again: what a display's own buffer holds after it was shown is not known.
//
// Needs the OpenGL context current, in the destructor too. Where the driver has no such framebuffer, ok() is false and
// whoever owns it draws to the display's.
#pragma once

#include <imgui.h>

#include <span>
#include <vector>

#include "app/ui/raster/image.h"
#include "app/ui/rect.h"

namespace blockyard {

class GlCanvas {
 public:
  GlCanvas() = default;
  ~GlCanvas();
  GlCanvas(const GlCanvas&) = delete;
  GlCanvas& operator=(const GlCanvas&) = delete;

  /// Pixels. True if the picture is a new one, of which everything has to be drawn.
  bool resize(int w, int h);
  bool ok() const { return ok_; }
  /// Draws the parts of the frame within the rectangles (in its own units), over a cleared ground.
  void draw(ImDrawData& data, std::span<const Rect> parts, ImVec4 ground) const;
  /// The parts (in units of the draw data) in whole pixels from the upper left corner, cut to the picture.
  std::vector<Rect> pixels(std::span<const Rect> parts, ImVec2 scale) const;
  /// Puts these pixels, or without any the whole picture, into the display's buffer.
  void show(std::span<const Rect> pixels = {}) const;
  Image read() const;

 private:
  void release();

  unsigned framebuffer_ = 0, picture_ = 0;
  int w_ = 0, h_ = 0;
  bool ok_ = false;
};

}  // namespace blockyard
