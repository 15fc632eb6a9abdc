// The inspector of a session: its turns, which worker each went to, what it found there, and what that worker still
// holds of it.
#include <fmt/format.h>

#include <algorithm>

#include "app/panels/inspector/inspector.h"
#include "app/panels/inspector/inspector_parts.h"
#include "app/ui/icons.h"

namespace blockyard {

void InspectorPanel::session(FrameContext& ctx, std::uint32_t s) {
  const Look& look = ctx.look;
  turns_.update(ctx);
  const std::span<const RequestId> turns = turns_.turns(s);
  std::string name = session_text(ctx, s);
  name[0] = 'S';
  inspector_title(ctx, name, turns.empty() ? "not there yet" : "");
  if (turns.empty()) return;
  const SessionState state = session_state(ctx, turns);
  if (chip(look, "Its turns as lanes", Tone::Accent, icons::kList)) ctx.ui.open_bottom("sessions");
  {
    FactGrid facts(ctx);
    facts.add("turns", fmt::format("{} of {}", turns.size(), turns_.all(s)));
    facts.add("hit rate", percent_text(state.hit_rate()));
    facts.add("began", moment_text(ctx.fleet.records()[turns.front()].arrival));
    facts.add("workers", std::to_string(state.workers.size()),
              state.workers.size() > 1 ? look.theme.warn_text : Color{0});
  }
  inspector_heading(look, "turn, blocks found, and what its worker still holds");
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float width = ImGui::GetContentRegionAvail().x, row_h = look.px(24);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  for (const RequestId r : turns) {
    const RequestRecord& record = ctx.fleet.records()[r];
    const Request& q = ctx.fleet.request(r);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Rect row{at.x, at.y, width, row_h};
    ImGui::PushID(static_cast<int>(r));
    if (ImGui::InvisibleButton("##turn", row.size())) ctx.select(SelectedRequest{r});
    ImGui::PopID();
    if (ImGui::IsItemHovered()) ctx.hover_on(SelectedRequest{r});
    if (ImGui::IsItemHovered() || selected_request(ctx.hover) == r)
      list->AddRectFilled(row.min(), row.max(), look.theme.raised, look.px(4));
    look.mark(fmt::format("turn {}", q.turn), row);
    const float y = row.center().y;
    float x = row.x + look.px(2);
    if (record.worker != kNone) x = worker_chip(list, look, ImVec2(x, y), record.worker) + look.px(8);
    std::string told = record.start >= 0 ? fmt::format("{} of {}", record.hit, q.prompt_blocks)
                                         : std::string(status_text(record.status));
    if (record.worker != kNone) told += fmt::format(" · holds {}", held_now(ctx, r, record.worker));
    const float left = draw_text_right(list, look, FontRole::Mono14, look.theme.text_secondary,
                                       ImVec2(row.right() - look.px(4), y), told);
    draw_text(list, look, FontRole::Small, look.theme.text, ImVec2(x, y),
              ellipsized(look, FontRole::Small, fmt::format("turn {}", q.turn), left - x - look.px(8)));
  }
  ImGui::PopStyleVar();
}

}  // namespace blockyard
