// The card of the first start: what the picture shows, by pointing at it; then the five keys, and the way to the
// lessons.
#include <fmt/format.h>

#include <array>

#include "app/panels/fleet/block_map.h"
#include "app/panels/overlay_parts.h"
#include "app/panels/panel_text.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "app/window/overlays.h"
#include "core/io/lesson.h"

namespace blockyard {
namespace {

struct Shown {
  const char* part;  // its anchor, outlined while the row is pointed at
  const char* icon;  // nullptr: samples of cells
  std::array<BlockState, 2> states;
  bool flashes;  // samples of what has just happened instead
  const char* text;
};
constexpr std::array<Shown, 5> kPicture = {{
    {"fleet",
     nullptr,
     {BlockState::kFree, BlockState::kIdle},
     false,
     "A square is a block: 16 tokens of a prompt in a worker's cache. Dark is empty, blue is cached and waiting to be "
     "found again."},
    {"fleet",
     nullptr,
     {BlockState::kUsed, BlockState::kShared},
     false,
     "Light blue is in use by a request that runs now; the corner marks a block that several share."},
    {"fleet",
     nullptr,
     {BlockState::kFree, BlockState::kFree},
     true,
     "Just stored, and just evicted: crossed out, because something newer needed its place."},
    {"tree",
     icons::kSitemap,
     {},
     false,
     "The tree: all prompts by what they begin with, and which workers hold how much of it."},
    {"timeline",
     icons::kAreaChart,
     {},
     false,
     "The strip: the whole run, hits in blue. Drag it to go back and forth in time."},
}};

void samples(ImDrawList* list, const Look& look, ImVec2 at, const Shown& row) {
  const float side = look.px(16);
  for (int i = 0; i < 2; ++i) {
    const Rect r{at.x + static_cast<float>(i) * look.px(21), at.y + look.px(2), side, side};
    if (row.flashes) {
      draw_flash_sample(list, look, r, i == 0 ? BlockFlash::kStored : BlockFlash::kEvicted);
    } else {
      draw_state_sample(list, look, r, row.states[static_cast<std::size_t>(i)]);
    }
  }
}

void picture(FrameContext& ctx, float width) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float left = look.px(50), pitch = look.px(18);
  for (std::size_t i = 0; i < kPicture.size(); ++i) {
    const Shown& row = kPicture[i];
    const auto lines = wrap_words(look, FontRole::Small, row.text, width - left);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Rect r{at.x, at.y, width, pitch * static_cast<float>(lines.size()) + look.px(5)};
    ImGui::PushID(static_cast<int>(i));
    ImGui::InvisibleButton("##row", r.size());
    ImGui::PopID();
    const bool hot = ImGui::IsItemHovered();
    if (row.icon) {
      draw_text(list, look, FontRole::Body, look.theme.accent, ImVec2(at.x + look.px(8), at.y + look.px(10)), row.icon);
    } else {
      samples(list, look, at, row);
    }
    float y = at.y + look.px(10);
    for (const std::string_view line : lines) {
      draw_text(list, look, FontRole::Small, hot ? look.theme.text : look.theme.text_secondary, ImVec2(at.x + left, y),
                std::string(line));
      y += pitch;
    }
    const Rect* part = hot && look.anchors ? look.anchors->find(row.part) : nullptr;
    if (part != nullptr) {
      compat::add_rect(ImGui::GetForegroundDrawList(), part->inset(-look.px(2), -look.px(2)).min(),
                       part->inset(-look.px(2), -look.px(2)).max(), look.theme.p95, look.px(8),
                       std::max(1.0F, look.px(2)));
    }
  }
}

void keys(const FrameContext& ctx, float width) {
  const Look& look = ctx.look;
  key_row(look, "Space", "play and pause", width);
  key_row(look, ".   ,", "next and previous event", width);
  key_row(look, "[   ]", "other scenarios", width);
  key_row(look, "Ctrl K", "everything by name", width);
  key_row(look, "?", "all keys; F1 and hovering explain the rest", width);
  ImGui::Dummy(ImVec2(1, look.px(4)));
  const std::string lessons = fmt::format(
      "New to prefix caches? {} short lessons go from a single block to batching and beyond, each with a small run of "
      "its own. Your run is kept meanwhile.",
      ctx.lessons->lessons.size());
  for (const std::string_view line : wrap_words(look, FontRole::Small, lessons, width)) {
    text(look, FontRole::Small, look.theme.text_secondary, line);
  }
}

}  // namespace

void draw_first_start(FrameContext& ctx, const Rect& fleet) {
  if (!ctx.ui.first_start || fleet.w < ctx.look.px(380) || fleet.h < ctx.look.px(120)) return;
  const Look& look = ctx.look;
  const bool second = ctx.ui.first_start_page > 0;
  const ImVec2 size(look.px(392), look.px(second ? 264 : 312));
  const float margin = look.px(14);
  ImGui::SetNextWindowPos(ImVec2(fleet.right() - size.x - margin, std::max(0.0F, fleet.bottom() - size.y - margin)));
  ImGui::SetNextWindowSize(size);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(16), look.px(14)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, look.px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1.0F);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(look.px(8), look.px(2)));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, look.theme.raised);
  ImGui::PushStyleColor(ImGuiCol_Border, look.theme.accent);
  ImGui::Begin("first-start", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoFocusOnAppearing);
  if (look.anchors) look.anchors->push("first-start");
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  section_header(look, second ? icons::kKeyboard : icons::kEye, second ? "Five keys, and lessons" : "What you see",
                 second ? "2 of 2" : "1 of 2");
  second ? keys(ctx, width) : picture(ctx, width);
  const float y = at.y + size.y - look.px(62);
  float right = at.x + width;
  const auto place = [&](ButtonSpec spec) {
    spec.width = look.px(96);
    right -= spec.width;
    ImGui::SetCursorScreenPos(ImVec2(right, y));
    right -= look.px(8);
    return button(look, spec);
  };
  ButtonSpec first{second ? "Lessons" : "Next"};
  first.kind = ButtonKind::Primary;
  if (place(first)) {
    ctx.ui.lessons_open = second;
    if (second) {
      ctx.push(cmd::DismissFirstStart{});
    } else {
      ctx.ui.first_start_page = 1;
    }
  }
  if (place(ButtonSpec{"Got it"})) ctx.push(cmd::DismissFirstStart{});
  if (second && ctx.offers_demo) {
    ButtonSpec demo{"Live demo", icons::kPlay};
    demo.tooltip = "Stand-in workers, a router and a small load in this program, live: no GPU needed";
    if (place(demo)) {
      ctx.push(cmd::DismissFirstStart{});
      ctx.push(cmd::StartDemo{});
    }
    look.mark("live demo", {ImGui::GetItemRectMin().x, ImGui::GetItemRectMin().y, ImGui::GetItemRectSize().x,
                            ImGui::GetItemRectSize().y});
  }
  if (look.anchors) look.anchors->pop();
  ImGui::End();
  ImGui::PopStyleColor(2);
  ImGui::PopStyleVar(4);
}

}  // namespace blockyard
