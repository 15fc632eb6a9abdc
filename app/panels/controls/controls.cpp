// The frame of the controls and their building pieces. What each group holds is in controls_groups.cpp.
#include "app/panels/controls/controls.h"

#include <fmt/format.h>

#include "app/panels/panel_text.h"
#include "app/ui/icons.h"
#include "core/io/presets_json.h"
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

void Controls::slider(FrameContext& ctx, const Row& row, double value, double original) {
  const Look& look = ctx.look;
  const auto held = held_.find(row.path);
  double shown = held != held_.end() ? held->second : value;
  const std::string help = row.restarts ? row.help + "\n" + kRestarts : row.help;
  const std::string label = row.label + "##" + row.path;
  SliderSpec spec;
  spec.label = label.c_str();
  spec.unit = row.unit.c_str();
  spec.min = row.low;
  spec.max = std::max(row.high, row.low);
  // A value that was typed may lie beyond the slider's end.
  spec.max = std::max(spec.max, shown);
  spec.initial = original;
  spec.decimals = row.decimals;
  spec.logarithmic = row.log;
  spec.help = help.c_str();
  spec.zero = row.zero;
  const SliderResult result = slider_row(look, spec, &shown);
  if (result.changed) held_[row.path] = shown;
  if (result.committed) {
    held_.erase(row.path);
    if (shown != value) {
      const bool none = row.zero && shown == 0;
      const auto said = [&row](double v) {
        return row.zero && v == 0 ? std::string(row.zero) : fmt::format("{:.{}f}", v, row.decimals);
      };
      const bool unit = !row.unit.empty() && !none;
      cmd::SettingValue set = shown;
      if (row.zero_is_null && none) set = std::string("null");
      ctx.push(cmd::Set{
          row.path, set,
          fmt::format("{} {} → {}{}{}", row.label, said(value), said(shown), unit ? " " : "", unit ? row.unit : "")});
    }
  }
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

void Controls::flip(FrameContext& ctx, const char* path, const char* label, bool value, const char* help) {
  bool shown = value;
  if (toggle(ctx.look, label, &shown, true, help)) {
    ctx.push(cmd::Set{path, shown, fmt::format("{}: {}", label, shown ? "on" : "off")});
  }
}

void Controls::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  if (!presets_read_) {
    presets_read_ = true;
    if (auto presets = read_presets(std::string(ctx.assets_dir) + "/presets")) presets_ = std::move(*presets);
  }
  begin_card(look, "controls", rect);
  const float buttons = look.px(44);
  begin_scroll(look, "##groups", std::max(look.px(40), ImGui::GetContentRegionAvail().y - buttons));
  if (group(ctx, icons::kRandom, "Routing", false)) routing(ctx);
  divider(look);
  if (group(ctx, icons::kLineChart, "Workload", false)) workload(ctx);
  divider(look);
  if (group(ctx, icons::kServer, "Fleet and memory", false)) fleet(ctx);
  divider(look);
  if (group(ctx, icons::kDatabase, "Cache", false)) cache(ctx);
  divider(look);
  if (group(ctx, icons::kTarget, "Objectives", false)) objectives(ctx);
  divider(look);
  if (group(ctx, icons::kClock, "Latency", true)) latency(ctx);
  divider(look);
  if (group(ctx, icons::kBolt, "Staleness and faults", false)) staleness(ctx);
  end_scroll("##groups");
  ctx.ui.unfold_only.clear();

  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float gap = look.px(8), half = std::floor((ImGui::GetContentRegionAvail().x - gap) / 2);
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(2)));
  ButtonSpec undo{"Undo", icons::kUndo};
  undo.width = half;
  undo.tooltip = "Take the last change of a setting back";
  undo.shortcut = "Ctrl Z";
  if (button(look, undo)) ctx.push(cmd::Undo{});
  ImGui::SetCursorScreenPos(ImVec2(at.x + half + gap, at.y + look.px(2)));
  ButtonSpec reset{"Reset all"};
  reset.width = half;
  reset.tooltip = "Every setting as the scenario came, and the run from its start. Undo takes it back";
  if (button(look, reset)) ctx.push(cmd::ResetAll{});
  end_card(look);
}

}  // namespace blockyard
