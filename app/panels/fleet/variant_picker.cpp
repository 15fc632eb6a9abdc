#include "app/panels/fleet/variant_picker.h"

#include <fmt/format.h>

#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "core/settings/json_edit.h"

namespace blockyard {
namespace {

// A value in plain words: a choice by its id, not in quotes.
std::string words_of(const Setting& setting, const Scenario& scenario) {
  const std::string value = setting_text(setting, scenario);
  const bool quoted = value.size() >= 2 && value.front() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

Variant variant_of(const Setting& setting, const Scenario& scenario, const std::string& words) {
  const std::string_view unit = unit_of(setting, scenario);
  const std::string value = kind_of(setting) == SettingKind::kChoice ? json_quoted(words) : words;
  return {fmt::format("{} {}{}{}", setting.label, words, unit.empty() ? "" : " ", unit),
          {{std::string(setting.path), value}}};
}

}  // namespace

void VariantPicker::fill(const FrameContext& ctx) {
  settings_ = sweepable_settings(ctx.scenario);
  std::erase_if(settings_, [](const Setting* s) {
    // Other requests have no place beside these; strategies have a list of their own.
    return s->path == "seed" || s->section() == "workload" || s->path == "cache.block_tokens" ||
           s->path == "router.strategy";
  });
  now_.clear();
  as_loaded_.clear();
  for (const Setting* s : settings_) {
    now_.push_back(words_of(*s, ctx.scenario));
    if (same_setting(*s, ctx.scenario, ctx.original)) continue;
    as_loaded_.push_back(variant_of(*s, ctx.original, words_of(*s, ctx.original)));
  }
  chosen_ = std::min(chosen_, static_cast<int>(settings_.size()) - 1);
  value_ = now_[static_cast<std::size_t>(chosen_)];
}

std::optional<Variant> VariantPicker::draw(const FrameContext& ctx) {
  const Look& look = ctx.look;
  if (std::exchange(wanted_, false)) {
    fill(ctx);
    ImGui::OpenPopup("##variant");
  }
  std::optional<Variant> picked;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(12), look.px(10)));
  if (ImGui::BeginPopup("##variant")) {
    const float width = look.px(300);
    text(look, FontRole::Small, look.theme.text_muted, "This fleet is as the run is now, except for");
    for (const Variant& v : as_loaded_) {
      ButtonSpec as_it_was{v.name.c_str(), icons::kUndo};
      as_it_was.width = width;
      as_it_was.tooltip = "As it was loaded";
      if (button(look, as_it_was)) picked = v;
    }
    std::vector<Choice> choices;
    std::vector<std::string> labels;
    for (const Setting* s : settings_) labels.push_back(label_with_unit(*s, ctx.scenario));
    for (std::size_t i = 0; i < labels.size(); ++i) choices.push_back({labels[i].c_str(), nullptr});
    ImGui::BeginChild("setting", ImVec2(width, look.px(34)), false, ImGuiWindowFlags_NoBackground);
    if (const auto other = dropdown(look, "setting", choices, chosen_)) {
      chosen_ = *other;
      value_ = now_[static_cast<std::size_t>(chosen_)];
    }
    ImGui::EndChild();
    const auto at = static_cast<std::size_t>(chosen_);
    ImGui::BeginChild("value", ImVec2(width, look.px(34)), false, ImGuiWindowFlags_NoBackground);
    text_field(look, "value", icons::kPencil, "its value in this fleet", &value_);
    ImGui::EndChild();
    text(look, FontRole::Small, look.theme.text_muted,
         fmt::format("In the run: {}", now_[at].empty() ? "–" : now_[at]));
    ButtonSpec go{"Compare with this", icons::kCheck, ButtonKind::Primary};
    go.width = width;
    go.enabled = !value_.empty() && value_ != now_[at];
    if (button(look, go)) picked = variant_of(*settings_[at], ctx.scenario, value_);
    if (picked) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
  return picked;
}

}  // namespace blockyard
