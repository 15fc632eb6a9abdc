#include "app/platform/part_copy.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <glad/gl.h>

#include <cstring>

// As glfw3native.h declares them, but without X11's headers; a GLFW without X11 has neither.
extern "C" {
__attribute__((weak)) void* glfwGetX11Display();
__attribute__((weak)) unsigned long glfwGetGLXWindow(GLFWwindow* window);
}

namespace blockyard {

PartCopy::PartCopy(GLFWwindow* window) {
  const auto* renderer = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  const bool on_cpu = renderer != nullptr &&
                      (std::strstr(renderer, "llvmpipe") != nullptr || std::strstr(renderer, "softpipe") != nullptr);
  if (!on_cpu || glfwGetX11Display == nullptr || glfwGetGLXWindow == nullptr) return;
  if (glfwExtensionSupported("GLX_MESA_copy_sub_buffer") == GLFW_FALSE) return;
  display_ = glfwGetX11Display();
  drawable_ = glfwGetGLXWindow(window);
  if (display_ != nullptr && drawable_ != 0) copy_ = reinterpret_cast<Copy>(glfwGetProcAddress("glXCopySubBufferMESA"));
}

void PartCopy::show(std::span<const Rect> parts, int height) const {
  for (const Rect& r : parts) {
    copy_(display_, drawable_, static_cast<int>(r.x), height - static_cast<int>(r.bottom()), static_cast<int>(r.w),
          static_cast<int>(r.h));
  }
}

}  // namespace blockyard
