#include "app/panels/inspector/inspector_parts.h"
#include "app/panels/linked.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/panels/tree/tree_model.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"

namespace blockyard {

// The subject, what it is in smaller print, and a way to let go of it.
void inspector_title(FrameContext& ctx, std::string_view name, std::string_view about) {
  const Look& look = ctx.look;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImDrawList* list = ImGui::GetWindowDrawList();
  draw_text(list, look, FontRole::BodyBold, look.theme.text, ImVec2(at.x, at.y + look.px(10)),
            ellipsized(look, FontRole::BodyBold, name, width - look.px(30)));
  ImGui::SetCursorScreenPos(ImVec2(at.x + width - look.px(22), at.y));
  if (mini_button(look, "clear", icons::kTimes, "Clear the selection (Esc)")) ctx.push(cmd::ClearSelection{});
  if (!about.empty())
    draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(at.x, at.y + look.px(30)),
              ellipsized(look, FontRole::Small, about, width));
  ImGui::SetCursorScreenPos(ImVec2(at.x, at.y + look.px(about.empty() ? 26 : 42)));
}

void inspector_heading(const Look& look, std::string_view words) {
  ImGui::Dummy(ImVec2(1, look.px(1)));
  text(look, FontRole::Small, look.theme.text_muted, words);
}

// A line of requests that can be clicked, as many as fit.
void request_links(FrameContext& ctx, std::span<const RequestId> requests, const char* id) {
  const Look& look = ctx.look;
  const float right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
  ImGui::PushID(id);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::string label = std::to_string(requests[i]);
    const float next = ImGui::GetCursorScreenPos().x + chip_width(look, label.c_str());
    if (next > right - (i + 1 < requests.size() ? look.px(62) : 0)) {
      text(look, FontRole::Small, look.theme.text_muted, fmt::format("and {} more", requests.size() - i));
      ImGui::PopID();
      return;
    }
    const bool is = selected_request(ctx.hover) == requests[i];
    if (chip(look, label.c_str(), is ? Tone::Accent : Tone::Neutral)) ctx.select(SelectedRequest{requests[i]});
    if (ImGui::IsItemHovered()) ctx.hover_on(SelectedRequest{requests[i]});
    ImGui::SameLine(0, look.px(5));
  }
  ImGui::NewLine();
  ImGui::PopID();
}

FactGrid::FactGrid(const FrameContext& ctx) : look_(ctx.look) {}

FactGrid::~FactGrid() {
  const float width = ImGui::GetContentRegionAvail().x, gap = look_.px(20), column = (width - gap) / 2;
  ImVec2 at = ImGui::GetCursorScreenPos();
  const auto room = [&](const Fact& f) {
    return text_width(look_, FontRole::Small, f.label) + look_.px(8) + text_width(look_, FontRole::Mono14, f.value);
  };
  bool second = false;
  const auto next_row = [&] {
    at.y += look_.px(22);
    second = false;
  };
  for (const Fact& f : facts_) {
    const bool wide = f.wide || room(f) > column;
    if (wide && second) next_row();
    put(second ? at.x + column + gap : at.x, at.y, wide ? width : column, f);
    if (wide || second) {
      next_row();
    } else {
      second = true;
    }
  }
  if (second) next_row();
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy(ImVec2(1, 1));
}

void FactGrid::put(float x, float y, float w, const Fact& fact) const {
  ImDrawList* list = ImGui::GetWindowDrawList();
  y += look_.px(10);
  const float behind = draw_text(list, look_, FontRole::Small, look_.theme.text_muted, ImVec2(x, y), fact.label);
  const float room = x + w - behind - look_.px(8);
  draw_text_right(list, look_, FontRole::Mono14, fact.ink ? fact.ink : look_.theme.text, ImVec2(x + w, y),
                  ellipsized(look_, FontRole::Mono14, fact.value, room));
}

void FactGrid::add(std::string_view label, std::string_view value, Color ink) {
  facts_.push_back({std::string(label), std::string(value), ink, false});
}

void FactGrid::add_wide(std::string_view label, std::string_view value, Color ink) {
  facts_.push_back({std::string(label), std::string(value), ink, true});
}

void open_why(FrameContext& ctx) { ctx.ui.open_bottom("why"); }

void chain_bar(FrameContext& ctx, RequestId r, float height) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  const Request& q = ctx.fleet.request(r);
  const RequestRecord& record = ctx.fleet.records()[r];
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::InvisibleButton("##chain", ImVec2(width, height + look.px(6)));
  const bool hovered = ImGui::IsItemHovered(), clicked = ImGui::IsItemClicked();
  if (q.prompt_blocks == 0) {
    text(look, FontRole::Small, theme.text_muted, "The prompt is shorter than a block: nothing of it can be cached.");
    return;
  }
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float per_block = width / static_cast<float>(q.prompt_blocks);
  const bool started = record.start >= 0 && record.hit_told;
  // Before its start: what its worker holds right now.
  std::uint32_t hit = record.hit;
  if (!started && record.worker != kNone)
    hit = ctx.fleet.workers()[record.worker].cache().hit(ctx.fleet.workload().prompt_chain(q));
  const auto x_of = [&](std::uint32_t blocks) { return std::round(at.x + per_block * static_cast<float>(blocks)); };
  const Rect bar{at.x, at.y, width, height};
  list->AddRectFilled(bar.min(), bar.max(), started ? mix(theme.panel, theme.miss, 0.45f) : theme.frame, look.px(3));
  if (hit > 0) {
    list->AddRectFilled(bar.min(), ImVec2(x_of(hit), bar.bottom()),
                        started ? theme.hit : mix(theme.panel, theme.hit, 0.6f), look.px(3));
  }
  for (const EdgeId e : path_of(ctx, r)) {
    const RadixEdge& edge = ctx.tree.edges()[e];
    const float x0 = x_of(edge.depth), x1 = x_of(edge.depth + edge.count);
    if (x1 - x0 >= 4 && edge.depth > 0)
      list->AddRectFilled(ImVec2(x0 - 1, bar.y), ImVec2(x0 + 1, bar.bottom()), theme.panel);
    if (!hovered || ImGui::GetIO().MousePos.x < x0 || ImGui::GetIO().MousePos.x >= x1) continue;
    compat::add_rect(list, ImVec2(x0, bar.y), ImVec2(x1, bar.bottom()), theme.text, look.px(2));
    ctx.hover_on(SelectedEdge{e});
    if (clicked) ctx.select(SelectedEdge{e});
    tooltip(look, fmt::format("Blocks {} to {}", edge.depth + 1, edge.depth + edge.count),
            fmt::format("{} blocks, shared by {} requests. Click to see them in the prefix tree.", edge.count,
                        edge.requests));
  }
  if (record.worker != kNone) {  // where the prediction ended
    const float x = std::clamp(x_of(record.predicted), at.x + 1, at.x + width - 1), half = look.px(4);
    list->AddRectFilled(ImVec2(x - 1, bar.y), ImVec2(x + 1, bar.bottom()), theme.text);
    list->AddTriangleFilled(ImVec2(x, bar.bottom()), ImVec2(x + half, bar.bottom() + look.px(6)),
                            ImVec2(x - half, bar.bottom() + look.px(6)), theme.text);
  }
  look.mark("chain", bar);
}

}  // namespace blockyard
