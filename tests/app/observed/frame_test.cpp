// The whole window on a recording: every part draws at every size and moment without a word cut, what a recording cannot
// tell is not there, and pointing and clicking lead to what is.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "../../core/live/small_recording.h"
#include "../layout_law.h"
#include "../window_stage.h"
#include "app/panels/panel.h"

namespace blockyard {
namespace {

class Recorded : public WindowStage {
 public:
  explicit Recorded(int w = 1600, int h = 1000, float scale = 1, bool dark = true)
      : WindowStage(R"({"workload": {"type": "uniform", "requests": 1}})", w, h, scale, dark) {
    const auto opened = session().open_recording(small_recording(testing::TempDir()), false);
    if (!opened) throw std::runtime_error(opened.error().message);
    ui().frames(3);
  }
};

TEST(ObservedFrame, NoWordIsCutAtAnySizeAndMoment) {
  struct Size {
    int w, h;
    float scale;
    bool dark;
  };
  for (const Size s : {Size{1600, 1000, 1, true}, Size{1280, 720, 1, false}, Size{1280, 720, 1.5F, true},
                       Size{3840, 2160, 2, false}, Size{640, 400, 1, true}}) {
    Recorded stage(s.w, s.h, s.scale, s.dark);
    for (const SimTime t : {SimTime{0}, SimTime{3'000'000}, SimTime{12'000'000}, SimTime{90'000'000}}) {
      stage.seek(t);
      for (const char* tab : {"blocks", "load", "events"}) {
        stage.session().ui().open_bottom(tab);
        for (const Selection& what : {Selection{}, Selection{SelectedWorker{1}}, Selection{SelectedBlock{3, 0}},
                                      Selection{SelectedEdge{0}}, Selection{SelectedEvent{20}}}) {
          stage.session().apply(cmd::Select{what});
          stage.ui().frames(3);
          for (const std::string& fault : layout_faults(stage.ui().draw_data()))
            ADD_FAILURE() << fmt::format("{}x{} at {}, {} s, {}: {}", s.w, s.h, s.scale, t / 1'000'000, tab, fault);
        }
      }
    }
    stage.save(fmt::format("observed-{}x{}-{:.0f}.png", s.w, s.h, s.scale * 100));
  }
}

TEST(ObservedFrame, ShowsNoTabThatNeedsRequests) {
  Recorded stage;
  stage.seek(12'000'000);
  for (const PanelRow& row : panel_table()) {
    if (row.slot != PanelSlot::kBottom) continue;
    const Rect* tab = stage.ui().anchors().find("bottom/tabs/" + std::string(row.title));
    EXPECT_EQ(tab != nullptr, row.needs == PanelNeeds::kFleet) << row.title;
  }
}

TEST(ObservedFrame, AClickOnABlockAndOnItsWorkerSelectsThem) {
  Recorded stage;
  stage.seek(12'000'000);
  const Fleet& fleet = stage.session().observed()->history().cursor();
  ASSERT_GT(fleet.workers()[0].resident(), 10U);
  const Rect map = stage.anchor("fleet/map/0");
  stage.ui().click(ImVec2(map.x + 4, map.y + 4));
  stage.ui().frames(3);
  const auto* block = std::get_if<SelectedBlock>(&stage.session().selection());
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(block->worker, 0U);
  EXPECT_TRUE(fleet.workers()[0].cache().resident().contains(block->block));
}

}  // namespace
}  // namespace blockyard
