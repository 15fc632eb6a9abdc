// The TextureStore of the window: OpenGL textures, nearest sampling, no smoothing between blocks.
//
// Owned by whoever owns the OpenGL context, which must be current in every call and in the destructor.
#pragma once

#include <utility>
#include <vector>

#include "app/ui/raster/damage.h"
#include "app/ui/raster/texture.h"

namespace blockyard {

class GlTextureStore final : public TextureStore {
 public:
  GlTextureStore() = default;
  ~GlTextureStore() override;
  GlTextureStore(const GlTextureStore&) = delete;
  GlTextureStore& operator=(const GlTextureStore&) = delete;

  ImTextureID create(int w, int h) override;
  void update(ImTextureID id, int x, int y, int w, int h, const std::uint8_t* rgba) override;
  void destroy(ImTextureID id) override;
  /// What was replaced since the last call.
  std::vector<TextureChange> take_changes() { return std::exchange(changes_, {}); }

 private:
  struct Texture {
    unsigned name;
    int w, h;
  };
  std::vector<Texture> textures_;
  std::vector<TextureChange> changes_;
};

// What the framebuffer that is bound holds, as an opaque picture.
Image read_framebuffer(int w, int h);

}  // namespace blockyard
