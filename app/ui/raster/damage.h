// What of the screen looks different from the frame before, so that the rest need not be drawn again.
//
// It reads draw lists and knows no back end. The screen is cut into tiles; a tile's fingerprint is made of all
// triangles that touch it, in order, with their clip rectangles. Invariant: outside the rectangles that of() returns,
// both frames have the same pixels, whoever rasterises them (two fingerprints that are equal by chance aside, 1 in
// 2^64).
#pragma once

#include <imgui.h>

#include <cstdint>
#include <span>
#include <vector>

#include "app/ui/rect.h"

namespace blockyard {

/// Texels of a texture that were replaced since the frame before.
struct TextureChange {
  ImTextureID id{};
  int width = 1, height = 1;       ///< of the texture
  int x = 0, y = 0, w = 0, h = 0;  ///< what was replaced
};

class Damage {
 public:
  /// Disjoint rectangles of whole tiles, in pixels of the draw data; empty where nothing has changed. All of the screen
  /// in the first call, behind forget(), and where its size is another one. O(triangles + tiles).
  const std::vector<Rect>& of(const ImDrawData& data, std::span<const TextureChange> changes);
  /// The picture of before is lost, or was drawn with another atlas.
  void forget() { before_.clear(); }

 private:
  void fingerprint(const ImDrawData& data, std::span<const TextureChange> changes);
  void touch(const Rect& part, std::uint64_t print);
  void spoil(const Rect& part);
  void gather();

  int columns_ = 0, rows_ = 0;
  ImVec2 size_{0, 0};
  std::vector<std::uint64_t> before_, now_;  // by tile
  std::vector<bool> spoilt_;                 // shows a texture that has changed
  std::vector<Rect> rects_;
};

/// The commands of a frame cut down to the rectangles, for as long as this lives: a command that touches none of them
/// is left out, one that touches several is there once for each.
class DamagedCommands {
 public:
  DamagedCommands(ImDrawData& data, std::span<const Rect> rects);
  ~DamagedCommands();
  DamagedCommands(const DamagedCommands&) = delete;
  DamagedCommands& operator=(const DamagedCommands&) = delete;

 private:
  ImDrawData& data_;
  std::vector<ImVector<ImDrawCmd>> whole_;
};

}  // namespace blockyard
