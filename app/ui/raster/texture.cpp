#include "app/ui/raster/texture.h"

#include <algorithm>

#include "app/ui/compat.h"

namespace blockyard {

ImTextureID SoftTextureStore::create(int w, int h) {
  Image image(std::max(w, 1), std::max(h, 1));
  std::fill(image.rgba.begin(), image.rgba.end(), std::uint8_t{0});
  images_.push_back(std::move(image));
  return compat::texture_id(kFirstId + images_.size() - 1);
}

void SoftTextureStore::update(ImTextureID id, int x, int y, int w, int h, const std::uint8_t* rgba) {
  const std::uintptr_t slot = compat::texture_value(id) - kFirstId;
  if (slot >= images_.size()) return;
  Image& image = images_[slot];
  if (x < 0 || y < 0 || w <= 0 || h <= 0 || x + w > image.width || y + h > image.height) return;
  const std::size_t bytes = static_cast<std::size_t>(w) * 4;
  for (int r = 0; r < h; ++r)
    std::copy_n(rgba + static_cast<std::size_t>(r) * bytes, bytes, image.row(y + r) + static_cast<std::size_t>(x) * 4);
}

void SoftTextureStore::destroy(ImTextureID id) {
  const std::uintptr_t slot = compat::texture_value(id) - kFirstId;
  if (slot < images_.size()) images_[slot] = Image();
}

const Image* SoftTextureStore::find(ImTextureID id) const {
  const std::uintptr_t slot = compat::texture_value(id) - kFirstId;
  return slot < images_.size() && !images_[slot].empty() ? &images_[slot] : nullptr;
}

void draw_texture(ImDrawList* list, ImTextureID id, const Rect& rect, ImVec2 uv0, ImVec2 uv1, ImU32 tint) {
  compat::add_image_nearest(list, id, rect.min(), rect.max(), uv0, uv1, tint);
}

}  // namespace blockyard
