// A window that is paused and untouched draws nothing; one in which something still moves goes on until it has ended.
#include <algorithm>

#include "app/panels/panel.h"
#include "window_stage.h"

namespace blockyard {
namespace {

constexpr const char* kScenario = R"({"name": "rest", "cache": {"capacity_blocks": 120},
  "workload": {"type": "rag", "requests": 150, "rate": 8, "documents": 12}, "router": {"sync_ms": 2000}})";

// Frames until the window rests; -1 if it does not within `limit`.
int frames_until_rest(WindowStage& stage, int limit = 200) {
  for (int i = 0; i < limit; ++i) {
    if (!stage.wants_frames()) return i;
    stage.ui().frames(1);
  }
  return -1;
}

TEST(WindowRest, DrawsNothingWhilePausedAndUntouched) {
  for (const PanelRow& row : panel_table()) {
    WindowStage stage(kScenario);
    stage.session().ui().bottom_tab = row.id;
    stage.session().apply(cmd::Select{SelectedRequest{20}});
    stage.seek(7'000'000);
    EXPECT_GE(frames_until_rest(stage), 0) << row.id;
    stage.ui().frames(5);
    EXPECT_FALSE(stage.wants_frames()) << row.id;
    // A pointer that lies still over something asks for nothing either.
    stage.ui().move(ImVec2(600, 400));
    stage.ui().frames(2);
    EXPECT_GE(frames_until_rest(stage), 0) << row.id;
  }
}

TEST(WindowRest, MarksStayWhileTheClockStands) {
  WindowStage stage(kScenario);
  stage.seek(4'000'000);
  ASSERT_GE(frames_until_rest(stage), 0);
  // Step until something is evicted.
  const auto evicted = [&] {
    std::uint64_t n = 0;
    for (const Worker& w : stage.session().player().cursor().workers()) n += w.cache().evictions();
    return n;
  };
  const std::uint64_t before = evicted();
  for (int i = 0; i < 400 && evicted() == before; ++i) {
    ASSERT_GE(frames_until_rest(stage), 0);
    stage.session().apply(cmd::StepEvent{});
    stage.ui().frames(1);
  }
  ASSERT_GT(evicted(), before);
  ASSERT_FALSE(stage.session().playing());
  // The marks of what was just evicted stay as long as the clock stands: nothing asks for frames.
  EXPECT_GE(frames_until_rest(stage), 0);
  EXPECT_FALSE(stage.wants_frames());
}

TEST(WindowRest, AToastGoesAndThenItRests) {
  WindowStage stage(kScenario);
  stage.session().notify("Saved x.png");
  EXPECT_TRUE(stage.wants_frames());
  EXPECT_GE(frames_until_rest(stage, 60 * 20), 60);
  EXPECT_TRUE(stage.session().toasts().empty());
}

}  // namespace
}  // namespace blockyard
