// The prefix tree: its nodes cover the radix tree, coverage agrees with a walk over blocks, folding, filtering, the
// difference, and the cost of a frame with thousands of nodes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/panels/inspector/inspector.h"
#include "app/panels/tree/prefix_tree.h"
#include "app/panels/whose_belief.h"
#include "panels_stage.h"

namespace blockyard {
namespace {

std::string scenario(const char* type, int workers, int requests, double rate, const char* more = "") {
  return fmt::format(R"({{"seed": 3, "fleet": {{"workers": {}, "slots": 4}}, "router": {{"sync_ms": 8000}},
                         "workload": {{"type": "{}", "rate": {}, "requests": {}}}{}}})",
                     workers, type, rate, requests, more);
}

// A context of the moment, for functions without a picture.
void with_context(PanelStage& stage, const std::function<void(FrameContext&)>& f) {
  stage.show([&](FrameContext& ctx, const Rect&) { f(ctx); });
  stage.frames(1);
}

TEST(PrefixTreePanel, NodesCoverEveryEdgeOnce) {
  for (const char* type : {"rag", "chat", "agent", "few_shot", "uniform", "demo"}) {
    PanelStage stage(scenario(type, 4, 300, 10), 400, 400);
    TreeModel tree;
    with_context(stage, [&](FrameContext& ctx) { tree.update(ctx); });
    std::vector<int> seen(stage.prepared().tree.edges().size(), 0);
    std::uint64_t blocks = 0;
    for (NodeIndex n = 0; n < tree.nodes().size(); ++n) {
      const TreeNode& node = tree.node(n);
      EXPECT_FALSE(node.label.empty());
      EXPECT_TRUE(node.parent == kNone || node.parent < n);
      for (const NodeIndex c : tree.children(n)) EXPECT_EQ(tree.node(c).parent, n);
      if (node.group()) continue;
      blocks += node.blocks;
      for (EdgeId e = node.last;; e = stage.prepared().tree.edges()[e].parent) {
        ++seen[e];
        EXPECT_EQ(tree.node_of(e), n);
        if (e == node.first) break;
      }
    }
    for (const int count : seen) EXPECT_EQ(count, 1) << type;
    EXPECT_EQ(blocks, tree.blocks());
  }
}

TEST(PrefixTreePanel, CoverageIsWhatAWalkOverBlocksFinds) {
  PanelStage stage(scenario("rag", 3, 300, 12, R"(, "cache": {"capacity_blocks": 500})"), 400, 400);
  stage.seek(15'000);
  TreeModel tree;
  Differences differences;
  with_context(stage, [&](FrameContext& ctx) {
    tree.update(ctx);
    differences.update(ctx, tree);
    std::uint64_t phantom = 0, unknown = 0;
    for (WorkerId w = 0; w < 3; ++w) {
      const Divergence d = ctx.fleet.divergence(w);
      phantom += d.phantom;
      unknown += d.unknown;
      for (NodeIndex n = 0; n < tree.nodes().size(); ++n) {
        if (tree.node(n).group()) continue;
        Coverage expected;
        for (EdgeId e = tree.node(n).last;; e = ctx.tree.edges()[e].parent) {
          const RadixEdge& edge = ctx.tree.edges()[e];
          for (BlockId b = edge.first; b < edge.first + edge.count; ++b) {
            const bool believed = ctx.fleet.believed(w).contains(b);
            const bool held = ctx.fleet.workers()[w].cache().resident().contains(b);
            expected += {believed, held, believed && !held, held && !believed};
          }
          if (e == tree.node(n).first) break;
        }
        const Coverage c = tree.coverage(ctx, n, w);
        EXPECT_EQ(c.believed, expected.believed);
        EXPECT_EQ(c.held, expected.held);
        EXPECT_EQ(c.phantom, expected.phantom);
        EXPECT_EQ(c.unknown, expected.unknown);
      }
    }
    EXPECT_EQ(differences.all_phantom, phantom);
    EXPECT_EQ(differences.all_unknown, unknown);
    EXPECT_GT(phantom, 0U);
  });
}

// Belief of one router, of another, of all, and of one against another, held against a walk over blocks.
TEST(PrefixTreePanel, ShowsWhoseBeliefIsAskedFor) {
  PanelStage stage(R"({"seed": 3, "fleet": {"workers": 3, "slots": 4},
      "router": {"replicas": 3, "view": "decisions", "view_max_blocks": 300},
      "workload": {"type": "rag", "rate": 10, "requests": 300}})",
                   400, 400);
  stage.seek(20'000);
  TreeModel tree;
  with_context(stage, [&](FrameContext& ctx) {
    tree.update(ctx);
    std::size_t differing = 0;
    for (const BeliefSides sides : {BeliefSides{0, -1}, BeliefSides{2, -1}, BeliefSides{-1, -1}, BeliefSides{0, 1},
                                    BeliefSides{1, 0}, BeliefSides{9, 9}}) {
      tree.set_sides(sides);
      for (NodeIndex n = 0; n < tree.nodes().size(); ++n) {
        if (tree.node(n).group()) continue;
        for (WorkerId w = 0; w < 3; ++w) {
          Coverage expected;
          for (EdgeId e = tree.node(n).last;; e = ctx.tree.edges()[e].parent) {
            for (BlockId b = ctx.tree.edges()[e].first; b < ctx.tree.edges()[e].first + ctx.tree.edges()[e].count;
                 ++b) {
              bool belief = false;
              for (std::uint32_t r = 0; r < 3; ++r) {
                const bool meant = sides.router < 0 || sides.router > 2 || static_cast<int>(r) == sides.router;
                belief = belief || (meant && ctx.fleet.believed(w, r).contains(b));
              }
              const bool router = sides.against >= 0 && sides.against < 3;
              const bool other = router ? ctx.fleet.believed(w, static_cast<std::uint32_t>(sides.against)).contains(b)
                                        : ctx.fleet.workers()[w].cache().resident().contains(b);
              expected.believed += belief ? 1U : 0U;
              expected.held += other ? 1U : 0U;
              expected.phantom += belief && !other ? 1U : 0U;
              expected.unknown += other && !belief ? 1U : 0U;
            }
            if (e == tree.node(n).first) break;
          }
          const Coverage c = tree.coverage(ctx, n, w);
          EXPECT_EQ(c.believed, expected.believed);
          EXPECT_EQ(c.held, expected.held);
          EXPECT_EQ(c.phantom, expected.phantom);
          EXPECT_EQ(c.unknown, expected.unknown);
          differing += sides.against >= 0 ? c.phantom + c.unknown : 0;
        }
      }
    }
    EXPECT_GT(differing, 0U) << "routers that believe the same would show nothing";
  });
}

// The router that is chosen by its chip in the tree is the one whose belief every other part tells of.
TEST(PrefixTreePanel, TheRouterThatIsChosenIsMeantEverywhere) {
  PanelStage stage(R"({"seed": 3, "fleet": {"workers": 3, "slots": 4},
      "router": {"replicas": 3, "view": "decisions", "view_max_blocks": 300},
      "workload": {"type": "rag", "rate": 10, "requests": 300}})",
                   420, 500);
  stage.seek(20'000);
  stage.state().tree_mode = UiState::TreeMode::kBelief;
  PrefixTreePanel tree;
  stage.show(tree);
  stage.frames(2);
  ASSERT_TRUE(stage.ui().click("tree/router/2"));
  stage.frames(2);
  EXPECT_EQ(stage.state().belief_router, 2);
  for (const int chosen : {2, 0, -1}) {
    stage.state().belief_router = chosen;
    std::size_t told_apart = 0;
    with_context(stage, [&](FrameContext& ctx) {
      for (WorkerId w = 0; w < 3; ++w) {
        if (chosen >= 0) {
          const auto router = static_cast<std::uint32_t>(chosen);
          EXPECT_EQ(believed_figures(ctx, w).load, ctx.fleet.figures(w, router).load);
          EXPECT_EQ(believed_divergence(ctx, w).phantom, ctx.fleet.divergence(w, router).phantom);
          EXPECT_EQ(ignorance_words(ctx), "router " + std::to_string(chosen) + " does not know that it is here");
        }
        for (BlockId b = 0; b < ctx.fleet.workload().id_count(); ++b) {
          bool any = false;
          for (std::uint32_t r = 0; r < 3; ++r) any = any || ctx.fleet.believed(w, r).contains(b);
          const bool own = chosen < 0 ? any : ctx.fleet.believed(w, static_cast<std::uint32_t>(chosen)).contains(b);
          EXPECT_EQ(believed_block(ctx, w, b), own);
          told_apart += own != any ? 1 : 0;
        }
      }
    });
    EXPECT_EQ(told_apart > 0, chosen >= 0);
  }
}

TEST(PrefixTreePanel, FiltersAndFolds) {
  PanelStage stage(scenario("rag", 4, 300, 10), 400, 600);
  TreeModel tree;
  with_context(stage, [&](FrameContext& ctx) { tree.update(ctx); });
  const std::vector<char> closed(tree.nodes().size(), 0);
  EXPECT_EQ(flatten(tree, closed, "", nullptr).size(), tree.top().size());
  const auto found = flatten(tree, closed, "DOC 4", nullptr);
  EXPECT_FALSE(found.empty());
  bool any = false;
  for (const NodeIndex n : found) any |= tree.node(n).label == "doc 4";
  EXPECT_TRUE(any);
  EXPECT_TRUE(flatten(tree, closed, "no such thing", nullptr).empty());
}

TEST(PrefixTreePanel, AClickSelectsAndTheDigestStays) {
  PanelStage stage(scenario("rag", 4, 300, 10), 384, 470);
  PrefixTreePanel panel;
  stage.show(panel);
  stage.seek(15'000);
  stage.frames(3);
  const std::uint64_t digest = stage.player().cursor().digest();
  const auto& all = stage.ui().anchors().all();
  const auto row =
      std::find_if(all.begin(), all.end(), [](const auto& a) { return a.first.starts_with("tree/row/doc"); });
  ASSERT_NE(row, all.end());
  stage.ui().click(row->second.center());
  EXPECT_TRUE(std::holds_alternative<SelectedEdge>(stage.selection()));
  EXPECT_EQ(stage.player().cursor().digest(), digest);
}

TEST(PrefixTreePanel, DrawsEveryMode) {
  using Mode = UiState::TreeMode;
  struct Case {
    const char* name;
    const char* type;
    int workers;
    Mode mode;
    bool icicle, dark;
    float scale;
  };
  const Case cases[] = {{"tree_belief", "rag", 4, Mode::kBelief, false, true, 1},
                        {"tree_truth_light", "chat", 4, Mode::kTruth, false, false, 1},
                        {"tree_difference", "rag", 4, Mode::kDifference, false, true, 1},
                        {"tree_16", "agent", 16, Mode::kTruth, false, true, 1},
                        {"tree_icicle", "rag", 4, Mode::kTruth, true, true, 1},
                        {"tree_icicle_chat", "chat", 4, Mode::kBelief, true, false, 1},
                        {"tree_icicle_difference", "rag", 4, Mode::kDifference, true, true, 1},
                        {"tree_x2", "demo", 4, Mode::kBelief, false, true, 2}};
  for (const Case& c : cases) {
    const auto px = [&](int v) { return static_cast<int>(static_cast<float>(v) * c.scale); };
    PanelStage stage(scenario(c.type, c.workers, 300, 10), px(384), px(820), c.scale, c.dark);
    PrefixTreePanel panel;
    InspectorPanel inspector;
    stage.state().tree_mode = c.mode;
    stage.state().tree_icicle = c.icicle;
    stage.show([&](FrameContext& ctx, const Rect& rect) {
      Rect rest = rect;
      inspector.draw(ctx, rest.take_bottom(ctx.look.px(345), ctx.look.px(10)));
      panel.draw(ctx, rest);
    });
    stage.seek(14'000);
    if (c.mode == Mode::kTruth) {
      stage.select(SelectedEdge{stage.prepared().tree.edge_of(20)});
    } else if (c.mode == Mode::kBelief) {
      stage.select(SelectedRequest{stage.player().cursor().arrived() - 8});
    }
    stage.frames(4);
    stage.save(std::string("panel_") + c.name + ".png");
  }
}

TEST(PrefixTreePanel, OfThousandsOfNodesOnlyThoseSeenAreDrawn) {
  PanelStage stage(scenario("chat", 16, 8000, 100), 384, 470);
  PrefixTreePanel panel;
  stage.show(panel);
  stage.seek(40'000);
  stage.frames(3);
  EXPECT_LT(stage.ui().draw_data().TotalVtxCount, 20'000);
  stage.state().tree_icicle = true;
  stage.frames(2);
  EXPECT_LT(stage.ui().draw_data().TotalVtxCount, 20'000);
  stage.state().tree_mode = UiState::TreeMode::kDifference;
  stage.frames(2);
  EXPECT_LT(stage.ui().draw_data().TotalVtxCount, 20'000);
}

}  // namespace
}  // namespace blockyard
