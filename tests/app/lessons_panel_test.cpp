// The list of lessons and the card of a running one with synthetic hands, at several sizes.
#include <gtest/gtest.h>

#include <tuple>

#include "app/panels/lessons/lessons.h"
#include "app/session/lesson_run.h"
#include "app/ui/widgets.h"
#include "window_stage.h"

namespace blockyard {
namespace {

using compat::Key;

constexpr const char* kBefore = R"({"name": "before", "workload": {"type": "rag", "requests": 40}})";

class Stage : public WindowStage {
 public:
  explicit Stage(int w = 1600, int h = 1000, float scale = 1, bool dark = true)
      : WindowStage(kBefore, w, h, scale, dark) {}
  const LessonRun* lesson() { return session().lesson(); }
  std::uint64_t digest() { return session().player().cursor().digest(); }
  void key(Key k) {
    ui().key(k);
    ui().frames(3);
  }
  void click(const std::string& name) {
    ui().click(anchor(name).center());
    ui().frames(3);
  }
  void start(const std::string& id, std::size_t step = 0) {
    session().apply(cmd::StartLesson{id, step});
    ui().frames(4);
  }
  bool shows(const std::string& name) { return ui().anchors().find(name) != nullptr; }
};

TEST(LessonPanel, AListThenStepsByKeysForwardAndBack) {
  Stage s;
  EXPECT_FALSE(s.shows("lesson"));
  s.key(Key::Enter);
  EXPECT_EQ(s.lesson(), nullptr) << "keys of lessons rest where there is none";
  s.key(Key::L);
  ASSERT_TRUE(s.session().ui().lessons_open);
  s.save("frame-lessons.png");
  s.click("lessons/2-longest-prefix-match");
  ASSERT_NE(s.lesson(), nullptr);
  EXPECT_EQ(s.lesson()->number, 1U);
  EXPECT_FALSE(s.session().ui().lessons_open);
  EXPECT_TRUE(s.shows("lesson"));
  const std::uint64_t first = s.digest();
  s.key(Key::Enter);
  EXPECT_EQ(s.lesson()->step, 1U);
  EXPECT_EQ(s.session().player().changes().size(), 1U) << "a setting changed in flight, as a mark";
  s.key(Key::PageDown);
  EXPECT_EQ(s.lesson()->step, 2U);
  s.key(Key::PageUp);
  s.key(Key::PageUp);
  s.key(Key::PageUp);
  EXPECT_EQ(s.lesson()->step, 0U);
  EXPECT_EQ(s.digest(), first);
  s.click("lesson/Next");
  s.click("lesson/dot 4");
  EXPECT_EQ(s.lesson()->step, 3U);
  s.click("lesson/Back");
  EXPECT_EQ(s.lesson()->step, 2U);
  // Typing is typing.
  s.key(Key::F1);
  s.key(Key::Enter);
  EXPECT_EQ(s.lesson()->step, 2U) << "something lies over the lesson";
}

TEST(LessonPanel, QuestionsAnsweredRightAndWrongLeaveTheRunAlone) {
  Stage s;
  s.start("1-blocks-and-hashes");
  const std::uint64_t before = s.digest();
  const float asked = s.anchor("lesson/choice 2").h;
  s.click("lesson/choice 2");
  EXPECT_EQ(s.lesson()->answers[0], 1U);
  EXPECT_GT(s.anchor("lesson/choice 2").h, asked) << "the explanation stands in the choice";
  s.save("frame-lesson-wrong.png");
  s.key(Key::Num1);
  EXPECT_EQ(s.lesson()->answers[0], 0U);
  EXPECT_EQ(s.anchor("lesson/choice 2").h, asked);
  s.key(Key::Num4);
  EXPECT_EQ(s.lesson()->answers[0], 0U) << "there is no fourth";
  EXPECT_EQ(s.digest(), before);
  EXPECT_TRUE(s.session().player().changes().empty());
}

TEST(LessonPanel, BringsThePickedChoiceIntoSightAtTwiceTheSize) {
  Stage s(1600, 1000, 2);
  s.start("1-blocks-and-hashes");
  EXPECT_EQ(s.ui().anchors().find("lesson/choice 1"), nullptr) << "the text is a page of its own";
  s.key(Key::Enter);  // the question is the next one
  const float foot = s.anchor("lesson").bottom();
  for (const Key k : {Key::Num1, Key::Num3}) {
    s.key(k);
    const Rect choice = s.anchor(k == Key::Num1 ? "lesson/choice 1" : "lesson/choice 3");
    EXPECT_LE(choice.bottom(), foot);
    EXPECT_GE(choice.y, s.anchor("lesson").y);
  }
  s.key(Key::Enter);
  EXPECT_EQ(s.lesson()->step, 1U) << "from the question on to the next step";
}

// Where text and question have no room at once, each has a page, and the question's shows all of its choices.
TEST(LessonPanel, EveryQuestionHasItsPageWithAllChoicesInSight) {
  for (const auto& [w, h, scale] : {std::tuple{1600, 1000, 2.0F}, {1280, 720, 1.5F}, {1280, 720, 2.0F}}) {
    Stage s(w, h, scale);
    int questions = 0;
    for (const Lesson& lesson : s.session().lessons().lessons) {
      for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
        const auto& question = lesson.steps[i].question;
        if (!question) continue;
        ++questions;
        s.start(lesson.id, i);
        s.session().ui().lesson_page = 1;
        s.ui().frames(4);
        const Rect& card = s.anchor("lesson");
        const float foot = card.bottom() - s.ui().look().px(50);
        const Rect& last = s.anchor("lesson/choice " + std::to_string(question->choices.size()));
        EXPECT_LE(last.bottom(), foot) << lesson.id << " step " << i + 1 << " at " << w << "x" << h << ", " << scale;
        EXPECT_GE(s.anchor("lesson/question").y, card.y);
        EXPECT_TRUE((Rect{0, 0, static_cast<float>(w), static_cast<float>(h)}.contains(card)));
      }
    }
    EXPECT_GT(questions, 10);
  }
}

// One key goes through all of a lesson: what is below, the question, the next step.
TEST(LessonPanel, OneKeyGoesThroughEverythingAtTwiceTheSize) {
  Stage s(1280, 720, 2);
  s.start("6-how-long-a-prefix");
  std::size_t steps = 1, pages = 1, at = 0;
  for (int press = 0; press < 60 && !s.session().ui().lesson_leaving; ++press) {
    const bool more = s.session().ui().lesson_more;
    const int page = s.session().ui().lesson_page;
    s.key(Key::Enter);
    s.ui().frames(3);
    if (s.lesson()->step != at) {
      EXPECT_FALSE(more) << "nothing was passed over";
      EXPECT_EQ(s.lesson()->step, at + 1);
      at = s.lesson()->step;
      ++steps;
    } else if (s.session().ui().lesson_page != page) {
      ++pages;
    }
  }
  EXPECT_TRUE(s.session().ui().lesson_leaving);
  EXPECT_EQ(steps, s.lesson()->lesson->steps.size());
  EXPECT_GT(pages, 1U);
}

TEST(LessonPanel, FinishingTicksItOffAndLeadsOnOrBack) {
  Stage s;
  s.seek(5'000'000);
  const std::uint64_t before = s.digest();
  s.start("3-shared-blocks-and-eviction", 4);
  s.key(Key::Enter);
  EXPECT_TRUE(s.session().ui().lesson_leaving);
  EXPECT_TRUE(s.session().ui().lessons_done.contains("3-shared-blocks-and-eviction"));
  s.save("frame-lesson-done.png");
  s.key(Key::PageUp);
  EXPECT_FALSE(s.session().ui().lesson_leaving) << "back to the last step";
  s.key(Key::Enter);
  s.key(Key::Enter);
  ASSERT_NE(s.lesson(), nullptr);
  EXPECT_EQ(s.lesson()->lesson->id, "4-phantom-hits");
  EXPECT_EQ(s.lesson()->step, 0U);
  s.click("lesson/leave");
  EXPECT_FALSE(s.session().ui().lessons_done.contains("4-phantom-hits"));
  s.key(Key::Escape);
  EXPECT_FALSE(s.session().ui().lesson_leaving);
  s.click("lesson/leave");
  s.click("lesson/back to before");
  EXPECT_EQ(s.lesson(), nullptr);
  EXPECT_EQ(s.digest(), before);
  EXPECT_FALSE(s.shows("lesson"));
  s.start("4-phantom-hits");
  s.click("lesson/leave");
  s.click("lesson/keep");
  EXPECT_EQ(s.lesson(), nullptr);
  EXPECT_EQ(s.session().scenario().name, "phantom hits");
}

TEST(LessonPanel, PointsAtWhatIsThereAndHidesNothing) {
  for (const auto& [w, h, scale] :
       {std::tuple{1600, 1000, 1.0F}, {1280, 720, 1.0F}, {3200, 2000, 2.0F}, {1600, 1000, 2.0F}}) {
    Stage s(w, h, scale);
    for (const Lesson& lesson : s.session().lessons().lessons) {
      for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
        SCOPED_TRACE(lesson.id + ": " + lesson.steps[i].title + " at " + std::to_string(w));
        s.start(lesson.id, i);
        const Rect card = s.anchor("lesson");
        EXPECT_TRUE(Rect({0, 0, static_cast<float>(w), static_cast<float>(h)}).contains(card));
        const Rect* target = s.ui().anchors().find("lesson-target");
        ASSERT_NE(target, nullptr) << lesson.steps[i].point;
        const Rect* named = s.ui().anchors().find(lesson.steps[i].point);
        ASSERT_NE(named, nullptr) << lesson.steps[i].point;
        EXPECT_EQ(named->x, target->x);
        EXPECT_FALSE(card.overlaps(*target));
        EXPECT_GE(card.w, 300 * scale);
        EXPECT_EQ(s.shows("lesson/figures"), !lesson.steps[i].row.empty());
      }
    }
  }
}

TEST(LessonPanel, FloatsWhereItIsDraggedAndGoesBack) {
  Stage s;
  s.start("2-longest-prefix-match");
  const Rect docked = s.anchor("lesson");
  const float fleet = s.anchor("fleet/map").w;
  const ImVec2 grip(s.anchor("lesson/handle").x + 60, s.anchor("lesson/handle").center().y);
  s.ui().drag(grip, ImVec2(grip.x + 500, grip.y + 120));
  s.ui().frames(3);
  EXPECT_TRUE(s.session().ui().lesson_floats);
  EXPECT_GT(s.anchor("lesson").x, docked.x + 400);
  EXPECT_GT(s.anchor("fleet/map").w, fleet) << "the fleet has the column's room";
  s.save("frame-lesson-floats.png");
  s.click("lesson/Next");
  EXPECT_EQ(s.lesson()->step, 1U);
  s.click("lesson/dock");
  EXPECT_EQ(s.anchor("lesson").x, docked.x);
  // A window without room for a column: it floats by itself and can be left.
  Stage small(600, 420);
  small.start("2-longest-prefix-match");
  small.click("lesson/Next");
  EXPECT_EQ(small.lesson()->step, 1U);
}

TEST(LessonPanel, PulsesOnceThenIdleCostsNothing) {
  Stage s;
  s.start("2-longest-prefix-match");
  EXPECT_TRUE(s.wants_frames());
  s.ui().frames(120);
  EXPECT_FALSE(s.wants_frames());
  s.key(Key::Enter);
  EXPECT_TRUE(s.wants_frames());
  s.ui().frames(120);
  EXPECT_FALSE(s.wants_frames());
}

TEST(LessonPanel, IsFoundInTheMenuThePaletteAndTheBar) {
  Stage s;
  s.click("top/lessons");
  EXPECT_TRUE(s.session().ui().lessons_open);
  s.key(Key::Escape);
  EXPECT_FALSE(s.session().ui().lessons_open);
  s.ui().key(Key::K, {.ctrl = true});
  s.ui().frames(2);
  s.ui().type("phantom hits");
  s.ui().frames(2);
  s.key(Key::Enter);
  ASSERT_NE(s.lesson(), nullptr);
  EXPECT_EQ(s.lesson()->lesson->id, "4-phantom-hits");
  EXPECT_EQ(s.lesson()->step, 0U) << "the palette's Enter is the palette's";
}

TEST(LessonPanel, StartsFromTheListByKeysAlone) {
  Stage s(1280, 720, 2);  // where the list scrolls
  const auto& lessons = s.session().lessons().lessons;
  ASSERT_GT(lessons.size(), 3U);
  s.key(Key::L);
  s.key(Key::Up);
  s.key(Key::PageDown);
  ASSERT_NE(s.lesson(), nullptr) << "a remote's forward key starts the first that is not done";
  EXPECT_EQ(s.lesson()->number, 0U);
  EXPECT_EQ(s.lesson()->step, 0U) << "and goes no further";
  s.key(Key::L);
  s.key(Key::Down);
  s.key(Key::Down);
  s.key(Key::Enter);
  EXPECT_EQ(s.lesson()->number, 2U) << "the list opens on the lesson that runs";
  s.key(Key::L);
  for (std::size_t i = 0; i < lessons.size() + 2; ++i) s.key(Key::Down);
  EXPECT_TRUE(s.anchor("lessons").contains(s.anchor("lessons/" + lessons.back().id))) << "the chosen one is in sight";
  s.ui().key(Key::K, {.ctrl = true});
  s.ui().frames(2);
  s.ui().type("no such command");
  s.key(Key::Enter);
  EXPECT_EQ(s.lesson()->number, 2U) << "the palette's Enter is the palette's";
  s.key(Key::Escape);
  s.key(Key::Enter);
  EXPECT_EQ(s.lesson()->number, lessons.size() - 1);
  s.session().ui().lessons_done.insert(lessons[0].id);
  s.click("lesson/leave");
  s.click("lesson/back to before");
  s.key(Key::L);
  s.key(Key::Enter);
  ASSERT_NE(s.lesson(), nullptr);
  EXPECT_EQ(s.lesson()->number, 1U);
}

TEST(LessonPanel, SaysWhereLessonsWouldComeFrom) {
  HeadlessUi ui(1200, 800, 1, dark_theme(), BLOCKYARD_FONT_DIR);
  Session session({testing::TempDir() + "no-assets", "", "", 1000});
  ASSERT_TRUE(session.open({R"({"cache": {"capacity_blocks": 50}})", "", ""}, false));
  session.ui().lessons_open = true;
  std::vector<Command> commands;
  ui.set_ui([&] {
    FrameContext ctx = session.frame(ui.look(), commands);
    draw_lessons(ctx, ui.size());
  });
  ui.frames(4);
  EXPECT_NE(ui.anchors().find("lessons"), nullptr);
  EXPECT_GT(ui.draw_data().TotalVtxCount, 100);
  EXPECT_TRUE(commands.empty());
}

}  // namespace
}  // namespace blockyard
