#include "app/platform/gl_texture.h"

#include <glad/gl.h>

#include <algorithm>

#include "app/ui/compat.h"

namespace blockyard {

GlTextureStore::~GlTextureStore() {
  for (const Texture& t : textures_) glDeleteTextures(1, &t.name);
}

ImTextureID GlTextureStore::create(int w, int h) {
  GLuint name = 0;
  glGenTextures(1, &name);
  glBindTexture(GL_TEXTURE_2D, name);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  w = std::max(w, 1);
  h = std::max(h, 1);
  textures_.push_back({name, w, h});
  const std::vector<std::uint8_t> clear(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 4, 0);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, w, h, 0, GL_RGBA, GL_UNSIGNED_BYTE, clear.data());
  return compat::texture_id(name);
}

void GlTextureStore::update(ImTextureID id, int x, int y, int w, int h, const std::uint8_t* rgba) {
  const auto name = static_cast<GLuint>(compat::texture_value(id));
  const auto it = std::find_if(textures_.begin(), textures_.end(), [name](const Texture& t) { return t.name == name; });
  if (it == textures_.end() || w <= 0 || h <= 0) return;
  changes_.push_back({id, it->w, it->h, x, y, w, h});
  glBindTexture(GL_TEXTURE_2D, name);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexSubImage2D(GL_TEXTURE_2D, 0, x, y, w, h, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
}

void GlTextureStore::destroy(ImTextureID id) {
  const auto name = static_cast<GLuint>(compat::texture_value(id));
  const auto it = std::find_if(textures_.begin(), textures_.end(), [name](const Texture& t) { return t.name == name; });
  if (it == textures_.end()) return;
  glDeleteTextures(1, &it->name);
  textures_.erase(it);
}

Image read_framebuffer(int w, int h) {
  Image upside_down(w, h), image(w, h);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, w, h, GL_RGBA, GL_UNSIGNED_BYTE, upside_down.rgba.data());
  const std::size_t bytes = static_cast<std::size_t>(w) * 4;
  for (int y = 0; y < h; ++y) {
    std::copy_n(upside_down.row(h - 1 - y), bytes, image.row(y));
    for (std::size_t x = 3; x < bytes; x += 4) image.row(y)[x] = 255;
  }
  return image;
}

}  // namespace blockyard
