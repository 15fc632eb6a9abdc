// What hands meet in the window: values that may not be typed, cards that nothing shines through.
#include <gtest/gtest.h>
#include <imgui_internal.h>

#include <utility>
#include <vector>

#include "core/settings/scenario.h"
#include "window_stage.h"

namespace blockyard {
namespace {

using compat::Key;

constexpr const char* kScenario = R"({"name": "hands", "workload": {"type": "rag", "requests": 120, "rate": 8}})";

TEST(Hands, ATypedValueOutOfRangeIsToldAndNotTaken) {
  WindowStage s(kScenario);
  const double rate = s.session().scenario().workload.rate;
  const auto type_rate = [&](const char* number) {
    s.ui().click(s.anchor("controls/Rate/value").center());
    s.ui().frames(2);
    s.ui().key(Key::A, {.ctrl = true});
    s.ui().type(number);
    s.ui().key(Key::Enter);
    s.ui().frames(3);
  };
  type_rate("-999");
  EXPECT_EQ(s.session().scenario().workload.rate, rate);
  ASSERT_FALSE(s.session().toasts().empty());
  EXPECT_TRUE(s.session().toasts().back().error);
  EXPECT_NE(s.session().toasts().back().text.find("it must be"), std::string::npos) << s.session().toasts().back().text;
  const std::size_t told = s.session().toasts().size();
  type_rate("4321.5");  // beyond the end of the track, within what a scenario may say
  EXPECT_EQ(s.session().scenario().workload.rate, 4321.5);
  EXPECT_EQ(s.session().toasts().size(), told);
}

// Under a card nobody sees what a letter does: none changes the run, its own key closes it.
TEST(Hands, LettersRestUnderACard) {
  WindowStage s(kScenario);
  s.seek(6'000'000);
  UiState& ui = s.session().ui();
  const auto digest = s.session().player().cursor().digest();
  for (bool* open : {&ui.settings_open, &ui.keys_open, &ui.help_open, &ui.experiment_open, &ui.lessons_open}) {
    *open = true;
    s.ui().frames(3);
    for (const Key k : {Key::C, Key::R, Key::M, Key::Home, Key::Space, Key::P}) s.ui().key(k);
    s.ui().type(".,[]");
    s.ui().frames(2);
    EXPECT_TRUE(*open);
    EXPECT_FALSE(s.session().playing());
    EXPECT_FALSE(ui.prompt_open);
    EXPECT_EQ(s.session().player().now(), 6'000'000);
    EXPECT_EQ(s.session().player().cursor().digest(), digest);
    EXPECT_TRUE(s.session().bookmarks().empty());
    *open = false;
  }
  s.ui().key(Key::L);
  s.ui().key(Key::L);
  s.ui().frames(2);
  EXPECT_FALSE(ui.lessons_open);
  s.ui().key(Key::M);
  s.ui().frames(2);
  EXPECT_EQ(s.session().bookmarks().size(), 1U) << "without a card they act";
}

// Cards that are lists of things take the height that they need, where the screen has it, at every scale.
TEST(Hands, NoCardScrollsWhereTheScreenHasRoom) {
  for (const float scale : {1.0F, 1.5F, 2.0F}) {
    WindowStage s(kScenario, 3840, 2160, scale);
    UiState& ui = s.session().ui();
    for (const auto& [name, open] :
         std::vector<std::pair<const char*, bool*>>{{"settings", &ui.settings_open}, {"keys", &ui.keys_open}}) {
      *open = true;
      s.ui().frames(6);
      const float height = s.anchor(name).h;
      s.ui().wheel(s.anchor(name).center(), -5);
      s.ui().frames(2);
      EXPECT_GE(ui.card_heights.at(name) * scale, 200 * scale);
      EXPECT_LE(ui.card_heights.at(name) * scale, height + 1) << name << " at " << scale;
      *open = false;
    }
  }
}

// A message that is longer than a toast says so, and is there to be read until it is closed.
TEST(Hands, ALongMessageOpensAsACard) {
  WindowStage s(kScenario);
  std::string text = "The first line.";
  for (int i = 0; i < 30; ++i) text += "\n· line " + std::to_string(i);
  s.session().notify(text);
  s.ui().frames(3);
  EXPECT_LT(s.anchor("toast").h, 240);
  s.ui().click(s.anchor("toast").center());
  s.ui().frames(4);
  EXPECT_EQ(s.session().ui().message_card, text);
  EXPECT_EQ(s.ui().anchors().find("toast"), nullptr);
  EXPECT_GT(s.anchor("message").h, 31 * 15) << "all of it at once";
  s.ui().key(Key::Escape);
  s.ui().frames(3);
  EXPECT_EQ(s.ui().anchors().find("message"), nullptr);
  s.session().notify("A short one.");
  s.ui().frames(3);
  s.ui().click(s.anchor("toast").center());
  s.ui().frames(3);
  EXPECT_TRUE(s.session().ui().message_card.empty());
}

// Who goes on by keys is not told what lies under the pointer.
TEST(Hands, TipsRestWhileKeysAreUsed) {
  WindowStage s(kScenario);
  s.seek(6'000'000);
  const auto tip = [&] {
    for (const ImGuiWindow* w : ImGui::GetCurrentContext()->Windows) {
      if ((w->Flags & ImGuiWindowFlags_Tooltip) != 0 && w->Active && !w->Hidden) return true;
    }
    return false;
  };
  s.ui().move(s.anchor("top/settings").center());
  s.ui().frames(60);
  EXPECT_TRUE(tip());
  s.ui().type(".");
  s.ui().key(Key::End);
  s.ui().frames(60);
  EXPECT_FALSE(tip());
  s.ui().move({s.anchor("top/settings").center().x + 1, s.anchor("top/settings").center().y});
  s.ui().frames(60);
  EXPECT_TRUE(tip());
}

TEST(Hands, NothingIsPointedAtThroughACard) {
  WindowStage s(kScenario);
  s.seek(6'000'000);
  UiState& ui = s.session().ui();
  for (const auto& [name, open] : std::vector<std::pair<const char*, bool*>>{{"settings", &ui.settings_open},
                                                                             {"keys", &ui.keys_open},
                                                                             {"help", &ui.help_open},
                                                                             {"experiment", &ui.experiment_open},
                                                                             {"file", &ui.file_open},
                                                                             {"palette", &ui.palette_open}}) {
    *open = true;
    s.ui().frames(4);
    const Rect card = s.anchor(name);
    for (int i = 1; i < 12; ++i) {
      for (int j = 1; j < 12; ++j) {
        s.ui().move({card.x + card.w * static_cast<float>(i) / 12, card.y + card.h * static_cast<float>(j) / 12});
        s.ui().frames(1);
        for (const Command& c : s.commands())
          EXPECT_FALSE(std::holds_alternative<cmd::Hover>(c)) << name << " at " << i << "/12, " << j << "/12";
      }
    }
    *open = false;
    s.ui().frames(2);
  }
}

}  // namespace
}  // namespace blockyard
