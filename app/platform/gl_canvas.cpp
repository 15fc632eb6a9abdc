#include "app/platform/gl_canvas.h"

#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>

#include <cmath>

#include "app/platform/gl_texture.h"
#include "app/ui/raster/damage.h"

namespace blockyard {

GlCanvas::~GlCanvas() { release(); }

void GlCanvas::release() {
  if (framebuffer_ != 0) glDeleteFramebuffers(1, &framebuffer_);
  if (picture_ != 0) glDeleteRenderbuffers(1, &picture_);
  framebuffer_ = picture_ = 0;
  ok_ = false;
}

bool GlCanvas::resize(int w, int h) {
  if (ok_ && w == w_ && h == h_) return false;
  release();
  w_ = w, h_ = h;
  if (w <= 0 || h <= 0) return true;
  glGenFramebuffers(1, &framebuffer_);
  glGenRenderbuffers(1, &picture_);
  glBindRenderbuffer(GL_RENDERBUFFER, picture_);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, w, h);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, picture_);
  ok_ = glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  return true;
}

void GlCanvas::draw(ImDrawData& data, std::span<const Rect> parts, ImVec4 ground) const {
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  glViewport(0, 0, w_, h_);
  glClearColor(ground.x, ground.y, ground.z, 1.0F);
  glEnable(GL_SCISSOR_TEST);
  const ImVec2 scale = data.FramebufferScale;
  for (const Rect& r : parts) {
    const auto x0 = static_cast<int>(std::floor(r.x * scale.x)), x1 = static_cast<int>(std::ceil(r.right() * scale.x));
    const auto y0 = static_cast<int>(std::floor(r.y * scale.y)), y1 = static_cast<int>(std::ceil(r.bottom() * scale.y));
    glScissor(x0, h_ - y1, x1 - x0, y1 - y0);
    glClear(GL_COLOR_BUFFER_BIT);
  }
  glDisable(GL_SCISSOR_TEST);
  const DamagedCommands cut(data, parts);
  ImGui_ImplOpenGL3_RenderDrawData(&data);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

void GlCanvas::show() const {
  glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_);
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
  glBlitFramebuffer(0, 0, w_, h_, 0, 0, w_, h_, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

Image GlCanvas::read() const {
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  Image out = read_framebuffer(w_, h_);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  return out;
}

}  // namespace blockyard
