#include "app/plot/draw/vector/page.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace blockyard {
namespace {

struct Glyph {
  const ImFont* font = nullptr;
  const ImFontGlyph* glyph = nullptr;
};

// By the corner that a glyph has in the atlas: no two visible glyphs share it.
using GlyphMap = std::map<std::pair<float, float>, Glyph>;

GlyphMap glyphs_of(const ImFontAtlas& atlas) {
  GlyphMap out;
  for (const ImFont* font : atlas.Fonts) {
    for (const ImFontGlyph& g : font->Glyphs) {
      if (g.Visible) out.insert_or_assign({g.U0, g.V0}, Glyph{font, &g});
    }
  }
  return out;
}

void append_utf8(std::string& out, unsigned c) {
  const auto put = [&out](unsigned byte) { out += static_cast<char>(byte); };
  if (c < 0x80U) {
    put(c);
  } else if (c < 0x800U) {
    put(0xC0U | (c >> 6U)), put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000U) {
    put(0xE0U | (c >> 12U)), put(0x80U | ((c >> 6U) & 0x3FU)), put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | (c >> 18U)), put(0x80U | ((c >> 12U) & 0x3FU)), put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}

VectorFace face_of(const ImFont& font) {
  const std::string name = font.ConfigData == nullptr ? "" : font.ConfigData->Name;
  if (name.find("Mono") != std::string::npos) return VectorFace::Mono;
  return name.find("Bold") != std::string::npos ? VectorFace::SansBold : VectorFace::Sans;
}

bool same(const Rect& a, const Rect& b) { return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h; }

class Builder {
 public:
  Builder(const ImFontAtlas& atlas, VectorPage& page) : glyphs_(glyphs_of(atlas)), page_(page) {}

  void triangle(const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c, const Rect& clip) {
    const ImU32 colour = mean(a.col, b.col, c.col);
    if ((colour >> IM_COL32_A_SHIFT) == 0) return;
    text_font_ = nullptr;
    auto* shape = page_.items.empty() ? nullptr : std::get_if<VectorShape>(&page_.items.back());
    if (shape == nullptr || shape->colour != colour || !same(shape->clip, clip)) {
      page_.items.emplace_back(VectorShape{colour, clip, {}});
      shape = &std::get<VectorShape>(page_.items.back());
    }
    // The other half of a box whose first half came last.
    if (!shape->polygons.empty() && shape->polygons.back().size() == 3) {
      if (std::vector<ImVec2> box = box_of(shape->polygons.back(), {a.pos, b.pos, c.pos}); !box.empty()) {
        shape->polygons.back() = std::move(box);
        return;
      }
    }
    shape->polygons.push_back({a.pos, b.pos, c.pos});
  }

  // False where the quad is no glyph.
  bool glyph(const ImDrawVert& first, const ImDrawVert& third, const Rect& clip) {
    const auto found = glyphs_.find({first.uv.x, first.uv.y});
    if (found == glyphs_.end()) return false;
    const ImFont& font = *found->second.font;
    const ImFontGlyph& g = *found->second.glyph;
    const float scale = (third.pos.y - first.pos.y) / (g.Y1 - g.Y0);
    const float pen = first.pos.x - g.X0 * scale, top = first.pos.y - g.Y0 * scale;
    const ImU32 colour = first.col;
    auto* text = page_.items.empty() ? nullptr : std::get_if<VectorText>(&page_.items.back());
    const float space = font.FindGlyph(' ')->AdvanceX * scale;
    if (text != nullptr && text_font_ == &font && text->colour == colour &&
        std::abs(text->base - base(font, top, scale)) < 0.6F && std::abs(text->size - font.FontSize * scale) < 0.1F) {
      const float gap = pen - text->x - text->width;
      const int spaces = static_cast<int>(std::lround(gap / space));
      if (spaces >= 0 && spaces <= 4 && std::abs(gap - static_cast<float>(spaces) * space) < 0.7F) {
        text->text.append(static_cast<std::size_t>(spaces), ' ');
        append_utf8(text->text, g.Codepoint);
        text->width = pen + g.AdvanceX * scale - text->x;
        return true;
      }
    }
    VectorText fresh{
        colour, clip, face_of(font), font.FontSize * scale, pen, base(font, top, scale), g.AdvanceX * scale, ""};
    append_utf8(fresh.text, g.Codepoint);
    page_.items.emplace_back(std::move(fresh));
    text_font_ = &font;
    return true;
  }

 private:
  static float base(const ImFont& font, float top, float scale) { return top + font.Ascent * scale; }

  static ImU32 mean(ImU32 a, ImU32 b, ImU32 c) {
    if (a == b && b == c) return a;
    ImU32 out = 0;
    for (unsigned shift = 0; shift < 32; shift += 8)
      out |= (((a >> shift & 255U) + (b >> shift & 255U) + (c >> shift & 255U)) / 3) << shift;
    return out;
  }

  // Two triangles that make up an axis-aligned box, as its corners in order.
  static std::vector<ImVec2> box_of(const std::vector<ImVec2>& a, const std::vector<ImVec2>& b) {
    ImVec2 low = a[0], high = a[0];
    for (const auto* triangle : {&a, &b}) {
      for (const ImVec2& p : *triangle) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
      }
    }
    int corners = 0;  // bit a corner that some triangle has
    for (const auto* triangle : {&a, &b}) {
      for (const ImVec2& p : *triangle) {
        if ((p.x != low.x && p.x != high.x) || (p.y != low.y && p.y != high.y)) return {};
        corners |= 1 << ((p.x == high.x ? 1 : 0) + (p.y == high.y ? 2 : 0));
      }
    }
    if (corners != 15 || low.x == high.x || low.y == high.y) return {};
    // They must share the diagonal, not overlap: the area is that of both.
    const auto area = [](const std::vector<ImVec2>& t) {
      return std::abs((t[1].x - t[0].x) * (t[2].y - t[0].y) - (t[2].x - t[0].x) * (t[1].y - t[0].y)) / 2;
    };
    if (std::abs(area(a) + area(b) - (high.x - low.x) * (high.y - low.y)) > 0.01F) return {};
    return {low, {high.x, low.y}, high, {low.x, high.y}};
  }

  GlyphMap glyphs_;
  VectorPage& page_;
  const ImFont* text_font_ = nullptr;  // of the text that the last item is
};

}  // namespace

VectorPage vector_page(const ImDrawData& data, const ImFontAtlas& fonts) {
  VectorPage page{data.DisplaySize.x, data.DisplaySize.y, {}};
  Builder builder(fonts, page);
  const ImVec2 white = fonts.TexUvWhitePixel;
  const auto solid = [white](const ImDrawVert& v) { return v.uv.x == white.x && v.uv.y == white.y; };
  for (int n = 0; n < data.CmdListsCount; ++n) {
    const ImDrawList& list = *data.CmdLists[n];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback != nullptr) continue;
      const ImVec4 c = command.ClipRect;
      const Rect clip{std::max(0.0F, c.x), std::max(0.0F, c.y), std::min(page.width, c.z) - std::max(0.0F, c.x),
                      std::min(page.height, c.w) - std::max(0.0F, c.y)};
      if (clip.empty()) continue;
      const auto vertex = [&](unsigned i) -> const ImDrawVert& {
        return list
            .VtxBuffer[static_cast<int>(command.VtxOffset + list.IdxBuffer[static_cast<int>(command.IdxOffset + i)])];
      };
      for (unsigned i = 0; i + 2 < command.ElemCount; i += 3) {
        const ImDrawVert &a = vertex(i), &b = vertex(i + 1), &d = vertex(i + 2);
        if (solid(a) && solid(b) && solid(d)) {
          builder.triangle(a, b, d, clip);
        } else if (i + 5 < command.ElemCount && builder.glyph(a, d, clip)) {
          i += 3;  // the other half of the glyph
        }
      }
    }
  }
  return page;
}

}  // namespace blockyard
