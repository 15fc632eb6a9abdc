// The list of lessons: what each is about, and a tick where it is done.
#include <fmt/format.h>

#include <algorithm>

#include "app/panels/lessons/lessons.h"
#include "app/panels/overlay_parts.h"
#include "app/session/lesson_run.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

using compat::Key;

// What keys do to the list, as on a presenter's remote: the arrows choose a lesson, Enter and Page Down start it.
struct ByKeys {
  int chosen = 0;
  bool moved = false;
  bool starts = false;
};

// The list opens on the lesson that runs, else on the first that is not done yet. Keys are for what lies on top.
ByKeys by_keys(const FrameContext& ctx, const LessonShelf& shelf) {
  const UiState& ui = ctx.ui;
  const int n = static_cast<int>(shelf.lessons.size());
  const ImGuiID id = ImGui::GetID("chosen");
  ImGuiStorage& storage = *ImGui::GetStateStorage();
  ByKeys keys{storage.GetInt(id)};
  if (ImGui::IsWindowAppearing()) {
    const auto open = std::find_if(shelf.lessons.begin(), shelf.lessons.end(), [&](const Lesson& l) {
      return ctx.lesson != nullptr ? ctx.lesson->lesson == &l : !ui.lessons_done.contains(l.id);
    });
    keys.chosen = open == shelf.lessons.end() ? 0 : static_cast<int>(open - shelf.lessons.begin());
    keys.moved = true;
  } else if (n > 0 && !ui.palette_open && !ui.file_open && !ui.help_open && !ui.settings_open &&
             ui.message_card.empty() && ctx.offer == nullptr) {
    const int by = (compat::key_pressed(Key::Down, true) ? 1 : 0) - (compat::key_pressed(Key::Up, true) ? 1 : 0);
    keys.moved = by != 0;
    keys.chosen = std::clamp(keys.chosen + by, 0, n - 1);
    keys.starts =
        compat::key_pressed(Key::Enter) || compat::key_pressed(Key::KeypadEnter) || compat::key_pressed(Key::PageDown);
  }
  storage.SetInt(id, keys.chosen);
  return keys;
}

}  // namespace

void draw_lessons(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.lessons_open) return;
  const Look& look = ctx.look;
  static const LessonShelf kEmpty;
  const LessonShelf& shelf = ctx.lessons ? *ctx.lessons : kEmpty;
  const float row = look.px(54);
  const float rows = static_cast<float>(std::max<std::size_t>(shelf.lessons.size(), 3)) * row;
  begin_overlay(ctx, "lessons", screen, ImVec2(look.px(680), rows + look.px(130)), look.px(70), &ctx.ui.lessons_open);
  const ByKeys keys = by_keys(ctx, shelf);
  std::size_t done = 0;
  for (const Lesson& l : shelf.lessons) done += ctx.ui.lessons_done.contains(l.id) ? 1 : 0;
  section_header(look, icons::kGraduation, "Lessons",
                 fmt::format("{} of {} done · Enter starts · Esc closes", done, shelf.lessons.size()));
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
      const bool clicked = ImGui::InvisibleButton("##lesson", ImVec2(width, height));
      ImGui::PopID();
      const bool chosen = static_cast<int>(i) == keys.chosen;
      if (clicked || (chosen && keys.starts)) ctx.push(cmd::StartLesson{lesson.id, 0});
      if (chosen && keys.moved) ImGui::SetScrollHereY();
      const Rect r{at.x, at.y, width, height};
      const bool hot = ImGui::IsItemHovered(), here = ctx.lesson != nullptr && ctx.lesson->lesson == &lesson;
      ImDrawList* list = ImGui::GetWindowDrawList();
      if (hot || here)
        list->AddRectFilled(r.min(), r.max(), here ? look.theme.selection : look.theme.raised, look.px(6));
      if (chosen) compat::add_rect(list, r.min(), r.max(), look.theme.accent, look.px(6));
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
