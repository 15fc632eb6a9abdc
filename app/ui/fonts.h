// The typefaces of the program, by what they are for.
//
// Inter for text, JetBrains Mono for figures, Fork Awesome merged in for icons. Where a file is missing or damaged its
// place is taken by DejaVu, then by Dear ImGui's own bitmap font, so that the program always starts.
#pragma once

#include <imgui.h>

#include <array>
#include <string>
#include <vector>

namespace blockyard {

enum class FontRole { Body, BodyMedium, BodyBold, Small, Kpi, Mono14, Mono16, Reading, Count };

struct Fonts {
  std::array<ImFont*, static_cast<std::size_t>(FontRole::Count)> faces{};  // owned by the atlas
  std::string folder;                                                      // where they were looked for
  std::vector<std::string> missing;  // files that were not found, or are damaged, and had to be replaced

  ImFont* operator[](FontRole role) const { return faces[static_cast<std::size_t>(role)]; }
};

// Empties the atlas and loads every role at its size × `scale` from the files in `font_dir`. Body becomes the default.
// The atlas is not built here; whoever renders does. Not while a frame is open.
Fonts load_fonts(ImFontAtlas& atlas, const std::string& font_dir, float scale);

// Size of a role at scale 1, in pixels.
float font_size(FontRole role);

}  // namespace blockyard
