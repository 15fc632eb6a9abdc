// One worker of a fleet that is observed: what it says of itself, with its age, and what of its blocks is known.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/fleet/fleet.h"
#include "app/panels/observed_words.h"
#include "app/ui/compat.h"

namespace blockyard {
namespace {

float draw_badge(ImDrawList* list, const Look& look, float x, float y, const std::string& label, Tone tone,
                 const char* icon) {
  const Theme& theme = look.theme;
  const float h = look.px(20);
  const Rect r{std::floor(x), std::floor(y - h / 2), chip_width(look, label.c_str(), icon), h};
  const Color fill =
      tone == Tone::Neutral ? theme.frame : mix(theme.panel, tone_color(theme, tone), theme.dark ? 0.24f : 0.13f);
  list->AddRectFilled(r.min(), r.max(), fill, look.px(5));
  float pen = r.x + look.px(7);
  if (icon != nullptr)
    pen = draw_text(list, look, FontRole::Small, tone_text(theme, tone), ImVec2(pen, y), icon) + look.px(5);
  draw_text(list, look, FontRole::Small, tone_text(theme, tone), ImVec2(pen, y), label);
  return r.right() + look.px(6);
}

std::string requests(const std::optional<double>& told, const char* what) {
  return told ? fmt::format("{:.0f} {}", *told, what) : std::string();
}

}  // namespace

void FleetPanel::observed_head(FrameContext& ctx, WorkerId w, const Rect& rect) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const live::LiveWorker& worker = ctx.observed->observed(w);
  const ObservedState state = observed_state(worker.state());
  const float y = rect.y + rect.h * 0.38f;
  float right = rect.right();
  if (const auto share = held_share(ctx, w)) {
    right = draw_text_right(list, look, FontRole::BodyMedium, theme.text, ImVec2(right, y),
                            fmt::format("{:.0f}%", 100 * *share)) -
            look.px(5);
    if (rect.w >= look.px(330))
      right = draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(right, y), "held") - look.px(5);
  }
  const auto width = [&](std::string_view label, const char* icon = nullptr) {
    return chip_width(look, std::string(label).c_str(), icon) + look.px(6);
  };
  std::string running, waiting;
  float badges = 0;
  const auto say = [&](bool words) {
    running = requests(worker.figures.running, words ? "running" : "run");
    waiting = requests(worker.figures.waiting, words ? "waiting" : "wait");
    badges = width(state.words, state.icon) + (running.empty() ? 0 : width(running)) +
             (waiting.empty() ? 0 : width(waiting));
  };
  say(true);
  float x = worker_chip(list, look, ImVec2(rect.x, y), w) + look.px(8);
  // The name has what the badges leave; where that is little the long words go first, then all but the state.
  const float least = std::min(look.px(90), text_width(look, FontRole::BodyBold, worker.setup.name)) + look.px(10);
  if (right - x - badges < least) say(false);
  const bool all = right - x - badges >= least;
  const float for_badges = all ? badges : width(state.words, state.icon);
  const float room = right - x - for_badges - look.px(10);
  if (room >= look.px(24))
    x = draw_text(list, look, FontRole::BodyBold, theme.text, ImVec2(x, y),
                  ellipsized(look, FontRole::BodyBold, worker.setup.name, room)) +
        look.px(10);
  x = draw_badge(list, look, x, y, std::string(state.words), state.tone, state.icon);
  if (!all) return;
  if (!running.empty()) x = draw_badge(list, look, x, y, running, Tone::Neutral, nullptr);
  if (!waiting.empty()) draw_badge(list, look, x, y, waiting, *worker.figures.waiting >= 5 ? Tone::Bad : Tone::Neutral, nullptr);
}

void FleetPanel::observed_foot(FrameContext& ctx, WorkerId w, const Rect& rect) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const live::LiveWorker& worker = ctx.observed->observed(w);
  const float y = rect.bottom() - look.px(7);
  float x = rect.x;
  // From the left, as much as there is room for; each a label and a figure.
  const auto add = [&](std::string_view label, const std::string& value) {
    if (value.empty()) return;
    const float wide = (label.empty() ? 0 : text_width(look, FontRole::Small, label) + look.px(6)) +
                       text_width(look, FontRole::Mono14, value);
    if (x + wide > rect.right()) return;
    if (!label.empty())
      x = draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(x, y), label) + look.px(6);
    x = draw_text(list, look, FontRole::Mono14, theme.text, ImVec2(x, y), value) + look.px(14);
  };
  if (!worker.setup.events.empty()) add("", held_text(ctx, w));
  if (worker.figures.usage) {
    add("in use", fmt::format("{} {} ago", in_use_text(worker), age_text(ctx, worker.figures_at)));
  } else if (worker.figures_at >= 0) {
    add("read", age_text(ctx, worker.figures_at) + " ago");
  }
  add("lag", lag_text(ctx, w));
  add("hit rate", ctx.observed->hit_rate(w) ? percent_text(*ctx.observed->hit_rate(w)) : std::string());
}

std::string FleetPanel::observed_row(const FrameContext& ctx, WorkerId w) {
  const live::LiveWorker& worker = ctx.observed->observed(w);
  std::string out(observed_state(worker.state()).words);
  if (worker.state() == live::WorkerState::kLive) out = worker.setup.name;
  return out;
}

void FleetPanel::observed_tooltip(FrameContext& ctx, WorkerId w) const {
  const live::LiveWorker& worker = ctx.observed->observed(w);
  const ObservedState state = observed_state(worker.state());
  std::string body = fmt::format("{}: {}", state.words, state.help);
  if (!worker.why.empty()) body += "\n" + worker.why;
  if (!worker.setup.address.host.empty()) body += "\n" + worker.setup.address.text();
  if (!engine_words(worker).empty()) body += fmt::format(" · {}", engine_words(worker));
  if (!worker.setup.events.empty()) body += "\nStream " + worker.setup.events;
  if (!worker.setup.events.empty()) body += "\n" + held_text(ctx, w) + " known";
  if (worker.figures_at >= 0) {
    body += fmt::format("\nRead {} ago:", age_text(ctx, worker.figures_at));
    if (worker.figures.running) body += fmt::format(" {:.0f} running", *worker.figures.running);
    if (worker.figures.waiting) body += fmt::format(", {:.0f} waiting", *worker.figures.waiting);
    if (worker.figures.usage) body += fmt::format(", {} of its blocks in use", in_use_text(worker));
  }
  tooltip(ctx.look, worker.setup.name, body);
}

}  // namespace blockyard
