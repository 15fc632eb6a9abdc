#include "app/panels/tree/icicle.h"

#include <algorithm>
#include <cmath>

#include "app/ui/compat.h"
#include "app/ui/icons.h"

namespace blockyard {
namespace {

using Mode = UiState::TreeMode;

// The part of a node that a worker covers, 0 … 1, in a mode.
float share(const Coverage& c, Mode mode, std::uint32_t blocks) {
  const std::uint32_t n = mode == Mode::kBelief ? c.believed : c.held;
  return static_cast<float>(n) / static_cast<float>(std::max<std::uint32_t>(1, blocks));
}

// Hatching, for blocks that are believed in but gone.
void hatch(ImDrawList* list, const Rect& r, Color ink, float step) {
  list->PushClipRect(r.min(), r.max(), true);
  for (float x = r.x - r.h; x < r.right(); x += step)
    list->AddLine(ImVec2(x, r.bottom()), ImVec2(x + r.h, r.y), ink, 1.0f);
  list->PopClipRect();
}

// A node's rectangle: one band for each worker that covers it, in its hue, filled as deep as it is covered.
void draw_node(const FrameContext& ctx, ImDrawList* list, const Rect& r, const TreeShow& show, NodeIndex n) {
  const Theme& theme = ctx.look.theme;
  const TreeNode& node = show.tree.node(n);
  list->AddRectFilled(r.min(), r.max(), theme.block_free);
  if (show.mode == Mode::kDifference) {
    const auto all = static_cast<float>(std::max<std::uint32_t>(1, node.blocks));
    Coverage sum;
    for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) sum += show.tree.coverage(ctx, n, w);
    const float gone = std::min(1.0f, static_cast<float>(sum.phantom) / all);
    const float extra = std::min(1.0f, static_cast<float>(sum.unknown) / all);
    const float half = r.w / 2;
    if (gone > 0) {
      const Rect band{r.x, r.y, extra > 0 ? half : r.w, std::max(2.0f, std::round(r.h * gone))};
      list->AddRectFilled(band.min(), band.max(), diverging(theme, 0.9f));
      if (r.h >= 6) hatch(list, band, faded(theme.background, 0.6f), 5);
    }
    if (extra > 0) {
      const Rect band{gone > 0 ? r.x + half : r.x, r.y, gone > 0 ? half : r.w, std::max(2.0f, std::round(r.h * extra))};
      list->AddRectFilled(band.min(), band.max(), diverging(theme, -0.9f));
    }
    return;
  }
  struct Holder {
    WorkerId w;
    float share;
  };
  std::vector<Holder> holders;
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    const float s = share(show.tree.coverage(ctx, n, w), show.mode, node.blocks);
    if (s > 0) holders.push_back({w, s});
  }
  if (holders.empty()) return;
  const float band = r.w / static_cast<float>(holders.size());
  if (band < 1) {
    list->AddRectFilled(r.min(), r.max(), theme.block_used);
    return;
  }
  for (std::size_t i = 0; i < holders.size(); ++i) {
    const float x0 = std::round(r.x + band * static_cast<float>(i)),
                x1 = std::round(r.x + band * static_cast<float>(i + 1));
    const Color fill = mix(theme.panel, worker_color(theme, static_cast<int>(holders[i].w)), 0.72f);
    list->AddRectFilled(ImVec2(x0, r.y), ImVec2(x1, r.y + std::max(1.0f, std::round(r.h * holders[i].share))), fill);
    const std::string number = std::to_string(holders[i].w);
    const float w = text_width(ctx.look, FontRole::Small, number);
    if (x1 - x0 >= w + 6 && r.h >= ctx.look.px(32) && holders.size() <= 16)
      draw_text(list, ctx.look, FontRole::Small, ink_on(fill), ImVec2((x0 + x1 - w) / 2, r.bottom() - ctx.look.px(9)),
                number);
  }
}

}  // namespace

void draw_worker_marks(const FrameContext& ctx, ImDrawList* list, ImVec2 left, float pitch, const TreeShow& show,
                       NodeIndex n) {
  const Theme& theme = ctx.look.theme;
  const TreeNode& node = show.tree.node(n);
  const float side = std::max(1.0f, pitch - (pitch >= 5   ? std::max(2.0f, std::round(pitch * 0.3f))
                                             : pitch >= 3 ? 1
                                                          : 0));
  const float height = std::max(side, ctx.look.px(8)), top = std::floor(left.y - height / 2);
  // Narrow ones share a strip: each frame would cover the mark before it.
  const bool strip = pitch < 3;
  if (strip) {
    const float width = pitch * static_cast<float>(ctx.fleet.workers().size());
    list->AddRectFilled(ImVec2(left.x, top), ImVec2(left.x + width, top + height), theme.frame);
  }
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    const float x = left.x + pitch * static_cast<float>(w);
    const Rect r{std::floor(x), top, side, height};
    const float round = side >= 6 ? 2.0f : 0.0f;
    if (!strip) list->AddRectFilled(r.min(), r.max(), theme.frame, round);
    const Coverage c = show.tree.coverage(ctx, n, w);
    if (show.mode == Mode::kDifference) {
      // Gone: an empty orange frame with a bar across. Unknown: solid blue.
      if (c.unknown > 0) list->AddRectFilled(r.min(), r.max(), diverging(theme, -0.9f), round);
      if (c.phantom > 0) {
        const Color orange = diverging(theme, 0.9f);
        compat::add_rect(list, r.min(), r.max(), orange, round);
        if (side >= 6) list->AddLine(ImVec2(r.x + 1, r.bottom() - 2), ImVec2(r.right() - 2, r.y + 1), orange, 1.0f);
      }
      continue;
    }
    const float s = share(c, show.mode, node.blocks);
    if (s <= 0) continue;
    const float h = std::max(2.0f, std::round(height * s));
    list->AddRectFilled(ImVec2(r.x, r.bottom() - h), r.max(), worker_color(theme, static_cast<int>(w)), round);
  }
}

NodeIndex Icicle::draw(const FrameContext& ctx, const Rect& rect, const TreeShow& show) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  const TreeModel& tree = show.tree;
  if (fits_ != ctx.ui.fits || root_ >= tree.nodes().size()) {
    fits_ = ctx.ui.fits;
    root_ = kNone;
  }
  ImGui::SetCursorScreenPos(rect.min());
  ImGui::InvisibleButton("##icicle", ImVec2(std::max(1.0f, rect.w), std::max(1.0f, rect.h)));
  const bool inside = ImGui::IsItemHovered();
  const bool double_clicked = inside && ImGui::IsMouseDoubleClicked(0);
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->PushClipRect(rect.min(), rect.max(), true);

  Rect area = rect;
  const Rect head = area.take_top(look.px(20), look.px(2));
  const bool zoomed = root_ != kNone;
  list->AddRectFilled(head.min(), head.max(), theme.frame, look.px(3));
  const std::string title = zoomed ? std::string(icons::kChevronLeft) + "  " + tree.node(root_).label
                                   : (ctx.observed != nullptr ? "all chains · " : "all prompts · ") + with_commas(tree.requests());
  draw_text(list, look, FontRole::Small, theme.text_secondary, ImVec2(head.x + look.px(8), head.center().y),
            ellipsized(look, FontRole::Small, title, head.w - look.px(16)));
  if (inside && head.contains(mouse) && ImGui::IsMouseClicked(0)) root_ = kNone;

  const std::uint32_t top = zoomed ? tree.node(root_).depth : 0;
  const std::uint32_t deepest = zoomed ? tree.node(root_).bottom : tree.deepest();
  const float per_block = area.h / static_cast<float>(std::max<std::uint32_t>(1, deepest - top));
  NodeIndex under = kNone;
  const auto visit = [&](const auto& self, NodeIndex n, float x0, float x1) -> void {
    const TreeNode& node = tree.node(n);
    const float y0 = area.y + per_block * static_cast<float>(node.depth - top);
    if (!node.group()) {
      const float y1 = area.y + per_block * static_cast<float>(node.depth + node.blocks - top);
      const float gap = x1 - x0 >= 3 ? 1.0f : 0.0f;
      const Rect r{std::round(x0), std::round(y0), std::max(1.0f, std::round(x1) - std::round(x0) - gap),
                   std::max(1.0f, std::round(y1) - std::round(y0) - 1.0f)};
      draw_node(ctx, list, r, show, n);
      if (inside && r.contains(mouse)) under = n;
      if (r.w >= look.px(44) && r.h >= look.px(16)) {
        const std::string label = ellipsized(look, FontRole::Small, node.label, r.w - look.px(10));
        const float w = text_width(look, FontRole::Small, label);
        list->AddRectFilled(ImVec2(r.x + look.px(2), r.y + look.px(2)), ImVec2(r.x + look.px(8) + w, r.y + look.px(15)),
                            faded(theme.panel, 0.82f), look.px(2));
        draw_text(list, look, FontRole::Small, theme.text, ImVec2(r.x + look.px(5), r.y + look.px(8)), label);
      }
      if (show.on_path.size() > n && show.on_path[n])
        list->AddRectFilled(r.min(), ImVec2(r.x + std::min(r.w, look.px(2)), r.bottom()), theme.text);
      if (n == show.selected || n == show.hovered)
        compat::add_rect(list, r.min(), r.max(), n == show.selected ? theme.accent : theme.text, 0, look.px(2));
    }
    // What is too narrow for a pixel of its own is not drawn.
    float x = x0;
    const float per_request = (x1 - x0) / static_cast<float>(std::max<std::uint32_t>(1, node.requests));
    for (const NodeIndex c : tree.children(n)) {
      const float w = per_request * static_cast<float>(tree.node(c).requests);
      if (w >= 0.75f || std::round(x) != std::round(x + w)) self(self, c, x, x + w);
      x += w;
    }
  };
  if (zoomed) {
    visit(visit, root_, area.x, area.right());
  } else {
    float x = area.x;
    const float per_request = area.w / static_cast<float>(std::max<std::uint32_t>(1, tree.requests()));
    for (const NodeIndex n : tree.top()) {
      const float w = per_request * static_cast<float>(tree.node(n).requests);
      visit(visit, n, x, x + w);
      x += w;
    }
  }
  list->PopClipRect();
  if (double_clicked && under != kNone) root_ = under == root_ ? kNone : under;
  look.mark("icicle", area);
  return under;
}

}  // namespace blockyard
