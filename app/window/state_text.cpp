#include "app/window/state_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "app/session/lesson_run.h"
#include "app/ui/compat.h"
#include "app/ui/look.h"
#include "core/live/observed/observed_fleet.h"
#include "core/router/policy.h"
#include "core/settings/scenario.h"

namespace blockyard {
namespace {

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// Of a real fleet: what it is here, its requests, what its router does.
template <class Fact>
void observed_facts(const FrameContext& ctx, const Fact& fact) {
  std::uint32_t ended = 0, hits = 0, draining = 0;
  for (const RequestRecord& r : ctx.fleet.records()) {
    ended += r.status == RequestStatus::kCompleted ? 1 : 0;
    hits += r.hit_told && r.hit > 0 ? 1 : 0;
  }
  for (const live::LiveWorker& w : ctx.observed->session().workers()) draining += w.draining ? 1 : 0;
  fact("fleet", ctx.routes ? "router" : ctx.arriving ? "watched" : "recorded");
  fact("requests", ctx.fleet.arrived());
  fact("ended", ended);
  fact("hits", hits);
  fact("strategy", policy_table()[ctx.fleet.config().router.strategy].id);
  fact("draining", draining);
  fact("recording", ctx.recording.empty() ? std::string_view("-") : ctx.recording);
}

}  // namespace

std::string state_text(const FrameContext& ctx) {
  const UiState& ui = ctx.ui;
  const ImGuiIO& io = ImGui::GetIO();
  std::string out;
  const auto fact = [&out](std::string_view name, const auto& value) { out += fmt::format("{} {}\n", name, value); };
  fact("scenario", one_line(ctx.scenario.name));
  fact("source", one_line(std::string(ctx.scenario_source)));
  fact("now", ctx.now);
  fact("newest", ctx.newest);
  fact("events", ctx.log_at);
  fact("playing", ctx.playing ? 1 : 0);
  fact("loading", ctx.loading ? 1 : 0);
  fact("complete", ctx.complete ? 1 : 0);
  fact("typing", io.WantTextInput ? 1 : 0);
  fact("popups", compat::open_popups());
  fact("mouse", fmt::format("{:.0f} {:.0f} {}{}{}", io.MousePos.x, io.MousePos.y, io.MouseDown[0] ? 1 : 0,
                            io.MouseDown[1] ? 1 : 0, io.MouseDown[2] ? 1 : 0));
  fact("scale", ctx.look.scale);
  fact("theme", ui.dark ? "dark" : "light");
  fact("tab", ui.bottom_tab);
  fact("lesson", ctx.lesson != nullptr ? fmt::format("{}", ctx.lesson->step) : std::string("-"));
  fact("lesson-page",
       fmt::format("{}{}{}", ui.lesson_page, ui.lesson_paged ? " paged" : "", ui.lesson_more ? " more" : ""));
  if (ctx.lesson != nullptr) {
    std::string answers;
    for (const auto& a : ctx.lesson->answers) answers += a ? fmt::format(" {}", *a + 1) : " -";
    fact("answers", answers);
  }
  if (ui.prompt_open) fact("prompt", one_line(ui.prompt_shown));
  if (ctx.observed != nullptr) observed_facts(ctx, fact);
  std::string cards;
  const auto overlays = std::to_array<std::pair<const char*, bool>>({{"settings", ui.settings_open},
                                                                     {"keys", ui.keys_open},
                                                                     {"help", ui.help_open},
                                                                     {"experiment", ui.experiment_open},
                                                                     {"lessons", ui.lessons_open},
                                                                     {"file", ui.file_open},
                                                                     {"prompt", ui.prompt_open},
                                                                     {"trace", ctx.offer != nullptr},
                                                                     {"palette", ui.palette_open},
                                                                     {"message", !ui.message_card.empty()}});
  for (const auto& [name, open] : overlays) {
    if (open) cards += std::string(cards.empty() ? "" : " ") + name;
  }
  fact("cards", cards.empty() ? "-" : cards);
  if (ui.palette_open) fact("palette", one_line(ui.palette_filter));
  for (const Toast& toast : ctx.toasts) fact(toast.error ? "trouble" : "toast", one_line(toast.text));
  if (ctx.look.anchors) {
    for (const auto& [name, r] : ctx.look.anchors->all())
      out += fmt::format("anchor {:.0f} {:.0f} {:.0f} {:.0f} {}\n", r.x, r.y, r.w, r.h, one_line(name));
  }
  return out;
}

}  // namespace blockyard
