// The card of experiments with synthetic hands: a click on the hit rate explains it, wishes become commands.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "app/window/actions.h"
#include "window_stage.h"

namespace blockyard {
namespace {

constexpr const char* kSmall = R"({"name": "card test", "cache": {"capacity_blocks": 200},
  "workload": {"type": "rag", "requests": 80, "rate": 8, "documents": 10}})";

class Stage : public WindowStage {
 public:
  explicit Stage(int w = 1600, int h = 1000) : WindowStage(kSmall, w, h, 1, true) { seek(4'000'000); }
  const ExperimentState* state() {
    std::vector<Command> commands;
    return session().frame(ui().look(), commands).experiment;
  }
  void finish() {
    while (session().experimenting()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      session().update(0.01);
    }
    ui().frames(3);
  }
  void click(const char* anchor) {
    const Rect* r = ui().anchors().find(anchor);
    ASSERT_NE(r, nullptr) << anchor;
    ui().click(r->center());
    ui().frames(3);
  }
};

TEST(ExperimentCard, AClickOnTheHitRateExplainsIt) {
  Stage s;
  const std::uint64_t digest = s.session().player().cursor().digest();
  s.click("kpis/Prefix hit rate");
  ASSERT_TRUE(s.session().ui().experiment_open);
  ASSERT_NE(s.state(), nullptr);
  s.finish();
  ASSERT_EQ(s.state()->figures.size(), 1U);
  EXPECT_NE(s.ui().anchors().find("experiment/experiment-figure"), nullptr) << "the picture stands in the card";
  s.save("frame-experiment.png");
  s.ui().key(compat::Key::Escape);
  s.ui().frames(2);
  EXPECT_FALSE(s.session().ui().experiment_open);
  EXPECT_EQ(s.session().player().cursor().digest(), digest);
}

TEST(ExperimentCard, ComparesAndSweepsAtEverySize) {
  for (const auto& [w, h] : {std::pair{1600, 1000}, {1280, 720}}) {
    Stage s(w, h);
    for (const auto& [kind, button] : {std::pair{UiState::Experiment::kPictures, "experiment/Draw"},
                                       std::pair{UiState::Experiment::kComparison, "experiment/Compare"},
                                       std::pair{UiState::Experiment::kSweep, "experiment/Sweep"}}) {
      s.session().ui().experiment_open = true;
      s.session().ui().experiment = kind;
      s.ui().frames(3);
      if (s.ui().anchors().find("experiment/Run another") != nullptr) s.click("experiment/Run another");
      s.click(button);
      ASSERT_NE(s.state(), nullptr);
      s.finish();
      EXPECT_EQ(s.state()->trouble, "");
      EXPECT_FALSE(s.state()->figures.empty());
      const Rect* card = s.ui().anchors().find("experiment");
      const Rect* figure = s.ui().anchors().find("experiment/experiment-figure");
      ASSERT_TRUE(card != nullptr && figure != nullptr);
      EXPECT_TRUE(card->contains(ImVec2(figure->x, figure->y)) && figure->right() <= card->right());
      EXPECT_GT(figure->h, 200);
    }
  }
}

TEST(ExperimentCard, SaysWhatIsWrongAndCanBeCancelled) {
  Stage s;
  s.session().ui().experiment_open = true;
  s.session().ui().experiment = UiState::Experiment::kSweep;
  s.session().apply(cmd::RunExperiment{SweepWanted{{"fleet.workers=1,0"}}});
  s.finish();
  EXPECT_NE(s.state()->trouble.find("/fleet/workers"), std::string::npos);
  s.save("frame-experiment-trouble.png");
  s.session().apply(cmd::RunExperiment{SweepWanted{{"seed=1:4000:1"}}});
  s.ui().frames(3);
  s.click("experiment/Cancel");
  EXPECT_FALSE(s.session().experimenting());
}

}  // namespace
}  // namespace blockyard
