// blockyard lessons: the lessons in order; --check goes through them and holds every fact against its run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/parts/help.h"
#include "app/cli/parts/options.h"
#include "app/cli/parts/table.h"
#include "app/session/session.h"
#include "core/base/text.h"

namespace blockyard::cli {
namespace {

// What is wrong with the lesson, a line each.
std::vector<std::string> check(Session& session, const Lesson& lesson) {
  std::vector<std::string> wrong;
  for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
    session.apply(cmd::StartLesson{lesson.id, i});
    if (session.lesson() == nullptr) {
      wrong.push_back(session.toasts().back().text);
      continue;
    }
    for (const std::string& fact : facts_broken(lesson.steps[i], session.player())) {
      wrong.push_back(fmt::format("Lesson {}: step {}, {}: {}", lesson.id, i + 1, lesson.steps[i].title, fact));
    }
  }
  return wrong;
}

int list(const Context& context, bool checked) {
  Session session({Assets(context.assets_dir).dir(), "", "", 8});
  const LessonShelf& shelf = session.lessons();
  std::vector<std::string> wrong = shelf.troubles;
  if (checked) {
    if (const auto opened = session.open("", false); !opened) return refuse(opened.error());
    for (const Lesson& lesson : shelf.lessons) {
      for (std::string& line : check(session, lesson)) wrong.push_back(std::move(line));
    }
  }
  std::vector<std::vector<std::string>> rows{{"lesson", "steps", "facts", "what it shows"}};
  std::size_t steps = 0, facts = 0;
  for (const Lesson& lesson : shelf.lessons) {
    std::size_t of_lesson = 0;
    for (const LessonStep& step : lesson.steps) of_lesson += step.facts.size();
    steps += lesson.steps.size();
    facts += of_lesson;
    rows.push_back({fmt::format("{}  {}", rows.size(), lesson.title), fmt::format("{}", lesson.steps.size()),
                    fmt::format("{}", of_lesson), lesson.about});
  }
  fmt::print("{}", text_table(rows, LastColumn::kNotes));
  if (checked) {
    fmt::print("\nChecked: {}, {}, {} held against the runs; {}.\n", counted(shelf.lessons.size(), "lesson"),
               counted(steps, "step"), counted(facts, "fact"),
               wrong.empty() ? "all of them hold" : counted(wrong.size(), "is wrong", "are wrong"));
  }
  for (const std::string& line : wrong) refuse(Error{line});
  return wrong.empty() ? kDone : kBadInput;
}

}  // namespace

std::function<int()> make_lessons(CLI::App& app, const Context& context) {
  auto checked = std::make_shared<bool>(false);
  app.add_flag("--check", *checked, "Run every step and check each fact it states");
  end_help(app, {"blockyard lessons", "blockyard lessons --check"});
  return [checked, &context] { return list(context, *checked); };
}

}  // namespace blockyard::cli
