// Textures that a panel fills itself: one texel a block in the block map, one a cell in a heat map.
//
// TextureStore is the interface that panels see; whoever runs the frame owns the store and it outlives all of its
// textures. SoftTextureStore keeps the pixels in memory for the software rasteriser; app/platform has the OpenGL one.
// 1. Ids are never reused within a store. 2. Sampling is nearest, always: draw with draw_texture().
#pragma once

#include <imgui.h>

#include <cstdint>
#include <vector>

#include "app/ui/raster/image.h"
#include "app/ui/rect.h"

namespace blockyard {

class TextureStore {
 public:
  virtual ~TextureStore() = default;

  // A texture of w × h transparent texels (both at least 1).
  virtual ImTextureID create(int w, int h) = 0;
  // Replaces the texels of the rectangle (which must lie inside) by w * h RGBA texels, rows tightly packed.
  virtual void update(ImTextureID id, int x, int y, int w, int h, const std::uint8_t* rgba) = 0;
  // Frees it. Unknown ids are ignored.
  virtual void destroy(ImTextureID id) = 0;
};

class SoftTextureStore final : public TextureStore {
 public:
  ImTextureID create(int w, int h) override;
  void update(ImTextureID id, int x, int y, int w, int h, const std::uint8_t* rgba) override;
  void destroy(ImTextureID id) override;

  // The texels of `id`, or null.
  const Image* find(ImTextureID id) const;

 private:
  // Ids start above anything that the font atlas uses.
  static constexpr std::uintptr_t kFirstId = 1000;
  std::vector<Image> images_;  // by id - kFirstId; destroyed ones are empty
};

// The part uv0..uv1 of a texture in `rect`, nearest sampling, times `tint`.
void draw_texture(ImDrawList* list, ImTextureID id, const Rect& rect, ImVec2 uv0 = ImVec2(0, 0),
                  ImVec2 uv1 = ImVec2(1, 1), ImU32 tint = IM_COL32_WHITE);

}  // namespace blockyard
