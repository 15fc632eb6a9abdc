// A drawing as shapes and words instead of pixels: what vector files are written from. It is taken from the draw list
// that the picture is made of, so that a vector file and the PNG beside it are one drawing: triangles become areas of a
// colour, and the quads of glyphs become the text that they spell, in its font and size.
//
// Invariants: 1. items stand in the order drawn, later ones cover earlier ones; 2. no text is left as outlines, and no
// outline is taken for text; 3. lengths are pixels of the draw list, y downwards.
#pragma once

#include <imgui.h>

#include <string>
#include <variant>
#include <vector>

#include "app/ui/rect.h"

namespace blockyard {

/// An area of one colour: closed polygons of three or (axis-aligned boxes) four corners.
struct VectorShape {
  ImU32 colour = 0;
  Rect clip;
  std::vector<std::vector<ImVec2>> polygons;
};

enum class VectorFace { Sans, SansBold, Mono };

struct VectorText {
  ImU32 colour = 0;
  Rect clip;
  VectorFace face = VectorFace::Sans;
  float size = 0;         ///< of the font
  float x = 0, base = 0;  ///< left end, baseline
  float width = 0;        ///< from there to the end of the last letter's advance
  std::string text;       ///< UTF-8
};

struct VectorPage {
  float width = 0, height = 0;
  std::vector<std::variant<VectorShape, VectorText>> items;
};

/// The page of a frame's draw data. Draw without anti-aliasing (ImDrawListFlags_None): its fringes would be shapes.
VectorPage vector_page(const ImDrawData& data, const ImFontAtlas& fonts);

/// As a file's bytes; `points`: the width of the page in points (1/72 inch), the height follows. Text is text: fonts
/// are named (Inter, then what the reader has), and each word keeps the width that it was laid out with.
std::string to_svg(const VectorPage& page, float points);
/// PDF 1.4, one page, with the standard fonts that every reader has (nothing is embedded).
std::string to_pdf(const VectorPage& page, float points, const std::string& title);

}  // namespace blockyard
