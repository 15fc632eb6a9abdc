#include "app/plot/draw/pen.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "app/ui/compat.h"

namespace blockyard {
namespace {

constexpr std::size_t kPiece = 4000;  // points per AddPolyline: 4 vertices each, far from 16-bit indices' end

void cut_last_character(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.pop_back();
  if (!text.empty()) text.pop_back();
}

}  // namespace

float PlotStyle::px(float v) const { return std::round(v * scale); }

Color PlotStyle::colour(PlotColour c, int index) const {
  // Workers' hues, begun with the ones that lie farthest apart in lightness and hue.
  constexpr int kPalette[] = {1, 0, 2, 6, 5, 3, 4, 7};
  if (c.worker >= 0) return worker_color(theme, c.worker);
  switch (c.role) {
    case PlotRole::P50:
      return theme.p50;
    case PlotRole::P95:
      return theme.p95;
    case PlotRole::P99:
      return theme.p99;
    case PlotRole::Accent:
      return theme.accent;
    case PlotRole::Hit:
      return theme.hit;
    case PlotRole::Miss:
      return theme.miss;
    case PlotRole::Good:
      return theme.good;
    case PlotRole::Warning:
      return theme.warn;
    case PlotRole::Bad:
      return theme.bad;
    case PlotRole::Muted:
      return theme.text_muted;
    case PlotRole::Wait:
      return theme.text_muted;
    case PlotRole::Prefill:
      return theme.p95;
    case PlotRole::Decode:
      return theme.block_idle;
    case PlotRole::Auto:
    case PlotRole::Count:
      break;
  }
  return worker_color(theme, kPalette[index % kWorkerColors]);
}

ImVec2 text_size(const PlotFont& font, std::string_view text) {
  if (text.empty()) return {0, font.px};
  return font.font->CalcTextSizeA(font.px, FLT_MAX, 0, text.data(), text.data() + text.size());
}

std::string shortened(const PlotFont& font, std::string_view text, float width) {
  if (text_size(font, text).x <= width) return std::string(text);
  std::string cut(text);
  while (!cut.empty() && text_size(font, cut + "…").x > width) cut_last_character(cut);
  return cut.empty() ? cut : cut + "…";
}

std::vector<std::string> wrapped(const PlotFont& font, std::string_view text, float width, int lines) {
  std::vector<std::string> out;
  std::string line;
  while (!text.empty() && static_cast<int>(out.size()) + 1 < lines) {
    const std::size_t at = text.find_first_of(" _-/+");
    const std::size_t end = at == std::string_view::npos ? text.size() : at + 1;
    const std::string word(text.substr(0, end));
    if (!line.empty() && text_size(font, line + word).x > width) {
      out.push_back(line);
      line.clear();
      continue;
    }
    line += word;
    text.remove_prefix(end);
  }
  line += text;
  if (!line.empty()) out.push_back(line);
  for (std::string& l : out) {
    while (!l.empty() && l.back() == ' ') l.pop_back();
    l = shortened(font, l, width);
  }
  return out;
}

void Pen::text(const PlotFont& font, ImVec2 at, ImU32 colour, std::string_view text, ImVec2 anchor) const {
  if (text.empty()) return;
  const ImVec2 size = text_size(font, text);
  const ImVec2 pos(std::round(at.x - size.x * anchor.x), std::round(at.y - size.y * anchor.y));
  list_.AddText(font.font, font.px, pos, colour, text.data(), text.data() + text.size());
}

void Pen::tag(const PlotFont& font, ImVec2 at, ImU32 colour, std::string_view string, ImVec2 anchor) const {
  if (string.empty()) return;
  const ImVec2 size = text_size(font, string);
  const ImVec2 min(std::round(at.x - size.x * anchor.x), std::round(at.y - size.y * anchor.y));
  const float pad = px(3);
  box({min.x - pad, min.y, std::ceil(size.x) + 2 * pad, std::ceil(size.y)}, faded(style_.theme.panel, 0.8F), pad);
  text(font, min, colour, string);
}

void Pen::line(ImVec2 a, ImVec2 b, ImU32 colour, float width) const {
  // Straight lines as boxes: crisp at any scale, no anti-aliasing fringe.
  const float w = std::max(1.0F, std::round(width * style_.scale));
  if (a.x == b.x) {
    const float x = std::round(a.x - w / 2);
    const float top = std::round(std::min(a.y, b.y));
    box({x, top, w, std::round(std::max(a.y, b.y)) - top}, colour);
  } else if (a.y == b.y) {
    const float y = std::round(a.y - w / 2);
    const float left = std::round(std::min(a.x, b.x));
    box({left, y, std::round(std::max(a.x, b.x)) - left, w}, colour);
  } else {
    list_.AddLine(a, b, colour, w);
  }
}

void Pen::dashed(ImVec2 a, ImVec2 b, ImU32 colour, float width) const {
  const ImVec2 points[] = {a, b};
  if (a.x != b.x && a.y != b.y) return dashed_polyline(points, colour, width);
  const float on = px(5), off = px(4);
  const bool across = a.y == b.y;
  const float end = across ? b.x : b.y;
  for (float at = across ? a.x : a.y; at < end; at += on + off) {
    const float to = std::min(end, at + on);
    across ? line({at, a.y}, {to, a.y}, colour, width) : line({a.x, at}, {a.x, to}, colour, width);
  }
}

void Pen::polyline(std::span<const ImVec2> points, ImU32 colour, float width) const {
  // Dear ImGui mitres every joint and thins what turns sharply. So the line is cut there, and both pieces go on by half
  // their width, which closes the joint.
  std::vector<ImVec2> piece;
  const auto along = [&](std::size_t i) {  // from point i to the next, of the length of half a width
    const ImVec2 d(points[i + 1].x - points[i].x, points[i + 1].y - points[i].y);
    const float length = std::sqrt(d.x * d.x + d.y * d.y);
    return length > 0 ? ImVec2(d.x / length * width / 2, d.y / length * width / 2) : ImVec2(0, 0);
  };
  const auto stroke = [&] {
    if (piece.size() > 1)
      compat::add_polyline(&list_, piece.data(), static_cast<int>(piece.size()), colour, width, false);
    piece.clear();
  };
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool inner = i > 0 && i + 1 < points.size();
    const ImVec2 in = inner ? along(i - 1) : ImVec2(), out = inner ? along(i) : ImVec2();
    const float quarter = width * width / 4;
    // Cosine of the turn under 0.5: more than 60 degrees.
    if (inner && in.x * out.x + in.y * out.y < 0.5F * quarter) {
      piece.emplace_back(points[i].x + in.x, points[i].y + in.y);
      stroke();
      piece.emplace_back(points[i].x - out.x, points[i].y - out.y);
    } else {
      piece.push_back(points[i]);
      if (piece.size() < kPiece) continue;
      stroke();
      piece.push_back(points[i]);
    }
  }
  stroke();
}

void Pen::dense_line(std::span<const ImVec2> points, ImU32 colour, float width) const {
  if (points.size() < 2) return;
  const float column = std::max(1.0F, px(1)), half = std::max(1.0F, width) / 2;
  const float left = std::floor(points.front().x);
  const auto count = static_cast<std::size_t>((points.back().x - left) / column) + 1;
  std::vector<float> top(count, FLT_MAX), bottom(count, -FLT_MAX);
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const ImVec2 a = points[i], b = points[i + 1];
    const auto first = static_cast<std::size_t>(std::max(0.0F, (a.x - left) / column));
    const std::size_t last = std::min(count - 1, static_cast<std::size_t>(std::max(0.0F, (b.x - left) / column)));
    const auto y_at = [&](float x) { return b.x <= a.x ? b.y : a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x); };
    for (std::size_t c = first; c <= last; ++c) {
      const float x = left + static_cast<float>(c) * column;
      const float from = c == first ? a.y : y_at(x), to = c == last ? b.y : y_at(x + column);
      top[c] = std::min({top[c], from, to});
      bottom[c] = std::max({bottom[c], from, to});
    }
  }
  const ImVec2 uv = ImGui::GetFontTexUvWhitePixel();
  const ImU32 clear = colour & ~IM_COL32_A_MASK;
  for (std::size_t c = 0; c < count; ++c) {
    if (top[c] > bottom[c]) continue;
    const float x0 = left + static_cast<float>(c) * column, x1 = x0 + column;
    // Solid between, fading over one pixel at both ends.
    const float y[] = {top[c] - half - 0.5F, top[c] - half + 0.5F, bottom[c] + half - 0.5F, bottom[c] + half + 0.5F};
    list_.PrimReserve(18, 8);
    const unsigned start = list_._VtxCurrentIdx;
    for (int row = 0; row < 4; ++row) {
      const ImU32 ink = row == 0 || row == 3 ? clear : colour;
      list_.PrimWriteVtx({x0, y[row]}, uv, ink);
      list_.PrimWriteVtx({x1, y[row]}, uv, ink);
    }
    for (unsigned row = 0; row < 3; ++row) {
      for (unsigned corner : {0U, 1U, 3U, 0U, 3U, 2U})
        list_.PrimWriteIdx(static_cast<ImDrawIdx>(start + 2 * row + corner));
    }
  }
}

void Pen::dashed_polyline(std::span<const ImVec2> points, ImU32 colour, float width) const {
  const float on = px(7), off = px(4);
  float left = on;
  bool draw = true;
  std::vector<ImVec2> dash;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    ImVec2 a = points[i];
    const ImVec2 b = points[i + 1];
    float length = std::sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y));
    if (draw && dash.empty()) dash.push_back(a);
    while (length > left) {
      const float f = left / length;
      a = {a.x + (b.x - a.x) * f, a.y + (b.y - a.y) * f};
      length -= left;
      if (draw) {
        dash.push_back(a);
        polyline(dash, colour, width);
        dash.clear();
      } else {
        dash.assign(1, a);
      }
      draw = !draw;
      left = draw ? on : off;
    }
    left -= length;
    if (draw) dash.push_back(b);
  }
  if (draw) polyline(dash, colour, width);
}

void Pen::fill_to(std::span<const ImVec2> points, std::span<const float> base, ImU32 top, ImU32 bottom) const {
  const ImVec2 uv = ImGui::GetFontTexUvWhitePixel();
  // The shade is one of height alone, from the highest point down: from each point down, neighbours would show as
  // stripes.
  float high = FLT_MAX, low = -FLT_MAX;
  for (const ImVec2& p : points) high = std::min(high, p.y);
  for (const float y : base) low = std::max(low, y);
  const auto shade = [&](float y) {
    const float f = low > high ? std::clamp((y - high) / (low - high), 0.0F, 1.0F) : 0.0F;
    return mix(top, bottom, f);
  };
  for (std::size_t first = 0; first + 1 < points.size(); first += kPiece - 1) {
    const std::size_t n = std::min(points.size() - first, kPiece);
    list_.PrimReserve(static_cast<int>(6 * (n - 1)), static_cast<int>(2 * n));
    const unsigned start = list_._VtxCurrentIdx;
    for (std::size_t i = 0; i < n; ++i) {
      const ImVec2 p = points[first + i];
      const float foot = base[base.size() == 1 ? 0 : first + i];
      list_.PrimWriteVtx(p, uv, shade(p.y));
      list_.PrimWriteVtx({p.x, foot}, uv, shade(foot));
    }
    for (unsigned i = 0; i + 1 < n; ++i) {
      for (unsigned corner : {0U, 1U, 3U, 0U, 3U, 2U})
        list_.PrimWriteIdx(static_cast<ImDrawIdx>(start + 2 * i + corner));
    }
  }
}

void Pen::box(const Rect& r, ImU32 colour, float rounding, ImDrawFlags corners) const {
  if (r.empty()) return;
  list_.AddRectFilled(r.min(), r.max(), colour, rounding, corners);
}

void Pen::mark(ImVec2 at, float radius, int shape, ImU32 colour) const {
  switch (shape % 4) {
    case 1:
      return list_.AddRectFilled({at.x - radius * 0.88F, at.y - radius * 0.88F},
                                 {at.x + radius * 0.88F, at.y + radius * 0.88F}, colour);
    case 2:
      return list_.AddTriangleFilled({at.x, at.y - radius * 1.25F}, {at.x + radius * 1.15F, at.y + radius * 0.85F},
                                     {at.x - radius * 1.15F, at.y + radius * 0.85F}, colour);
    case 3:
      return list_.AddQuadFilled({at.x, at.y - radius * 1.3F}, {at.x + radius * 1.3F, at.y},
                                 {at.x, at.y + radius * 1.3F}, {at.x - radius * 1.3F, at.y}, colour);
    default:
      return list_.AddCircleFilled(at, radius, colour, radius < 3 ? 8 : 16);
  }
}

void Pen::outline(const Rect& r, ImU32 colour, float rounding) const {
  compat::add_rect(&list_, r.min(), r.max(), colour, rounding, std::max(1.0F, px(1)));
}

}  // namespace blockyard
