// Dear ImGui's draw lists to pixels, on the CPU and in integers.
//
// For `shot`, plot export and tests: needs no display, driver or OpenGL. The bytes of the picture depend on nothing but
// the draw data: coordinates are rounded to 1/256 px once, and all that follows is integer arithmetic, so that every
// machine, compiler and optimisation level gives the same picture. It keeps no state between calls.
// 1. Pixel centres, top-left rule: two triangles that share an edge touch each pixel on it exactly once.
// 2. The font atlas is sampled bilinearly, textures of the store nearest. Commands that name an unknown texture and
// user
//    callbacks are skipped.
// 3. Clip rectangles, vertex offsets, DisplayPos and FramebufferScale are honoured. The target stays opaque.
#pragma once

#include <imgui.h>

#include <cstdint>

#include "app/ui/raster/image.h"
#include "app/ui/raster/texture.h"
#include "app/ui/theme.h"

namespace blockyard {

// The coverage plane of a font atlas. Points into the atlas: valid until it is rebuilt.
struct FontPlane {
  ImTextureID id{};
  const std::uint8_t* alpha = nullptr;
  int width = 0;
  int height = 0;
};

// Builds the atlas if needed and gives it an id, so that its commands can be told from those of the store.
FontPlane prepare_font_plane(ImFontAtlas& atlas);

// Draws over what `target` holds.
void rasterize(const ImDrawData& data, const FontPlane& font, const SoftTextureStore& textures, Image& target);
// The same on a new picture of the size of the draw data, filled with `background`.
Image rasterize(const ImDrawData& data, const FontPlane& font, const SoftTextureStore& textures, Color background);

}  // namespace blockyard
