// The whole window without a window: a session, the main frame and synthetic hands.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <tuple>

#include "app/window/actions.h"
#include "core/settings/scenario.h"
#include "window_stage.h"

namespace blockyard {
namespace {

using compat::Key;

constexpr const char* kScenario = R"({"name": "frame test", "about": "What is to be seen.",
  "workload": {"type": "rag", "requests": 120, "rate": 8, "documents": 12}, "router": {"sync_ms": 2000},
  "faults": [{"t_ms": 6000, "worker": 1, "kind": "crash", "restart_ms": 3000, "detect_ms": 1000}]})";

class Stage : public WindowStage {
 public:
  explicit Stage(int w = 1600, int h = 1000, float scale = 1, bool dark = true, const char* scenario = kScenario)
      : WindowStage(scenario, w, h, scale, dark) {}
};

TEST(MainFrame, DrawsAtEverySizeAndMoment) {
  struct Size {
    int w, h;
    float scale;
    bool dark;
  };
  for (const Size s : {Size{1600, 1000, 1, true}, Size{1280, 720, 1, true}, Size{3840, 2160, 2, false},
                       Size{1600, 1000, 2, true}, Size{640, 400, 1, true}, Size{2400, 1500, 1.5F, false}}) {
    Stage stage(s.w, s.h, s.scale, s.dark);
    for (const SimTime t : {SimTime{0}, SimTime{3'000'000}, SimTime{6'500'000}, SimTime{60'000'000}}) stage.seek(t);
    const Rect screen{0, 0, static_cast<float>(s.w), static_cast<float>(s.h)};
    for (const char* card : {"controls", "timeline", "bottom"}) {
      const Rect* r = stage.ui().anchors().find(card);
      EXPECT_TRUE(r == nullptr || screen.contains(*r)) << card;
    }
    stage.save("frame-" + std::to_string(s.w) + "x" + std::to_string(s.h) + "-" +
               std::to_string(static_cast<int>(s.scale * 100)) + ".png");
  }
}

TEST(MainFrame, DrawsARunWithoutRequestsDone) {
  Stage stage(1600, 1000, 1, true, R"({"workload": {"type": "uniform", "requests": 1}, "fleet": {"workers": 1}})");
  stage.seek(0);
  stage.save("frame-empty.png");
  stage.seek(60'000'000);
}

TEST(MainFrame, KeysDoWhatTheTableSays) {
  Stage s;
  s.seek(2'000'000);
  s.ui().key(Key::Space);
  EXPECT_TRUE(s.session().playing());
  s.ui().key(Key::Space);
  s.ui().frames(2);
  EXPECT_FALSE(s.session().playing());
  const SimTime t = s.session().player().now();
  s.ui().type(".");
  s.ui().frames(2);
  EXPECT_GT(s.session().player().now(), t);
  const SimTime after = s.session().player().now();
  s.ui().type(".,");
  s.ui().frames(2);
  EXPECT_EQ(s.session().player().now(), after);
  s.ui().key(Key::Home);
  s.ui().frames(2);
  EXPECT_EQ(s.session().player().now(), 0);
  s.ui().type(">");
  s.ui().frames(2);
  EXPECT_EQ(s.session().player().cursor().arrived(), 1U);
  s.ui().key(Key::M);
  s.ui().frames(2);
  EXPECT_EQ(s.session().bookmarks().size(), 1U);
  s.session().apply(cmd::Select{SelectedWorker{1}});
  s.ui().key(Key::Escape);
  s.ui().frames(2);
  EXPECT_FALSE(is_selected(s.session().selection()));
  s.ui().key(Key::End);
  s.ui().frames(2);
  EXPECT_GT(s.session().player().now(), 0);
}

TEST(MainFrame, PaletteFindsAndRuns) {
  Stage s;
  s.ui().key(Key::K, {.ctrl = true});
  s.ui().frames(3);
  ASSERT_TRUE(s.session().ui().palette_open);
  s.ui().type("round");
  s.ui().frames(2);
  EXPECT_TRUE(s.session().ui().palette_open) << "letters are text here, not keys";
  EXPECT_FALSE(s.session().playing());
  s.save("frame-palette.png");
  s.ui().key(Key::Enter);
  s.ui().frames(3);
  EXPECT_FALSE(s.session().ui().palette_open);
  EXPECT_EQ(s.session().scenario().config.router.strategy, find_policy("round_robin"));
  s.ui().key(Key::K, {.ctrl = true});
  s.ui().frames(2);
  s.ui().key(Key::Escape);
  s.ui().frames(2);
  EXPECT_FALSE(s.session().ui().palette_open);
}

TEST(MainFrame, OverlaysOpenAndClose) {
  Stage s;
  s.session().ui().first_start = true;
  s.ui().type("?");
  s.ui().frames(3);
  EXPECT_TRUE(s.session().ui().keys_open);
  s.save("frame-keys.png");
  s.ui().key(Key::Escape);
  s.ui().frames(2);
  EXPECT_FALSE(s.session().ui().keys_open);
  ASSERT_TRUE(s.ui().click("top/settings"));
  s.ui().frames(2);
  EXPECT_TRUE(s.session().ui().settings_open);
  ASSERT_TRUE(s.ui().click("settings/theme/Light"));
  s.ui().frames(2);
  EXPECT_FALSE(s.session().ui().dark);
  s.save("frame-settings.png");
  s.ui().click(ImVec2(20, 980));  // outside
  s.ui().frames(2);
  EXPECT_FALSE(s.session().ui().settings_open);
  ASSERT_TRUE(s.ui().click("first-start/Got it"));
  s.ui().frames(2);
  EXPECT_FALSE(s.session().ui().first_start);
}

TEST(MainFrame, TimelineSeeksZoomsAndTakesARange) {
  Stage s;
  const Rect strip = s.anchor("timeline/strip");
  const auto at = [&](float f) { return ImVec2(strip.x + f * strip.w, strip.center().y); };
  const auto begin = std::chrono::steady_clock::now();
  s.ui().drag(at(0.2F), at(0.6F));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  const double end = static_cast<double>(s.session().player().frontier());
  EXPECT_NEAR(static_cast<double>(s.session().player().now()), 0.6 * end, 0.02 * end);
  RecordProperty("drag_ms", std::to_string(took.count()));
  s.ui().wheel(at(0.5F), 8);
  s.ui().frames(2);
  s.ui().click(at(0.0F));
  s.ui().frames(2);
  EXPECT_GT(static_cast<double>(s.session().player().now()), 0.2 * end) << "zoomed in";
  s.save("frame-zoomed.png");
  s.ui().key(Key::F);
  s.ui().frames(2);
  s.ui().hold({.shift = true});
  s.ui().drag(at(0.25F), at(0.5F));
  s.ui().hold({});
  s.ui().frames(2);
  std::vector<Command> none;
  const auto range = s.session().frame(s.ui().look(), none).range;
  ASSERT_TRUE(range.has_value());
  EXPECT_NEAR(static_cast<double>(range->end), 0.5 * end, 0.02 * end);
}

TEST(MainFrame, TheRangeSaysSoAndIsLetGoOf) {
  Stage s;
  s.seek(8'000'000);
  s.session().apply(cmd::SetRange{TimeRange{2'000'000, 5'000'000}});
  s.ui().frames(2);
  const auto range = [&] {
    std::vector<Command> none;
    return s.session().frame(s.ui().look(), none).range;
  };
  const SimTime now = s.session().player().now();
  ASSERT_TRUE(s.ui().click("timeline/range"));
  s.ui().frames(2);
  EXPECT_FALSE(range().has_value());
  EXPECT_EQ(s.session().player().now(), now) << "letting go of it is not going there";
  s.session().apply(cmd::SetRange{TimeRange{20'000'000, 25'000'000}});
  for (const char* tab : {"latency", "blocks", "requests", "load", "events", "decisions"}) {
    s.session().ui().bottom_tab = tab;
    s.ui().frames(3);
    s.save(std::string("frame-ahead-") + tab + ".png");
  }
  s.ui().key(Key::Escape);
  s.ui().frames(2);
  EXPECT_FALSE(range().has_value());
}

TEST(MainFrame, ASelectionSurvivesGoingBackInTime) {
  Stage s;
  s.seek(8'000'000);
  for (const Selection& what : {Selection{SelectedRequest{30}}, Selection{SelectedBlock{40, 1}},
                                Selection{SelectedEvent{200}}, Selection{SelectedDecision{31}}}) {
    s.session().apply(cmd::Select{what});
    s.ui().frames(2);
    const Image there = s.ui().picture();
    s.seek(100'000);  // before any of them
    EXPECT_EQ(s.session().selection(), what);
    s.ui().frames(40);
    s.seek(8'000'000);
    EXPECT_EQ(s.session().selection(), what);
    const Rect& inspector = s.anchor("inspector");
    const auto part = [&](const Image& image) {
      return image.cropped(static_cast<int>(inspector.x), static_cast<int>(inspector.y), static_cast<int>(inspector.w),
                           static_cast<int>(inspector.h));
    };
    EXPECT_EQ(part(s.ui().picture()), part(there)) << "the same moment tells the same";
  }
}

TEST(MainFrame, EscClosesAMenuBeforeAnythingElse) {
  Stage s;
  s.session().apply(cmd::Select{SelectedWorker{1}});
  ASSERT_TRUE(s.ui().click("top/Export"));
  s.ui().frames(3);
  const Image open = s.ui().picture();
  s.ui().key(Key::Escape);
  s.ui().frames(3);
  EXPECT_NE(s.ui().picture(), open);
  EXPECT_TRUE(is_selected(s.session().selection())) << "only the menu was closed";
  s.ui().key(Key::Escape);
  s.ui().frames(2);
  EXPECT_FALSE(is_selected(s.session().selection()));
}

TEST(MainFrame, DigitsHideNothingButWithCtrl) {
  Stage s;
  s.ui().type("123");
  for (const Key key : {Key::Num1, Key::Num2, Key::Num3}) s.ui().key(key);
  EXPECT_TRUE(s.session().ui().show_controls && s.session().ui().show_tree && s.session().ui().show_bottom);
  s.ui().key(Key::Num2, {.ctrl = true});
  EXPECT_FALSE(s.session().ui().show_tree);
  s.ui().key(Key::F1);
  s.ui().frames(2);
  EXPECT_TRUE(s.session().ui().help_open);
  s.save("frame-help.png");
  s.ui().key(Key::Escape);
  EXPECT_FALSE(s.session().ui().help_open);
}

TEST(MainFrame, PartsWithoutRoomArePages) {
  Stage s(1280, 720, 2);
  s.seek(4'000'000);
  const auto shown = [&s](const char* part) { return s.ui().anchors().find(part) != nullptr; };
  const auto is_fleet = [&] { return shown("fleet") || shown("fleet/worker-0"); };
  EXPECT_TRUE(is_fleet() && shown("timeline/strip") && shown("kpis/TTFT p95"));
  EXPECT_FALSE(shown("controls") || shown("tree") || shown("bottom"));
  for (const auto& [name, part, key] : {std::tuple{"pages/Controls", "controls/Rate", Key::Num1},
                                        {"pages/Prefix tree", "tree/row/doc 1", Key::Num2},
                                        {"pages/Plots", "bottom/latency", Key::Num3}}) {
    ASSERT_TRUE(s.ui().click(name));
    s.ui().frames(2);
    EXPECT_TRUE(shown(part)) << part;
    EXPECT_TRUE(shown("timeline/strip"));
    s.save(std::string("page_") + (name + 6) + ".png");
    s.ui().key(Key::Escape);
    s.ui().frames(2);
    EXPECT_TRUE(is_fleet() && !shown(part)) << "Esc goes back to the fleet";
    s.ui().key(key, {.ctrl = true});
    s.ui().frames(2);
    EXPECT_TRUE(shown(part)) << "by its key";
    ASSERT_TRUE(s.ui().click("pages/Fleet"));
    s.ui().frames(2);
    EXPECT_TRUE(is_fleet() && !shown(part));
  }
  Stage large;
  EXPECT_FALSE(large.ui().anchors().find("pages/Fleet"));
}

TEST(MainFrame, AComparisonHasItsPagesAtTheSmallestSizes) {
  for (const auto& [w, h, scale] : {std::tuple{660, 420, 1.0F}, {640, 400, 2.0F}, {1280, 720, 2.0F}}) {
    Stage s(w, h, scale);
    s.session().apply(compare_strategies({find_policy("round_robin"), find_policy("random")}));
    s.seek(4'000'000);
    for (unsigned page = 0; page < 4; ++page) {
      s.session().ui().page = static_cast<UiState::Page>(page);
      s.ui().frames(3);
      EXPECT_NE(s.ui().anchors().find("status"), nullptr) << w << " × " << h << ", page " << page;
    }
  }
}

TEST(MainFrame, TabsWithoutRoomAreBehindTheirSign) {
  Stage s(1600, 1000, 2);
  ASSERT_TRUE(s.ui().click("pages/Plots"));
  s.ui().frames(2);
  ASSERT_NE(s.ui().anchors().find("bottom/tabs/more"), nullptr);
  EXPECT_EQ(s.ui().anchors().find("bottom/tabs/Events"), nullptr);
  ASSERT_TRUE(s.ui().click("bottom/tabs/more"));
  s.ui().frames(3);
  ASSERT_TRUE(s.ui().click("bottom/tabs/Events"));
  s.ui().frames(3);
  EXPECT_EQ(s.session().ui().bottom_tab, "events");
  ASSERT_NE(s.ui().anchors().find("bottom/tabs/Events"), nullptr) << "the chosen one is always seen";
  Stage wide;
  EXPECT_EQ(wide.ui().anchors().find("bottom/tabs/more"), nullptr);
}

TEST(MainFrame, ControlsChangeTheRunAndUndoTakesItBack) {
  Stage s;
  s.seek(2'000'000);
  ASSERT_TRUE(s.ui().click("controls/Routing"));  // folds
  s.ui().frames(2);
  EXPECT_TRUE(s.session().ui().folded["Routing"]);
  s.ui().click("controls/Routing");
  s.ui().frames(2);
  const Rect rate = s.anchor("controls/Rate");
  s.ui().drag(ImVec2(rate.x + rate.w * 0.5F, rate.center().y), ImVec2(rate.x + rate.w * 0.9F, rate.center().y));
  s.ui().frames(3);
  EXPECT_GT(s.session().scenario().workload.rate, 8);
  EXPECT_EQ(s.session().player().changes().size(), 1U) << "one change for one drag";
  EXPECT_EQ(s.session().player().now(), 2'000'000);
  s.ui().key(Key::Z, {.ctrl = true});
  s.ui().frames(3);
  EXPECT_EQ(s.session().scenario().workload.rate, 8);
  const Rect documents = s.anchor("controls/Documents");
  s.ui().drag(ImVec2(documents.x + documents.w * 0.3F, documents.center().y),
              ImVec2(documents.x + documents.w * 0.7F, documents.center().y));
  s.ui().frames(3);
  EXPECT_NE(s.session().scenario().workload.documents, 12);
  EXPECT_EQ(s.session().player().now(), 0) << "other requests: the run restarts";
}

TEST(MainFrame, AnObjectiveIsSetInFlightAndTakenBack) {
  Stage s;
  s.seek(2'000'000);
  for (const char* group : {"controls/Routing", "controls/Workload", "controls/Fleet and memory"}) {
    ASSERT_TRUE(s.ui().click(group));
    s.ui().frames(2);
  }
  const auto slo = [&s] { return s.session().scenario().config.slo; };
  ASSERT_FALSE(slo().ttft_ms);
  const Rect track = s.anchor("controls/TTFT at most");
  s.ui().drag(ImVec2(track.x + track.w * 0.02F, track.center().y), ImVec2(track.x + track.w * 0.6F, track.center().y));
  s.ui().frames(3);
  ASSERT_TRUE(slo().ttft_ms);
  EXPECT_GT(*slo().ttft_ms, 50);
  EXPECT_EQ(s.session().player().now(), 2'000'000) << "in flight";
  ASSERT_EQ(s.session().player().changes().size(), 1U);
  EXPECT_NE(s.session().player().changes()[0].label.find("TTFT at most none → "), std::string::npos);
  EXPECT_NE(write_scenario(s.session().scenario()).find("\"ttft_ms\": " + fmt::format("{}", *slo().ttft_ms)),
            std::string::npos);
  // The lowest value is none, as is the right button where the scenario promises nothing, and Undo.
  s.ui().drag(ImVec2(track.x + track.w * 0.6F, track.center().y), ImVec2(track.x - 40, track.center().y));
  s.ui().frames(3);
  EXPECT_FALSE(slo().ttft_ms);
  s.ui().key(Key::Z, {.ctrl = true});
  s.ui().frames(3);
  EXPECT_TRUE(slo().ttft_ms);
  s.ui().click(track.center(), 1);
  s.ui().frames(3);
  EXPECT_FALSE(slo().ttft_ms);
  s.ui().click("controls/TPOT at most/value");
  s.ui().frames(2);
  s.ui().type("25.5");
  s.ui().key(Key::Enter);
  s.ui().frames(3);
  EXPECT_EQ(slo().tpot_ms, 25.5);
}

TEST(MainFrame, LeavesTheRunAlone) {
  Stage s;
  s.seek(4'000'000);
  const std::uint64_t digest = s.session().player().cursor().digest();
  for (float y = 20; y < 1000; y += 70) {
    for (float x = 20; x < 1600; x += 90) s.ui().move(ImVec2(x, y));
  }
  s.ui().wheel(ImVec2(130, 500), -6);
  EXPECT_EQ(s.session().player().cursor().digest(), digest);
  EXPECT_EQ(s.session().player().now(), 4'000'000);
  EXPECT_TRUE(s.session().player().changes().empty());
}

TEST(MainFrame, ToastsAreShownAndDismissed) {
  Stage s;
  s.session().notify("/router/sync_ms: -5 is not allowed; it must be at least 0. The run goes on as it was.", true);
  s.ui().frames(2);
  s.save("frame-toast.png");
  ASSERT_TRUE(s.ui().click("toast"));
  s.ui().frames(2);
  EXPECT_TRUE(s.session().toasts().empty());
}

TEST(MainFrame, EveryActionRuns) {
  for (const Action& action : action_table()) {
    Stage s(1280, 720);
    s.seek(1'000'000);
    std::vector<Command> commands;
    FrameContext ctx = s.session().frame(s.ui().look(), commands);
    action.run(ctx);
    s.session().apply_all(commands);
    s.session().settle();
    s.ui().frames(2);
    EXPECT_FALSE(action.label.empty());
  }
}

}  // namespace
}  // namespace blockyard
