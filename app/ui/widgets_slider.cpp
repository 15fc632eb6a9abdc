// The slider: Dear ImGui's own one, invisible, with our track and knob over it. So dragging, typed entry and keys
// behave as everywhere, and only the look is ours. It runs on doubles, also for whole numbers: the stock integer slider
// widens its grab to one step, which the knob could not follow.
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>

#include "app/ui/compat.h"
#include "app/ui/widgets.h"
#include "core/base/math.h"

namespace blockyard {
namespace {

// Place of `value` on the track, 0..1, by the same rule as Dear ImGui.
double ratio_of(const SliderSpec& spec, double value) {
  const double v = std::clamp(value, spec.min, spec.max);
  if (!(spec.max > spec.min)) return 0;
  if (!spec.logarithmic) return (v - spec.min) / (spec.max - spec.min);
  const double epsilon = math::pow(0.1, spec.decimals);
  const double low = std::max(spec.min, epsilon);
  return v <= low ? 0.0 : math::log(v / low) / math::log(spec.max / low);
}

// The value before the last click, and when that was.
void remember(ImGuiStorage& storage, ImGuiID id, double value) {
  const auto bits = std::bit_cast<std::array<int, 2>>(value);
  storage.SetInt(id, bits[0]);
  storage.SetInt(id + 1, bits[1]);
  storage.SetFloat(id + 2, static_cast<float>(ImGui::GetTime()));
}
bool just_clicked(const ImGuiStorage& storage, ImGuiID id) {
  return static_cast<float>(ImGui::GetTime()) - storage.GetFloat(id + 2, -1e9f) < 1.0f;
}
// A number that was typed and may not be; none once it has been taken.
void note_refused(ImGuiStorage& storage, ImGuiID id, double value) {
  const auto bits = std::bit_cast<std::array<int, 2>>(value);
  storage.SetInt(id + 3, 1);
  storage.SetInt(id + 4, bits[0]);
  storage.SetInt(id + 5, bits[1]);
}
std::optional<double> take_refused(ImGuiStorage& storage, ImGuiID id) {
  if (storage.GetInt(id + 3) == 0) return std::nullopt;
  storage.SetInt(id + 3, 0);
  return std::bit_cast<double>(std::array<int, 2>{storage.GetInt(id + 4), storage.GetInt(id + 5)});
}
double recall(const ImGuiStorage& storage, ImGuiID id) {
  return std::bit_cast<double>(std::array<int, 2>{storage.GetInt(id), storage.GetInt(id + 1)});
}

}  // namespace

SliderResult slider_row(const Look& look, const SliderSpec& spec, double* value) {
  const Theme& theme = look.theme;
  const std::string_view label = std::string_view(spec.label).substr(0, std::string_view(spec.label).find("##"));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const Rect row{at.x, at.y, width, look.px(34)};
  const Rect track_area{row.x, row.y + look.px(17), width, look.px(17)};
  const float line_y = row.y + look.px(8);
  std::array<char, 16> format{};
  std::snprintf(format.data(), format.size(), "%%.%df", spec.decimals);
  std::array<char, 64> figure{};
  const char* unit = spec.unit;
  const auto print = [&] {
    const bool none = spec.zero && *value == 0;
    none ? std::snprintf(figure.data(), figure.size(), "%s", spec.zero)
         : std::snprintf(figure.data(), figure.size(), format.data(), *value);
    unit = none ? "" : spec.unit;
  };
  print();

  ImGui::PushID(spec.label);
  ImGui::BeginDisabled(!spec.enabled);
  ImGuiStorage& storage = *ImGui::GetStateStorage();
  const ImGuiID memory = ImGui::GetID("##memory"), wish = ImGui::GetID("##wish"), slider = ImGui::GetID("##slider");
  SliderResult result;
  const double before = *value;

  // The line of label and value. A click on the value asks for typed entry in the next frame.
  const float unit_w = *unit ? text_width(look, FontRole::Small, unit) + look.px(4) : 0;
  const float figure_w = text_width(look, FontRole::Mono14, figure.data());
  const Rect value_area{row.right() - unit_w - figure_w, row.y, unit_w + figure_w, look.px(17)};
  ImGui::SetCursorScreenPos(row.min());
  ImGui::InvisibleButton("##label", ImVec2(std::max(1.0f, value_area.x - row.x - look.px(4)), look.px(17)));
  bool hot = ImGui::IsItemHovered();
  bool reset = hot && ImGui::IsMouseClicked(ImGuiMouseButton_Right);
  if (spec.help) help_tooltip(look, label, spec.help);
  ImGui::SetCursorScreenPos(value_area.min());
  if (ImGui::InvisibleButton("##value", ImVec2(std::max(1.0f, value_area.w), value_area.h)))
    storage.SetBool(wish, true);
  const bool value_hot = ImGui::IsItemHovered();
  reset = reset || (value_hot && ImGui::IsMouseClicked(ImGuiMouseButton_Right));
  look.mark(std::string(label) + "/value", value_area);

  // The slider itself. A double click is made a Ctrl+click; its first click has moved the value, which is put back.
  const bool typing = compat::text_entry_active(slider);
  ImGuiIO& io = ImGui::GetIO();
  const bool ctrl = io.KeyCtrl;
  if (storage.GetBool(wish)) {
    ImGui::SetKeyboardFocusHere(0);
    storage.SetBool(wish, false);
  } else if (!typing && spec.enabled && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left) &&
             ImGui::IsWindowHovered() && track_area.contains(ImGui::GetMousePos()) && just_clicked(storage, memory)) {
    *value = recall(storage, memory);
    io.KeyCtrl = true;
  }
  ImGui::SetCursorScreenPos(track_area.min());
  ImGui::SetNextItemWidth(width);
  ImGui::PushFont(look.font(FontRole::Mono14));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(look.px(6), look.px(2)));
  ImGui::PushStyleVar(ImGuiStyleVar_GrabMinSize, look.px(12));
  if (!typing) {
    for (const ImGuiCol slot : {ImGuiCol_FrameBg, ImGuiCol_FrameBgHovered, ImGuiCol_FrameBgActive, ImGuiCol_SliderGrab,
                                ImGuiCol_SliderGrabActive, ImGuiCol_Text})
      ImGui::PushStyleColor(slot, 0u);
  }
  // What is typed is judged below, not changed in silence.
  const ImGuiSliderFlags flags = spec.logarithmic ? ImGuiSliderFlags_Logarithmic : 0;
  ImGui::SliderScalar("##slider", ImGuiDataType_Double, value, &spec.min, &spec.max, format.data(), flags);
  if (!typing) ImGui::PopStyleColor(6);
  ImGui::PopStyleVar(2);
  ImGui::PopFont();
  io.KeyCtrl = ctrl;
  const bool held = ImGui::IsItemActive() && !typing;
  if (ImGui::IsItemActivated()) remember(storage, memory, before);
  result.committed = ImGui::IsItemDeactivatedAfterEdit();
  const double least = std::isnan(spec.least) ? spec.min : spec.least,
               most = std::isnan(spec.most) ? spec.max : spec.most;
  if (typing && *value != before) {
    (void)take_refused(storage, memory);
    if (!(*value >= least && *value <= most)) {
      note_refused(storage, memory, *value);
      *value = recall(storage, memory);
    }
  } else if (!typing) {
    *value = std::clamp(*value, std::min(spec.min, before), std::max(spec.max, before));
  }
  if (typing && ImGui::IsItemDeactivated()) {
    result.refused = take_refused(storage, memory);
    if (result.refused) *value = recall(storage, memory);
    if (std::isnan(*value)) *value = before;
  }
  const bool track_hot = ImGui::IsItemHovered();
  reset = reset || (track_hot && ImGui::IsMouseClicked(ImGuiMouseButton_Right));
  hot = hot || track_hot || value_hot;
  if (reset && spec.enabled && *value != spec.initial) {
    *value = spec.initial;
    result.committed = true;
  }
  ImGui::EndDisabled();
  ImGui::PopID();
  result.changed = *value != before;

  ImDrawList* list = ImGui::GetWindowDrawList();
  const Color ink = spec.enabled ? theme.text : theme.text_muted;
  const float name_room = value_area.x - row.x - look.px(8);
  draw_text(list, look, FontRole::Small, spec.enabled ? (hot ? theme.text : theme.text_secondary) : theme.text_muted,
            ImVec2(row.x, line_y), ellipsized(look, FontRole::Small, label, name_room));
  print();
  const float unit_now = *unit ? text_width(look, FontRole::Small, unit) + look.px(4) : 0;
  if (*unit) draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(row.right(), line_y), unit);
  draw_text_right(list, look, FontRole::Mono14, value_hot && spec.enabled ? theme.accent : ink,
                  ImVec2(row.right() - unit_now, line_y), figure.data());
  if (!typing) {
    const float thick = look.px(4), y = std::floor(track_area.center().y), r = look.px(6), slack = 2.0f + r;
    const float x = track_area.x + slack + static_cast<float>(ratio_of(spec, *value)) * (width - 2 * slack);
    const Rect track{track_area.x, y - thick / 2, width, thick};
    list->AddRectFilled(track.min(), track.max(), theme.dark ? theme.frame : theme.frame_hot, thick / 2);
    const Color fill = spec.enabled ? (held ? theme.accent_hot : theme.accent) : theme.line_strong;
    list->AddRectFilled(track.min(), ImVec2(x, track.bottom()), fill, thick / 2);
    if (hot && spec.enabled) list->AddCircleFilled(ImVec2(x, y), r + look.px(3), faded(theme.accent, 0.25f));
    list->AddCircleFilled(ImVec2(x, y), r, fill);
    list->AddCircleFilled(ImVec2(x, y), r - look.px(2),
                          spec.enabled ? (theme.dark ? rgb(0xFFFFFF) : theme.panel) : theme.panel);
  }
  look.mark(label, track_area);
  ImGui::SetCursorScreenPos(row.min());
  ImGui::Dummy(row.size());
  return result;
}

SliderResult slider_row(const Look& look, const SliderSpec& spec, std::int64_t* value) {
  SliderSpec whole = spec;
  whole.decimals = 0;
  double v = static_cast<double>(*value);
  SliderResult result = slider_row(look, whole, &v);
  const auto rounded = static_cast<std::int64_t>(std::llround(v));
  result.changed = rounded != *value;
  *value = rounded;
  return result;
}

}  // namespace blockyard
