// What a step of a lesson points at: an outline, with one short pulse when the step begins.
#include <algorithm>
#include <cmath>

#include "app/panels/lessons/lessons.h"
#include "app/session/lesson_run.h"
#include "app/ui/compat.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

constexpr double kPulse = 1.2;  // s

}  // namespace

void LessonCard::point(FrameContext& ctx, ImVec2 screen) {
  missing_ = false;
  if (ctx.lesson == nullptr || ctx.ui.lesson_leaving || ctx.lesson->now().point.empty()) return;
  const Look& look = ctx.look;
  const std::string& name = ctx.lesson->now().point;
  const Rect* target = look.anchors ? look.anchors->find(name) : nullptr;
  // A part that is scrolled out of sight: the area that it belongs to.
  if (target == nullptr && look.anchors) target = look.anchors->find(name.substr(0, name.find('/')));
  missing_ = target == nullptr || target->empty();
  if (missing_) return;
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(screen);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0F);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));  // which nothing is drawn in
  ImGui::Begin("lesson-point", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing |
                   ImGuiWindowFlags_NoBringToFrontOnFocus);
  ImGui::PopStyleVar(2);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const Color tone = look.theme.p95;
  const auto outline = [&](float out, float width, Color color) {
    const Rect r{target->x - out, target->y - out, target->w + 2 * out, target->h + 2 * out};
    compat::add_rect(list, r.min(), r.max(), color, look.px(8) + out, std::max(1.0F, look.px(width)));
  };
  outline(look.px(3), 3, faded(tone, 0.25F));
  outline(look.px(1), 2, tone);
  const double age = ctx.screen_time - since_;
  if (age < kPulse) {
    const auto t = static_cast<float>(age / kPulse), wave = std::fmod(t * 2, 1.0F);
    outline(look.px(1) + look.px(14) * wave, 2, faded(tone, 0.8F * (1 - wave)));
    ctx.animate(since_ + kPulse);
  }
  look.mark("lesson-target", *target);
  ImGui::End();
}

}  // namespace blockyard
