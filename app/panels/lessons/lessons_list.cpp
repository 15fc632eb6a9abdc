// The list of lessons: what each is about, and a tick where it is done.
#include <fmt/format.h>

#include <algorithm>

#include "app/panels/lessons/lessons.h"
#include "app/panels/overlay_parts.h"
#include "app/session/lesson_run.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {

void draw_lessons(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.lessons_open) return;
  const Look& look = ctx.look;
  static const LessonShelf kEmpty;
  const LessonShelf& shelf = ctx.lessons ? *ctx.lessons : kEmpty;
  const float row = look.px(54);
  const float rows = static_cast<float>(std::max<std::size_t>(shelf.lessons.size(), 3)) * row;
  begin_overlay(ctx, "lessons", screen, ImVec2(look.px(680), rows + look.px(130)), look.px(70), &ctx.ui.lessons_open);
  std::size_t done = 0;
  for (const Lesson& l : shelf.lessons) done += ctx.ui.lessons_done.contains(l.id) ? 1 : 0;
  section_header(look, icons::kGraduation, "Lessons",
                 fmt::format("{} of {} done · Esc closes", done, shelf.lessons.size()));
  text_wrapped(look, FontRole::Small, look.theme.text_secondary,
               "Each has its own small run. What is open now is kept and comes back afterwards.");
  divider(look);
  if (shelf.lessons.empty() && shelf.troubles.empty()) {
    const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
    empty_state(look, {at.x, at.y, room.x, room.y}, icons::kGraduation, "No lessons are installed",
                "They are JSON files in the folder lessons of the program's assets.");
  } else {
    begin_scroll(look, "##list");
    for (std::size_t i = 0; i < shelf.lessons.size(); ++i) {
      const Lesson& lesson = shelf.lessons[i];
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const float width = ImGui::GetContentRegionAvail().x - look.px(8), height = row - look.px(6);
      ImGui::PushID(lesson.id.c_str());
      if (ImGui::InvisibleButton("##lesson", ImVec2(width, height))) ctx.push(cmd::StartLesson{lesson.id, 0});
      ImGui::PopID();
      const Rect r{at.x, at.y, width, height};
      const bool hot = ImGui::IsItemHovered(), here = ctx.lesson != nullptr && ctx.lesson->lesson == &lesson;
      ImDrawList* list = ImGui::GetWindowDrawList();
      if (hot || here)
        list->AddRectFilled(r.min(), r.max(), here ? look.theme.selection : look.theme.raised, look.px(6));
      const bool ticked = ctx.ui.lessons_done.contains(lesson.id);
      const ImVec2 badge(r.x + look.px(22), r.center().y);
      list->AddCircleFilled(badge, look.px(13), ticked ? look.theme.good : look.theme.frame_hot, 28);
      const std::string mark = ticked ? icons::kCheck : fmt::format("{}", i + 1);
      draw_text(list, look, FontRole::BodyMedium, ticked ? ink_on(look.theme.good) : look.theme.text,
                ImVec2(badge.x - text_width(look, FontRole::BodyMedium, mark) / 2, badge.y), mark);
      const float x = r.x + look.px(46), right = r.right() - look.px(10);
      const float steps =
          draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(right, r.y + look.px(15)),
                          fmt::format("{} steps", lesson.steps.size()));
      draw_text(list, look, FontRole::BodyMedium, look.theme.text, ImVec2(x, r.y + look.px(15)),
                ellipsized(look, FontRole::BodyMedium, lesson.title, steps - x - look.px(10)));
      draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(x, r.y + look.px(34)),
                ellipsized(look, FontRole::Small, lesson.about, right - x));
      look.mark(lesson.id, r);
    }
    for (const std::string& trouble : shelf.troubles) {
      text_wrapped(look, FontRole::Small, look.theme.warn_text, trouble);
    }
    end_scroll("##list");
  }
  end_overlay(look);
}

}  // namespace blockyard
