// The prefix tree of all prompts: an indented table or an icicle, in three modes: what the router believes, what the
// workers hold, and the difference with its price.
#pragma once

#include <string>
#include <vector>

#include "app/panels/panel.h"
#include "app/panels/tree/icicle.h"
#include "app/panels/tree/tree_model.h"

namespace blockyard {

class PrefixTreePanel final : public Panel {
 public:
  void draw(FrameContext& ctx, const Rect& rect) override;

 private:
  void bring_up_to_date(FrameContext& ctx);
  void head(FrameContext& ctx);
  /// Groups larger than this show no worker marks: summing them up would cost a frame.
  static constexpr std::uint32_t kLargestMarkedGroup = 256;
  /// Of a fleet that is only watched nobody tells what a router believes.
  static bool believes(const FrameContext& ctx);
  // prefix_tree_words.cpp
  void price(FrameContext& ctx);
  void table(FrameContext& ctx, const TreeShow& show);
  void table_row(FrameContext& ctx, const TreeShow& show, NodeIndex n, const Rect& row, float pitch);
  void node_tooltip(FrameContext& ctx, const TreeShow& show, NodeIndex n) const;
  /// The mode that was clicked, where there is one.
  static void pick(FrameContext& ctx, UiState::TreeMode mode);
  /// What was open stays so where an observed tree has grown.
  void keep_open(const FrameContext& ctx);
  void toggle(NodeIndex n);

  TreeModel tree_;
  int against_ = -1;  // the router that a difference is taken against, chosen by the chips; −1: the truth
  Differences differences_;
  std::vector<std::uint32_t> hits_;
  std::vector<char> open_;
  std::vector<BlockId> firsts_;  // of the nodes of a fleet that is observed: their first blocks
  std::vector<NodeIndex> rows_;  // of the table
  std::vector<char> on_path_;
  Icicle icicle_;
  bool rows_stale_ = true;
  std::string filtered_by_;
  UiState::TreeMode shown_mode_ = UiState::TreeMode::kBelief;
  Selection followed_;  // selection that the table has scrolled to
  NodeIndex scroll_to_ = kNone;
  Refresh hits_due_{4};
  Refresh differences_due_{4};
};

}  // namespace blockyard
