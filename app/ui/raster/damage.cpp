#include "app/ui/raster/damage.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "app/ui/compat.h"

namespace blockyard {
namespace {

constexpr int kTile = 64;
constexpr std::size_t kMostRects = 12;

struct Print {
  std::uint64_t value = 0x9E3779B97F4A7C15U;
  void add(std::uint64_t word) {
    value = (value ^ word) * 0xD6E8FEB86659FD93U;
    value ^= value >> 32;
  }
  void add(float a, float b) {
    add(std::uint64_t{std::bit_cast<std::uint32_t>(a)} << 32 | std::bit_cast<std::uint32_t>(b));
  }
};

Rect meet(const Rect& a, const Rect& b) {
  const float x = std::max(a.x, b.x), y = std::max(a.y, b.y);
  return {x, y, std::max(0.0F, std::min(a.right(), b.right()) - x),
          std::max(0.0F, std::min(a.bottom(), b.bottom()) - y)};
}

// The box around three points.
Rect box_of(ImVec2 a, ImVec2 b, ImVec2 c) {
  const float x = std::min({a.x, b.x, c.x}), y = std::min({a.y, b.y, c.y});
  return {x, y, std::max({a.x, b.x, c.x}) - x, std::max({a.y, b.y, c.y}) - y};
}

Rect clip_of(const ImDrawCmd& cmd, const ImDrawData& data) {
  return {cmd.ClipRect.x - data.DisplayPos.x, cmd.ClipRect.y - data.DisplayPos.y, cmd.ClipRect.z - cmd.ClipRect.x,
          cmd.ClipRect.w - cmd.ClipRect.y};
}

// Calls f for the tiles that `part` touches, one pixel around it included: what a rasteriser rounds.
template <class F>
void each_tile(const Rect& part, int columns, int rows, F f) {
  const auto tile = [](float v) { return static_cast<int>(std::floor(v / kTile)); };
  const int x0 = std::max(0, tile(part.x - 1)), x1 = std::min(columns - 1, tile(part.right() + 1));
  const int y0 = std::max(0, tile(part.y - 1)), y1 = std::min(rows - 1, tile(part.bottom() + 1));
  for (int y = y0; y <= y1; ++y) {
    for (int x = x0; x <= x1; ++x) f(static_cast<std::size_t>(y * columns + x));
  }
}

}  // namespace

void Damage::touch(const Rect& part, std::uint64_t print) {
  each_tile(part, columns_, rows_, [&](std::size_t tile) {
    Print p{now_[tile]};
    p.add(print);
    now_[tile] = p.value;
  });
}

void Damage::spoil(const Rect& part) {
  each_tile(part, columns_, rows_, [&](std::size_t tile) { spoilt_[tile] = true; });
}

void Damage::fingerprint(const ImDrawData& data, std::span<const TextureChange> changes) {
  const Rect screen{0, 0, data.DisplaySize.x, data.DisplaySize.y};
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    for (const ImDrawCmd& cmd : list.CmdBuffer) {
      if (cmd.UserCallback != nullptr) continue;
      const Rect clip = meet(clip_of(cmd, data), screen);
      if (clip.w <= 0 || clip.h <= 0) continue;
      Print base;
      base.add(compat::texture_value(cmd.GetTexID()));
      base.add(cmd.ClipRect.x, cmd.ClipRect.y);
      base.add(cmd.ClipRect.z, cmd.ClipRect.w);
      const bool textured =
          std::any_of(changes.begin(), changes.end(), [&](const TextureChange& c) { return c.id == cmd.GetTexID(); });
      for (unsigned k = 0; k + 2 < cmd.ElemCount; k += 3) {
        const auto vertex = [&](unsigned n) -> const ImDrawVert& {
          return list.VtxBuffer[static_cast<int>(cmd.VtxOffset) + list.IdxBuffer[static_cast<int>(cmd.IdxOffset + n)]];
        };
        const ImDrawVert &a = vertex(k), &b = vertex(k + 1), &c = vertex(k + 2);
        Rect box = box_of(a.pos, b.pos, c.pos);
        box.x -= data.DisplayPos.x, box.y -= data.DisplayPos.y;
        const Rect seen = meet(box, clip);
        if (seen.right() < clip.x || seen.bottom() < clip.y || seen.x > clip.right() || seen.y > clip.bottom())
          continue;
        Print p = base;
        for (const ImDrawVert* v : {&a, &b, &c}) {
          p.add(v->pos.x, v->pos.y);
          p.add(v->uv.x, v->uv.y);
          p.add(v->col);
        }
        touch(seen, p.value);
        if (!textured) continue;
        const Rect uv = box_of(a.uv, b.uv, c.uv);
        for (const TextureChange& change : changes) {
          if (change.id != cmd.GetTexID()) continue;
          const auto w = static_cast<float>(change.width), h = static_cast<float>(change.height);
          const Rect texels = meet({static_cast<float>(change.x) / w, static_cast<float>(change.y) / h,
                                    static_cast<float>(change.w) / w, static_cast<float>(change.h) / h},
                                   uv);
          if (texels.w <= 0 || texels.h <= 0 || uv.w <= 0 || uv.h <= 0) continue;
          // Textures are drawn upright, so that a part of one is a part of the other.
          const Rect part{box.x + box.w * (texels.x - uv.x) / uv.w, box.y + box.h * (texels.y - uv.y) / uv.h,
                          box.w * texels.w / uv.w, box.h * texels.h / uv.h};
          spoil(meet(part, clip));
        }
      }
    }
  }
}

// Tiles that differ, as spans of a row; spans of neighbouring rows that are alike become one rectangle.
void Damage::gather() {
  struct Span {
    int x0, x1, y0, y1;
  };
  const auto joined = [](const Span& a, const Span& b) {
    return Span{std::min(a.x0, b.x0), std::max(a.x1, b.x1), std::min(a.y0, b.y0), std::max(a.y1, b.y1)};
  };
  std::vector<Span> spans;
  const auto read = [&](int gap) {
    spans.clear();
    for (int y = 0; y < rows_; ++y) {
      const std::size_t begun = spans.size();
      for (int x = 0; x < columns_; ++x) {
        const auto tile = static_cast<std::size_t>(y * columns_ + x);
        if (now_[tile] == before_[tile] && !spoilt_[tile]) continue;
        if (spans.size() > begun && x - spans.back().x1 <= gap) {
          spans.back().x1 = x + 1;
        } else {
          spans.push_back({x, x + 1, y, y + 1});
        }
      }
      for (std::size_t i = begun; i < spans.size();) {
        const auto end = spans.begin() + static_cast<std::ptrdiff_t>(begun);
        const auto above = std::find_if(
            spans.begin(), end, [&](const Span& s) { return s.y1 == y && s.x0 == spans[i].x0 && s.x1 == spans[i].x1; });
        if (above == end) {
          ++i;
          continue;
        }
        above->y1 = y + 1;
        spans.erase(spans.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
  };
  read(1);
  if (spans.size() > 4 * kMostRects) read(columns_);  // scattered: a span a row
  // Few rectangles are cheaper than few pixels: the pair that wastes least becomes one.
  while (spans.size() > kMostRects) {
    std::size_t best_a = 0, best_b = 1;
    long least = -1;
    const auto area = [](const Span& s) { return static_cast<long>(s.x1 - s.x0) * (s.y1 - s.y0); };
    for (std::size_t a = 0; a < spans.size(); ++a) {
      for (std::size_t b = a + 1; b < spans.size(); ++b) {
        const long waste = area(joined(spans[a], spans[b])) - area(spans[a]) - area(spans[b]);
        if (least < 0 || waste < least) least = waste, best_a = a, best_b = b;
      }
    }
    Span all = joined(spans[best_a], spans[best_b]);
    spans.erase(spans.begin() + static_cast<std::ptrdiff_t>(best_b));
    spans.erase(spans.begin() + static_cast<std::ptrdiff_t>(best_a));
    // Whatever it now meets is part of it: rectangles stay disjoint.
    for (bool grew = true; grew;) {
      const auto met = std::find_if(spans.begin(), spans.end(), [&](const Span& s) {
        return s.x0 < all.x1 && s.x1 > all.x0 && s.y0 < all.y1 && s.y1 > all.y0;
      });
      grew = met != spans.end();
      if (!grew) break;
      all = joined(all, *met);
      spans.erase(met);
    }
    spans.push_back(all);
  }
  rects_.clear();
  const Rect screen{0, 0, size_.x, size_.y};
  for (const Span& s : spans) {
    rects_.push_back(meet({static_cast<float>(s.x0 * kTile), static_cast<float>(s.y0 * kTile),
                           static_cast<float>((s.x1 - s.x0) * kTile), static_cast<float>((s.y1 - s.y0) * kTile)},
                          screen));
  }
}

const std::vector<Rect>& Damage::of(const ImDrawData& data, std::span<const TextureChange> changes) {
  if (data.DisplaySize.x != size_.x || data.DisplaySize.y != size_.y) forget();
  size_ = data.DisplaySize;
  columns_ = (static_cast<int>(std::ceil(size_.x)) + kTile - 1) / kTile;
  rows_ = (static_cast<int>(std::ceil(size_.y)) + kTile - 1) / kTile;
  const auto tiles = static_cast<std::size_t>(std::max(0, columns_)) * static_cast<std::size_t>(std::max(0, rows_));
  now_.assign(tiles, 0);
  spoilt_.assign(tiles, false);
  fingerprint(data, changes);
  if (before_.size() != tiles) {
    rects_.assign(1, {0, 0, size_.x, size_.y});
  } else {
    gather();
  }
  before_.swap(now_);
  return rects_;
}

DamagedCommands::DamagedCommands(ImDrawData& data, std::span<const Rect> rects) : data_(data) {
  whole_.resize(static_cast<std::size_t>(data.CmdListsCount));
  for (int i = 0; i < data.CmdListsCount; ++i) {
    ImVector<ImDrawCmd>& cmds = data.CmdLists[i]->CmdBuffer;
    ImVector<ImDrawCmd>& whole = whole_[static_cast<std::size_t>(i)];
    whole.swap(cmds);
    for (const ImDrawCmd& cmd : whole) {
      if (cmd.UserCallback != nullptr) {
        cmds.push_back(cmd);
        continue;
      }
      for (const Rect& r : rects) {
        const Rect part = meet(clip_of(cmd, data), r);
        if (part.w <= 0 || part.h <= 0) continue;
        ImDrawCmd cut = cmd;
        cut.ClipRect = ImVec4(part.x + data.DisplayPos.x, part.y + data.DisplayPos.y, part.right() + data.DisplayPos.x,
                              part.bottom() + data.DisplayPos.y);
        cmds.push_back(cut);
      }
    }
  }
}

DamagedCommands::~DamagedCommands() {
  for (std::size_t i = 0; i < whole_.size(); ++i) data_.CmdLists[static_cast<int>(i)]->CmdBuffer.swap(whole_[i]);
}

}  // namespace blockyard
