#include "app/window/overlays.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/overlay_parts.h"
#include "app/panels/panel.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "app/window/actions.h"
#include "core/model/fidelity.h"

namespace blockyard {
void draw_settings(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.settings_open) return;
  const Look& look = ctx.look;
  const float height = overlay_height(ctx, "settings", 400);
  begin_overlay(ctx, "settings", screen, ImVec2(look.px(540), height), look.px(110), &ctx.ui.settings_open);
  section_header(look, icons::kGear, "Settings", "Esc closes");
  begin_scroll(look, "##settings");
  text(look, FontRole::Small, look.theme.text_secondary, "Theme");
  constexpr std::array<const char*, 2> kThemes{"Dark", "Light"};
  if (const auto picked = segmented(look, "theme", kThemes, ctx.ui.dark ? 0 : 1)) ctx.push(cmd::SetTheme{*picked == 0});
  text(look, FontRole::Small, look.theme.text_secondary, "UI scale");
  constexpr std::array<const char*, 7> kNames{"Screen", "75 %", "100 %", "125 %", "150 %", "175 %", "200 %"};
  constexpr std::array<double, 7> kScales{0, 0.75, 1, 1.25, 1.5, 1.75, 2};
  int at = -1;
  for (std::size_t i = 0; i < kScales.size(); ++i) {
    if (static_cast<float>(kScales[i]) == ctx.ui.scale) at = static_cast<int>(i);
  }
  if (const auto picked = segmented(look, "scale", kNames, at, ImGui::GetContentRegionAvail().x))
    ctx.push(cmd::SetScale{kScales[static_cast<std::size_t>(*picked)]});
  divider(look);
  toggle(look, "Controls on the left", &ctx.ui.show_controls);
  toggle(look, "Prefix tree and inspector on the right", &ctx.ui.show_tree);
  toggle(look, "Plots and tables at the bottom", &ctx.ui.show_bottom);
  bool card = ctx.ui.first_start;
  if (toggle(look, "Card of five keys", &card)) ctx.ui.first_start = card;
  divider(look);
  text_wrapped(look, FontRole::Small, look.theme.text_muted,
               "Remembered between starts, with the last scenario and recent files. A run's own settings are saved "
               "with Ctrl S.");
  end_scroll("##settings");
  measure_overlay(ctx, "settings", "##settings");
  end_overlay(look);
}

void draw_keys(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.keys_open) return;
  const Look& look = ctx.look;
  const float height = overlay_height(ctx, "keys", 528);
  begin_overlay(ctx, "keys", screen, ImVec2(look.px(720), height), look.px(80), &ctx.ui.keys_open);
  section_header(look, icons::kKeyboard, "Keys", "Esc closes");
  begin_scroll(look, "##keys");
  std::vector<const Action*> with_keys;
  for (const Action& a : action_table()) {
    if (!a.keys.empty()) with_keys.push_back(&a);
  }
  const std::size_t rows = (with_keys.size() + 1) / 2;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float column = ImGui::GetContentRegionAvail().x / 2;
  for (std::size_t i = 0; i < with_keys.size(); ++i) {
    const float x = at.x + (i < rows ? 0 : column), y = at.y + look.px(26) * static_cast<float>(i % rows);
    ImGui::SetCursorScreenPos(ImVec2(x, y));
    key_row(look, with_keys[i]->keys, with_keys[i]->label, column - look.px(12));
  }
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(26) * static_cast<float>(rows) + look.px(8)));
  text_wrapped(look, FontRole::Small, look.theme.text_muted,
               "Sliders: double-click to type a value, right-click to go back to the scenario's. Timeline: drag to go "
               "there, scroll to zoom, Shift-drag to select a range. Plots: scroll to zoom, right-click to export.");
  end_scroll("##keys");
  measure_overlay(ctx, "keys", "##keys");
  end_overlay(look);
}

void draw_help(FrameContext& ctx, ImVec2 screen) {
  if (!ctx.ui.help_open) return;
  const Look& look = ctx.look;
  begin_overlay(ctx, "help", screen, ImVec2(look.px(720), look.px(620)), look.px(70), &ctx.ui.help_open);
  section_header(look, icons::kQuestion, "What is what", "Esc closes");
  begin_scroll(look, "##parts");
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(4)));
  const auto part = [&](std::string_view title, std::string_view help) {
    text(look, FontRole::BodyMedium, look.theme.text, title);
    text_wrapped(look, FontRole::Small, look.theme.text_secondary, help);
    ImGui::Dummy(ImVec2(1, look.px(5)));
  };
  part("The run",
       "Requests arrive, the router sends each to a worker, and the worker computes what its cache does not hold yet. "
       "All of it is simulated: the same scenario and seed give the same run, forward and back.");
  part("Timeline",
       "The whole run. Bars: requests that started, blue with a hit, yellow without; the line: arrivals. Triangles are "
       "faults, diamonds changes of settings, flags bookmarks, teeth at the upper edge preemptions. Drag to go there, "
       "scroll to zoom, Shift-drag to select a range for plots and tables.");
  part("Key figures",
       "Of the last seconds, or of the run so far: the switch at their right end says which. Hover one for its "
       "formula.");
  part("Controls",
       "Settings of the run. Most act in flight, from the cursor on, as a mark on the timeline; those with a round "
       "arrow restart it. Double-click to type a value, right-click to go back to the scenario's own, Ctrl Z to undo.");
  part(
      "Lessons",
      "L, or the hat in the bar above: short lessons from blocks to batching. Each goes through a small run of its own "
      "step by step; Enter and Page Up go on and back, digits answer. The run that was open comes back afterwards.");
  for (const PanelRow& row : panel_table()) part(row.title, row.help);
  divider(look);
  part("What is modelled", "Against vLLM v1, with the file where it does it.");
  for (const FidelityRow& row : fidelity_table()) {
    part(fmt::format("{} · {}", row.aspect, fidelity_name(row.fidelity)),
         fmt::format("{} [{}{}{}]", row.note, row.source, row.change.empty() ? "" : " · vLLM ", row.change));
  }
  ImGui::PopStyleVar();
  end_scroll("##parts");
  end_overlay(look);
}

}  // namespace blockyard
