// What is pointed at is outlined in every other panel, and the range of the timeline limits the tables.
#include "app/panels/linked.h"

#include <gtest/gtest.h>

#include "app/panels/fleet/fleet.h"
#include "app/panels/plots/tab_plots.h"
#include "app/panels/tables/tab_decisions.h"
#include "app/panels/tree/prefix_tree.h"
#include "app/ui/widgets.h"
#include "app/window/bars/timeline.h"
#include "panels_stage.h"

namespace blockyard {
namespace {

constexpr const char* kScenario = R"({"seed": 5, "name": "linked", "cache": {"capacity_blocks": 400},
  "fleet": {"workers": 4, "slots": 2}, "workload": {"type": "rag", "rate": 9, "requests": 300, "documents": 12}})";

// With the frame's context, without drawing.
template <class F>
void with_context(PanelStage& stage, F f) {
  stage.show([&](FrameContext& ctx, const Rect&) { f(ctx); });
  stage.frames(1);
}

TEST(Linked, FollowsFromEveryKindOfThing) {
  PanelStage stage(kScenario, 400, 300);
  stage.seek(20'000);
  with_context(stage, [&](FrameContext& ctx) {
    EXPECT_EQ(linked_to(ctx, {}).request, kNone);
    const auto& records = ctx.fleet.records();
    for (RequestId r = 0; r < ctx.fleet.arrived(); ++r) {
      const Linked l = linked_to(ctx, SelectedRequest{r});
      EXPECT_EQ(l.request, r);
      EXPECT_EQ(l.worker, records[r].worker);
      ASSERT_TRUE(l.span.has_value());
      EXPECT_EQ(l.span->begin, records[r].arrival);
      EXPECT_GE(l.span->end, l.span->begin);
    }
    for (std::size_t i = 0; i < ctx.log_at; ++i) {
      const LoggedEvent& e = ctx.log[i];
      const Linked l = linked_to(ctx, SelectedEvent{i});
      EXPECT_EQ(l.time, e.t);
      if (e.worker != kNone) {
        EXPECT_EQ(l.worker, e.worker);
      }
      if (e.type == EventType::kEvict) {
        EXPECT_EQ(l.edge, ctx.tree.edge_of(e.block));
      }
      if (e.type == EventType::kStart) {
        EXPECT_EQ(l.request, e.request);
      }
    }
    const BlockId block = ctx.tree.edges()[0].first;
    EXPECT_EQ(linked_to(ctx, SelectedBlock{block, 2}).edge, ctx.tree.edge_of(block));
    // What is not there is nothing, not a fault.
    EXPECT_EQ(linked_to(ctx, SelectedRequest{1'000'000}).request, kNone);
    EXPECT_EQ(linked_to(ctx, SelectedEvent{10'000'000}).worker, kNone);
    EXPECT_EQ(linked_to(ctx, SelectedWorker{99}).worker, kNone);
  });
}

// The picture of a panel with something hovered elsewhere differs from the one without.
TEST(Linked, EveryPanelOutlinesItsOwnKindOfThing) {
  PanelStage stage(kScenario, 900, 1500);  // high enough for every row
  stage.seek(20'000);
  RequestId running = kNone;
  for (RequestId r = 0; r < stage.player().cursor().arrived(); ++r) {
    if (stage.player().cursor().records()[r].status == RequestStatus::kRunning) running = r;
  }
  ASSERT_NE(running, kNone);
  stage.state().event_filter = "request " + std::to_string(running);
  FleetPanel fleet;
  PrefixTreePanel tree;
  Timeline timeline;
  DecisionsTab decisions;
  EventsTab events;
  LatencyPlotsTab latency;
  RequestsTab requests;
  LoadTab load;
  struct Part {
    const char* name;
    std::function<void(FrameContext&, const Rect&)> draw;
  };
  const auto in_card = [](Panel& panel) {
    return [&panel](FrameContext& ctx, const Rect& rect) {
      begin_card(ctx.look, "bottom", rect);
      panel.draw(ctx, rect.inset(14, 12));
      end_card(ctx.look);
    };
  };
  const std::vector<Part> parts = {{"fleet", [&](FrameContext& ctx, const Rect& r) { fleet.draw(ctx, r); }},
                                   {"tree", [&](FrameContext& ctx, const Rect& r) { tree.draw(ctx, r); }},
                                   {"timeline",
                                    [&](FrameContext& ctx, const Rect& r) {
                                      timeline.draw(ctx, {r.x, r.y, r.w, 70});
                                    }},
                                   {"decisions", in_card(decisions)},
                                   {"events", in_card(events)},
                                   {"latency", in_card(latency)},
                                   {"requests", in_card(requests)},
                                   {"load", in_card(load)}};
  for (const Part& part : parts) {
    bool hovering = false;
    stage.show([&](FrameContext& ctx, const Rect& rect) {
      part.draw(ctx, rect);
      if (hovering) ctx.hover_on(SelectedRequest{running});
    });
    stage.frames(40);  // fades end
    const Image plain = stage.ui().picture();
    stage.frames(2);
    ASSERT_EQ(stage.ui().picture(), plain) << part.name << " must rest to be compared";
    hovering = true;
    stage.frames(2);
    EXPECT_NE(stage.ui().picture(), plain) << part.name << " does not outline a hovered request";
    hovering = false;
    stage.frames(2);
    EXPECT_EQ(stage.ui().picture(), plain) << part.name << " keeps an outline";
    stage.select(SelectedRequest{running});
    stage.frames(3);
    EXPECT_NE(stage.ui().picture(), plain) << part.name << " does not show a selected request";
    stage.select({});
    stage.frames(3);
  }
}

TEST(Linked, TablesKeepToTheRange) {
  PanelStage stage(kScenario, 400, 300);
  stage.seek(20'000);
  EventList list;
  std::size_t all = 0;
  with_context(stage, [&](FrameContext& ctx) {
    list.update(ctx, ~0U);
    all = list.size();
    EXPECT_EQ(all, ctx.log_at);
  });
  for (const TimeRange range : {TimeRange{5'000'000, 8'000'000}, TimeRange{0, 1}, TimeRange{18'000'000, 90'000'000}}) {
    with_context(stage, [&](FrameContext& ctx) {
      ctx.range = range;
      list.update(ctx, ~0U);
      std::size_t expected = 0;
      for (std::size_t i = 0; i < ctx.log_at; ++i) {
        expected += ctx.log[i].t >= range.begin && ctx.log[i].t <= range.end ? 1 : 0;
      }
      EXPECT_EQ(list.size(), expected);
      for (std::size_t i = 0; i < list.size(); ++i) {
        EXPECT_GE(ctx.log[list.at(i)].t, range.begin);
        EXPECT_LE(ctx.log[list.at(i)].t, range.end);
      }
    });
  }
  with_context(stage, [&](FrameContext& ctx) {
    list.update(ctx, ~0U);
    EXPECT_EQ(list.size(), all) << "and let go of it";
  });
}

}  // namespace
}  // namespace blockyard
