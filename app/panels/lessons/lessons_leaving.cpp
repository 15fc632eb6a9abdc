// What a lesson asks when a person leaves it: which run to go on with.
#include <fmt/format.h>

#include "app/panels/lessons/lessons.h"
#include "app/panels/lessons/lessons_parts.h"
#include "app/panels/panel_text.h"
#include "app/session/lesson_run.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

void leave_row(const Look& look, ButtonSpec spec, const std::string& anchor, bool* clicked) {
  spec.width = ImGui::GetContentRegionAvail().x;
  const std::string label =
      ellipsized(look, FontRole::BodyMedium, spec.label, spec.width - look.px(56)) + "##" + anchor;
  spec.label = label.c_str();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  *clicked = button(look, spec);
  look.mark(anchor, {at.x, at.y, spec.width, look.px(34)});
}

}  // namespace

void LessonCard::leaving(FrameContext& ctx) {
  const Look& look = ctx.look;
  const LessonRun& run = *ctx.lesson;
  const bool done = ctx.ui.lessons_done.contains(run.lesson->id) && run.last();
  const auto& shelf = ctx.lessons->lessons;
  paragraph(look, FontRole::BodyMedium, done ? look.theme.good_text : look.theme.accent,
            done ? fmt::format("{}  Done", icons::kCheck) : "Leave the lesson?");
  std::size_t questions = 0, answered = 0, right = 0;
  for (std::size_t i = 0; i < run.lesson->steps.size(); ++i) {
    questions += run.lesson->steps[i].question ? 1 : 0;
    answered += run.answers[i] ? 1 : 0;
    right += run.first_right[i] ? 1 : 0;
  }
  if (done && answered > 0) {
    paragraph(look, FontRole::Body, look.theme.text,
              fmt::format("{} of {} questions right on the first try.", right, questions));
  }
  paragraph(look, FontRole::Body, look.theme.text_secondary,
            done ? run.lesson->about : "You can resume it at any time, at any step.");
  ImGui::Dummy(ImVec2(1, look.px(4)));
  bool clicked = false;
  if (done && run.number + 1 < shelf.size()) {
    const std::string label = fmt::format("Next: {}", shelf[run.number + 1].title);
    ButtonSpec next{label.c_str(), icons::kChevronRight};
    next.kind = ButtonKind::Primary;
    leave_row(look, next, "next lesson", &clicked);
    if (clicked) lesson_next(ctx);
  }
  ButtonSpec on{done ? "Back to the last step" : "Go on with it"};
  if (!done) on.kind = ButtonKind::Primary;
  leave_row(look, on, "go on", &clicked);
  if (clicked) ctx.ui.lesson_leaving = false;
  const std::string before = fmt::format("Back to {}, as it was", run.before);
  leave_row(look, ButtonSpec{before.c_str(), icons::kUndo}, "back to before", &clicked);
  if (clicked) ctx.push(cmd::LeaveLesson{true});
  leave_row(look, ButtonSpec{"Keep this run"}, "keep", &clicked);
  if (clicked) ctx.push(cmd::LeaveLesson{false});
}

}  // namespace blockyard
