#include "app/panels/lessons/lessons.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/panels/lessons/lessons_parts.h"
#include "app/panels/panel_text.h"
#include "app/session/lesson_run.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "core/experiment/metric.h"

namespace blockyard {
namespace {

bool rests(const FrameContext& ctx) {
  const UiState& ui = ctx.ui;
  return ctx.lesson == nullptr || ui.palette_open || ui.settings_open || ui.keys_open || ui.help_open ||
         ui.experiment_open || ui.lessons_open || !ui.message_card.empty();
}

// Text and question of this step are pages of their own, and this one is open.
bool turns_page(const FrameContext& ctx, int page) {
  return ctx.ui.lesson_paged && ctx.ui.lesson_page == page && ctx.lesson->now().question.has_value();
}

}  // namespace

void lesson_next(FrameContext& ctx) {
  if (rests(ctx)) return;
  const LessonRun& run = *ctx.lesson;
  if (ctx.ui.lesson_leaving) {
    if (!run.last() || run.number + 1 >= ctx.lessons->lessons.size()) return;
    ctx.push(cmd::StartLesson{ctx.lessons->lessons[run.number + 1].id, 0});
  } else if (ctx.ui.lesson_more) {
    ctx.ui.lesson_scroll = true;
  } else if (turns_page(ctx, 0)) {
    ctx.ui.lesson_page = 1;
  } else if (run.last()) {
    ctx.ui.lessons_done.insert(run.lesson->id);
    ctx.ui.lesson_leaving = true;
  } else {
    ctx.push(cmd::ShowLessonStep{run.step + 1});
  }
}

void lesson_back(FrameContext& ctx) {
  if (rests(ctx)) return;
  if (ctx.ui.lesson_leaving) {
    ctx.ui.lesson_leaving = false;
  } else if (turns_page(ctx, 1)) {
    ctx.ui.lesson_page = 0;
  } else if (ctx.lesson->step > 0) {
    ctx.push(cmd::ShowLessonStep{ctx.lesson->step - 1});
  }
}

void lesson_answer(FrameContext& ctx, std::size_t choice) {
  if (rests(ctx) || ctx.ui.lesson_leaving) return;
  const auto& question = ctx.lesson->now().question;
  if (!question || choice >= question->choices.size()) return;
  ctx.ui.lesson_page = 1;
  ctx.push(cmd::AnswerLesson{choice});
}

void LessonCard::header(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  const LessonRun& run = *ctx.lesson;
  const float button_w = look.px(34), mid = rect.y + look.px(17);
  float right = rect.right() + look.px(4);
  const auto next_place = [&] {
    right -= button_w + look.px(4);
    ImGui::SetCursorScreenPos(ImVec2(right, rect.y));
  };
  next_place();
  if (icon_button(look, "leave", icons::kTimes, "Leave the lesson")) ctx.ui.lesson_leaving = !ctx.ui.lesson_leaving;
  next_place();
  if (icon_button(look, "all", icons::kList, "All lessons", "L")) ctx.ui.lessons_open = true;
  if (ctx.ui.lesson_floats) {
    next_place();
    if (icon_button(look, "dock", icons::kChevronLeft, "Back into its column")) ctx.ui.lesson_floats = false;
  }
  // What is left of the head is the handle that moves it.
  ImGui::SetCursorScreenPos(rect.min());
  ImGui::InvisibleButton("##handle", ImVec2(std::max(1.0F, right - rect.x - look.px(6)), look.px(34)));
  if (ImGui::IsItemHovered() || ImGui::IsItemActive()) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
  // The handle is another item once the card floats: the hand that moves it is remembered here.
  dragged_ = ImGui::IsMouseDown(ImGuiMouseButton_Left) && (dragged_ || ImGui::IsItemActive());
  if (dragged_ && ImGui::IsMouseDragging(ImGuiMouseButton_Left, look.px(4))) {
    const ImVec2 moved = ImGui::GetIO().MouseDelta;
    if (!ctx.ui.lesson_floats) {
      ctx.ui.lesson_floats = true;
      ctx.ui.lesson_x = rect.x - look.px(16);
      ctx.ui.lesson_y = rect.y - look.px(12);
    }
    ctx.ui.lesson_x += moved.x;
    ctx.ui.lesson_y += moved.y;
  }
  look.mark("handle", {rect.x, rect.y, right - rect.x, look.px(34)});
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_text(list, look, FontRole::Body, look.theme.accent, ImVec2(rect.x, mid), icons::kGraduation);
  const std::string place = fmt::format("Lesson {} of {}", run.number + 1, ctx.lessons->lessons.size());
  const float x = rect.x + look.px(26);
  if (column_h_ < look.px(440)) {  // low: the title has no line of its own
    draw_text(list, look, FontRole::BodyBold, look.theme.text, ImVec2(x, mid),
              ellipsized(look, FontRole::BodyBold, run.lesson->title, right - x - look.px(6)));
    if (ImGui::IsItemHovered()) help_tooltip(look, run.lesson->title, place);
    ImGui::SetCursorScreenPos(ImVec2(rect.x, rect.y + look.px(38)));
    return;
  }
  draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(x, mid), place);
  ImGui::SetCursorScreenPos(ImVec2(rect.x, rect.y + look.px(40)));
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + rect.w);
  text(look, FontRole::Kpi, look.theme.text, run.lesson->title);
  ImGui::PopTextWrapPos();
}

void LessonCard::question(FrameContext& ctx) {
  const Look& look = ctx.look;
  const auto& question = ctx.lesson->now().question;
  if (!question) return;
  const std::optional<std::size_t> answer = ctx.lesson->answers[ctx.lesson->step];
  if (!turns_page(ctx, 1)) {
    ImGui::Dummy(ImVec2(1, look.px(2)));
    divider(look);
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  paragraph(look, FontRole::BodyMedium, look.theme.text, question->text);
  const float end = ImGui::GetCursorScreenPos().y;
  look.mark("question", {at.x, at.y, ImGui::GetContentRegionAvail().x, end - at.y});
  for (std::size_t i = 0; i < question->choices.size(); ++i) {
    if (choice_row(look, i, question->choices[i], answer == i)) ctx.push(cmd::AnswerLesson{i});
    // What there is to say to a choice is in sight as soon as it is picked.
    if (answer == i && answer != answer_) ImGui::SetScrollHereY(1);
  }
  answer_ = answer;
}

// What the runs of this lesson came to, a row each, as far as they have been seen.
void LessonCard::figures(FrameContext& ctx) {
  const Look& look = ctx.look;
  const LessonRun& run = *ctx.lesson;
  const auto& columns = run.now().columns;
  if (run.now().row.empty()) return;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, line = look.px(24), gap = look.px(14);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto cell = [&](std::size_t row, std::size_t c) {
    return quantity_text(run.figures[row][c], find_metric(columns[c].second)->unit);
  };
  const auto has_row = [&](std::size_t i) {
    return run.lesson->steps[i].columns == columns && run.figures[i].size() == columns.size();
  };
  std::vector<float> rights(columns.size());
  float x = at.x + width - look.px(8);
  for (std::size_t c = columns.size(); c-- > 0;) {
    float widest = text_width(look, FontRole::Small, columns[c].first);
    for (std::size_t i = 0; i <= run.step; ++i) {
      if (has_row(i)) widest = std::max(widest, text_width(look, FontRole::Mono14, cell(i, c)));
    }
    rights[c] = x;
    x -= widest + gap;
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(rights[c], at.y + line / 2),
                    columns[c].first);
  }
  float y = at.y + line;
  // A name that has no room beside its figures stands over them.
  bool over = false;
  for (std::size_t i = 0; i <= run.step; ++i)
    over = over || (has_row(i) && text_width(look, FontRole::Small, run.lesson->steps[i].row) > x - at.x);
  const float name_line = over ? look.px(18) : 0;
  for (std::size_t i = 0; i <= run.step; ++i) {
    const LessonStep& s = run.lesson->steps[i];
    if (!has_row(i)) continue;
    const bool here = i == run.step;
    if (here) {
      list->AddRectFilled(ImVec2(at.x, y), ImVec2(at.x + width, y + name_line + line), look.theme.selection,
                          look.px(5));
    }
    const Color ink = here ? look.theme.text : look.theme.text_secondary;
    draw_text(list, look, FontRole::Small, ink, ImVec2(at.x + look.px(8), y + (over ? look.px(12) : line / 2)),
              ellipsized(look, FontRole::Small, s.row, over ? width - look.px(16) : x - at.x));
    y += name_line;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      draw_text_right(list, look, FontRole::Mono14, ink, ImVec2(rights[c], y + line / 2), cell(i, c));
    }
    y += line;
  }
  ImGui::Dummy(ImVec2(width, y - at.y));
  look.mark("figures", {at.x, at.y, width, y - at.y});
}

void LessonCard::step(FrameContext& ctx, FontRole role) {
  const Look& look = ctx.look;
  const LessonStep& now = ctx.lesson->now();
  if (turns_page(ctx, 1)) return question(ctx);  // which has the page to itself
  paragraph(look, FontRole::BodyMedium, look.theme.accent, now.title);
  paragraph(look, role, look.theme.text, now.text);
  if (missing_) {
    paragraph(look, FontRole::Small, look.theme.text_muted,
              "This window is too small to show what this step points at.");
  }
  if (now.lab && chip(look, "See its words in the prompt lab", Tone::Accent, icons::kPencil)) {
    ctx.ui.prompt_open = true;
    ctx.ui.prompt_request = *now.lab;
  }
  figures(ctx);
  if (!turns_page(ctx, 0)) question(ctx);
}

void LessonCard::footer(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  const LessonRun& run = *ctx.lesson;
  const std::size_t steps = run.lesson->steps.size();
  ImGui::SetCursorScreenPos(rect.min());
  ButtonSpec back{"Back"};
  back.enabled = run.step > 0 || turns_page(ctx, 1) || ctx.ui.lesson_leaving;
  back.tooltip = "The step before";
  back.shortcut = "Page Up";
  const float back_w = button_width(look, back);
  if (button(look, back)) lesson_back(ctx);
  const bool more = ctx.ui.lesson_more, to_question = turns_page(ctx, 0);
  ButtonSpec next{more ? "More" : to_question ? "Question" : run.last() ? "Finish" : "Next"};
  next.kind = ButtonKind::Primary;
  next.enabled = !ctx.ui.lesson_leaving;
  next.tooltip = more          ? "What has no room here"
                 : to_question ? "The question of this step"
                 : run.last()  ? "The lesson is done"
                               : "The next step";
  next.shortcut = "Enter";
  const float next_w = button_width(look, next);
  ImGui::SetCursorScreenPos(ImVec2(rect.right() - next_w, rect.y));
  if (button(look, next)) lesson_next(ctx);

  // A dot a step, between the buttons.
  const float left = rect.x + back_w, room = rect.w - back_w - next_w;
  const float pitch = std::min(look.px(18), room / static_cast<float>(steps));
  float x = left + (room - pitch * static_cast<float>(steps)) / 2;
  const float mid = rect.y + look.px(17);
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (std::size_t i = 0; i < steps; ++i, x += pitch) {
    ImGui::SetCursorScreenPos(ImVec2(x, rect.y));
    if (ImGui::InvisibleButton(fmt::format("##dot{}", i).c_str(), ImVec2(pitch, look.px(34)))) {
      ctx.push(cmd::ShowLessonStep{i});
    }
    help_tooltip(look, fmt::format("{} of {}: {}", i + 1, steps, run.lesson->steps[i].title), {});
    const ImVec2 dot(x + pitch / 2, mid);
    const bool here = i == run.step && !ctx.ui.lesson_leaving;
    if (here) {
      list->AddCircleFilled(dot, look.px(5), look.theme.accent, 20);
    } else if (i < run.step || ctx.ui.lesson_leaving) {
      list->AddCircleFilled(dot, look.px(4), look.theme.text_muted, 20);
    } else {
      list->AddCircle(dot, look.px(4), look.theme.text_muted, 20, std::max(1.0F, look.px(1)));
    }
    look.mark(fmt::format("dot {}", i + 1), {x, rect.y, pitch, look.px(34)});
  }
}

void LessonCard::content(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  Rect in = rect.inset(look.px(16), look.px(12));
  const Rect foot = in.take_bottom(look.px(34), look.px(12));
  header(ctx, in);
  divider(look);
  const float y = ImGui::GetCursorScreenPos().y;
  ImGui::SetCursorScreenPos(ImVec2(in.x, y));
  // The text begins at its top whenever the step changes.
  const std::string id =
      fmt::format("##{}{}{}", shown_, ctx.ui.lesson_leaving ? "!" : "", turns_page(ctx, 1) ? "?" : "");
  const float room = std::max(look.px(40), in.bottom() - y);
  begin_scroll(look, id.c_str(), room);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(8)));
  ctx.ui.lesson_leaving ? leaving(ctx) : step(ctx, column_h_ < look.px(620) ? FontRole::Body : FontRole::Reading);
  ImGui::PopStyleVar();
  const float content = ImGui::GetCursorPosY();
  const float wanted = y - rect.y + content + look.px(62);
  if (std::exchange(wanted_height_, wanted) != wanted) ctx.animate(ctx.screen_time + 0.1);  // the next frame has room
  // Once for each step and size: what has no room at once is turned to, page by page, by the key that goes on.
  const float usual = room - (rect.h - column_h_);
  const std::string fits = fmt::format("{} {:.0f}x{:.0f}", shown_, column_w_, usual);
  if (fits != measured_ && !ctx.ui.lesson_leaving) {
    if (ctx.ui.lesson_paged) {  // as a page it says nothing of the whole: once more without
      ctx.ui.lesson_paged = false;
      ctx.animate(ctx.screen_time + 0.1);
    } else {
      ctx.ui.lesson_paged = content > usual + look.px(2);
      measured_ = fits;
    }
  }
  if (std::exchange(ctx.ui.lesson_scroll, false)) {
    ImGui::SetScrollY(
        std::min(ImGui::GetScrollMaxY(), ImGui::GetScrollY() + room - 2 * line_pitch(look, FontRole::Body)));
    ctx.animate(ctx.screen_time + 0.1);
  }
  // While it grows nothing is hidden yet.
  const bool hidden = ImGui::GetScrollY() < ImGui::GetScrollMaxY() - look.px(4);
  ctx.ui.lesson_more = hidden && !ctx.ui.lesson_leaving && wanted_height_ > rect.h && rect.h >= most_h_ - 1;
  end_scroll(id.c_str());
  footer(ctx, foot);
}

// What has no room in the column grows upwards out of it: the text over the timeline; the question, and what is asked on
// leaving, over all that stands above.
Rect LessonCard::grown(const FrameContext& ctx, const Rect& column) {
  const Look& look = ctx.look;
  const bool leaving = ctx.ui.lesson_leaving;
  const float top = leaving || turns_page(ctx, 1) ? look.px(10) : look.px(64);
  most_h_ = std::max(column.h, column.bottom() - top);
  if (!ctx.ui.lesson_paged && !leaving) {
    most_h_ = column.h;
    return column;
  }
  // Where the screen itself is low, a question is wider too.
  const bool wide = (leaving || turns_page(ctx, 1)) && most_h_ < look.px(420);
  const float room = ImGui::GetIO().DisplaySize.x - 2 * column.x;
  const float w = wide ? std::max(column.w, std::min(room, look.px(560))) : column.w;
  const float h = std::clamp(wanted_height_, column.h, most_h_);
  return {column.x, column.bottom() - h, w, h};
}

// The card as a window over what stands there.
void LessonCard::over(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  ImGui::SetNextWindowPos(rect.min());
  ImGui::SetNextWindowSize(rect.size());
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look.px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1.0F);
  ImGui::PushStyleColor(ImGuiCol_WindowBg, look.theme.panel);
  ImGui::PushStyleColor(ImGuiCol_Border, look.theme.line_strong);
  ImGui::Begin("lesson", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoScrollWithMouse);
  look.mark("lesson", rect);
  if (look.anchors) look.anchors->push("lesson");
  content(ctx, rect);
  if (look.anchors) look.anchors->pop();
  ImGui::End();
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar(2);
}

void LessonCard::draw(FrameContext& ctx, const Rect& column, ImVec2 screen) {
  if (ctx.lesson == nullptr) {
    shown_.clear();
    return;
  }
  const Look& look = ctx.look;
  const std::string now = fmt::format("{}/{}", ctx.lesson->lesson->id, ctx.lesson->step);
  if (now != shown_) {
    shown_ = now;
    ctx.ui.lesson_paged = false;
    ctx.ui.lesson_page = 0;
    ctx.ui.lesson_more = false;
    since_ = ctx.screen_time;
    answer_ = ctx.lesson->answers[ctx.lesson->step];
  }
  if (!ctx.ui.lesson_floats && !column.empty()) {
    column_w_ = column.w;
    column_h_ = column.h;
    const Rect rect = grown(ctx, column);
    if (rect.h > column.h || rect.w > column.w) return over(ctx, rect);
    begin_card(look, "lesson", rect);
    content(ctx, rect);
    end_card(look);
    return;
  }
  ImVec2 size(std::min(look.px(372), screen.x - look.px(16)),
              std::clamp(wanted_height_, look.px(300), std::max(look.px(300), screen.y - look.px(120))));
  column_w_ = size.x;
  column_h_ = most_h_ = size.y;
  if (turns_page(ctx, 1) && screen.y < look.px(480)) {  // a question on a low screen: over all of it, if need be
    size.x = std::min(look.px(560), screen.x - look.px(16));
    most_h_ = std::max(size.y, screen.y - look.px(50));
    size.y = std::clamp(wanted_height_, size.y, most_h_);
  }
  // On the right: what it speaks of (maps, names, tables) begins on the left.
  ImVec2 at(ctx.ui.lesson_x, ctx.ui.lesson_y);
  if (!ctx.ui.lesson_floats) at = ImVec2(screen.x - size.x - look.px(16), screen.y - size.y - look.px(40));
  at.x = std::clamp(at.x, 0.0F, std::max(0.0F, screen.x - size.x));
  at.y = std::clamp(at.y, 0.0F, std::max(0.0F, screen.y - size.y));
  if (ctx.ui.lesson_floats) ctx.ui.lesson_x = at.x, ctx.ui.lesson_y = at.y;
  over(ctx, {at.x, at.y, size.x, size.y});
}

}  // namespace blockyard
