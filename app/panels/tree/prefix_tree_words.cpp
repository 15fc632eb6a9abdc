// What the prefix tree says in words: the price of a difference, and the tooltip of a node.
#include <fmt/format.h>

#include "app/panels/panel_text.h"
#include "app/panels/tree/prefix_tree.h"
#include "app/panels/whose_belief.h"
#include "app/ui/widgets.h"
#include "core/base/text.h"
#include "core/live/observed/observed_fleet.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

using Mode = UiState::TreeMode;

}  // namespace

// What the difference costs: a phantom block is computed again by a worker that was chosen for it, an unknown one
// could have been spared elsewhere.
void PrefixTreePanel::price(FrameContext& ctx) {
  const Look& look = ctx.look;
  const double per_block = ctx.fleet.config().latency.per_blocks(1, ctx.fleet.config().cache.block_tokens);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, half = width / 2, height = look.px(34);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto cell = [&](float x, Color color, const char* name, std::uint64_t blocks, const char* help) {
    list->AddRectFilled(ImVec2(x, at.y + look.px(3)), ImVec2(x + look.px(3), at.y + height - look.px(3)), color,
                        look.px(1));
    draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(x + look.px(10), at.y + look.px(9)), name);
    draw_text(list, look, FontRole::Mono14, look.theme.text, ImVec2(x + look.px(10), at.y + look.px(25)),
              ctx.observed != nullptr ? counted(blocks, "block")
                                      : fmt::format("{} · {}", short_count(blocks),
                                                    duration_text(static_cast<double>(blocks) * per_block)));
    ImGui::SetCursorScreenPos(ImVec2(x, at.y));
    ImGui::InvisibleButton(name, ImVec2(half - look.px(8), height));
    help_tooltip(look, name, help);
  };
  if (ctx.observed != nullptr) {
    cell(at.x, diverging(look.theme, 0.9f), "expected, not confirmed", differences_.all_phantom,
         "Blocks that the router has sent there and that no stream has confirmed yet: they count as held until the "
         "stream tells of them, or for a while after the request's end.");
    cell(at.x + half, diverging(look.theme, -0.9f), "held, not believed", differences_.all_unknown,
         "Blocks that a worker holds and the router does not believe in.");
  } else if (const auto other = against_router(ctx, tree_.sides())) {
    const std::string here = router_words(ctx, tree_.sides()), there = fmt::format("router {}", *other);
    cell(at.x, diverging(look.theme, 0.9f), fmt::format("only {}", here).c_str(), differences_.all_phantom,
         "What this side believes and the other does not. Blocks, and the prefill that they stand for.");
    cell(at.x + half, diverging(look.theme, -0.9f), fmt::format("only {}", there).c_str(), differences_.all_unknown,
         "What the other side believes and this one does not. Blocks, and the prefill that they stand for.");
  } else {
    // An index that its own decisions feed never hears of an eviction, nor of what others sent.
    const bool deaf = ctx.fleet.config().router.view == ViewMode::kDecisions;
    cell(
        at.x, diverging(look.theme, 0.9f), "phantom blocks", differences_.all_phantom,
        deaf
            ? "Believed but gone. Blocks, and what it would take to compute them. An index that its own decisions feed "
              "never hears that they were evicted: it believes in them until their time to live or its limit ends it."
            : "Believed but gone. Blocks, and what it would take to compute them: blocks × prefill time per block. A "
              "request sent there for them pays for it.");
    cell(at.x + half, diverging(look.theme, -0.9f), "unknown blocks", differences_.all_unknown,
         deaf
             ? "Held but not believed. Blocks, and the prefill that cannot be saved: answers, and what its limits or a "
               "restart made it forget. No message will ever tell of them."
             : "Held but not believed. Blocks, and the prefill that the router cannot save because it does not know "
               "about them.");
  }
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + height + look.px(6)));
}

void PrefixTreePanel::node_tooltip(FrameContext& ctx, const TreeShow& show, NodeIndex n) const {
  const TreeNode& node = tree_.node(n);
  const std::size_t workers = ctx.fleet.workers().size();
  std::string body = ctx.observed != nullptr
                         ? fmt::format("{} blocks from depth {} · {} behind it", with_commas(node.blocks), node.depth,
                                       counted(node.requests, "chain"))
                         : fmt::format("{} blocks from depth {} · {} of {} requests have come",
                                       with_commas(node.blocks), node.depth, tree_.arrived(ctx, n), node.requests);
  if (node.group() && node.children_count > kLargestMarkedGroup) {
    tooltip(ctx.look, node.label, body);
    return;
  }
  Coverage all;
  int listed = 0;
  for (WorkerId w = 0; w < workers; ++w) {
    const Coverage c = tree_.coverage(ctx, n, w);
    all += c;
    if (c.believed + c.held == 0) continue;
    if (++listed > 6) continue;
    body += show.mode == Mode::kDifference && against_router(ctx, tree_.sides())
                ? fmt::format("\nworker-{}: {} {}, router {} {}", w, router_words(ctx, tree_.sides()), c.believed,
                              *against_router(ctx, tree_.sides()), c.held)
            : ctx.observed != nullptr && !believes(ctx) ? fmt::format("\n{}: held {}", worker_name(ctx, w), c.held)
            : ctx.observed != nullptr
                ? fmt::format("\n{}: believed {}, held {}", worker_name(ctx, w), c.believed, c.held)
                : fmt::format("\nworker-{}: believed {}, held {}", w, c.believed, c.held);
  }
  if (listed == 0)
    body += ctx.observed != nullptr ? "\nNo worker holds it." : "\nNo worker holds it, and none is believed to.";
  if (listed > 6) body += fmt::format("\nand {} more workers", listed - 6);
  if (show.mode == Mode::kDifference && ctx.observed == nullptr && all.phantom + all.unknown > 0) {
    const double ms = ctx.fleet.config().latency.per_blocks(1, ctx.fleet.config().cache.block_tokens);
    if (!against_router(ctx, tree_.sides()))
      body += fmt::format("\nphantom {} ({}), unknown {} ({})", all.phantom, duration_text(ms * all.phantom),
                          all.unknown, duration_text(ms * all.unknown));
  }
  tooltip(ctx.look, node.label, body);
}

}  // namespace blockyard
