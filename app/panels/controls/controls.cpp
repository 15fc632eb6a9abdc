// The frame of the controls and their building pieces. What each group holds is in controls_groups.cpp.
#include "app/panels/controls/controls.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/panels/panel_text.h"
#include "app/ui/icons.h"
#include "core/settings/presets_json.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

constexpr const char* kRestarts = "Restarts the run: it cannot change while requests are on their way.";

// A small line of text over a choice, with the restart sign where it belongs.
void caption(const Look& look, const char* label, bool restarts) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = look.px(17);
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(at.x, at.y + height / 2), label);
  if (restarts) {
    draw_text_right(list, look, FontRole::Small, look.theme.text_muted, ImVec2(at.x + width, at.y + height / 2),
                    icons::kRestart);
  }
  ImGui::Dummy(ImVec2(width, height - look.px(3)));
  if (restarts) help_tooltip(look, label, kRestarts);
}

}  // namespace

bool Controls::group(FrameContext& ctx, const char* icon, const char* title, bool folded_at_first) {
  const Look& look = ctx.look;
  const auto [at, first] = ctx.ui.folded.try_emplace(title, folded_at_first);
  if (!ctx.ui.unfold_only.empty()) {
    at->second = ctx.ui.unfold_only != title;
    if (after_wanted_) ImGui::SetScrollHereY(1);  // the end of the one before is in sight
    after_wanted_ = !at->second;
  }
  const ImVec2 where = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = look.px(26), y = where.y + height / 2;
  ImGui::PushID(title);
  if (ImGui::InvisibleButton("##group", ImVec2(width, height))) at->second = !at->second;
  ImGui::PopID();
  const bool hot = ImGui::IsItemHovered();
  look.mark(title, {where.x, where.y, width, height});
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_text(list, look, FontRole::Body, look.theme.accent, ImVec2(where.x, y), icon);
  draw_text(list, look, FontRole::BodyBold, look.theme.text, ImVec2(where.x + look.px(24), y), title);
  draw_text_right(list, look, FontRole::Small, hot ? look.theme.text : look.theme.text_muted,
                  ImVec2(where.x + width, y), at->second ? icons::kChevronRight : icons::kChevronDown);
  return !at->second;
}

bool Controls::fold(FrameContext& ctx, const char* title) {
  const Look& look = ctx.look;
  bool& folded = ctx.ui.folded.try_emplace(title, true).first->second;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = look.px(22), y = at.y + height / 2;
  if (ImGui::InvisibleButton(title, ImVec2(ImGui::GetContentRegionAvail().x, height))) folded = !folded;
  const Color ink = ImGui::IsItemHovered() ? look.theme.text : look.theme.text_muted;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float x = draw_text(list, look, FontRole::Small, ink, ImVec2(at.x, y), title);
  draw_text(list, look, FontRole::Small, ink, ImVec2(x + look.px(7), y),
            folded ? icons::kChevronRight : icons::kChevronDown);
  look.mark(title, {at.x, at.y, ImGui::GetItemRectSize().x, height});
  return !folded;
}

void Controls::slider(FrameContext& ctx, const Setting& row) {
  const Look& look = ctx.look;
  const std::string path(row.path), unit(unit_of(row, ctx.scenario));
  const SettingSlider scale = slider_of(row, ctx.scenario);
  const bool nullable = is_nullable(row) && row.derived == nullptr;  // its 0 is written as null
  const double value = setting_number(row, ctx.scenario).value_or(0);
  const auto held = held_.find(path);
  double shown = held != held_.end() ? held->second : value;
  const std::string help = row.restarts ? fmt::format("{}\n{}", row.help, kRestarts) : std::string(row.help);
  const std::string label = fmt::format("{}##{}", row.label, row.path);
  SliderSpec spec;
  spec.label = label.c_str();
  spec.unit = unit.c_str();
  spec.min = scale.low;
  // A value that was typed may lie beyond the slider's end.
  spec.max = std::max({scale.high, scale.low, shown});
  const bool there = row.exists(ctx.original);  // of another kind of workload it may not be
  spec.initial = setting_number(row, there ? ctx.original : scenario_with(row)).value_or(0);
  spec.decimals = scale.decimals;
  spec.logarithmic = scale.log;
  spec.help = help.c_str();
  const std::string zero(scale.zero);
  spec.zero = zero.empty() ? nullptr : zero.c_str();
  const SettingRange range = range_of(row, ctx.scenario);
  spec.least = nullable ? 0 : range.low;
  spec.most = range.high;
  const SliderResult result = slider_row(look, spec, &shown);
  if (result.refused) {
    held_.erase(path);
    ctx.push(
        cmd::Set{path, *result.refused, std::string(row.label)});  // which says what is allowed, and changes nothing
    return;
  }
  if (result.changed) held_[path] = shown;
  if (!result.committed) return;
  held_.erase(path);
  if (shown == value) return;
  const auto said = [&](double v) {
    return !zero.empty() && v == 0 ? zero : fmt::format("{:.{}f}", v, scale.decimals);
  };
  const bool none = !zero.empty() && shown == 0;
  cmd::SettingValue set = shown;
  if (nullable && none) set = std::string("null");
  ctx.push(cmd::Set{path, set,
                    fmt::format("{} {} → {}{}{}", row.label, said(value), said(shown), unit.empty() || none ? "" : " ",
                                none ? "" : unit)});
}

void Controls::choice(FrameContext& ctx, const Setting& row) {
  // The ids and words of the table are literals, which end in a zero.
  std::vector<Choice> choices;
  std::vector<std::string> ids;
  const auto now = setting_number(row, ctx.scenario);
  int selected = -1, index = 0;
  for (const ChoiceRow& c : row.choices()) {
    const bool chosen = now && index++ == static_cast<int>(*now);
    // A trace needs a file: it is opened, or dropped on the window.
    if (!chosen && row.path == "workload.type" && c.id == "trace") continue;
    if (chosen) selected = static_cast<int>(choices.size());
    choices.push_back({c.label.data(), c.help.data()});
    ids.emplace_back(c.id);
  }
  choose(ctx, std::string(row.path), row.group == SettingGroup::kRouting ? "" : row.label.data(), row.restarts, choices,
         ids, selected);
}

void Controls::choose(FrameContext& ctx, const std::string& path, const char* label, bool restarts,
                      const std::vector<Choice>& choices, const std::vector<std::string>& ids, int selected) {
  if (*label != 0) caption(ctx.look, label, restarts);
  if (const auto picked = dropdown(ctx.look, path.c_str(), choices, selected)) {
    const auto i = static_cast<std::size_t>(*picked);
    const std::string what = *label == 0 ? choices[i].label : fmt::format("{}: {}", label, choices[i].label);
    ctx.push(cmd::Set{path, ids[i], what});
  }
}

void Controls::flip(FrameContext& ctx, const Setting& row) {
  bool shown = setting_number(row, ctx.scenario).value_or(0) != 0;
  const std::string help = row.restarts ? fmt::format("{}\n{}", row.help, kRestarts) : std::string(row.help);
  if (toggle(ctx.look, row.label.data(), &shown, true, help.c_str())) {
    ctx.push(cmd::Set{std::string(row.path), shown, fmt::format("{}: {}", row.label, shown ? "on" : "off")});
  }
}

void Controls::setting(FrameContext& ctx, const Setting& row) {
  const SettingSlider scale = slider_of(row, ctx.scenario);
  switch (kind_of(row)) {
    case SettingKind::kChoice:
      return choice(ctx, row);
    case SettingKind::kSwitch:
      return flip(ctx, row);
    case SettingKind::kNumber:
      if (scale.high > scale.low) slider(ctx, row);
      return;
    case SettingKind::kText:
    case SettingKind::kList:
      return;
  }
}

void Controls::settings(FrameContext& ctx, const Group& group) {
  std::vector<const Setting*> rows, finer;
  for (const Setting& row : setting_table()) {
    if (row.group == group.group && matters(row, ctx.scenario)) (row.finer ? finer : rows).push_back(&row);
  }
  if (group.in_flight_first)
    std::stable_partition(rows.begin(), rows.end(), [](const Setting* r) { return !r->restarts; });
  for (const Setting* row : rows) setting(ctx, *row);
  if (finer.empty() || !fold(ctx, group.more)) return;
  for (const Setting* row : finer) setting(ctx, *row);
}

const std::vector<Controls::Group>& Controls::groups() {
  using G = SettingGroup;
  static const std::vector<Group> kGroups{
      {G::kRouting, icons::kRandom, "Routing", "More about routing", false, false, &Controls::routing},
      {G::kWorkload, icons::kLineChart, "Workload", "More about the workload", false, true, &Controls::workload},
      {G::kFleet, icons::kServer, "Fleet and memory", "More about the fleet", false, false, &Controls::fleet},
      {G::kCache, icons::kDatabase, "Cache", "More about the cache"},
      {G::kObjectives, icons::kTarget, "Objectives", "More about objectives"},
      {G::kLatency, icons::kClock, "Latency", "More about latency", true},
      {G::kStaleness, icons::kBolt, "Staleness and faults", "More about staleness", false, false,
       &Controls::staleness}};
  return kGroups;
}

void Controls::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  if (!presets_read_) {
    presets_read_ = true;
    if (auto presets = read_presets(std::string(ctx.assets_dir) + "/presets")) presets_ = std::move(*presets);
  }
  begin_card(look, "controls", rect);
  if (ctx.observed != nullptr) {
    observed(ctx);
    return end_card(look);
  }
  const float buttons = look.px(44);
  begin_scroll(look, "##groups", std::max(look.px(40), ImGui::GetContentRegionAvail().y - buttons));
  bool first = true;
  for (const Group& g : groups()) {
    if (!std::exchange(first, false)) divider(look);
    if (!group(ctx, g.icon, g.title, g.folded_at_first)) continue;
    if (g.draw != nullptr) {
      (this->*g.draw)(ctx, g);
    } else {
      settings(ctx, g);
    }
  }
  end_scroll("##groups");
  ctx.ui.unfold_only.clear();

  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float gap = look.px(8), half = std::floor((ImGui::GetContentRegionAvail().x - gap) / 2);
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(2)));
  ButtonSpec undo{"Undo", icons::kUndo};
  undo.width = half;
  undo.tooltip = "Take back the last change of a setting";
  undo.shortcut = "Ctrl Z";
  if (button(look, undo)) ctx.push(cmd::Undo{});
  ImGui::SetCursorScreenPos(ImVec2(at.x + half + gap, at.y + look.px(2)));
  ButtonSpec reset{"Reset all"};
  reset.width = half;
  reset.tooltip = "Puts every setting back to the scenario's and restarts the run. Undo reverts it";
  if (button(look, reset)) ctx.push(cmd::ResetAll{});
  end_card(look);
}

}  // namespace blockyard
