// No word cut, none over another, at every size and scale, in every tab, card and step of a lesson.
#include "layout_law.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "app/panels/panel.h"
#include "app/session/lesson_run.h"
#include "window_stage.h"

namespace blockyard {
namespace {

struct Screen {
  int w, h;
  float scale;
};

std::vector<Screen> screens() {
  std::vector<Screen> out;
  for (const auto& [w, h] : {std::pair{1280, 720}, {1600, 1000}, {3840, 2160}}) {
    for (const float scale : {1.0F, 1.5F, 2.0F}) out.push_back({w, h, scale});
  }
  for (const float scale : {1.5F, 2.0F}) out.push_back({1920, 1080, scale});  // a projector's, in front of a class
  return out;
}

std::string first_look() {
  std::ifstream file(BLOCKYARD_ASSETS "/scenarios/first-look.json");
  return {std::istreambuf_iterator<char>(file), {}};
}

// With BLOCKYARD_PICTURES=FOLDER every frame that is looked at is left there as a picture, for people to look at; those
// that are wider than 1,600 pixels at half their size.
void keep_picture(WindowStage& stage, const Screen& screen, const std::string& what) {
  const char* folder = std::getenv("BLOCKYARD_PICTURES");
  if (folder == nullptr) return;
  Image image = stage.ui().picture();
  if (image.width > 1600) {
    Image half(image.width / 2, image.height / 2);
    for (int y = 0; y < half.height; ++y) {
      for (int x = 0; x < half.width * 4; ++x) {
        const int at = x / 4 * 8 + x % 4;
        const auto *a = image.row(2 * y) + at, *b = image.row(2 * y + 1) + at;
        half.row(y)[x] = static_cast<std::uint8_t>((a[0] + a[4] + b[0] + b[4]) / 4);
      }
    }
    image = std::move(half);
  }
  std::string name = fmt::format("{} {}x{} {:.0f}", what, screen.w, screen.h, screen.scale * 100);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '/'; }, '-');
  EXPECT_EQ(write_png(image, fmt::format("{}/{}.png", folder, name)), "");
}

// Says each kind of fault once, with the places that show it.
class Report {
 public:
  void look(WindowStage& stage, const Screen& screen, const std::string& what) {
    keep_picture(stage, screen, what);
    for (const std::string& fault : layout_faults(stage.ui().draw_data())) {
      ADD_FAILURE() << fmt::format("{}x{} at {:.0f} %, {}: {}", screen.w, screen.h, screen.scale * 100, what, fault);
    }
  }
};

std::string name_of(const testing::TestParamInfo<Screen>& screen) {
  return fmt::format("{}x{}_{:.0f}", screen.param.w, screen.param.h, screen.param.scale * 100);
}

class LayoutLaw : public testing::TestWithParam<Screen> {};

TEST_P(LayoutLaw, OfEveryTab) {
  const Screen at = GetParam();
  WindowStage s(first_look(), at.w, at.h, at.scale);
  Report report;
  for (const SimTime t : {SimTime{0}, SimTime{9'000'000}, SimTime{90'000'000}}) {
    s.seek(t);
    if (t > 0) s.session().apply(cmd::Select{SelectedRequest{42}});
    for (const PanelRow& row : panel_table()) {
      if (row.slot != PanelSlot::kBottom) continue;
      s.session().ui().open_bottom(std::string(row.id));
      s.ui().frames(3);
      report.look(s, at, fmt::format("tab {} at {} s", row.id, t / 1'000'000));
    }
  }
  for (const auto page : {UiState::Page::kFleet, UiState::Page::kControls, UiState::Page::kTree}) {
    s.session().ui().page = page;
    s.ui().frames(3);
    report.look(s, at, fmt::format("page {}", static_cast<int>(page)));
  }
}

TEST_P(LayoutLaw, OfEveryCard) {
  const Screen at = GetParam();
  WindowStage s(first_look(), at.w, at.h, at.scale);
  s.seek(9'000'000);
  Report report;
  UiState& ui = s.session().ui();
  const std::vector<std::pair<const char*, bool*>> cards{
      {"palette", &ui.palette_open}, {"file", &ui.file_open},       {"settings", &ui.settings_open},
      {"keys", &ui.keys_open},       {"help", &ui.help_open},       {"experiment", &ui.experiment_open},
      {"prompt", &ui.prompt_open},   {"lessons", &ui.lessons_open}, {"first start", &ui.first_start}};
  for (const auto& [name, open] : cards) {
    *open = true;
    s.ui().frames(4);
    report.look(s, at, fmt::format("card {}", name));
    *open = false;
    s.ui().frames(2);
  }
  ui.experiment_open = true;
  for (const UiState::Experiment kind : {UiState::Experiment::kWaterfall, UiState::Experiment::kPictures,
                                         UiState::Experiment::kComparison, UiState::Experiment::kSweep}) {
    ui.experiment = kind;
    s.ui().frames(4);
    report.look(s, at, fmt::format("experiment {}", static_cast<int>(kind)));
  }
}

TEST_P(LayoutLaw, OfEveryExperimentWithItsResults) {
  const Screen at = GetParam();
  WindowStage s(first_look(), at.w, at.h, at.scale);
  s.seek(9'000'000);
  Report report;
  UiState& ui = s.session().ui();
  const std::vector<std::pair<UiState::Experiment, ExperimentWanted>> all{
      {UiState::Experiment::kWaterfall, WaterfallWanted{}},
      {UiState::Experiment::kPictures, PicturesWanted{}},
      {UiState::Experiment::kComparison, ComparisonWanted{{0, 1, 2, 4, 7}, 1}},
      {UiState::Experiment::kSweep, SweepWanted{{"fleet.workers=2,4,8", "router.strategy=round_robin,cache_aware"}}}};
  ui.experiment_open = true;
  for (const auto& [kind, wanted] : all) {
    ui.experiment = kind;
    s.session().apply(cmd::RunExperiment{wanted});
    while (s.session().experimenting()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      s.session().update(0.01);
    }
    s.ui().frames(5);
    report.look(s, at, fmt::format("result of experiment {}", static_cast<int>(kind)));
    // What does not fit is scrolled to, never squeezed.
    const Rect card = s.anchor("experiment");
    const Rect figure = s.anchor("experiment/experiment-figure");
    EXPECT_GE(figure.h, 180 * at.scale) << static_cast<int>(kind);
    EXPECT_GE(figure.x, card.x);
    EXPECT_LE(figure.right(), card.right());
    EXPECT_LT(figure.y, card.bottom()) << "the picture begins within the card";
    for (int turn = 0; turn < 12; ++turn) {
      s.ui().wheel(card.center(), -3);
      s.ui().move({1, 1});  // away from what answers the pointer
      s.ui().frames(2);
      report.look(s, at, fmt::format("result of experiment {}, scrolled {} times", static_cast<int>(kind), turn + 1));
    }
    EXPECT_LE(s.anchor("experiment/experiment-figure").bottom(), s.anchor("experiment").bottom())
        << "the end of the picture can be reached, experiment " << static_cast<int>(kind);
  }
}

TEST_P(LayoutLaw, OfEveryStepOfALesson) {
  const Screen at = GetParam();
  WindowStage s(first_look(), at.w, at.h, at.scale);
  Report report;
  for (const Lesson& lesson : s.session().lessons().lessons) {
    for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
      if (i == 0) {
        s.session().apply(cmd::StartLesson{lesson.id, 0});
      } else {
        s.session().apply(cmd::ShowLessonStep{i});
      }
      for (const int page : {0, 1}) {
        s.session().ui().lesson_page = page;
        s.ui().frames(4);
        report.look(s, at, fmt::format("lesson {} step {} page {}", lesson.id, i + 1, page + 1));
        if (!s.session().ui().lesson_paged) break;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Screens, LayoutLaw, testing::ValuesIn(screens()), name_of);

}  // namespace
}  // namespace blockyard
