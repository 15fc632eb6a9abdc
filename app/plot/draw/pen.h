// Strokes and text on an ImDrawList, on whole pixels, in the fonts of a PlotStyle. Internal to the plot room.
#pragma once

#include <imgui.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/plot/draw/plot_style.h"
#include "app/ui/rect.h"

namespace blockyard {

class Pen {
 public:
  Pen(ImDrawList& list, const PlotStyle& style) : list_(list), style_(style) {}

  ImDrawList& list() const { return list_; }
  const PlotStyle& style() const { return style_; }
  float px(float v) const { return style_.px(v); }

  // `anchor`: which point of the text stands at `at`: (0, 0) its top left, (1, 0.5) the middle of its right side.
  void text(const PlotFont& font, ImVec2 at, ImU32 colour, std::string_view text, ImVec2 anchor = {0, 0}) const;
  // The same on a pill of the background, to be read over data.
  void tag(const PlotFont& font, ImVec2 at, ImU32 colour, std::string_view text, ImVec2 anchor) const;

  void line(ImVec2 a, ImVec2 b, ImU32 colour, float width = 1) const;
  void dashed(ImVec2 a, ImVec2 b, ImU32 colour, float width = 1) const;
  // Straight pieces through the points, cut so that 16-bit indices never wrap.
  void polyline(std::span<const ImVec2> points, ImU32 colour, float width) const;
  // The same for a path with more points than pixels, x ascending: what the path covers of each pixel column, so that
  // noise stays crisp where joints of a thick line would smear.
  void dense_line(std::span<const ImVec2> points, ImU32 colour, float width) const;
  void dashed_polyline(std::span<const ImVec2> points, ImU32 colour, float width) const;
  // Quads between each points[i] and the height base[i] (or base[0] for all), `top` there, `bottom` at the base.
  void fill_to(std::span<const ImVec2> points, std::span<const float> base, ImU32 top, ImU32 bottom) const;
  void box(const Rect& r, ImU32 colour, float rounding = 0, ImDrawFlags corners = 0) const;
  // A point's mark; `shape` 0 to 3: circle, square, triangle, diamond, so that series differ without colour.
  void mark(ImVec2 at, float radius, int shape, ImU32 colour) const;
  void outline(const Rect& r, ImU32 colour, float rounding = 0) const;

 private:
  ImDrawList& list_;
  const PlotStyle& style_;
};

ImVec2 text_size(const PlotFont& font, std::string_view text);

// `text` cut with "…" so that it is at most `width` wide.
std::string shortened(const PlotFont& font, std::string_view text, float width);

// `text` in at most `lines` lines of `width`, broken after spaces, '_', '-', '/' and '+'; the last one shortened.
std::vector<std::string> wrapped(const PlotFont& font, std::string_view text, float width, int lines);

}  // namespace blockyard
