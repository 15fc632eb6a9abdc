// The controls of a fleet that is observed: where this program is its router, how that routes; all else in grey, with the
// reason.
#include <fmt/format.h>

#include "app/panels/controls/controls.h"
#include "app/panels/panel_text.h"
#include "app/ui/icons.h"
#include "core/live/observed/observed_fleet.h"
#include "core/router/policy.h"
#include "core/settings/scenario.h"

namespace blockyard {

void Controls::observed(FrameContext& ctx) {
  const Look& look = ctx.look;
  begin_scroll(look, "##observed", ImGui::GetContentRegionAvail().y);
  if (ctx.routes) {
    section_header(look, icons::kServer, "This is the router");
    text_wrapped(look, FontRole::Small, look.theme.text_secondary,
                 fmt::format("It listens on {}. What is changed here holds from the next request on.", ctx.listening));
    divider(look);
    if (group(ctx, icons::kRandom, "Routing", false)) live_routing(ctx);
  } else {
    section_header(look, icons::kInfo, ctx.arriving ? "A real fleet" : "A recording");
    text_wrapped(look, FontRole::Small, look.theme.text_secondary,
                 ctx.arriving ? "It is watched, and not routed from here: how it works is set where it runs."
                              : "What it shows has happened: nothing in it can be set.");
    if (ctx.observed->routed()) {
      key_value(look, "Routed by", std::string(policy_table()[ctx.fleet.config().router.strategy].label));
      ButtonSpec what_if{"What if it were routed otherwise?", icons::kFlask};
      what_if.enabled = ctx.fleet.arrived() > 0;
      what_if.tooltip = "Its requests as a run in the simulator, under any strategy, beside what really happened";
      if (button(look, what_if)) ctx.push(cmd::WhatIf{});
      look.mark("what if", {ImGui::GetItemRectMin().x, ImGui::GetItemRectMin().y, ImGui::GetItemRectSize().x,
                            ImGui::GetItemRectSize().y});
    }
  }
  greyed(ctx, ctx.routes ? 1 : 0);
  end_scroll("##observed");
}

void Controls::live_routing(FrameContext& ctx) {
  const Look& look = ctx.look;
  setting(ctx, *find_setting("router.strategy"));
  const PolicyRow& policy = policy_table()[ctx.scenario.config.router.strategy];
  text_wrapped(look, FontRole::Small, look.theme.text_muted,
               policy.source.empty() ? std::string(policy.help)
                                     : fmt::format("{} After {}.", policy.help, policy.source));
  for (const std::string_view key : policy.params) {
    const Setting* row = find_setting("router." + std::string(key));
    if (row != nullptr && matters(*row, ctx.scenario)) setting(ctx, *row);
  }
  setting(ctx, *find_setting("router.speculative_insert"));
  drain_workers(ctx);
}

void Controls::drain_workers(FrameContext& ctx) {
  const Look& look = ctx.look;
  text(look, FontRole::Small, look.theme.text_muted, "Workers");
  help_tooltip(look, "Drain", "A drained worker gets no new requests; those that run there go on.");
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float row_h = look.px(26), button_w = look.px(74);
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    const live::LiveWorker& worker = ctx.observed->observed(w);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, y = at.y + row_h / 2;
    const float x = worker_chip(list, look, ImVec2(at.x, y), w) + look.px(8);
    draw_text(list, look, FontRole::Body, worker.draining ? look.theme.text_muted : look.theme.text, ImVec2(x, y),
              ellipsized(look, FontRole::Body, worker.setup.name, at.x + width - button_w - look.px(8) - x));
    ImGui::PushID(static_cast<int>(w));
    const char* const label = worker.draining ? "Resume" : "Drain";
    const float chip_w = chip_width(look, label);
    const Rect r{at.x + width - chip_w, at.y + look.px(3), chip_w, row_h - look.px(6)};
    ImGui::SetCursorScreenPos(r.min());
    if (chip(look, label, worker.draining ? Tone::Warn : Tone::Neutral))
      ctx.push(cmd::DrainWorker{w, !worker.draining});
    look.mark("drain/" + worker.setup.name, r);
    ImGui::PopID();
    ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + row_h));
    ImGui::Dummy(ImVec2(1, 0));
  }
}

void Controls::greyed(const FrameContext& ctx, std::size_t from) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (std::size_t i = from; i < groups().size(); ++i) {
    const Group& g = groups()[i];
    divider(look);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = look.px(26), y = at.y + height / 2;
    ImGui::PushID(g.title);
    ImGui::InvisibleButton("##greyed", ImVec2(width, height));
    ImGui::PopID();
    help_tooltip(look, g.title,
                 g.group == SettingGroup::kRouting && ctx.arriving
                     ? "This program is not the fleet's router. It is with `blockyard live --listen PORT`."
                     : "Settings of the simulator. This fleet is observed; open a scenario to change them.");
    const Color ink = faded(look.theme.text_muted, 0.7F);
    draw_text(list, look, FontRole::Body, ink, ImVec2(at.x, y), g.icon);
    draw_text(list, look, FontRole::BodyBold, ink, ImVec2(at.x + look.px(24), y), g.title);
  }
}

}  // namespace blockyard
