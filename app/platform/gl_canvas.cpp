#include "app/platform/gl_canvas.h"

#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>

#include <algorithm>
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
  for (const Rect& r : pixels(parts, data.FramebufferScale)) {
    glScissor(static_cast<int>(r.x), h_ - static_cast<int>(r.bottom()), static_cast<int>(r.w), static_cast<int>(r.h));
    glClear(GL_COLOR_BUFFER_BIT);
  }
  glDisable(GL_SCISSOR_TEST);
  const DamagedCommands cut(data, parts);
  ImGui_ImplOpenGL3_RenderDrawData(&data);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

std::vector<Rect> GlCanvas::pixels(std::span<const Rect> parts, ImVec2 scale) const {
  std::vector<Rect> out;
  for (const Rect& r : parts) {
    const float x0 = std::max(0.0F, std::floor(r.x * scale.x)), y0 = std::max(0.0F, std::floor(r.y * scale.y));
    const float x1 = std::min(static_cast<float>(w_), std::ceil(r.right() * scale.x)),
                y1 = std::min(static_cast<float>(h_), std::ceil(r.bottom() * scale.y));
    if (x1 > x0 && y1 > y0) out.push_back({x0, y0, x1 - x0, y1 - y0});
  }
  return out;
}

void GlCanvas::show(std::span<const Rect> pixels) const {
  glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_);
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
  const Rect all{0, 0, static_cast<float>(w_), static_cast<float>(h_)};
  for (const Rect& r : pixels.empty() ? std::span<const Rect>(&all, 1) : pixels) {
    const auto x0 = static_cast<int>(r.x), x1 = static_cast<int>(r.right());
    const int y0 = h_ - static_cast<int>(r.bottom()), y1 = h_ - static_cast<int>(r.y);
    glBlitFramebuffer(x0, y0, x1, y1, x0, y0, x1, y1, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  }
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

Image GlCanvas::read() const {
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  Image out = read_framebuffer(w_, h_);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  return out;
}

}  // namespace blockyard
