#include "app/window/bars/top_bar.h"

#include <fmt/format.h>

#include <array>

#include "app/panels/fleet/side_by_side.h"
#include "app/panels/happened.h"
#include "app/panels/panel_text.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "app/window/actions.h"
#include "core/live/observed/observed_fleet.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

constexpr std::array<double, 6> kSpeeds{0.1, 0.5, 1, 4, 16, kMaxSpeed};
constexpr std::array<const char*, 6> kSpeedNames{"0.1×", "0.5×", "1×", "4×", "16×", "max"};

int speed_index(double speed) {
  for (std::size_t i = 0; i < kSpeeds.size(); ++i) {
    if (kSpeeds[i] == speed) return static_cast<int>(i);
  }
  return -1;
}

// Three rows of blocks: hit, hit, miss.
void draw_logo(ImDrawList* list, const Look& look, ImVec2 at) {
  const Theme& t = look.theme;
  const std::array<Color, 9> cells{t.block_used, t.block_used, t.block_idle, t.block_used,   t.block_idle,
                                   t.block_free, t.block_idle, t.block_free, t.block_evicted};
  const float cell = look.px(6), pitch = look.px(8);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const ImVec2 a(at.x + pitch * static_cast<float>(i % 3), at.y + pitch * static_cast<float>(i / 3));
    list->AddRectFilled(a, ImVec2(a.x + cell, a.y + cell), cells[i], look.px(1.5F));
  }
}

void scenario_menu(FrameContext& ctx) {
  const Look& look = ctx.look;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(look.px(8), look.px(8)));
  if (ImGui::BeginPopup("##scenarios")) {
    text(look, FontRole::Small, look.theme.text_muted, "Scenarios   [ and ] go through them");
    for (const ScenarioEntry& entry : ctx.scenarios) {
      ImGui::PushID(entry.name.c_str());
      const float width = look.px(440);
      const ImVec2 at = ImGui::GetCursorScreenPos();
      if (ImGui::Selectable("##entry", entry.name == ctx.scenario_source, 0, ImVec2(width, look.px(40)))) {
        ctx.push(cmd::LoadScenario{entry.name});
      }
      look.mark("scenario/" + entry.name, {at.x, at.y, width, look.px(40)});
      ImDrawList* list = ImGui::GetWindowDrawList();
      draw_text(list, look, FontRole::BodyMedium, look.theme.text, ImVec2(at.x + look.px(4), at.y + look.px(11)),
                entry.title);
      draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(at.x + look.px(4), at.y + look.px(29)),
                ellipsized(look, FontRole::Small, entry.about, width - look.px(8)));
      if (ImGui::IsItemHovered() && !entry.about.empty()) help_tooltip(look, entry.title, entry.about);
      ImGui::PopID();
    }
    divider(look);
    if (ImGui::MenuItem("Lessons …", "L")) ctx.ui.lessons_open = true;
    if (ctx.offers_demo) {
      if (ImGui::MenuItem("Live demo: a fleet that runs now")) ctx.push(cmd::StartDemo{});
      look.mark("live demo", {ImGui::GetItemRectMin().x, ImGui::GetItemRectMin().y, ImGui::GetItemRectSize().x,
                              ImGui::GetItemRectSize().y});
    }
    if (ImGui::MenuItem("Open a file …", "Ctrl O")) ctx.ui.file_open = true;
    look.mark("open a file", {ImGui::GetItemRectMin().x, ImGui::GetItemRectMin().y, ImGui::GetItemRectSize().x,
                              ImGui::GetItemRectSize().y});
    divider(look);
    text(look, FontRole::Small, look.theme.text_muted,
         ctx.ui.recent.empty() ? "A scenario or a trace can also be dropped on the window." : "Recent files");
    for (const std::string& file : ctx.ui.recent) {
      ImGui::PushID(file.c_str());
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const float width = look.px(440);
      if (ImGui::Selectable("##recent", file == ctx.scenario_source, 0, ImVec2(width, look.px(24)))) {
        ctx.push(cmd::OpenFile{file});
      }
      ImDrawList* list = ImGui::GetWindowDrawList();
      const std::size_t slash = file.rfind('/');
      const float x = draw_text(list, look, FontRole::BodyMedium, look.theme.text,
                                ImVec2(at.x + look.px(4), at.y + look.px(12)), file.substr(slash + 1));
      draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(x + look.px(10), at.y + look.px(12)),
                ellipsized(look, FontRole::Small, file.substr(0, slash), at.x + width - x - look.px(14)));
      if (ImGui::IsItemHovered()) help_tooltip(look, {}, file);
      ImGui::PopID();
    }
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
}

void draw_title(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  ImGui::SetCursorScreenPos(rect.min());
  if (ImGui::InvisibleButton("##scenario", rect.size())) ImGui::OpenPopup("##scenarios");
  const bool hot = ImGui::IsItemHovered();
  if (hot) {
    list->AddRectFilled(rect.inset(0, look.px(6)).min(), rect.inset(0, look.px(6)).max(), look.theme.raised,
                        look.px(6));
  }
  help_tooltip(look, ctx.scenario.name, ctx.scenario.about);
  look.mark("scenario", rect);
  const float x = rect.x + look.px(8), mid = rect.center().y;
  draw_logo(list, look, ImVec2(x, mid - look.px(11)));
  if (rect.w < look.px(100)) return scenario_menu(ctx);
  const float tx = x + look.px(36), room = rect.right() - tx - look.px(22);
  draw_text(list, look, FontRole::BodyBold, look.theme.text, ImVec2(tx, mid - look.px(9)), "Blockyard");
  const float end = draw_text(list, look, FontRole::Small, look.theme.text_secondary, ImVec2(tx, mid + look.px(10)),
                              ellipsized(look, FontRole::Small, ctx.scenario.name, room));
  draw_text(list, look, FontRole::Small, hot ? look.theme.text : look.theme.text_muted,
            ImVec2(end + look.px(7), mid + look.px(10)), icons::kChevronDown);
  scenario_menu(ctx);
}

void export_menu(FrameContext& ctx) {
  if (!ImGui::BeginPopup("##export")) return;
  if (ImGui::MenuItem("Window as PNG", "F12")) ctx.push(cmd::Screenshot{});
  if (ctx.observed == nullptr) {
    if (ImGui::MenuItem("Requests as CSV")) action_named("export_requests").run(ctx);
    if (ImGui::MenuItem("Scenario as JSON", "Ctrl S")) ctx.push(cmd::SaveScenario{});
  }
  ImGui::Separator();
  text(ctx.look, FontRole::Small, ctx.look.theme.text_muted, "For a plot, right-click it.");
  ImGui::EndPopup();
}

// Label and clock, and whether this is the newest time.
void draw_clock(FrameContext& ctx, float x, float mid, float right) {
  const Look& look = ctx.look;
  ImDrawList* list = ImGui::GetWindowDrawList();
  // Where there is no room for its name, the chip stands over the clock.
  const bool named = right - x >= look.px(186);
  const float behind_label = named ? draw_text(list, look, FontRole::Small, look.theme.text_secondary,
                                               ImVec2(x, mid - look.px(10)),
                                               ctx.observed == nullptr ? "simulated time" : "since its start")
                                   : x - look.px(10);
  draw_text(list, look, FontRole::Mono16, look.theme.text, ImVec2(x, mid + look.px(9)), clock_text(ctx.now));
  const bool recorded = ctx.observed != nullptr && !ctx.arriving, live = ctx.now >= ctx.newest || recorded;
  const std::string behind = duration_text(us_to_ms(ctx.newest - ctx.now));
  const std::string label = recorded                   ? std::string("RECORDED")
                            : ctx.arriving && !live    ? fmt::format("{} −{:.1f} s", ctx.playing ? "PAST" : "PAUSED",
                                                                     us_to_ms(ctx.newest - ctx.now) / 1000)
                            : ctx.arriving && !ctx.playing ? std::string("PAUSED")
                            : live                     ? std::string("LIVE")
                                                       : fmt::format("{} behind", behind);
  ImGui::SetCursorScreenPos(ImVec2(behind_label + look.px(10), mid - look.px(20)));
  if (chip(look, (label + "##live").c_str(), recorded ? Tone::Neutral : live ? Tone::Good : Tone::Warn))
    ctx.push(cmd::SeekEnd{});
  help_tooltip(look,
               recorded       ? "A recording of a real fleet"
               : ctx.arriving ? (live ? "This is now" : "The past of this fleet")
               : live         ? "This is the newest time of the run"
                              : "The past of the run",
               recorded                 ? "Click to go to its end."
               : ctx.arriving && live   ? "What comes from the workers is shown as it comes."
               : ctx.arriving           ? "The fleet goes on meanwhile. Click to go to now."
               : live                   ? "What happens next has not been seen yet."
                                        : "Click to go to the newest time.",
               "End");
  if (!ctx.recording.empty()) {
    chip_beside(look, "REC");
    if (chip(look, "REC", Tone::Bad)) ctx.push(cmd::ToggleRecording{});
    help_tooltip(look, "The session is recorded", fmt::format("To {}. Click to end the recording.", ctx.recording),
                 "Ctrl Shift R");
  }
  // What just happened, in two rows at most.
  const Happened happened = what_happened(ctx);
  const float from =
      std::max(ImGui::GetItemRectMax().x, x + text_width(look, FontRole::Mono16, clock_text(ctx.now))) + look.px(16);
  if (happened.text.empty() || right - from < look.px(110)) return;
  const std::vector<std::string_view> rows = wrap_words(look, FontRole::Small, happened.text, right - from);
  const float pitch = look.px(17);
  const std::size_t shown = std::min<std::size_t>(rows.size(), 2);
  for (std::size_t i = 0; i < shown; ++i) {
    // What has no third row ends in a sign that it goes on; the status bar has all of it.
    const std::string_view row =
        i + 1 == shown && rows.size() > shown
            ? std::string_view(happened.text).substr(static_cast<std::size_t>(rows[i].data() - happened.text.data()))
            : rows[i];
    draw_text(list, look, FontRole::Small, look.theme.text,
              ImVec2(from, mid + pitch * (static_cast<float>(i) - static_cast<float>(shown - 1) / 2)),
              ellipsized(look, FontRole::Small, std::string(row), right - from));
  }
  look.mark("happened", {from, mid - pitch, right - from, 2 * pitch});
}

}  // namespace

std::string clock_text(SimTime t) {
  const SimTime ms = t / 1000;
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

namespace {

// What the bar gives up where the window is narrow, so that the clock and its chip always have room.
struct BarFit {
  float title;           // px at scale 1
  bool speeds_in_a_row;  // else behind a menu
  bool words;            // on Compare and Export, else signs alone
  bool all_buttons;      // next request, lessons and help
  bool play_word;
  float clock;
};
constexpr std::array<BarFit, 7> kBarFits{{{262, true, true, true, true, 200},
                                          {226, true, true, true, true, 200},
                                          {226, false, true, true, true, 200},
                                          {226, false, false, true, true, 200},
                                          {150, false, false, true, true, 128},
                                          {150, false, false, false, true, 128},
                                          {58, false, false, false, false, 128}}};

// Pixels at scale 1 that all but the clock takes.
float taken(const BarFit& fit, const Look& look) {
  const float words =
      (button_width(look, {"Compare", icons::kExchange}) + button_width(look, {"Export", icons::kCamera})) / look.scale;
  const float left = 10 + fit.title + 14 + 42 + 42 + (fit.play_word ? 102 : 42) + 42 + (fit.all_buttons ? 42 : 0) + 6 +
                     (fit.speeds_in_a_row ? 282.0f : 84.0f) + 20;
  const float right = 10 + 34 + (fit.all_buttons ? 84 : 0) + 16 + (fit.words ? words : 68) + 14;
  return left + right;
}

BarFit bar_fit(const Look& look, float width) {
  for (const BarFit& fit : kBarFits) {
    if (taken(fit, look) + fit.clock <= width / look.scale) return fit;
  }
  return kBarFits.back();
}

}  // namespace

void draw_top_bar(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  const BarFit fit = bar_fit(look, rect.w);
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(rect.min(), rect.max(), look.theme.panel);
  list->AddRectFilled(ImVec2(rect.x, rect.bottom() - 1), rect.max(), look.theme.line);
  if (look.anchors) look.anchors->push("top");

  const float mid = rect.center().y, gap = look.px(8), y = std::floor(mid - look.px(17));
  float x = rect.x + look.px(10);
  const float title_w = look.px(fit.title);
  draw_title(ctx, {x, rect.y, title_w, rect.h});
  x += title_w + look.px(14);

  const auto place = [&](float width) {
    ImGui::SetCursorScreenPos(ImVec2(x, y));
    x += width + gap;
  };
  place(look.px(34));
  if (icon_button(look, "restart", icons::kRestart, ctx.observed == nullptr ? "Restart under the settings as they are now" : "From the start", "R")) {
    ctx.push(cmd::Restart{});
  }
  place(look.px(34));
  if (icon_button(look, "back", icons::kStepBack, "Previous event", ",", ctx.log_at > 0))
    ctx.push(cmd::StepBackEvent{});
  ButtonSpec play;
  play.label = fit.play_word ? (ctx.playing ? "Pause" : "Play") : "##play";
  play.icon = ctx.playing ? icons::kPause : icons::kPlay;
  play.kind = ButtonKind::Primary;
  play.width = look.px(fit.play_word ? 94 : 34);
  play.tooltip = ctx.observed != nullptr ? (ctx.playing ? "Pause; what comes is kept" : "Go on")
                 : ctx.playing           ? "Pause simulated time"
                                         : "Resume simulated time";
  play.shortcut = "Space";
  place(play.width);
  if (button(look, play)) ctx.push(cmd::TogglePlay{});
  const bool more = !ctx.over, requests = more && (ctx.observed == nullptr || ctx.observed->routed());
  place(look.px(34));
  if (icon_button(look, "event", icons::kStep, "Next event", ".", more)) ctx.push(cmd::StepEvent{});
  if (fit.all_buttons) {
    place(look.px(34));
    if (icon_button(look, "request", icons::kFastForward, requests || !more ? "Next request" : "Next request: none is seen here", "Shift .", requests)) {
      ctx.push(cmd::StepRequest{});
    }
  }
  x += look.px(6);
  const int speed = speed_index(ctx.speed);
  ImGui::SetCursorScreenPos(ImVec2(x, y));
  if (!fit.speeds_in_a_row) {
    std::array<Choice, kSpeeds.size()> choices;
    for (std::size_t i = 0; i < choices.size(); ++i) choices[i] = {kSpeedNames[i], nullptr};
    compat::begin_child("##speeds", ImVec2(look.px(84), look.px(34)), false, ImGuiWindowFlags_NoScrollbar);
    ImGui::SetCursorPosY(std::floor((look.px(34) - look.font_px(FontRole::Body) - look.px(14)) / 2));
    if (const auto picked = dropdown(look, "speed", choices, speed)) {
      ctx.push(cmd::SetSpeed{kSpeeds[static_cast<std::size_t>(*picked)]});
    }
    ImGui::EndChild();
    x += look.px(84);
  } else {
    if (const auto picked = segmented(look, "speed", kSpeedNames, speed)) {
      ctx.push(cmd::SetSpeed{kSpeeds[static_cast<std::size_t>(*picked)]});
    }
    x = ImGui::GetItemRectMax().x;
  }
  x += look.px(20);

  // What leaves the program stands at the right end; the clock gets what is between.
  ButtonSpec compare{fit.words ? "Compare" : "##compare", icons::kExchange};
  compare.active = !ctx.compared.empty();
  compare.tooltip = "Another strategy beside this one, on the same requests";
  compare.shortcut = "C";
  if (ctx.observed != nullptr) {  // another strategy can only be tried on the same requests in the simulator
    compare.label = fit.words ? "What if" : "##what if";
    compare.icon = icons::kFlask;
    compare.enabled = ctx.observed->routed() && ctx.fleet.arrived() > 0;
    compare.tooltip = !ctx.observed->routed() ? "No requests are seen here: only a router's can be run again"
                      : compare.enabled ? "These requests in the simulator, under any strategy, beside what really happened"
                                        : "No request has come yet";
    compare.shortcut = nullptr;
  }
  ButtonSpec save{fit.words ? "Export" : "##export", icons::kCamera};
  save.tooltip = "Window, requests, scenario as files";
  float right = rect.right() - look.px(10) - look.px(34);
  ImGui::SetCursorScreenPos(ImVec2(right, y));
  if (icon_button(look, "settings", icons::kGear, "Settings", "F10", true, ctx.ui.settings_open)) {
    ctx.ui.settings_open = !ctx.ui.settings_open;
  }
  if (fit.all_buttons) {
    right -= gap + look.px(34);
    ImGui::SetCursorScreenPos(ImVec2(right, y));
    if (icon_button(look, "lessons", icons::kGraduation, "Lessons", "L", true, ctx.lesson != nullptr)) {
      ctx.ui.lessons_open = !ctx.ui.lessons_open;
    }
    right -= gap + look.px(34);
    ImGui::SetCursorScreenPos(ImVec2(right, y));
    if (icon_button(look, "prompt", icons::kPencil, "Prompt lab: words as tokens and blocks", "P", true,
                    ctx.ui.prompt_open)) {
      ctx.ui.prompt_open = !ctx.ui.prompt_open;
    }
    right -= gap + look.px(34);
    ImGui::SetCursorScreenPos(ImVec2(right, y));
    if (icon_button(look, "help", icons::kQuestion, "What is what", "F1", true, ctx.ui.help_open)) {
      ctx.ui.help_open = !ctx.ui.help_open;
    }
  }
  right -= gap + button_width(look, save);
  ImGui::SetCursorScreenPos(ImVec2(right, y));
  if (button(look, save)) ImGui::OpenPopup("##export");
  export_menu(ctx);
  right -= gap + button_width(look, compare);
  ImGui::SetCursorScreenPos(ImVec2(right, y));
  if (button(look, compare)) {
    if (ctx.observed != nullptr) {
      ctx.push(cmd::WhatIf{});
    } else if (ctx.compared.empty()) {
      open_comparison(ctx);
    } else {
      ctx.push(cmd::SetCompare{});
    }
  }
  draw_clock(ctx, x, mid, right - look.px(14));
  if (look.anchors) look.anchors->pop();
}

}  // namespace blockyard
