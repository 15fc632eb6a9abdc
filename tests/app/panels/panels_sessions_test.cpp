// Sessions: their turns are those that have come, forward and back, in open and closed loops; the tab, the inspector
// and the tables show the same one.
#include <gtest/gtest.h>

#include "app/panels/inspector/inspector.h"
#include "app/panels/linked.h"
#include "app/panels/sessions/session_turns.h"
#include "app/panels/sessions/tab_sessions.h"
#include "app/ui/widgets.h"
#include "panels_stage.h"

namespace blockyard {
namespace {

constexpr const char* kOpen =
    R"({"seed": 3, "name": "talks", "cache": {"capacity_blocks": 300}, "fleet": {"workers": 3},
    "workload": {"type": "chat", "requests": 120, "rate": 6, "think_s": 2}})";
constexpr const char* kClosed =
    R"({"seed": 3, "name": "talks", "cache": {"capacity_blocks": 300}, "fleet": {"workers": 3},
    "workload": {"type": "chat", "requests": 120, "arrival": "closed", "users": 5, "think_s": 2}})";

template <class F>
void with_context(PanelStage& stage, F f) {
  stage.show([&](FrameContext& ctx, const Rect&) { f(ctx); });
  stage.frames(1);
}

TEST(Sessions, TheirTurnsAreThoseThatHaveComeForwardAndBack) {
  for (const char* scenario : {kOpen, kClosed}) {
    PanelStage stage(scenario, 400, 300);
    SessionTurns turns;
    for (const double ms : {5'000.0, 22'000.0, 9'000.0, 0.0, 16'000.0}) {
      stage.seek(ms);
      with_context(stage, [&](FrameContext& ctx) {
        turns.update(ctx);
        ASSERT_EQ(turns.sessions(), ctx.fleet.workload().sessions.size());
        ASSERT_GT(turns.sessions(), 3U);
        for (std::uint32_t s = 0; s < turns.sessions(); ++s) {
          std::vector<RequestId> naive;
          std::uint64_t hit = 0, prompt = 0;
          for (RequestId r = 0; r < ctx.fleet.arrived(); ++r) {
            if (ctx.fleet.request(r).session != s) continue;
            naive.push_back(r);
            if (ctx.fleet.records()[r].start < 0) continue;
            hit += ctx.fleet.records()[r].hit;
            prompt += ctx.fleet.request(r).prompt_blocks;
          }
          EXPECT_EQ(std::vector<RequestId>(turns.turns(s).begin(), turns.turns(s).end()), naive);
          EXPECT_LE(naive.size(), turns.all(s));
          const SessionState state = session_state(ctx, turns.turns(s));
          EXPECT_EQ(state.hit_blocks, hit);
          EXPECT_EQ(state.prompt_blocks, prompt);
          const Linked linked = linked_to(ctx, SelectedSession{s});
          EXPECT_EQ(linked.session, s);
          EXPECT_EQ(linked.request, naive.empty() ? kNone : naive.back());
          for (const RequestId r : naive) {
            EXPECT_TRUE(is_turn_of(ctx, r, s));
            EXPECT_EQ(linked_to(ctx, SelectedRequest{r}).session, s);
          }
        }
        EXPECT_EQ(linked_to(ctx, SelectedSession{1'000'000}).session, kNone);
      });
    }
  }
}

TEST(Sessions, WhatAWorkerHoldsIsItsLeadingBlocks) {
  PanelStage stage(kOpen, 400, 300);
  stage.seek(15'000);
  with_context(stage, [&](FrameContext& ctx) {
    for (RequestId r = 0; r < ctx.fleet.arrived(); ++r) {
      for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
        std::uint32_t naive = 0;
        bool there = true;
        for (const Span& run : ctx.fleet.workload().prompt_chain(ctx.fleet.request(r))) {
          for (std::uint32_t i = 0; i < run.count; ++i) {
            there = there && ctx.fleet.workers()[w].cache().resident().contains(run.first + i);
            naive += there;
          }
        }
        EXPECT_EQ(held_now(ctx, r, w), naive);
      }
    }
  });
}

TEST(Sessions, OneThatIsClickedIsSelectedAndSoIsItsTurn) {
  PanelStage stage(kOpen, 1000, 260);
  stage.seek(15'000);
  SessionsTab tab;
  stage.show([&tab](FrameContext& ctx, const Rect& rect) {
    begin_card(ctx.look, "bottom", rect);
    tab.draw(ctx, rect.inset(14, 12));
    end_card(ctx.look);
  });
  stage.frames(3);
  stage.save("tab-sessions.png");
  stage.ui().click(ImVec2(60, 110));
  stage.frames(2);
  const auto* selected = std::get_if<SelectedSession>(&stage.selection());
  ASSERT_NE(selected, nullptr);
  const std::uint32_t session = selected->session;
  // The inspector tells of the same one, and a click on a turn selects its request.
  InspectorPanel inspector;
  stage.show(inspector);
  stage.frames(3);
  const Rect* turn = stage.ui().anchors().find("inspector/turn 1");
  ASSERT_NE(turn, nullptr);
  stage.ui().click(turn->center());
  stage.frames(2);
  const RequestId r = selected_request(stage.selection());
  ASSERT_NE(r, kNone);
  EXPECT_EQ(stage.player().cursor().request(r).session, session);
  EXPECT_EQ(stage.player().cursor().request(r).turn, 1U);
}

TEST(Sessions, WithoutAnyTheTabSaysSo) {
  PanelStage stage(R"({"workload": {"type": "uniform", "requests": 10}})", 900, 260);
  stage.seek(500);
  SessionsTab tab;
  stage.show(tab);
  stage.frames(2);
  EXPECT_GT(stage.ui().draw_data().TotalVtxCount, 20);
}

}  // namespace
}  // namespace blockyard
