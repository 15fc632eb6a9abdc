// Lessons as the session goes through them: every shipped lesson's facts hold in its run, every step comes out the same
// from anywhere, and the run that was open before is back afterwards as it was.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "app/session/session.h"
#include "app/session/settings.h"

namespace blockyard {
namespace {

class Lessons : public testing::Test {
 protected:
  Lessons() : session_({BLOCKYARD_ASSETS, "", testing::TempDir(), 1000}) {
    EXPECT_TRUE(session_.open("first-look", false));
    session_.apply(cmd::Seek{7'000'000});
  }
  std::uint64_t digest() const { return session_.player().cursor().digest(); }
  void start(const std::string& id, std::size_t step = 0) { session_.apply(cmd::StartLesson{id, step}); }
  void show(std::size_t step) { session_.apply(cmd::ShowLessonStep{step}); }
  Session session_;
};

TEST_F(Lessons, AtLeastTheEightAreShippedInOrder) {
  EXPECT_EQ(session_.lessons().troubles, std::vector<std::string>{});
  const std::vector<std::string> words{"Blocks and hashes", "Longest prefix", "evicted",           "stale",
                                       "balance",           "prefix to hash", "One block too few", "Batching"};
  ASSERT_GE(session_.lessons().lessons.size(), words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Lesson& l = session_.lessons().lessons[i];
    EXPECT_NE(l.title.find(words[i]), std::string::npos) << l.title;
    EXPECT_GE(l.steps.size(), 3U) << l.id;
    EXPECT_LE(l.steps.size(), 8U) << l.id;
    EXPECT_TRUE(
        std::any_of(l.steps.begin(), l.steps.end(), [](const LessonStep& s) { return s.question.has_value(); }));
  }
}

TEST_F(Lessons, WhatTheyClaimIsTrueInTheirRuns) {
  for (const Lesson& lesson : session_.lessons().lessons) {
    for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
      const LessonStep& step = lesson.steps[i];
      SCOPED_TRACE(lesson.id + ": " + step.title);
      start(lesson.id, i);
      ASSERT_NE(session_.lesson(), nullptr) << session_.toasts().back().text;
      EXPECT_FALSE(step.facts.empty()) << "a step states something that can be held against its run";
      EXPECT_EQ(facts_broken(step, session_.player()), std::vector<std::string>{});
      EXPECT_FALSE(session_.playing());
      // A few short sentences, for people in the last row.
      EXPECT_LT(step.text.size(), 440U);
      const auto sentences =
          std::count_if(step.text.begin(), step.text.end(), [](char c) { return c == '.' || c == '?' || c == ':'; });
      EXPECT_GE(sentences, 2);
      EXPECT_FALSE(step.point.empty());
    }
  }
}

TEST_F(Lessons, AFactThatDoesNotHoldIsTold) {
  for (const Lesson& lesson : session_.lessons().lessons) {
    start(lesson.id);
    LessonStep wrong = lesson.steps[0];
    for (LessonFact& fact : wrong.facts) {
      for (double& v : fact.values) v += 1;
      if (fact.at_least) *fact.at_least += 1e9;
      if (fact.at_most) *fact.at_most -= 1e9;
    }
    EXPECT_EQ(facts_broken(wrong, session_.player()).size(), wrong.facts.size()) << lesson.id;
  }
  // About what is not there.
  LessonStep none;
  for (const LessonSubject subject : {LessonSubject::kRequest, LessonSubject::kDecision, LessonSubject::kWorker}) {
    for (const std::string_view figure : lesson_figures(subject)) {
      none.facts.push_back({subject, 999'999, std::string(figure), {0}, {}, {}});
    }
  }
  EXPECT_EQ(facts_broken(none, session_.player()).size(), none.facts.size());
}

TEST_F(Lessons, EveryStepIsTheSameFromAnywhere) {
  for (const Lesson& lesson : session_.lessons().lessons) {
    SCOPED_TRACE(lesson.id);
    std::vector<std::uint64_t> forward;
    start(lesson.id);
    for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
      show(i);
      forward.push_back(digest());
    }
    for (std::size_t i = lesson.steps.size(); i-- > 0;) {
      show(i);
      EXPECT_EQ(digest(), forward[i]) << "back at " << i;
    }
    const std::size_t last = lesson.steps.size() - 1;
    start(lesson.id, last);
    EXPECT_EQ(digest(), forward[last]) << "at once";
    // Somebody has turned a knob, undone another, restarted, played on.
    session_.apply(cmd::Set{"router.sync_ms", 1234.0, ""});
    session_.apply(cmd::StepEvent{});
    show(last);
    EXPECT_EQ(digest(), forward[last]) << "after a change in flight";
    session_.apply(cmd::Set{"fleet.workers", 7.0, ""});
    session_.settle();
    session_.apply(cmd::Restart{});
    show(last);
    EXPECT_EQ(digest(), forward[last]) << "after another run";
    ASSERT_NE(session_.lesson(), nullptr);
  }
}

TEST_F(Lessons, TheRunBeforeIsBackAfterwards) {
  session_.apply(cmd::Set{"router.sync_ms", 500.0, ""});
  session_.apply(cmd::Seek{9'000'000});
  session_.apply(cmd::Select{SelectedWorker{2}});
  session_.apply(cmd::AddBookmark{"here"});
  session_.apply(compare_strategies({find_policy("round_robin")}));
  session_.ui().bottom_tab = "events";
  const std::uint64_t before = digest();
  const std::string document = session_.document();
  start("1-blocks-and-hashes");
  EXPECT_NE(digest(), before);
  start("4-phantom-hits", 3);
  EXPECT_EQ(session_.lesson()->before, "first-look");
  session_.apply(cmd::LeaveLesson{true});
  EXPECT_EQ(session_.lesson(), nullptr);
  EXPECT_EQ(digest(), before);
  EXPECT_EQ(session_.document(), document);
  EXPECT_EQ(session_.player().now(), 9'000'000);
  EXPECT_EQ(session_.selection(), Selection{SelectedWorker{2}});
  EXPECT_EQ(session_.bookmarks().size(), 1U);
  EXPECT_EQ(session_.ui().bottom_tab, "events");
  // And it goes on: compared runs, undo.
  session_.apply(cmd::Seek{12'000'000});
  session_.apply(cmd::Undo{});
  EXPECT_TRUE(session_.player().changes().empty());
}

TEST_F(Lessons, ARunCanBeKeptOrLeftForAnother) {
  start("4-phantom-hits", 2);
  const std::uint64_t here = digest();
  session_.apply(cmd::LeaveLesson{false});
  EXPECT_EQ(session_.lesson(), nullptr);
  EXPECT_EQ(digest(), here);
  EXPECT_EQ(session_.scenario().name, "phantom hits");
  start("8-batching");
  session_.apply(cmd::LoadScenario{"burst"});
  session_.settle();
  EXPECT_EQ(session_.lesson(), nullptr) << "who opens a scenario has left the lesson";
  EXPECT_EQ(session_.scenario().name, "burst");
  start("no such lesson");
  EXPECT_EQ(session_.lesson(), nullptr);
  EXPECT_EQ(session_.scenario().name, "burst");
}

TEST_F(Lessons, AnswersAreKeptAndTheFirstOneCounts) {
  start("1-blocks-and-hashes");
  const std::uint64_t here = digest();
  session_.apply(cmd::AnswerLesson{1});
  EXPECT_EQ(session_.lesson()->answers[0], 1U);
  session_.apply(cmd::AnswerLesson{0});
  session_.apply(cmd::AnswerLesson{17});
  EXPECT_EQ(session_.lesson()->answers[0], 0U);
  EXPECT_FALSE(session_.lesson()->first_right[0]) << "the first pick was wrong";
  show(1);
  session_.apply(cmd::AnswerLesson{1});
  EXPECT_TRUE(session_.lesson()->first_right[1]);
  show(0);
  EXPECT_EQ(session_.lesson()->answers[0], 0U);
  EXPECT_EQ(digest(), here);
}

TEST(LessonSettings, DoneOnesAreRemembered) {
  UiState ui, read;
  ui.lessons_done = {"1-blocks-and-hashes", "8-batching", "\"odd\""};
  read.lessons_done = {"gone"};
  read_settings(settings_text(ui), read);
  EXPECT_EQ(read.lessons_done, ui.lessons_done);
  read_settings(settings_text(UiState{}), read);
  EXPECT_TRUE(read.lessons_done.empty());
}

}  // namespace
}  // namespace blockyard
