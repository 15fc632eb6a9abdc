// Puts parts of the back buffer on the screen and leaves the rest of the screen as it is: on a display without a GPU,
// where showing a picture means copying it, only what has changed is copied.
//
// It needs GLX_MESA_copy_sub_buffer, and is used where Mesa draws on the CPU; elsewhere a swap costs nothing. What the
// back buffer holds survives it, unlike a swap.
#pragma once

#include <span>

#include "app/ui/rect.h"

struct GLFWwindow;

namespace blockyard {

class PartCopy {
 public:
  /// The window's OpenGL context is current.
  explicit PartCopy(GLFWwindow* window);
  bool ok() const { return copy_ != nullptr; }
  /// Pixels from the upper left corner; the window is `height` high.
  void show(std::span<const Rect> parts, int height) const;

 private:
  using Copy = void (*)(void* display, unsigned long drawable, int x, int y, int w, int h);
  Copy copy_ = nullptr;
  void* display_ = nullptr;
  unsigned long drawable_ = 0;
};

}  // namespace blockyard
