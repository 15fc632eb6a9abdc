#include "app/ui/raster/soft_raster.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "app/ui/compat.h"

// Vertices become integers first: places in 1/256 px, texture places in 1/256 texel. A triangle is then filled row by
// row: the first and the last pixel of a row follow from exact integer division of its three edge functions, and colour
// and texture place run along the row in fixed point from an exact start. Rectangles (most of an interface: panels,
// glyphs, images) take a shorter way, in which rows and columns are known at once.

namespace blockyard {
namespace {

static_assert(std::endian::native == std::endian::little, "pixels are blended as little-endian words");

using Wide = std::int64_t;
constexpr int kSub = 256;     // steps in a pixel, and in a texel
constexpr int kFrac = 14;     // fraction bits of what runs along a row
constexpr Wide kFar = 32768;  // pixels; vertices beyond are pulled in to it

struct Vertex {
  std::int32_t x, y, u, v;
  std::uint32_t color;
};

struct Clip {
  int x0, y0, x1, y1;  // half open
};

std::int32_t fixed(double value) {
  constexpr double kLimit = static_cast<double>(kFar * kSub);
  if (!(value > -kLimit)) return static_cast<std::int32_t>(-kLimit);
  if (value > kLimit) return static_cast<std::int32_t>(kLimit);
  return static_cast<std::int32_t>(value + kLimit + 0.5) - static_cast<std::int32_t>(kLimit);  // rounds half up
}

Wide floor_div(Wide a, Wide b) {  // b > 0
  const Wide q = a / b;
  return q - (a % b < 0 ? 1 : 0);
}

// First pixel whose centre is at or right of `x`.
int first_pixel(Wide x) { return static_cast<int>((x - kSub / 2 + kSub - 1) >> 8); }

std::uint32_t div255(std::uint32_t x) { return (x + 128 + ((x + 128) >> 8)) >> 8; }

std::uint32_t load(const std::uint8_t* p) {
  std::uint32_t v;
  std::memcpy(&v, p, 4);
  return v;
}
void store(std::uint8_t* p, std::uint32_t v) { std::memcpy(p, &v, 4); }

// `color` (its own alpha ignored) over the pixel with alpha `a`, rounded exactly, two channels at a time.
std::uint32_t over(std::uint32_t under, std::uint32_t color, std::uint32_t a) {
  const std::uint32_t ia = 255 - a;
  std::uint32_t rb = (under & 0x00FF00FFu) * ia + (color & 0x00FF00FFu) * a + 0x00800080u;
  rb = ((rb + ((rb >> 8) & 0x00FF00FFu)) >> 8) & 0x00FF00FFu;
  std::uint32_t g = ((under >> 8) & 255u) * ia + ((color >> 8) & 255u) * a + 128;
  g = (g + (g >> 8)) & 0xFF00u;
  return rb | g | 0xFF000000u;
}

void fill_span(std::uint8_t* p, int count, std::uint32_t color, std::uint32_t a) {
  if (a == 255) {
    for (int i = 0; i < count; ++i) store(p + 4 * i, color | 0xFF000000u);
  } else if (a > 0) {
    for (int i = 0; i < count; ++i) store(p + 4 * i, over(load(p + 4 * i), color, a));
  }
}

std::uint32_t modulate(std::uint32_t a, std::uint32_t b) {
  std::uint32_t out = 0;
  for (int s = 0; s < 32; s += 8) out |= div255(((a >> s) & 255u) * ((b >> s) & 255u)) << s;
  return out;
}

// One axis of a bilinear sample: two neighbouring texels and the weight (0..256) of the second.
struct Tap {
  int i0, i1;
  std::uint32_t f;
};

Tap tap(Wide place, int size) {
  const Wide t = place - kSub / 2;
  const Wide i = t >> 8;
  return {static_cast<int>(std::clamp<Wide>(i, 0, size - 1)), static_cast<int>(std::clamp<Wide>(i + 1, 0, size - 1)),
          static_cast<std::uint32_t>(t & 255)};
}

std::uint32_t coverage(const FontPlane& font, const Tap& x, const Tap& y) {
  const std::uint8_t* r0 = font.alpha + static_cast<std::size_t>(y.i0) * static_cast<std::size_t>(font.width);
  const std::uint8_t* r1 = font.alpha + static_cast<std::size_t>(y.i1) * static_cast<std::size_t>(font.width);
  const std::uint32_t top = r0[x.i0] * (256 - x.f) + r0[x.i1] * x.f;
  const std::uint32_t bottom = r1[x.i0] * (256 - x.f) + r1[x.i1] * x.f;
  return (top * (256 - y.f) + bottom * y.f + 32768) >> 16;
}

int nearest(Wide place, int size) { return static_cast<int>(std::clamp<Wide>(place >> 8, 0, size - 1)); }

class Painter {
 public:
  Painter(Image& target, const FontPlane& font) : target_(target), font_(font) {}

  // The texture of what follows: null means the font atlas.
  void set(const Image* texture, const Clip& clip) {
    texture_ = texture;
    clip_ = clip;
  }
  int texture_width() const { return texture_ ? texture_->width : font_.width; }
  int texture_height() const { return texture_ ? texture_->height : font_.height; }

  // Tries to draw the triangles a b c and a c d as one rectangle.
  bool rectangle(const Vertex& a, const Vertex& b, const Vertex& c, const Vertex& d);
  void triangle(const Vertex& a, Vertex b, Vertex c);

 private:
  void shade(int x0, int x1, int y, const std::array<const Vertex*, 3>& v, const std::array<Wide, 3>& weights,
             Wide area);

  Image& target_;
  const FontPlane& font_;
  const Image* texture_ = nullptr;
  Clip clip_{};
  std::vector<Tap> taps_;
};

bool Painter::rectangle(const Vertex& a, const Vertex& b, const Vertex& c, const Vertex& d) {
  if (a.x != d.x || b.x != c.x || a.y != b.y || c.y != d.y || a.u != d.u || b.u != c.u || a.v != b.v || c.v != d.v ||
      a.color != b.color || a.color != c.color || a.color != d.color || b.x <= a.x || c.y <= b.y)
    return false;
  const int x0 = std::max(clip_.x0, first_pixel(a.x)), x1 = std::min(clip_.x1, first_pixel(c.x));
  const int y0 = std::max(clip_.y0, first_pixel(a.y)), y1 = std::min(clip_.y1, first_pixel(c.y));
  if (x0 >= x1 || y0 >= y1) return true;
  const std::uint32_t alpha = a.color >> 24;
  const bool flat = a.u == c.u && a.v == c.v;
  if (flat && !texture_) {
    const std::uint32_t cover = coverage(font_, tap(a.u, font_.width), tap(a.v, font_.height));
    for (int y = y0; y < y1; ++y) fill_span(target_.row(y) + 4 * x0, x1 - x0, a.color, div255(alpha * cover));
    return true;
  }
  const auto place = [](int pixel, Wide from, Wide to, Wide t0, Wide t1) {
    return t0 + floor_div((t1 - t0) * (pixel * Wide{kSub} + kSub / 2 - from), to - from);
  };
  taps_.clear();
  for (int x = x0; x < x1; ++x) {
    const Wide u = place(x, a.x, c.x, a.u, c.u);
    taps_.push_back(texture_ ? Tap{nearest(u, texture_->width), 0, 0} : tap(u, font_.width));
  }
  for (int y = y0; y < y1; ++y) {
    std::uint8_t* p = target_.row(y) + 4 * x0;
    const Wide v = place(y, a.y, c.y, a.v, c.v);
    if (texture_) {
      const std::uint8_t* texels = texture_->row(nearest(v, texture_->height));
      for (const Tap& t : taps_) {
        std::uint32_t texel = load(texels + 4 * t.i0);
        if (a.color != 0xFFFFFFFFu) texel = modulate(texel, a.color);
        store(p, over(load(p), texel, texel >> 24));
        p += 4;
      }
    } else {
      const Tap row = tap(v, font_.height);
      for (const Tap& t : taps_) {
        const std::uint32_t cover = coverage(font_, t, row);
        if (cover) store(p, over(load(p), a.color, div255(alpha * cover)));
        p += 4;
      }
    }
  }
  return true;
}

void Painter::triangle(const Vertex& a, Vertex b, Vertex c) {
  Wide area = Wide{b.x - a.x} * (c.y - a.y) - Wide{b.y - a.y} * (c.x - a.x);
  if (area == 0) return;
  if (area < 0) {
    std::swap(b, c);
    area = -area;
  }
  const std::array<const Vertex*, 3> v = {&a, &b, &c};
  const int y0 = std::max(clip_.y0, first_pixel(std::min({a.y, b.y, c.y})));
  const int y1 = std::min(clip_.y1, first_pixel(std::max({a.y, b.y, c.y})) + 1);
  for (int y = y0; y < y1; ++y) {
    const Wide py = y * Wide{kSub} + kSub / 2;
    int x0 = clip_.x0, x1 = clip_.x1;
    std::array<Wide, 3> at_zero{};  // the edge opposite to each vertex, at px = 0
    for (std::size_t e = 0; e < 3 && x0 < x1; ++e) {
      const Vertex& p = *v[(e + 1) % 3];
      const Vertex& q = *v[(e + 2) % 3];
      const Wide dx = q.x - p.x, dy = q.y - p.y;
      // Inside where k - dy * px >= 0 (top and left edges) or > 0 (the others).
      const Wide k = dx * (py - p.y) + dy * p.x;
      at_zero[e] = k;
      if (dy < 0) {
        x0 = static_cast<int>(std::clamp<Wide>(-floor_div(k - dy * (kSub / 2), -dy * kSub), x0, x1));
      } else if (dy > 0) {
        x1 = static_cast<int>(std::clamp<Wide>(floor_div(k - 1 - dy * (kSub / 2), dy * kSub) + 1, x0, x1));
      } else if (k < (dx > 0 ? 0 : 1)) {
        x1 = x0;
      }
    }
    if (x0 >= x1) continue;
    const Wide px = x0 * Wide{kSub} + kSub / 2;
    std::array<Wide, 3> weights{};
    for (std::size_t e = 0; e < 3; ++e) weights[e] = at_zero[e] - Wide{v[(e + 2) % 3]->y - v[(e + 1) % 3]->y} * px;
    shade(x0, x1, y, v, weights, area);
  }
}

// One value that runs along a row: exact at the first pixel, then a step a pixel.
struct Runner {
  Wide value = 0, step = 0;

  Runner() = default;
  Runner(Wide fa, Wide fb, Wide fc, const std::array<const Vertex*, 3>& v, const std::array<Wide, 3>& w, Wide area) {
    const Wide db = fb - fa, dc = fc - fa;
    if (db == 0 && dc == 0) {
      value = fa << kFrac;
      return;
    }
    const Wide sum = w[1] * db + w[2] * dc;
    const Wide whole = floor_div(sum, area);
    const auto rest = static_cast<std::uint64_t>(sum - whole * area);
    value = ((fa + whole) << kFrac) + static_cast<Wide>((rest << kFrac) / static_cast<std::uint64_t>(area));
    // Change of the weights of b and c from one pixel to the next.
    const Wide slope = -(Wide{v[0]->y - v[2]->y} * db + Wide{v[1]->y - v[0]->y} * dc) * kSub;
    const Wide turns = floor_div(slope, area);
    const auto left = static_cast<std::uint64_t>(slope - turns * area);
    step = (turns << kFrac) + static_cast<Wide>((left << kFrac) / static_cast<std::uint64_t>(area));
  }
  std::uint32_t byte() const {
    return static_cast<std::uint32_t>(std::clamp<Wide>((value + (1 << (kFrac - 1))) >> kFrac, 0, 255));
  }
  Wide place() const { return value >> kFrac; }
  void next() { value += step; }
};

void Painter::shade(int x0, int x1, int y, const std::array<const Vertex*, 3>& v, const std::array<Wide, 3>& weights,
                    Wide area) {
  const Vertex &a = *v[0], &b = *v[1], &c = *v[2];
  std::uint8_t* p = target_.row(y) + 4 * x0;
  const bool one_color = a.color == b.color && a.color == c.color;
  const bool one_texel = a.u == b.u && a.u == c.u && a.v == b.v && a.v == c.v;
  std::uint32_t texel = 0xFFFFFFFFu;
  const auto sample = [this](Wide u, Wide w) {
    if (texture_) return load(texture_->row(nearest(w, texture_->height)) + 4 * nearest(u, texture_->width));
    return coverage(font_, tap(u, font_.width), tap(w, font_.height)) << 24 | 0x00FFFFFFu;
  };
  if (one_texel) texel = sample(a.u, a.v);
  if (one_color && one_texel) {
    const std::uint32_t color = texel == 0xFFFFFFFFu ? a.color : modulate(texel, a.color);
    fill_span(p, x1 - x0, color, color >> 24);
    return;
  }
  std::array<Runner, 4> channel;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto part = [i](const Vertex& q) { return Wide{(q.color >> (8 * i)) & 255u}; };
    channel[i] = Runner(part(a), part(b), part(c), v, weights, area);
  }
  Runner u, w;
  if (!one_texel) {
    u = Runner(a.u, b.u, c.u, v, weights, area);
    w = Runner(a.v, b.v, c.v, v, weights, area);
  }
  for (int x = x0; x < x1; ++x, p += 4) {
    std::uint32_t color = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      color |= channel[i].byte() << (8 * i);
      channel[i].next();
    }
    if (!one_texel) {
      texel = sample(u.place(), w.place());
      u.next();
      w.next();
    }
    if (texel != 0xFFFFFFFFu) color = modulate(texel, color);
    if (color >> 24) store(p, over(load(p), color, color >> 24));
  }
}

}  // namespace

FontPlane prepare_font_plane(ImFontAtlas& atlas) {
  unsigned char* pixels = nullptr;
  FontPlane plane;
  atlas.GetTexDataAsAlpha8(&pixels, &plane.width, &plane.height);
  constexpr std::uintptr_t kFontId = 1;
  const ImTextureID id = compat::texture_id(kFontId);
  if (compat::font_texture(atlas) != id) compat::set_font_texture(atlas, id);
  plane.id = id;
  plane.alpha = pixels;
  return plane;
}

void rasterize(const ImDrawData& data, const FontPlane& font, const SoftTextureStore& textures, Image& target) {
  Painter painter(target, font);
  std::vector<Vertex> vertices;
  const double sx = data.FramebufferScale.x, sy = data.FramebufferScale.y;
  for (int n = 0; n < data.CmdListsCount; ++n) {
    const ImDrawList& list = *data.CmdLists[n];
    for (const ImDrawCmd& cmd : list.CmdBuffer) {
      if (cmd.UserCallback || cmd.ElemCount == 0) continue;
      const Image* texture = nullptr;
      if (cmd.GetTexID() != font.id && !(texture = textures.find(cmd.GetTexID()))) continue;
      const auto edge = [](double v, int limit) {
        return static_cast<int>(std::clamp(v, 0.0, static_cast<double>(limit)));
      };
      const Clip clip = {edge((cmd.ClipRect.x - data.DisplayPos.x) * sx, target.width),
                         edge((cmd.ClipRect.y - data.DisplayPos.y) * sy, target.height),
                         edge((cmd.ClipRect.z - data.DisplayPos.x) * sx, target.width),
                         edge((cmd.ClipRect.w - data.DisplayPos.y) * sy, target.height)};
      if (clip.x0 >= clip.x1 || clip.y0 >= clip.y1) continue;
      painter.set(texture, clip);

      const ImDrawIdx* index = list.IdxBuffer.Data + cmd.IdxOffset;
      const ImDrawVert* source = list.VtxBuffer.Data + cmd.VtxOffset;
      unsigned low = ~0u, high = 0;
      for (unsigned i = 0; i < cmd.ElemCount; ++i) {
        low = std::min<unsigned>(low, index[i]);
        high = std::max<unsigned>(high, index[i]);
      }
      vertices.resize(high - low + 1);
      const double su = static_cast<double>(painter.texture_width()) * kSub;
      const double sv = static_cast<double>(painter.texture_height()) * kSub;
      for (unsigned i = low; i <= high; ++i) {
        const ImDrawVert& in = source[i];
        const std::uint32_t color = IM_COL32(red_of(in.col), green_of(in.col), blue_of(in.col), alpha_of(in.col));
        vertices[i - low] = {fixed((in.pos.x - data.DisplayPos.x) * sx * kSub),
                             fixed((in.pos.y - data.DisplayPos.y) * sy * kSub), fixed(in.uv.x * su),
                             fixed(in.uv.y * sv), color};
      }
      const auto at = [&](unsigned i) -> const Vertex& { return vertices[index[i] - low]; };
      for (unsigned i = 0; i + 2 < cmd.ElemCount; i += 3) {
        const bool paired = i + 5 < cmd.ElemCount && index[i + 3] == index[i] && index[i + 4] == index[i + 2];
        if (paired && painter.rectangle(at(i), at(i + 1), at(i + 2), at(i + 5))) {
          i += 3;
        } else {
          painter.triangle(at(i), at(i + 1), at(i + 2));
        }
      }
    }
  }
}

Image rasterize(const ImDrawData& data, const FontPlane& font, const SoftTextureStore& textures, Color background) {
  const auto pixels = [](float size, float scale) { return std::max(1, static_cast<int>(size * scale + 0.5f)); };
  Image image(pixels(data.DisplaySize.x, data.FramebufferScale.x), pixels(data.DisplaySize.y, data.FramebufferScale.y));
  for (int y = 0; y < image.height; ++y) fill_span(image.row(y), image.width, background, 255);
  rasterize(data, font, textures, image);
  return image;
}

}  // namespace blockyard
