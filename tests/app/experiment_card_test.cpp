// The card of experiments with synthetic hands: a click on the hit rate explains it, wishes become commands.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "app/panels/experiments/sweep_wish.h"
#include "app/window/actions.h"
#include "core/experiment/sweep.h"
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
                                       std::pair{UiState::Experiment::kSweep, "experiment/Sweep"},
                                       std::pair{UiState::Experiment::kPlan, "experiment/Find the smallest fleets"}}) {
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

TEST(ExperimentCard, KeepsWhatWasRunAndExportsIt) {
  Stage s;
  s.session().ui().experiment_open = true;
  s.session().ui().experiment = UiState::Experiment::kComparison;
  s.session().apply(cmd::RunExperiment{ComparisonWanted{{0, 1}, 1}});
  s.finish();
  s.session().apply(cmd::RunExperiment{WaterfallWanted{}});
  s.finish();
  EXPECT_NE(s.ui().anchors().find("experiment/experiment-figure"), nullptr) << "the comparison is still there";
  EXPECT_NE(s.ui().anchors().find("experiment/numbers"), nullptr) << "with its numbers";
  s.save("frame-experiment-kept.png");
  const auto results = [&] {
    std::vector<Command> commands;
    const auto kept = s.session().frame(s.ui().look(), commands).results;
    return std::vector<ExperimentState>(kept.begin(), kept.end());
  };
  ASSERT_EQ(results().size(), 2U);
  s.click("experiment/rename");
  s.click("experiment/name");
  s.ui().key(compat::Key::A, {.ctrl = true});
  s.ui().type("monday");
  s.ui().frames(2);
  EXPECT_EQ(results()[0].title, "monday");
  s.click("experiment/rename");
  for (const char* file : {"PNG 2×", "CSV", "Table"}) {
    s.click(fmt::format("experiment/{}", file).c_str());
    ASSERT_FALSE(s.session().toasts().empty());
    EXPECT_FALSE(s.session().toasts().back().error) << s.session().toasts().back().text;
  }
  s.click("experiment/remove");
  EXPECT_EQ(results().size(), 1U);
  EXPECT_EQ(s.ui().anchors().find("experiment/experiment-figure"), nullptr);
}

// How old a view may be and which strategy is best: by clicks, with what can be told below, and the table to paste.
TEST(ExperimentCard, SaysWhatCanBeToldAndCopiesTheTable) {
  Stage s;
  s.session().ui().experiment_open = true;
  s.session().ui().experiment = UiState::Experiment::kSweep;
  s.ui().frames(3);
  s.click("experiment/first/path");
  s.click("experiment/first/path/Staleness, ms");
  s.click("experiment/Sweep");
  s.finish();
  ASSERT_NE(s.state(), nullptr);
  ASSERT_EQ(s.state()->trouble, "");
  ASSERT_TRUE(s.state()->words.has_value());
  EXPECT_NE(s.state()->title.find("Staleness 1000 to 20000"), std::string::npos) << s.state()->title;
  EXPECT_FALSE(s.state()->words->says.empty());
  EXPECT_NE(s.state()->words->markdown.find("Staleness 5 s"), std::string::npos) << s.state()->words->markdown;
  EXPECT_NE(s.state()->words->latex.find("\\begin{tabular}"), std::string::npos);
  EXPECT_NE(s.ui().anchors().find("experiment/answers"), nullptr) << "the sentences stand below the table";
  s.save("frame-experiment-staleness.png");
  s.click("experiment/Markdown");
  EXPECT_EQ(s.session().toasts().back().text, "The table is on the clipboard.");
}

TEST(ExperimentCard, AClickOnTheThroughputAsksHowManyWorkers) {
  Stage s;
  s.click("kpis/Throughput");
  ASSERT_TRUE(s.session().ui().experiment_open);
  EXPECT_EQ(s.session().ui().experiment, UiState::Experiment::kPlan);
  s.click("experiment/Find the smallest fleets");
  s.finish();
  ASSERT_NE(s.state(), nullptr);
  ASSERT_EQ(s.state()->trouble, "");
  EXPECT_FALSE(s.state()->table.rows.empty());
  EXPECT_NE(s.state()->words->says[0].find("ttft_p95 ≤ 1 s"), std::string::npos) << s.state()->words->says[0];
  s.save("frame-experiment-plan.png");
}

TEST(ExperimentCard, ASweepIsWrittenInWords) {
  Stage s;
  s.session().ui().experiment_open = true;
  s.session().ui().experiment = UiState::Experiment::kSweep;
  s.ui().frames(3);
  const auto fill = [&](const char* field, const char* text) {
    s.click(field);
    s.ui().key(compat::Key::A, {.ctrl = true});
    s.ui().type(text);
    s.ui().frames(2);
  };
  fill("experiment/first/from", "two");
  s.click("experiment/Sweep");
  EXPECT_FALSE(s.session().experimenting()) << "what is wrong is said, and nothing runs";
  s.save("frame-sweep-wrong.png");
  fill("experiment/first/from", "2");
  fill("experiment/first/to", "6");
  fill("experiment/first/steps", "3");
  s.click("experiment/first/spacing/equal steps");
  s.click("experiment/second/path");
  s.click("experiment/second/path/Nothing else");
  s.click("experiment/Sweep");
  s.finish();
  ASSERT_NE(s.state(), nullptr);
  EXPECT_EQ(s.state()->trouble, "");
  ASSERT_EQ(s.state()->table.rows.size(), 3U);
  EXPECT_EQ(s.state()->table.rows[0][0], "2");
  EXPECT_EQ(s.state()->table.rows[1][0], "4");
  EXPECT_EQ(s.state()->table.rows[2][0], "6");
  s.save("frame-sweep.png");
}

TEST(SweepWish, IsMadeIntoValues) {
  const Scenario scenario = *parse_scenario(kSmall, "", "");
  const Setting* workers = find_setting("fleet.workers");
  const Setting* delay = find_setting("router.message_delay_ms");
  SweepWish wish;
  wish.setting = workers;
  wish.from = "1", wish.to = "16", wish.steps = "5";
  EXPECT_EQ(*values_of(wish), "1,2,4,8,16");
  wish.by_factor = false;
  EXPECT_EQ(*values_of(wish), "1,5,9,12,16") << "whole numbers stay whole";
  wish.setting = delay;
  wish.from = "0", wish.to = "1", wish.steps = "5";
  EXPECT_EQ(*values_of(wish), "0,0.25,0.5,0.75,1");
  wish.by_factor = true;
  EXPECT_NE(values_of(wish).error().message.find("from"), std::string::npos);
  wish.from = "x";
  EXPECT_EQ(values_of(wish).error().message, fmt::format("{}, from: “x” is not a number", delay->label));
  wish.how = SweepWish::How::kList;
  wish.list = " 1, 2 ,3,";
  EXPECT_EQ(*values_of(wish), "1,2,3");
  EXPECT_EQ(in_words("/fleet/workers: 0 is not allowed"), fmt::format("{}: 0 is not allowed", workers->label));
  // Whatever a setting proposes can be run.
  for (const Setting* setting : sweepable_settings(scenario)) {
    const SweepWish proposed = SweepWish::of(*setting, scenario);
    const auto values = values_of(proposed);
    ASSERT_TRUE(values) << setting->path << ": " << values.error().message;
    EXPECT_TRUE(parse_axis(fmt::format("{}={}", setting->path, *values))) << setting->path << " " << *values;
  }
}

TEST(ExperimentCard, ExplainingTheHitRateLeavesWhatRuns) {
  Stage s;
  s.session().apply(cmd::RunExperiment{SweepWanted{{"seed=1:4000:1"}}});
  s.ui().frames(3);
  ASSERT_NE(s.state(), nullptr);
  const std::uint64_t sweep = s.state()->id;
  s.ui().key(compat::Key::X);
  s.ui().frames(3);
  EXPECT_TRUE(s.session().ui().experiment_open);
  EXPECT_EQ(s.state()->id, sweep);
  EXPECT_EQ(s.ui().anchors().find("experiment running"), nullptr) << "the card itself shows it";
  s.ui().key(compat::Key::Escape);
  s.ui().frames(3);
  EXPECT_NE(s.ui().anchors().find("experiment running"), nullptr) << "the status bar says that it goes on";
  s.click("kpis/Prefix hit rate");
  EXPECT_TRUE(s.session().ui().experiment_open);
  EXPECT_EQ(s.state()->id, sweep);
  s.click("experiment/Cancel");
  EXPECT_FALSE(s.session().experimenting());
  s.ui().key(compat::Key::Escape);
  s.ui().frames(3);
  EXPECT_EQ(s.ui().anchors().find("experiment running"), nullptr);
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
