// What widgets answer to clicks, drags, keys and typing.
#include <gtest/gtest.h>

#include <array>

#include "app/ui/raster/headless.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

class Widgets : public ::testing::Test {
 protected:
  // Runs `widget` in a card "card" of 300 × 400.
  void show(std::function<void()> widget) {
    ui_.set_ui([this, widget = std::move(widget)] {
      begin_root(ui_.look(), ui_.size());
      begin_card(ui_.look(), "card", {50, 40, 300, 400});
      widget();
      end_card(ui_.look());
      end_root();
    });
    ui_.frames(3);
  }
  Rect rect(const char* anchor) {
    const Rect* r = ui_.anchors().find(anchor);
    EXPECT_NE(r, nullptr) << anchor;
    return r ? *r : Rect{};
  }
  HeadlessUi ui_{400, 480, 1.0f, dark_theme(), BLOCKYARD_FONT_DIR};
  const Look& look_ = ui_.look();
};

TEST_F(Widgets, ButtonIsClicked) {
  int clicks = 0;
  show([&] {
    ButtonSpec spec;
    spec.label = "Compare";
    clicks += button(look_, spec);
    spec.label = "Off";
    spec.enabled = false;
    clicks += 100 * button(look_, spec);
  });
  EXPECT_TRUE(ui_.click("card/Compare"));
  EXPECT_TRUE(ui_.click("card/Off"));
  EXPECT_FALSE(ui_.click("card/Nothing"));
  EXPECT_EQ(clicks, 1);
}

TEST_F(Widgets, SliderIsDraggedAndReset) {
  double value = 0.25;
  int changes = 0, commits = 0;
  show([&] {
    SliderSpec spec;
    spec.label = "Load penalty";
    spec.initial = 0.25;
    const SliderResult r = slider_row(look_, spec, &value);
    changes += r.changed;
    commits += r.committed;
  });
  const Rect track = rect("card/Load penalty");
  ui_.drag(ImVec2(track.x + track.w * 0.25f, track.center().y), ImVec2(track.right() - 8, track.center().y));
  EXPECT_EQ(value, 1.0);
  EXPECT_GT(changes, 0);
  EXPECT_EQ(commits, 1);
  ui_.click(track.center(), 1);
  EXPECT_EQ(value, 0.25);
  EXPECT_EQ(commits, 2);
}

TEST_F(Widgets, SliderTakesTypedValues) {
  double value = 10;
  std::optional<double> told;
  show([&] {
    SliderSpec spec;
    spec.label = "Arrival rate";
    spec.max = 100;
    spec.decimals = 1;
    if (const auto refused = slider_row(look_, spec, &value).refused) told = refused;
  });
  const Rect track = rect("card/Arrival rate");
  ui_.double_click(ImVec2(track.x + track.w * 0.8f, track.center().y));
  EXPECT_EQ(value, 10) << "the first click of a double click must not stay";
  ui_.type("42.5");
  ui_.key(compat::Key::Enter);
  EXPECT_EQ(value, 42.5);
  ui_.click("card/Arrival rate/value");
  ui_.frames(2);
  ui_.type("250");
  ui_.key(compat::Key::Enter);
  EXPECT_EQ(value, 42.5) << "beyond the range: as it was";
  EXPECT_EQ(told, 250);
  value = 0;
  ui_.frames(60);
  ui_.double_click(track.center());
  EXPECT_EQ(value, 0) << "zero is remembered too";
  ui_.type("100");
  ui_.key(compat::Key::Enter);
  EXPECT_EQ(value, 100);
  ui_.hold({.ctrl = true});
  ui_.click(track.center());
  ui_.hold({});
  ui_.type("7");
  ui_.key(compat::Key::Escape);
  EXPECT_EQ(value, 100) << "Escape leaves it";
}

TEST_F(Widgets, WholeNumberSliderStepsByOne) {
  std::int64_t workers = 4;
  show([&] {
    SliderSpec spec;
    spec.label = "Workers";
    spec.min = 1;
    spec.max = 8;
    slider_row(look_, spec, &workers);
  });
  const Rect track = rect("card/Workers");
  ui_.drag(ImVec2(track.x + 8 + (track.w - 16) * 3 / 7, track.center().y),
           ImVec2(track.x + 8 + (track.w - 16) * 5.3f / 7, track.center().y));
  EXPECT_EQ(workers, 6);
}

TEST_F(Widgets, LogarithmicSliderFollowsThePointer) {
  double value = 1;
  show([&] {
    SliderSpec spec;
    spec.label = "Speed";
    spec.min = 0.01;
    spec.max = 100;
    spec.logarithmic = true;
    slider_row(look_, spec, &value);
  });
  const Rect track = rect("card/Speed");
  ui_.drag(track.center(), ImVec2(track.x + 8 + (track.w - 16) * 0.75f, track.center().y));
  EXPECT_NEAR(value, 10, 0.6);
}

TEST_F(Widgets, ChoicesReportOnlyChanges) {
  int speed = 1, tab = 0, policy = 0, reports = 0;
  bool on = false;
  show([&] {
    constexpr std::array<const char*, 3> kSpeeds = {"0.5×", "1×", "max"};
    constexpr std::array<const char*, 2> kTabs = {"Latency", "Hit rate"};
    constexpr std::array<Choice, 2> kPolicies = {{{"Round robin", nullptr}, {"Prefix affinity", "help"}}};
    if (const auto i = segmented(look_, "speed", kSpeeds, speed)) speed = *i, ++reports;
    if (const auto i = tab_strip(look_, "tabs", kTabs, tab)) tab = *i, ++reports;
    if (const auto i = dropdown(look_, "policy", kPolicies, policy)) policy = *i, ++reports;
    reports += toggle(look_, "Show dots", &on);
  });
  ui_.click("card/speed/1×");
  EXPECT_EQ(reports, 0);
  ui_.click("card/speed/max");
  EXPECT_EQ(speed, 2);
  ui_.click("card/tabs/Hit rate");
  EXPECT_EQ(tab, 1);
  ui_.click("card/policy");
  ui_.frames(2);
  bool found = false;
  for (const auto& [name, where] : ui_.anchors().all()) found = found || name == "card/policy/Prefix affinity";
  ASSERT_TRUE(found);
  ui_.click("card/policy/Prefix affinity");
  EXPECT_EQ(policy, 1);
  ui_.click("card/Show dots");
  EXPECT_TRUE(on);
  EXPECT_EQ(reports, 4);
}

TEST_F(Widgets, TextFieldTakesText) {
  std::string text;
  show([&] { text_field(look_, "filter", nullptr, "Filter", &text); });
  ui_.click("card/filter");
  ui_.type("µ-sql");
  ui_.key(compat::Key::Backspace);
  EXPECT_EQ(text, "µ-sq");
}

TEST_F(Widgets, KeysAndCharactersAreSeen) {
  int space = 0, ctrl_k = 0, question = 0;
  show([&] {
    space += compat::key_pressed(compat::Key::Space);
    ctrl_k += compat::key_pressed(compat::Key::K) && ImGui::GetIO().KeyCtrl;
    question += compat::typed_char('?');
  });
  ui_.key(compat::Key::Space);
  ui_.key(compat::Key::K, {.ctrl = true});
  ui_.type("?");
  EXPECT_EQ(space, 1);
  EXPECT_EQ(ctrl_k, 1);
  EXPECT_EQ(question, 1);
}

#if IMGUI_VERSION_NUM < 18700
constexpr int kS = 'S', kY = 'Y', kZ = 'Z';

TEST(KeyStrokes, AKeyPressedTwiceWithinAFrameIsSeenTwice) {
  ImGuiIO io;
  compat::KeyStrokes strokes;
  strokes.pressed(kZ, {.ctrl = true});
  strokes.pressed(kY, {.ctrl = true});
  strokes.pressed(kZ, {.ctrl = true});
  strokes.pressed(kZ, {.ctrl = true});
  std::string z, y;
  for (int frame = 0; frame < 7; ++frame) {
    strokes.before_frame(io);
    EXPECT_EQ(io.KeyCtrl, io.KeysDown[kZ] || io.KeysDown[kY]);
    z += io.KeysDown[kZ] ? '1' : '0';
    y += io.KeysDown[kY] ? '1' : '0';
    strokes.after_frame(io);
  }
  EXPECT_EQ(z, "1010100");
  EXPECT_EQ(y, "1000000");
}

TEST(KeyStrokes, WhatWasHeldCountsThoughItWasLetGoFirst) {
  ImGuiIO io;
  compat::KeyStrokes strokes;
  strokes.pressed(kS, {.ctrl = true});
  io.KeysDown[kS] = true;  // still down, Ctrl no longer
  strokes.before_frame(io);
  EXPECT_TRUE(io.KeyCtrl);
  strokes.after_frame(io);
  EXPECT_FALSE(io.KeyCtrl);
  EXPECT_TRUE(io.KeysDown[kS]);
}
#endif

TEST_F(Widgets, TooltipComesAfterAMoment) {
  show([&] { icon_button(look_, "camera", "o", "Export picture", "Ctrl+E"); });
  const Image before = ui_.picture();
  ui_.move(rect("card/camera").center());
  ui_.frames(5);
  const Image hovered = ui_.picture();
  ui_.frames(40);
  const Image shown = ui_.picture();
  EXPECT_NE(before, hovered);
  EXPECT_NE(hovered, shown);
}

TEST_F(Widgets, LongTextIsCutBetweenCharacters) {
  show([] {});
  const std::string cut = ellipsized(look_, FontRole::Small, "préfixe très long — системный промпт", 80);
  EXPECT_LE(text_width(look_, FontRole::Small, cut), 80);
  EXPECT_EQ(cut.substr(cut.size() - 3), "…");
  EXPECT_EQ(ellipsized(look_, FontRole::Small, "short", 80), "short");
  EXPECT_EQ(ellipsized(look_, FontRole::Small, "éé", 1), "…");
}

TEST(Fonts, FallBackWhereFilesAreMissing) {
  HeadlessUi ui(200, 100, 1.0f, dark_theme(), "/nowhere");
  ui.set_ui([&] { text(ui.look(), FontRole::Kpi, ui.look().theme.text, "71.8 %"); });
  ui.frames(2);
  EXPECT_FALSE(ui.look().fonts.missing.empty());
  EXPECT_NE(ui.picture(), Image(200, 100));
  HeadlessUi complete(200, 100, 1.0f, dark_theme(), BLOCKYARD_FONT_DIR);
  EXPECT_EQ(complete.look().font_px(FontRole::Kpi), 24);
}

}  // namespace
}  // namespace blockyard
