// Every part of the window with an empty, a normal, a huge and a faulty run, in the middle of an outage and with closed
// loop arrivals, under hands that click, drag, scroll and type everywhere: it draws, asks by commands alone, and leaves
// the run as it was.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/panels/controls/controls.h"
#include "app/panels/key_figures.h"
#include "app/ui/widgets.h"
#include "app/window/bars/status_bar.h"
#include "app/window/bars/timeline.h"
#include "app/window/bars/top_bar.h"
#include "panels_stage.h"

namespace blockyard {
namespace {

struct Data {
  const char* name;
  std::string scenario;
  double ms;
};

std::vector<Data> all_data() {
  const auto rag = [](int workers, int capacity, int requests, double rate, const char* more) {
    return fmt::format(R"({{"seed": 5, "name": "data", "cache": {{"capacity_blocks": {}}},
                           "fleet": {{"workers": {}, "slots": 2}}, "router": {{"sync_ms": 3000}},
                           "workload": {{"type": "rag", "rate": {}, "requests": {}}}{}}})",
                       capacity, workers, rate, requests, more);
  };
  const char* faults = R"(, "faults": [{"t_ms": 9000, "worker": 1, "kind": "crash", "restart_ms": 9000,
                                        "detect_ms": 4000}, {"t_ms": 8000, "worker": 2, "kind": "cache_flush"}])";
  return {{"empty", rag(4, 400, 200, 9, ""), 0},
          {"one", R"({"workload": {"type": "uniform", "requests": 1}, "fleet": {"workers": 1}})", 100'000},
          {"normal", rag(4, 300, 200, 9, ""), 13'000},
          {"huge", rag(256, 4096, 3000, 900, ""), 3'000},
          {"unnoticed", rag(4, 400, 200, 9, faults), 11'000},
          {"outage", rag(4, 400, 200, 9, faults), 13'000},
          {"closed", R"({"workload": {"type": "chat", "arrival": "closed", "users": 6, "requests": 80}})", 9'000}};
}

struct Part {
  std::string name;
  std::function<void(FrameContext&, const Rect&)> draw;
  int w = 900, h = 300;
};

// All panels of the table, and what stands around them. `keep` owns the panels.
std::vector<Part> all_parts(std::vector<std::unique_ptr<Panel>>& keep, Controls& controls, Timeline& timeline,
                            KeyFigureRow& figures) {
  std::vector<Part> parts;
  for (const PanelRow& row : panel_table()) {
    Panel* panel = keep.emplace_back(row.make()).get();
    if (row.slot == PanelSlot::kBottom) {
      parts.push_back({std::string(row.id), [panel](FrameContext& ctx, const Rect& rect) {
                         begin_card(ctx.look, "bottom", rect);
                         panel->draw(ctx, rect.inset(14, 12));
                         end_card(ctx.look);
                       }});
    } else {
      parts.push_back({std::string(row.id), [panel](FrameContext& ctx, const Rect& rect) { panel->draw(ctx, rect); },
                       row.slot == PanelSlot::kFleet ? 900 : 380, 420});
    }
  }
  parts.push_back({"controls", [&](FrameContext& ctx, const Rect& rect) { controls.draw(ctx, rect); }, 272, 800});
  parts.push_back({"timeline", [&](FrameContext& ctx, const Rect& rect) { timeline.draw(ctx, rect); }, 900, 64});
  parts.push_back({"key figures", [&](FrameContext& ctx, const Rect& rect) { figures.draw(ctx, rect); }, 900, 78});
  parts.push_back({"top bar", [](FrameContext& ctx, const Rect& rect) { draw_top_bar(ctx, rect); }, 1200, 56});
  parts.push_back({"status bar", [](FrameContext& ctx, const Rect& rect) { draw_status_bar(ctx, rect); }, 1200, 28});
  return parts;
}

// Everything that a restless hand does within a part.
void play_with(PanelStage& stage, const Part& part) {
  HeadlessUi& ui = stage.ui();
  const auto w = static_cast<float>(part.w), h = static_cast<float>(part.h);
  for (const float fy : {0.2F, 0.7F}) {
    for (const float fx : {0.1F, 0.45F, 0.95F}) ui.click(ImVec2(w * fx, h * fy));
  }
  ui.double_click(ImVec2(w * 0.4F, h * 0.5F));
  ui.type("7e99");
  ui.key(compat::Key::Escape);
  ui.drag(ImVec2(w * 0.3F, h * 0.6F), ImVec2(w * 0.7F, h * 0.4F));
  ui.wheel(ImVec2(w * 0.5F, h * 0.5F), 3);
  ui.wheel(ImVec2(w * 0.5F, h * 0.5F), -6);
  ui.click(ImVec2(w * 0.6F, h * 0.5F), 1);
  ui.key(compat::Key::Escape);
  stage.frames(2);
}

TEST(EveryPart, DrawsAsksByCommandsAloneAndLeavesTheRunAlone) {
  for (const Data& data : all_data()) {
    PanelStage stage(data.scenario, 1200, 820);
    if (data.ms > 0) stage.seek(data.ms, 1'000);
    const std::uint64_t digest = stage.player().cursor().digest();
    const SimTime now = stage.player().now();
    std::vector<std::unique_ptr<Panel>> keep;
    Controls controls;
    Timeline timeline;
    KeyFigureRow figures;
    for (const Part& part : all_parts(keep, controls, timeline, figures)) {
      SCOPED_TRACE(part.name + " of " + data.name);
      stage.show([&part](FrameContext& ctx, const Rect&) {
        part.draw(ctx, {0, 0, static_cast<float>(part.w), static_cast<float>(part.h)});
      });
      stage.select({});
      stage.frames(2);
      EXPECT_GT(stage.ui().draw_data().TotalVtxCount, 20);
      play_with(stage, part);
      for (const Selection& what :
           {Selection{SelectedRequest{0}}, Selection{SelectedRequest{40}}, Selection{SelectedWorker{3}},
            Selection{SelectedEdge{2}}, Selection{SelectedSession{1}}, Selection{SelectedBlock{9, 1}},
            Selection{SelectedEvent{3}}, Selection{SelectedRequest{4'000'000}}, Selection{SelectedWorker{4'000}}}) {
        stage.select(what);
        stage.frames(1);
      }
      EXPECT_EQ(stage.player().cursor().digest(), digest);
      EXPECT_EQ(stage.player().now(), now);
      EXPECT_TRUE(stage.player().changes().empty());
    }
  }
}

}  // namespace
}  // namespace blockyard
