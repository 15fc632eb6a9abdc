#include "layout_law.h"

#include <fmt/format.h>
#include <imgui_internal.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "app/ui/fonts.h"
#include "app/ui/rect.h"

namespace blockyard {
namespace {

// Of a letter, pixels: how much of it may be cut (its quad is wider than its ink), and what share of the smaller of two
// may lie on the other.
constexpr float kCut = 2.0F;
constexpr float kOverprint = 0.2F;
// A box below this is a mark on a map or a plot, not something one reads.
constexpr float kLeastBox = 24.0F;

struct Glyph {
  ImWchar letter = 0;
  Rect ink;   ///< as it would be drawn
  Rect seen;  ///< what of it the clip rectangle leaves
  int list = 0;
  std::size_t order = 0;  ///< over all lists
  bool figure = false;    ///< of the type that figures are set in
};

struct Solid {
  std::array<ImVec2, 3> corners;
  Rect clip;
  std::size_t order = 0;
};

// What is filled in one colour, one triangle after the other: a button, a bar, a card.
struct Shape {
  Rect box;
  double area = 0;
  ImU32 color = 0;
  int list = 0;
  std::size_t last = 0;  ///< the order of its latest triangle

  // As good as all of its box: rounded corners are left out of it.
  bool is_box() const { return area > 0.9 * static_cast<double>(box.w) * static_cast<double>(box.h); }
};

Rect meet(const Rect& a, const Rect& b) {
  const float x = std::max(a.x, b.x), y = std::max(a.y, b.y);
  return {x, y, std::max(0.0F, std::min(a.right(), b.right()) - x),
          std::max(0.0F, std::min(a.bottom(), b.bottom()) - y)};
}

bool inside(const Solid& s, ImVec2 p) {
  if (!(p.x >= s.clip.x && p.x < s.clip.right() && p.y >= s.clip.y && p.y < s.clip.bottom())) return false;
  const auto side = [&](ImVec2 a, ImVec2 b) { return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x); };
  const float a = side(s.corners[0], s.corners[1]), b = side(s.corners[1], s.corners[2]),
              c = side(s.corners[2], s.corners[0]);
  return (a >= 0 && b >= 0 && c >= 0) || (a <= 0 && b <= 0 && c <= 0);
}

// Every letter of the atlas by the corner of its cell.
class Alphabet {
 public:
  explicit Alphabet(const ImFontAtlas& atlas) {
    for (int i = 0; i < atlas.Fonts.Size; ++i) {  // one a role, in their order
      const bool figure = i == static_cast<int>(FontRole::Mono14) || i == static_cast<int>(FontRole::Mono16);
      for (const ImFontGlyph& g : atlas.Fonts[i]->Glyphs) {
        if (g.Visible != 0) cells_[key({g.U0, g.V0})] = {static_cast<ImWchar>(g.Codepoint), figure};
      }
    }
  }
  struct Letter {
    ImWchar letter = 0;  ///< 0: that is none
    bool figure = false;
  };
  Letter at(ImVec2 uv) const {
    const auto found = cells_.find(key(uv));
    return found == cells_.end() ? Letter{} : found->second;
  }

 private:
  static std::uint64_t key(ImVec2 uv) {
    return static_cast<std::uint64_t>(std::lround(uv.x * 65536)) << 32 |
           static_cast<std::uint64_t>(std::lround(uv.y * 65536));
  }
  std::unordered_map<std::uint64_t, Letter> cells_;
};

struct Scrolls {
  bool x = false, y = false;
};

// Whether the window of this list, or one that it stands in, scrolls.
Scrolls scrolls(const ImDrawList* list) {
  Scrolls out;
  for (ImGuiWindow* window : ImGui::GetCurrentContext()->Windows) {
    if (window->DrawList != list) continue;
    for (const ImGuiWindow* w = window; w != nullptr; w = w->ParentWindow) {
      out.x = out.x || w->ScrollMax.x > 0;
      out.y = out.y || w->ScrollMax.y > 0;
      if ((w->Flags & ImGuiWindowFlags_ChildWindow) == 0) break;
    }
  }
  return out;
}

class Page {
 public:
  explicit Page(const ImDrawData& data)
      : alphabet_(*ImGui::GetIO().Fonts), screen_{0, 0, data.DisplaySize.x, data.DisplaySize.y} {
    for (int i = 0; i < data.CmdListsCount; ++i) read(*data.CmdLists[i], i);
  }

  std::vector<std::string> faults() {
    std::set<std::string> out;
    for (const Glyph& g : glyphs_) {
      const float w = g.ink.w - g.seen.w, h = g.ink.h - g.seen.h;
      const Scrolls may = scroll_[static_cast<std::size_t>(g.list)];
      if (w > kCut && !may.x && !(may.y && g.seen.h <= 0))
        out.insert("cut at its side: " + words(g));
      else if (h > std::max(kCut, g.ink.h / 4) && !may.y)
        out.insert("cut at its foot: " + words(g));
    }
    overprinted(out);
    crossing(out);
    cut_short(out);
    return {out.begin(), out.end()};
  }

 private:
  void read(const ImDrawList& list, int index) {
    scroll_.push_back(scrolls(&list));
    const ImVec2 white = ImGui::GetIO().Fonts->TexUvWhitePixel;
    for (const ImDrawCmd& cmd : list.CmdBuffer) {
      if (cmd.UserCallback != nullptr) continue;
      const Rect clip = meet(
          {cmd.ClipRect.x, cmd.ClipRect.y, cmd.ClipRect.z - cmd.ClipRect.x, cmd.ClipRect.w - cmd.ClipRect.y}, screen_);
      for (unsigned i = 0; i + 2 < cmd.ElemCount; i += 3) {
        const auto vertex = [&](unsigned k) -> const ImDrawVert& {
          return list.VtxBuffer[static_cast<int>(cmd.VtxOffset) + list.IdxBuffer[static_cast<int>(cmd.IdxOffset + k)]];
        };
        const ImDrawVert &a = vertex(i), &b = vertex(i + 1), &c = vertex(i + 2);
        ++order_;
        const auto [letter, figure] = alphabet_.at(a.uv);
        if (letter != 0 && i + 5 < cmd.ElemCount && a.uv.x != c.uv.x && a.uv.y != c.uv.y) {
          const Rect ink{a.pos.x, a.pos.y, c.pos.x - a.pos.x, c.pos.y - a.pos.y};
          if ((a.col >> IM_COL32_A_SHIFT) > 40)
            glyphs_.push_back({letter, ink, meet(ink, clip), index, order_, figure});
          i += 3;  // the other half of it
        } else if (a.uv.x == white.x && a.uv.y == white.y && (a.col >> IM_COL32_A_SHIFT) > 200 && a.col == b.col &&
                   b.col == c.col) {
          solids_.push_back({{a.pos, b.pos, c.pos}, clip, order_});
          fill({a.pos, b.pos, c.pos}, a.col, clip, index);
        }
      }
    }
  }

  // The words around a letter, and where it stands.
  std::string words(const Glyph& g) const {
    const auto at = static_cast<std::size_t>(&g - glyphs_.data());
    const auto joins = [&](const Glyph& p, const Glyph& q) {
      return p.list == q.list && std::abs(p.ink.center().y - q.ink.center().y) < q.ink.h + 4 &&
             q.ink.x - p.ink.right() < 12 && q.ink.x > p.ink.x - 2;
    };
    std::size_t from = at, to = at;
    while (from > 0 && at - from < 40 && joins(glyphs_[from - 1], glyphs_[from])) --from;
    while (to + 1 < glyphs_.size() && to - at < 40 && joins(glyphs_[to], glyphs_[to + 1])) ++to;
    std::string out;
    for (std::size_t i = from; i <= to; ++i) {
      if (i > from && glyphs_[i].ink.x - glyphs_[i - 1].ink.right() > glyphs_[i].ink.h * 0.2F) out += ' ';
      char utf8[5];
      out += ImTextCharToUtf8(utf8, glyphs_[i].letter);
    }
    return fmt::format("\"{}\" at {:.0f},{:.0f}", out, glyphs_[from].ink.x, glyphs_[from].ink.y);
  }

  bool covered(const Glyph& below, std::size_t until) const { return covered(below.seen.center(), below.order, until); }
  // Whether something opaque was drawn over that point after `from` and before `until`.
  bool covered(ImVec2 p, std::size_t from, std::size_t until) const {
    const auto first = std::upper_bound(solids_.begin(), solids_.end(), from,
                                        [](std::size_t order, const Solid& s) { return order < s.order; });
    for (auto s = first; s != solids_.end() && s->order < until; ++s) {
      if (inside(*s, p)) return true;
    }
    return false;
  }

  void fill(const std::array<ImVec2, 3>& p, ImU32 color, const Rect& clip, int index) {
    const auto [left, right] = std::minmax({p[0].x, p[1].x, p[2].x});
    const auto [top, bottom] = std::minmax({p[0].y, p[1].y, p[2].y});
    const Rect box = meet({left, top, right - left, bottom - top}, clip);
    const double area = std::abs((p[1].x - p[0].x) * (p[2].y - p[0].y) - (p[1].y - p[0].y) * (p[2].x - p[0].x)) / 2.0;
    if (!shapes_.empty() && shapes_.back().last + 1 == order_ && shapes_.back().color == color) {
      Shape& s = shapes_.back();
      const float x = std::min(s.box.x, box.x), y = std::min(s.box.y, box.y);
      s.box = {x, y, std::max(s.box.right(), box.right()) - x, std::max(s.box.bottom(), box.bottom()) - y};
      s.area += area;
      s.last = order_;
    } else {
      shapes_.push_back({box, area, color, index, order_});
    }
  }

  // A word that goes on over or under a button of its own window is as hard to read as one that is cut.
  void crossing(std::set<std::string>& out) const {
    for (std::size_t i = 1; i < glyphs_.size(); ++i) {
      const Glyph &before = glyphs_[i - 1], &g = glyphs_[i];
      if (before.list != g.list || g.seen.w <= 0 || g.seen.h < g.ink.h || before.seen.w <= 0) continue;
      const float y = g.ink.center().y, from = before.ink.center().x, to = g.ink.center().x;
      const bool same_line = std::abs(before.ink.center().y - y) < g.ink.h / 2 && to > from &&
                             g.ink.x - before.ink.right() < g.ink.h * 0.6F;
      if (!same_line) continue;
      const bool into = std::any_of(shapes_.begin(), shapes_.end(), [&](const Shape& s) {
        return s.list == g.list && s.is_box() && s.box.x > from && s.box.x < to && s.box.w > kLeastBox &&
               s.box.y < y - g.ink.h / 2 && s.box.bottom() > y + g.ink.h / 2 &&
               !covered({s.box.x + 0.5F, y}, s.last, g.order);
      });
      if (into) out.insert("runs into something: " + words(g));
    }
  }

  // "308…" where it stands to the right of its label: names may be shortened, figures may not.
  void cut_short(std::set<std::string>& out) const {
    for (std::size_t i = 1; i < glyphs_.size(); ++i) {
      const Glyph &before = glyphs_[i - 1], &g = glyphs_[i];
      const bool digit = (before.letter >= '0' && before.letter <= '9') || before.letter == '.';
      if (g.letter != 0x2026 || !digit || !before.figure || !g.figure || before.list != g.list) continue;
      if (g.seen.w > 0 && g.seen.h > 0 && g.ink.x - before.ink.right() < g.ink.h) out.insert("cut short: " + words(g));
    }
  }

  void overprinted(std::set<std::string>& out) const {
    constexpr float kCell = 16;
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> grid;
    for (std::size_t i = 0; i < glyphs_.size(); ++i) {
      const Rect r = glyphs_[i].seen;
      if (r.w <= 0 || r.h <= 0) continue;
      std::set<std::size_t> near;
      for (float y = std::floor(r.y / kCell); y <= std::floor(r.bottom() / kCell); ++y) {
        for (float x = std::floor(r.x / kCell); x <= std::floor(r.right() / kCell); ++x) {
          std::vector<std::size_t>& cell =
              grid[static_cast<std::uint64_t>(y + 100) << 32 | static_cast<std::uint64_t>(x + 100)];
          near.insert(cell.begin(), cell.end());
          cell.push_back(i);
        }
      }
      for (const std::size_t j : near) {
        const Rect both = meet(r, glyphs_[j].seen);
        const float least = std::min(r.w * r.h, glyphs_[j].seen.w * glyphs_[j].seen.h);
        if (both.w * both.h <= kOverprint * least) continue;
        if (covered(glyphs_[j], glyphs_[i].order)) continue;
        out.insert("over each other: " + words(glyphs_[j]) + " and " + words(glyphs_[i]));
      }
    }
  }

  Alphabet alphabet_;
  Rect screen_;
  std::vector<Scrolls> scroll_;
  std::vector<Glyph> glyphs_;
  std::vector<Solid> solids_;
  std::vector<Shape> shapes_;
  std::size_t order_ = 0;
};

}  // namespace

std::vector<std::string> layout_faults(const ImDrawData& data) { return Page(data).faults(); }

}  // namespace blockyard
