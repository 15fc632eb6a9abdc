// What hands meet in the window: values that may not be typed, cards that nothing shines through.
#include <gtest/gtest.h>

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
