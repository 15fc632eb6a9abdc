#include "app/panels/tree/prefix_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/panels/linked.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "core/live/observed/observed_fleet.h"

namespace blockyard {
namespace {

using Mode = UiState::TreeMode;

constexpr float kRow = 24;
constexpr std::size_t kRowsAtFirst = 40;

NodeIndex node_of(const FrameContext& ctx, const TreeModel& tree, const Selection& what) {
  const EdgeId edge = linked_to(ctx, what).edge;
  return edge == kNone ? kNone : tree.node_of(edge);
}

}  // namespace

bool PrefixTreePanel::believes(const FrameContext& ctx) { return ctx.observed == nullptr || ctx.observed->routed(); }

void PrefixTreePanel::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  if (!believes(ctx)) ctx.ui.tree_mode = Mode::kTruth;
  begin_card(look, "tree", rect);
  bring_up_to_date(ctx);
  head(ctx);
  if (tree_.nodes().empty()) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    empty_state(look, {at.x, at.y, room.x, room.y}, icons::kSitemap, ctx.observed != nullptr ? "No blocks yet" : "No prefix tree",
                ctx.observed != nullptr
                    ? "Blocks stand here as soon as a worker's stream tells of them."
                    : "No prompt of this workload fills a block. Load another scenario, or make prompts longer.");
    end_card(look);
    return;
  }
  TreeShow show{tree_,
                ctx.ui.tree_mode,
                differences_,
                on_path_,
                node_of(ctx, tree_, ctx.hover),
                node_of(ctx, tree_, ctx.selection)};
  if (show.mode == Mode::kDifference) price(ctx);
  if (ctx.ui.tree_icicle) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const NodeIndex under = icicle_.draw(ctx, {at.x, at.y, room.x, room.y}, show);
    if (show.mode == Mode::kDifference && differences_.all_phantom + differences_.all_unknown == 0) {
      const char* words = "Belief and truth agree";
      const float w = text_width(look, FontRole::Body, words);
      ImDrawList* list = ImGui::GetWindowDrawList();
      const ImVec2 mid(at.x + room.x / 2, at.y + room.y / 2);
      list->AddRectFilled(ImVec2(mid.x - w / 2 - look.px(12), mid.y - look.px(14)),
                          ImVec2(mid.x + w / 2 + look.px(12), mid.y + look.px(14)), look.theme.raised, look.px(6));
      draw_text(list, look, FontRole::Body, look.theme.text, ImVec2(mid.x - w / 2, mid.y), words);
    }
    if (under != kNone) {
      ctx.hover_on(SelectedEdge{tree_.node(under).first});
      node_tooltip(ctx, show, under);
      if (ImGui::IsMouseClicked(0)) ctx.select(SelectedEdge{tree_.node(under).first});
    }
  } else {
    if (text_field(look, "filter", icons::kSearch, ctx.observed != nullptr ? "Filter: block 512" : "Filter: doc 4, request 17, block 512",
                   &ctx.ui.tree_filter))
      rows_stale_ = true;
    table(ctx, show);
  }
  end_card(look);
}

void PrefixTreePanel::bring_up_to_date(FrameContext& ctx) {
  const bool fresh = tree_.update(ctx);
  if (fresh) {
    if (ctx.observed != nullptr) {
      keep_open(ctx);
    } else {
      open_ = open_at_first(tree_, kRowsAtFirst);
      firsts_.clear();
    }
    icicle_.reset();
    rows_stale_ = true;
  }
  if (hits_due_.due(ctx) || fresh) hits_ = hits_by_node(ctx, tree_);
  const BeliefSides sides{ctx.ui.belief_router, ctx.ui.tree_mode == Mode::kDifference ? against_ : -1};
  const bool mode_changed = shown_mode_ != ctx.ui.tree_mode || sides != tree_.sides();
  tree_.set_sides(sides);
  if (ctx.ui.tree_mode == Mode::kDifference && (differences_due_.due(ctx) || fresh || mode_changed)) {
    differences_.update(ctx, tree_);
    rows_stale_ = true;
  }
  if (mode_changed || filtered_by_ != ctx.ui.tree_filter) rows_stale_ = true;
  shown_mode_ = ctx.ui.tree_mode;

  on_path_.assign(tree_.nodes().size(), 0);
  RequestId r = linked_to(ctx, ctx.hover).request;
  if (r == kNone) r = linked_to(ctx, ctx.selection).request;
  if (r != kNone) {
    for (const EdgeId e : path_of(ctx, r)) on_path_[tree_.node_of(e)] = 1;
  }
  // Show a node that was selected elsewhere.
  if (!(followed_ == ctx.selection)) {
    followed_ = ctx.selection;
    NodeIndex n = node_of(ctx, tree_, ctx.selection);
    // Of a request: the deepest part that it shares with others.
    if (const RequestId asked = linked_to(ctx, ctx.selection).request; n == kNone && asked != kNone) {
      for (const EdgeId e : path_of(ctx, asked)) {
        if (n == kNone || ctx.tree.edges()[e].requests > 1) n = tree_.node_of(e);
      }
    }
    for (NodeIndex p = n == kNone ? kNone : tree_.node(n).parent; p != kNone; p = tree_.node(p).parent) {
      rows_stale_ |= !open_[p];
      open_[p] = 1;
    }
    scroll_to_ = n;
  }
  if (!rows_stale_) return;
  rows_ = flatten(tree_, open_, ctx.ui.tree_filter, shown_mode_ == Mode::kDifference ? &differences_ : nullptr);
  filtered_by_ = ctx.ui.tree_filter;
  rows_stale_ = false;
}

void PrefixTreePanel::head(FrameContext& ctx) {
  const Look& look = ctx.look;
  // Where it is low, rows are worth more than the title.
  if (ImGui::GetContentRegionAvail().y >= look.px(220)) {
    section_header(look, nullptr, "Prefix tree",
                   fmt::format("{} nodes · {} blocks", short_count(tree_.nodes().size()), short_count(tree_.blocks())));
    help_tooltip(look, "Prefix tree", help_of("tree"));
  }
  constexpr std::array<const char*, 3> kModes = {"Belief", "Truth", "Difference"};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float right = at.x + ImGui::GetContentRegionAvail().x;
  if (const auto picked =
          segmented(look, "mode", kModes, static_cast<int>(ctx.ui.tree_mode), right - at.x - look.px(56)))
    pick(ctx, static_cast<Mode>(*picked));
  const ImVec2 after = ImGui::GetCursorScreenPos();
  ImGui::SetCursorScreenPos(ImVec2(right - look.px(48), at.y + look.px(6)));
  if (mini_button(look, "as table", icons::kList, "As a table", !ctx.ui.tree_icicle)) ctx.ui.tree_icicle = false;
  ImGui::SetCursorScreenPos(ImVec2(right - look.px(22), at.y + look.px(6)));
  if (mini_button(look, "as icicle", icons::kSitemap, "As an icicle: width = requests, height = blocks",
                  ctx.ui.tree_icicle))
    ctx.ui.tree_icicle = true;
  ImGui::SetCursorScreenPos(after);
  if (ctx.ui.tree_mode != Mode::kTruth) router_chips(ctx, against_, ctx.ui.tree_mode == Mode::kDifference);
}

void PrefixTreePanel::keep_open(const FrameContext& ctx) {
  std::vector<BlockId> open;
  for (std::size_t n = 0; n < firsts_.size(); ++n) {
    if (open_[n] != 0 && firsts_[n] != kNone) open.push_back(firsts_[n]);
  }
  std::sort(open.begin(), open.end());
  const bool first = firsts_.empty();
  open_ = open_at_first(tree_, kRowsAtFirst);
  firsts_.clear();
  for (const TreeNode& node : tree_.nodes())
    firsts_.push_back(node.group() ? kNone : ctx.tree.edges()[node.first].first);
  if (first) return;
  for (std::size_t n = 0; n < firsts_.size(); ++n)
    open_[n] = static_cast<char>(std::binary_search(open.begin(), open.end(), firsts_[n]));
}

void PrefixTreePanel::pick(FrameContext& ctx, Mode mode) {
  if (believes(ctx)) {
    ctx.ui.tree_mode = mode;
  } else if (mode != Mode::kTruth) {
    ctx.push(cmd::Notify{"What a router believes is not told here: the tree shows the truth, as the streams say it"});
  }
}

void PrefixTreePanel::toggle(NodeIndex n) {
  open_[n] = !open_[n];
  rows_stale_ = true;
}

void PrefixTreePanel::table(FrameContext& ctx, const TreeShow& show) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, row_h = look.px(kRow);
  const std::size_t workers = ctx.fleet.workers().size();
  const float pitch = mark_pitch(look, workers, look.px(104)), marks_w = pitch * static_cast<float>(workers);
  const float marks_x = at.x + width - marks_w, hits_x = marks_x - look.px(12), blocks_x = hits_x - look.px(50);
  // Column heads.
  const float y = at.y + look.px(9);
  draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(at.x, y), "prefix");
  draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(blocks_x, y), "blocks");
  // What a block costs a real worker is not known.
  const bool price = show.mode == Mode::kDifference && ctx.observed == nullptr;
  if (believes(ctx))
    draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(hits_x, y), price ? "ms" : "hits");
  if (pitch >= look.px(9)) {
    for (WorkerId w = 0; w < workers && w < 10; ++w)
      draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(marks_x + pitch * static_cast<float>(w), y),
                std::to_string(w));
  } else {
    draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(at.x + width, y),
                    fmt::format("0 … {}", workers - 1));
  }
  const float hair = std::max(1.0f, look.px(1));
  list->AddRectFilled(ImVec2(at.x, at.y + look.px(20)), ImVec2(at.x + width, at.y + look.px(20) + hair), theme.line);
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(23)));

  begin_scroll(look, "rows");
  if (rows_.empty()) {
    const ImVec2 here = ImGui::GetCursorScreenPos();
    const bool filtered = !ctx.ui.tree_filter.empty();
    empty_state(look, {here.x, here.y, width, std::max(look.px(80), ImGui::GetContentRegionAvail().y)},
                filtered ? icons::kSearch : icons::kCheck,
                filtered                             ? "Nothing matches"
                : against_router(ctx, tree_.sides()) ? "Both routers believe the same"
                                                     : "Belief and truth agree",
                filtered ? "Clear the filter, or look for a part of a name."
                         : "Where the router is wrong: blocks that it believes are cached but are gone, and blocks "
                           "that it does not know about.");
  }
  if (scroll_to_ != kNone) {
    const auto found = std::find(rows_.begin(), rows_.end(), scroll_to_);
    if (found != rows_.end()) {
      const float top = static_cast<float>(found - rows_.begin()) * row_h;
      const float seen = ImGui::GetScrollY(), height = ImGui::GetWindowHeight();
      if (top < seen || top + row_h > seen + height) ImGui::SetScrollY(std::max(0.0f, top - height / 2));
    }
    scroll_to_ = kNone;
  }
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(rows_.size()), row_h);
  NodeIndex flipped = kNone;
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const NodeIndex n = rows_[static_cast<std::size_t>(i)];
      const ImVec2 here = ImGui::GetCursorScreenPos();
      const Rect row{here.x, here.y, width, row_h};
      ImGui::PushID(static_cast<int>(n));
      const bool clicked = ImGui::InvisibleButton("##row", row.size());
      ImGui::PopID();
      const bool hovered = ImGui::IsItemHovered();
      table_row(ctx, show, n, row, pitch);
      if (!hovered) continue;
      const TreeNode& node = tree_.node(n);
      const float fold_end = row.x + look.px(12) * static_cast<float>(node.level) + look.px(16);
      const bool on_fold = node.children_count > 0 && ImGui::GetIO().MousePos.x < fold_end;
      if (!node.group()) ctx.hover_on(SelectedEdge{node.first});
      if (compat::hovered_seconds() > 0.35f) node_tooltip(ctx, show, n);
      if ((clicked && (on_fold || node.group())) || (ImGui::IsMouseDoubleClicked(0) && !on_fold && !node.group())) {
        flipped = n;
      } else if (clicked) {
        ctx.select(SelectedEdge{node.first});
      }
    }
  }
  ImGui::PopStyleVar();
  end_scroll("rows");
  if (flipped != kNone && tree_.node(flipped).children_count > 0) toggle(flipped);
}

void PrefixTreePanel::table_row(FrameContext& ctx, const TreeShow& show, NodeIndex n, const Rect& row, float pitch) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  const TreeNode& node = tree_.node(n);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float y = row.center().y, marks_w = pitch * static_cast<float>(ctx.fleet.workers().size());
  const float marks_x = row.right() - marks_w, hits_x = marks_x - look.px(12), blocks_x = hits_x - look.px(50);
  if (n == show.selected) {
    list->AddRectFilled(row.min(), row.max(), theme.selection, look.px(4));
  } else if (n == show.hovered) {
    list->AddRectFilled(row.min(), row.max(), theme.raised, look.px(4));
  }
  if (show.on_path[n])
    list->AddRectFilled(ImVec2(row.x, row.y + look.px(3)), ImVec2(row.x + look.px(2), row.bottom() - look.px(3)),
                        theme.accent);
  // Guides from the levels above.
  const float step = look.px(12);
  for (std::uint32_t l = 1; l <= node.level; ++l) {
    const float x = row.x + step * static_cast<float>(l) - look.px(4);
    list->AddRectFilled(ImVec2(x, row.y), ImVec2(x + 1, row.bottom()), theme.line);
  }
  float x = row.x + step * static_cast<float>(node.level) + look.px(4);
  const bool unfolded = open_[n] || !ctx.ui.tree_filter.empty();
  if (node.children_count > 0)
    draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(x, y),
              unfolded ? icons::kChevronDown : icons::kChevronRight);
  x += look.px(14);
  std::string label = node.label;
  if (node.group()) label = fmt::format("{} × {}", node.requests, node.label.substr(1, node.label.size() - 2));
  // Prompts that nobody has asked yet stand in grey until they arrive.
  const Color ink = node.group() || tree_.arrived(ctx, n) == 0 ? theme.text_muted
                    : node.level == 0 || show.on_path[n]       ? theme.text
                                                               : theme.text_secondary;
  const std::string blocks = short_count(node.blocks);
  const float room = blocks_x - text_width(look, FontRole::Mono14, blocks) - look.px(8) - x;
  draw_text(list, look, node.level == 0 ? FontRole::BodyMedium : FontRole::Body, ink, ImVec2(x, y),
            ellipsized(look, node.level == 0 ? FontRole::BodyMedium : FontRole::Body, label, room));
  draw_text_right(list, look, FontRole::Mono14, theme.text_secondary, ImVec2(blocks_x, y), blocks);
  std::string figure = short_count(n < hits_.size() ? hits_[n] : 0);
  if (show.mode == Mode::kDifference && ctx.observed == nullptr && n < differences_.phantom.size()) {
    const double ms = ctx.fleet.config().latency.per_blocks(1, ctx.fleet.config().cache.block_tokens);
    figure = short_count(static_cast<std::uint64_t>(
        std::llround(ms * (differences_.phantom[n] + static_cast<double>(differences_.unknown[n])))));
  }
  if (believes(ctx)) draw_text_right(list, look, FontRole::Mono14, theme.text_secondary, ImVec2(hits_x, y), figure);
  if (!node.group() || node.children_count <= kLargestMarkedGroup)
    draw_worker_marks(ctx, list, ImVec2(marks_x, y), pitch, show, n);
  look.mark("row/" + node.label, row);
}

}  // namespace blockyard
