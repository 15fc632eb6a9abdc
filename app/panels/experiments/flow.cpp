#include "app/panels/experiments/flow.h"

#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {

Flow::Flow(const Look& look, float row, float gap)
    : look_(look), at_(ImGui::GetCursorScreenPos()), width_(ImGui::GetContentRegionAvail().x), row_(row), gap_(gap) {}

ImVec2 Flow::place(float width) {
  if (x_ > 0 && x_ + width > width_) {
    x_ = 0;
    y_ += row_ + gap_;
  }
  const ImVec2 out(at_.x + x_, at_.y + y_);
  x_ += width + gap_;
  ImGui::SetCursorScreenPos(out);
  return out;
}

bool Flow::chip(const char* label, bool on, const char* help) {
  const char* icon = on ? icons::kCheck : nullptr;
  const ImVec2 at = place(chip_width(look_, label, icon));
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + std::floor((row_ - look_.px(20)) / 2)));
  ImGui::PushID(chips_++);
  const bool clicked = blockyard::chip(look_, label, on ? Tone::Accent : Tone::Neutral, icon);
  ImGui::PopID();
  if (help != nullptr && *help != 0) help_tooltip(look_, label, help);
  return clicked;
}

void Flow::end() {
  ImGui::SetCursorScreenPos(ImVec2(at_.x, at_.y + y_ + row_ + gap_));
  ImGui::Dummy(ImVec2(1, 1));
  ImGui::SetCursorScreenPos(ImVec2(at_.x, at_.y + y_ + row_ + gap_));
}

}  // namespace blockyard
