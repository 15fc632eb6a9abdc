// The reader of lessons: what a good one comes to, what steps take over from each other, and every refusal.
#include "core/io/lesson.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace blockyard {
namespace {

std::string lesson_with(const std::string& steps) {
  return R"({"title": "T", "about": "A", "scenario": "first-look", "steps": [)" + steps + "]}";
}
std::string step_with(const std::string& more) {
  return lesson_with(R"({"title": "S", "text": "Text.")" + (more.empty() ? "" : ", " + more) + "}");
}
std::string trouble(const std::string& json) {
  const auto lesson = parse_lesson(json, "x", "");
  return lesson ? "" : lesson.error().message;
}

TEST(LessonReader, ReadsAllThatAStepCanSay) {
  const auto lesson = parse_lesson(
      R"({"title": "T", "about": "A", "scenario": {"seed": 3}, "steps": [
           {"title": "S", "text": "Text.", "settings": {"router.sync_ms": 0, "router.strategy": "random"},
            "at": {"first": "phantom_hit"}, "select": {"decision": 5}, "tab": "why", "tree": "difference",
            "point": "tree", "controls": "Cache", "row": "R", "columns": {"hits": "block_hit_rate"},
            "question": {"text": "Q?", "choices": [{"text": "a", "because": "b"},
                                                   {"text": "c", "because": "d", "right": true}]},
            "expect": [{"request": 3, "hit": 2, "predicted": 4}, {"decision": 1, "overlap": [4, 0]},
                       {"metric": "evictions", "at_most": 7}]}]})",
      "4-x", "folder");
  ASSERT_TRUE(lesson) << lesson.error().message;
  EXPECT_EQ(lesson->id, "4-x");
  EXPECT_TRUE(lesson->inline_scenario);
  EXPECT_EQ(lesson->scenario, R"({"seed":3})");
  const LessonStep& s = lesson->steps.at(0);
  EXPECT_EQ(s.settings, (std::vector<LessonSetting>{{"router.sync_ms", "0"}, {"router.strategy", "\"random\""}}));
  EXPECT_EQ(s.at.event, EventType::kStart);
  EXPECT_TRUE(s.at.phantom);
  EXPECT_EQ(s.selected, LessonSubject::kDecision);
  EXPECT_EQ(s.selected_index, 5U);
  EXPECT_EQ(s.tree, LessonTree::kDifference);
  ASSERT_TRUE(s.question);
  EXPECT_TRUE(s.question->choices.at(1).right);
  ASSERT_EQ(s.facts.size(), 4U);  // a fact a figure
  EXPECT_EQ(s.facts[2].values, (std::vector<double>{4, 0}));
  EXPECT_EQ(s.facts[3].at_most, 7);
}

TEST(LessonReader, StepsTakeOverWhatTheyDoNotSay) {
  const auto lesson =
      parse_lesson(lesson_with(R"({"title": "1", "text": "t", "at": {"ms": 5}, "select": {"worker": 1}, "tab": "why",
                      "settings": {"seed": 1}, "point": "tree", "expect": [{"worker": 0, "resident": 1}]},
                     {"title": "2", "text": "t", "change": {"router.sync_ms": 9}, "at": {"routed": 7}},
                     {"title": "3", "text": "t", "change": {"router.sync_ms": 8}, "select": {}},
                     {"title": "4", "text": "t", "settings": {}})"),
                   "x", "");
  ASSERT_TRUE(lesson) << lesson.error().message;
  const auto& s = lesson->steps;
  EXPECT_EQ(s[1].tab, "why");
  EXPECT_EQ(s[1].selected, LessonSubject::kWorker);
  EXPECT_EQ(s[1].settings, s[0].settings);
  EXPECT_TRUE(s[1].point.empty()) << "what is pointed at is a step's own";
  EXPECT_TRUE(s[1].facts.empty());
  ASSERT_EQ(s[2].changes.size(), 2U);
  EXPECT_EQ(s[2].changes[0].at, s[0].at) << "a change is made where the step before stands";
  EXPECT_EQ(s[2].changes[1].at, s[1].at);
  EXPECT_EQ(s[2].at, s[1].at);
  EXPECT_EQ(s[2].selected, LessonSubject::kNothing);
  EXPECT_TRUE(s[3].settings.empty());
  EXPECT_TRUE(s[3].changes.empty()) << "settings begin another run";
}

TEST(LessonReader, RefusesInOneLineWithThePointer) {
  EXPECT_EQ(trouble("{"), "not valid JSON at byte 2");
  EXPECT_EQ(trouble("[]").substr(0, 2), "/:");
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"about": "A", "scenario": "s", "steps": []})", "/title: is missing"},
      {R"({"title": "T", "scenario": "s", "steps": []})", "/about: is missing"},
      {R"({"title": "T", "about": "A", "steps": []})", "/scenario: is missing"},
      {lesson_with(""), "/steps: is missing"},
      {R"({"title": "T", "about": "A", "scenario": "s", "steps": 1})", "/steps: 1 is not allowed"},
      {lesson_with(R"({"title": "S"})"), "/steps/0/text: is missing"},
      {step_with(R"("foo": 1)"), "/steps/0/foo: no such key"},
      {step_with(R"("at": {})"), "/steps/0/at/ms: a moment is exactly one of"},
      {step_with(R"("at": {"ms": 1, "end": true})"), "/steps/0/at/ms: a moment is exactly one of"},
      {step_with(R"("at": {"ms": -1})"), "/steps/0/at/ms: -1 is not allowed"},
      {step_with(R"("at": {"first": "kiss"})"), "/steps/0/at/first: \"kiss\" is not allowed"},
      {step_with(R"("at": {"when": 1, "ms": 1})"), "/steps/0/at/when: no such key"},
      {step_with(R"("select": {"worker": 1, "request": 2})"), "/steps/0/select/worker: one subject"},
      {step_with(R"("tree": "oak")"), "/steps/0/tree: \"oak\" is not allowed"},
      {step_with(R"("settings": 4)"), "/steps/0/settings: 4 is not allowed; it must be an object"},
      {step_with(R"("row": "R")"), "/steps/0/columns: a row needs one to three columns"},
      {step_with(R"("columns": {"a": "love"})"), "/steps/0/columns: \"love\" is not a metric"},
      {step_with(R"("question": {"text": "Q", "choices": [{"text": "a", "because": "b", "right": true}]})"),
       "/steps/0/question/choices: there must be two to four"},
      {step_with(R"("question": {"text": "Q", "choices": [{"text": "a", "because": "b"},
                                                          {"text": "a", "because": "b"}]})"),
       "/steps/0/question/choices: exactly one must be right"},
      {step_with(R"("question": {"text": "Q", "choices": [{"text": "a"}, {"text": "a", "because": "b"}]})"),
       "/steps/0/question/choices/0/because: is missing"},
      {step_with(R"("expect": [{"worker": 0}])"), "/steps/0/expect/0/metric: a fact is about"},
      {step_with(R"("expect": [{"worker": 0, "hit": 3}])"), "/steps/0/expect/0/metric: a fact is about"},
      {step_with(R"("expect": [{"worker": 0, "resident": 2, "hit": 3}])"), "/steps/0/expect/0/hit: no such key"},
      {step_with(R"("expect": [{"metric": "love", "at_least": 1}])"), "/steps/0/expect/0/metric: \"love\" is not"},
      {step_with(R"("expect": [{"metric": "evictions"}])"), "/steps/0/expect/0/metric: at_least or at_most"},
      {step_with(R"("expect": [{"decision": 0, "overlap": 3}])"), "/steps/0/expect/0/overlap: 3 is not allowed"},
  };
  for (const auto& [json, message] : cases) {
    const std::string said = trouble(json);
    EXPECT_EQ(said.substr(0, message.size()), message) << json;
    EXPECT_EQ(said.find('\n'), std::string::npos) << json;
  }
  EXPECT_EQ(trouble(step_with("")), "") << "and a bare step is fine";
}

TEST(LessonReader, TellsWhichFileOfAFolderIsBroken) {
  const std::string folder = testing::TempDir() + "lessons";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/2-good.json") << step_with("");
  std::ofstream(folder + "/1-bad.json") << step_with(R"("tree": 1)");
  std::ofstream(folder + "/3-other.txt") << "no lesson";
  const LessonShelf shelf = read_lessons(folder);
  ASSERT_EQ(shelf.lessons.size(), 1U);
  EXPECT_EQ(shelf.lessons[0].id, "2-good");
  ASSERT_EQ(shelf.troubles.size(), 1U);
  EXPECT_EQ(shelf.troubles[0].substr(0, 26), "1-bad.json: /steps/0/tree:");
  EXPECT_TRUE(read_lessons(folder + "/none").lessons.empty());
}

}  // namespace
}  // namespace blockyard
