// The tabs at the bottom: every one draws an empty, a busy and a faulty run without touching it; what they list is what
// happened; what they push is what was asked for.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/panels/panel.h"
#include "app/panels/tables/tab_decisions.h"
#include "app/ui/widgets.h"
#include "panels_stage.h"

namespace blockyard {
namespace {

std::string busy(int workers = 4, const char* more = "") {
  return fmt::format(R"({{"seed": 5, "name": "busy", "cache": {{"capacity_blocks": 400}},
                         "fleet": {{"workers": {}, "slots": 2}},
                         "workload": {{"type": "rag", "rate": 9, "requests": 400}}{}}})",
                     workers, more);
}
constexpr const char* kFaults =
    R"(, "faults": [{"t_ms": 12000, "worker": 1, "kind": "crash", "restart_ms": 9000, "detect_ms": 2000},
                    {"t_ms": 9000, "worker": 2, "kind": "cache_flush"}])";

// A card around a tab, as the window has it.
void show_tab(PanelStage& stage, Panel& panel) {
  stage.show([&panel](FrameContext& ctx, const Rect& rect) {
    begin_card(ctx.look, "bottom", rect);
    panel.draw(ctx, rect.inset(ctx.look.px(14), ctx.look.px(12)));
    end_card(ctx.look);
  });
}

const PanelRow& row_of(std::string_view id) {
  for (const PanelRow& row : panel_table()) {
    if (row.id == id) return row;
  }
  throw std::runtime_error("no such panel");
}

TEST(Tabs, EachHasHelpAndItsOwnId) {
  std::vector<std::string_view> ids;
  for (const PanelRow& row : panel_table()) {
    EXPECT_FALSE(row.help.empty()) << row.id;
    EXPECT_FALSE(row.title.empty()) << row.id;
    ids.push_back(row.id);
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

TEST(Tabs, DrawEmptyBusyAndFaultyAndTouchNothing) {
  struct Moment {
    const char* name;
    double ms;
    const char* more;
  };
  for (const Moment& m : {Moment{"empty", 0, ""}, Moment{"busy", 25'000, ""}, Moment{"fault", 16'000, kFaults}}) {
    for (const float scale : {1.0f, 2.0f}) {
      const auto px = [&](int v) { return static_cast<int>(static_cast<float>(v) * scale); };
      PanelStage stage(busy(4, m.more), px(904), px(250), scale, scale < 2);
      if (m.ms > 0) stage.seek(m.ms);
      const std::uint64_t digest = stage.player().cursor().digest();
      for (const PanelRow& row : panel_table()) {
        const auto panel = row.make();
        if (row.slot == PanelSlot::kBottom) {
          show_tab(stage, *panel);
        } else {
          stage.show(*panel);
        }
        if (m.ms > 0 && row.id == "why") {
          stage.select(SelectedDecision{stage.player().cursor().arrived() - 3});
        } else {
          stage.select({});
        }
        stage.frames(3);
        if (row.slot == PanelSlot::kBottom)
          stage.save(fmt::format("tab_{}_{}{}.png", row.id, m.name, scale > 1 ? "_x2" : ""));
        EXPECT_GT(stage.ui().draw_data().TotalVtxCount, 20) << row.id;
        EXPECT_EQ(stage.player().cursor().digest(), digest) << row.id;
      }
    }
  }
}

TEST(Tabs, EventsListWhatHappenedAndGoBackWithTime) {
  PanelStage stage(busy(), 900, 300);
  stage.seek(20'000);
  EventList list;
  const auto count = [&](std::uint32_t types, const char* filter) {
    std::size_t n = 0;
    stage.show([&](FrameContext& ctx, const Rect&) {
      list.update(ctx, types, filter);
      n = list.size();
      for (std::size_t i = 1; i < n; ++i) EXPECT_LT(list.at(i), list.at(i - 1));
    });
    stage.frames(1);
    return n;
  };
  const auto in_log = [&](auto&& test) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < stage.player().events_at_cursor(); ++i) n += test(stage.player().events()[i]) ? 1 : 0;
    return n;
  };
  constexpr std::uint32_t kAll = ~0U;
  EXPECT_EQ(count(kAll, ""), stage.player().events_at_cursor());
  EXPECT_EQ(count(kAll, "route"), in_log([](const LoggedEvent& e) { return e.type == EventType::kRoute; }));
  EXPECT_EQ(count(kAll, "w2"), in_log([](const LoggedEvent& e) { return e.worker == 2; }));
  EXPECT_EQ(count(1U << static_cast<unsigned>(EventType::kEvict), ""),
            in_log([](const LoggedEvent& e) { return e.type == EventType::kEvict; }));
  const std::size_t late = count(kAll, "route");
  stage.seek(5'000);
  const std::size_t early = count(kAll, "route");
  EXPECT_LT(early, late);
  EXPECT_EQ(early, in_log([](const LoggedEvent& e) { return e.type == EventType::kRoute; }));
  stage.seek(20'000);
  EXPECT_EQ(count(kAll, "route"), late);
}

TEST(Tabs, ADoubleClickOnADecisionAsksWhy) {
  PanelStage stage(busy(), 904, 250);
  const auto panel = row_of("decisions").make();
  show_tab(stage, *panel);
  stage.seek(15'000);
  stage.frames(3);
  const Rect* table = stage.ui().anchors().find("bottom/decisions");
  ASSERT_NE(table, nullptr);
  stage.ui().double_click(ImVec2(table->x + 200, table->y + 60));
  EXPECT_TRUE(std::holds_alternative<SelectedDecision>(stage.selection()));
  EXPECT_EQ(stage.state().bottom_tab, "why");
}

// The filter of the decisions keeps exactly those that the condition holds for.
TEST(Tabs, DecisionsAreFilteredByACondition) {
  PanelStage stage(busy(4, R"(, "router": {"sync_ms": 20000, "replicas": 2})"), 904, 250);
  DecisionsTab tab;
  show_tab(stage, tab);
  stage.seek(30'000);
  stage.frames(3);
  std::size_t phantom = 0;
  for (const RequestRecord& r : stage.player().cursor().records()) {
    if (r.start >= 0 && r.predicted > r.hit) ++phantom;
  }
  ASSERT_GT(phantom, 0U);
  const std::size_t all = tab.size();
  tab.filter_by("predicted > hit");
  stage.frames(2);
  EXPECT_EQ(tab.size(), phantom);
  tab.filter_by("not (predicted > hit)");
  stage.frames(2);
  EXPECT_EQ(tab.size(), all - phantom);
  tab.filter_by("router == 1");
  stage.frames(2);
  EXPECT_EQ(tab.size(), all / 2);
  tab.filter_by("chosen.load > 3");
  stage.frames(2);
  EXPECT_EQ(tab.size(), all) << "no condition here: all are shown, and it is said why";
  EXPECT_NE(tab.trouble().find("only known in the file"), std::string::npos) << tab.trouble();
}

// What a strategy reads is what "why here?" shows, whichever it is.
TEST(Tabs, WhyHereDrawsTheSignalsOfEveryStrategy) {
  for (const PolicyRow& policy : policy_table()) {
    PanelStage stage(busy(4, fmt::format(R"(, "router": {{"strategy": "{}"}})", policy.id).c_str()), 904, 250);
    const auto panel = row_of("why").make();
    show_tab(stage, *panel);
    stage.seek(15'000);
    stage.select(SelectedDecision{stage.player().cursor().arrived() - 3});
    stage.frames(3);
    EXPECT_GT(stage.ui().draw_data().TotalVtxCount, 100) << policy.id;
  }
}

TEST(Tabs, AClickIntoAPlotOverTimeGoesThere) {
  PanelStage stage(busy(), 600, 250);
  const auto panel = row_of("latency").make();
  show_tab(stage, *panel);
  stage.seek(20'000);
  stage.frames(3);
  stage.ui().click(ImVec2(300, 120));
  EXPECT_TRUE(stage.pushed<cmd::Seek>());
}

TEST(Tabs, DrawNoMoreThanFitsOnTheScreen) {
  for (const PanelRow& row : panel_table()) {
    if (row.slot != PanelSlot::kBottom) continue;
    PanelStage stage(fmt::format(R"({{"fleet": {{"workers": 16, "slots": 4}},
                                      "workload": {{"type": "rag", "rate": 60, "requests": 3000}}}})"),
                     904, 250);
    const auto panel = row.make();
    show_tab(stage, *panel);
    stage.seek(40'000, 2'000);
    if (row.id == "why") stage.select(SelectedDecision{stage.player().cursor().arrived() - 3});
    stage.frames(3);
    EXPECT_LT(stage.ui().draw_data().TotalVtxCount, 60'000) << row.id;
  }
}

}  // namespace
}  // namespace blockyard
