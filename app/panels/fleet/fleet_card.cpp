// One worker of the fleet panel: its card, and the label of its row where there are many.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/fleet/fleet.h"
#include "app/panels/linked.h"
#include "app/panels/observed_words.h"
#include "app/panels/whose_belief.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"

namespace blockyard {
namespace {

enum class Health { kUp, kUnnoticed, kDown, kRestarted };

Health health(const FrameContext& ctx, WorkerId w) {
  if (ctx.observed != nullptr) return ctx.fleet.workers()[w].up() ? Health::kUp : Health::kDown;
  const bool up = ctx.fleet.workers()[w].up(), routable = ctx.fleet.figures(w).routable;
  if (up) return routable ? Health::kUp : Health::kRestarted;
  return routable ? Health::kUnnoticed : Health::kDown;
}

const char* health_chip(Health h) {
  switch (h) {
    case Health::kUnnoticed:
      return "crashed, unnoticed";
    case Health::kDown:
      return "down";
    case Health::kRestarted:
      return "restarting";
    case Health::kUp:
      break;
  }
  return "";
}

// Free, idle and in use as one bar, in use first.
void draw_meter(ImDrawList* list, const Look& look, const Rect& r, const KvCache& cache, std::uint32_t cells,
                bool upright) {
  const Theme& theme = look.theme;
  const auto all = static_cast<float>(std::max<std::uint32_t>(1, cells));
  const float used = static_cast<float>(cache.in_use()) / all, taken = static_cast<float>(cache.taken()) / all;
  list->AddRectFilled(r.min(), r.max(), theme.block_free, look.px(2));
  if (upright) {
    const float yt = std::round(r.bottom() - r.h * taken), yu = std::round(r.bottom() - r.h * used);
    if (yt < r.bottom()) list->AddRectFilled(ImVec2(r.x, yt), r.max(), theme.block_idle, look.px(2));
    if (yu < r.bottom()) list->AddRectFilled(ImVec2(r.x, yu), r.max(), theme.block_used, look.px(2));
  } else {
    const float xt = std::round(r.x + r.w * taken), xu = std::round(r.x + r.w * used);
    if (xt > r.x) list->AddRectFilled(r.min(), ImVec2(xt, r.bottom()), theme.block_idle, look.px(2));
    if (xu > r.x) list->AddRectFilled(r.min(), ImVec2(xu, r.bottom()), theme.block_used, look.px(2));
  }
}

std::string used_text(const KvCache& cache) {
  return fmt::format("{:.0f}%", 100.0 * cache.taken() / std::max<std::uint32_t>(1, cache.capacity()));
}

}  // namespace

void FleetPanel::card(FrameContext& ctx, WorkerId w, const Rect& rect, const FleetGrid& grid) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  ImGui::PushID(static_cast<int>(w));
  ImGui::SetCursorScreenPos(rect.min());
  const bool clicked = ImGui::InvisibleButton("##worker", rect.size());
  const bool hovered = ImGui::IsItemHovered();
  ImGui::PopID();

  const bool selected = selected_worker_ == w && std::holds_alternative<SelectedWorker>(ctx.selection);
  const bool pointed = hovered_worker_ == w;
  const Health state = health(ctx, w);
  const Color edge = selected_worker_ == w ? theme.accent : pointed ? theme.text_secondary : theme.line;
  const float rounding = look.px(grid.detail == FleetDetail::kCards ? 8 : 4);
  const Color fill = state == Health::kUp ? theme.panel : mix(theme.panel, theme.bad, 0.14f);
  list->AddRectFilled(rect.min(), rect.max(), fill, rounding);
  compat::add_rect(list, rect.min(), rect.max(), edge, rounding, selected ? look.px(2) : 1.0f);

  const Rect room = grid.map_room(rect);
  const KvCache& cache = ctx.fleet.workers()[w].cache();
  const ImVec2 at(room.x, room.y + std::max(0.0f, std::floor((room.h - grid.fit.height()) / 2)) *
                                       (grid.detail == FleetDetail::kCards ? 0.0f : 1.0f));
  texture_.update(ctx, w);
  draw_block_map(ctx, texture_, w, at, grid.fit, {marked_, facts_[w].victims});
  if (grid.detail == FleetDetail::kCards) {
    Rect in = rect.inset(grid.pad_x, grid.pad_y);
    const Rect top = in.take_top(grid.head);
    ctx.observed != nullptr ? observed_head(ctx, w, top) : card_head(ctx, w, top);
    if (grid.foot > 0) {
      const Rect foot = in.take_bottom(grid.foot);
      ctx.observed != nullptr ? observed_foot(ctx, w, foot) : card_foot(ctx, w, foot);
    }
    const float bar = std::max(look.px(6), grid.meter - look.px(8));
    draw_meter(list, look, {rect.right() - grid.pad_x - bar, at.y, bar, grid.fit.height() - 1}, cache,
               own_cells(ctx.observed, ctx.fleet, w), true);
  } else {
    Rect in = rect.inset(grid.pad_x, grid.pad_y);
    row_label(ctx, w, in.take_left(grid.left), grid.detail == FleetDetail::kHeat);
  }
  if (happened_.worker == w) tag(ctx, rect, grid);
  look.mark(worker_text(w), rect);
  look.mark(fmt::format("map/{}", w), {at.x, at.y, grid.fit.width(), grid.fit.height()});

  if (!hovered) return;
  const std::optional<SlotId> slot = slot_at(grid.fit, at, map_cells(ctx.fleet), ImGui::GetIO().MousePos);
  const BlockId block = slot && *slot < cache.capacity() && !cache.is_free(*slot) ? cache.slots()[*slot].block : kNone;
  const Selection what = block != kNone ? Selection{SelectedBlock{block, w}} : Selection{SelectedWorker{w}};
  ctx.hover_on(what);
  if (clicked) ctx.select(what);
  if (slot) {
    block_tooltip(ctx, w, *slot);
  } else if (compat::hovered_seconds() > 0.35f) {
    ctx.observed != nullptr ? observed_tooltip(ctx, w) : worker_tooltip(ctx, w);
  }
}

// On the worker itself: its outline, and in one line what has just happened there: over the foot of the card, or, where
// it has none, over the badges of its head, never over the map.
void FleetPanel::tag(FrameContext& ctx, const Rect& rect, const FleetGrid& grid) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const bool cards = grid.detail == FleetDetail::kCards;
  compat::add_rect(list, rect.min(), rect.max(), theme.accent, look.px(cards ? 8 : 4), std::max(1.0F, look.px(1.5F)));
  if (!cards) return;
  // The worker is the card itself: without its name there is room for what matters.
  std::string words = happened_.text;
  const std::string name = ctx.observed != nullptr ? worker_name(ctx, happened_.worker)
                                                   : fmt::format("worker {}", happened_.worker);
  for (const std::string& part : {name + ": ", name + " "}) {
    if (ctx.observed != nullptr && words.starts_with(part)) words.erase(0, part.size());
  }
  for (const std::string& part : {" → " + name, ", on " + name, " on " + name}) {
    if (const std::size_t at = words.find(part); at != std::string::npos) words.erase(at, part.size());
  }
  const float pad = look.px(8), h = look.px(20);
  const bool foot = grid.foot > 0;
  const float left = foot ? pad : grid.pad_x + look.px(28);  // the number stays in sight
  const float top = foot ? rect.h - h - look.px(3) : std::max(look.px(2), grid.pad_y + grid.head * 0.38F - h / 2);
  const std::string shown = ellipsized(look, FontRole::Small, words, rect.w - left - 3 * pad);
  const Rect r{std::floor(rect.x + left), std::floor(rect.y + top), text_width(look, FontRole::Small, shown) + 2 * pad,
               h};
  list->AddRectFilled(r.min(), r.max(), theme.accent, look.px(5));
  draw_text(list, look, FontRole::Small, theme.on_accent, ImVec2(r.x + pad, r.center().y), shown);
  look.mark("happened", r);
}

void FleetPanel::card_head(FrameContext& ctx, WorkerId w, const Rect& rect) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const Worker& worker = ctx.fleet.workers()[w];
  const float y = rect.y + rect.h * 0.38f;
  // What is given up where a card is narrow: the long words, then the name, then what runs. Decided by the width of the
  // card alone, with room for two digits, so that all cards say the same and none jumps.
  const std::string used = used_text(worker.cache()), name = worker_text(w);
  const auto chips = [&](bool words) {
    return chip_width(look, words ? "00 running" : "00 run") + chip_width(look, words ? "00 queued" : "00 q") +
           look.px(14);
  };
  const float free_w = rect.w - look.px(30) - text_width(look, FontRole::BodyMedium, "100%") - look.px(10),
              name_w = text_width(look, FontRole::BodyBold, "worker-00") + look.px(12),
              used_w = text_width(look, FontRole::Small, "used") + look.px(5);
  const bool wide = free_w >= name_w + chips(true), with_used = free_w >= name_w + chips(true) + used_w,
             named = free_w >= name_w + chips(false), both = free_w >= chips(false);
  float right = draw_text_right(list, look, FontRole::BodyMedium, theme.text, ImVec2(rect.right(), y), used);
  if (with_used)
    right = draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(right - look.px(5), y), "used");
  float x = worker_chip(list, look, ImVec2(rect.x, y), w) + look.px(8);
  if (named) x = draw_text(list, look, FontRole::BodyBold, theme.text, ImVec2(x, y), name) + look.px(12);

  const auto badge = [&](const std::string& label, Tone tone, const char* icon) {
    const float width = chip_width(look, label.c_str(), icon), h = look.px(20);
    if (x + width > right - look.px(8)) return;
    const Rect r{std::floor(x), std::floor(y - h / 2), width, h};
    const Color fill =
        tone == Tone::Neutral ? theme.frame : mix(theme.panel, tone_color(theme, tone), theme.dark ? 0.24f : 0.13f);
    list->AddRectFilled(r.min(), r.max(), fill, look.px(5));
    float pen = r.x + look.px(7);
    if (icon) pen = draw_text(list, look, FontRole::Small, tone_text(theme, tone), ImVec2(pen, y), icon) + look.px(5);
    draw_text(list, look, FontRole::Small, tone_text(theme, tone), ImVec2(pen, y), label);
    x = r.right() + look.px(6);
  };
  const Health state = health(ctx, w);
  if (state != Health::kUp) badge(health_chip(state), Tone::Bad, icons::kWarning);
  const std::size_t running = worker.running().size(), queued = worker.waiting().size(), stuck = worker.stuck().size();
  if (stuck > 0) badge(fmt::format("{} stuck", stuck), Tone::Bad, nullptr);
  if (state == Health::kUp || running > 0) {
    if (both) badge(fmt::format("{} {}", running, wide ? "running" : "run"), Tone::Neutral, nullptr);
    badge(fmt::format("{} {}", queued, wide ? "queued" : "q"), queued >= 5 ? Tone::Bad : Tone::Neutral, nullptr);
  }
}

void FleetPanel::card_foot(FrameContext& ctx, WorkerId w, const Rect& rect) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float y = rect.bottom() - look.px(7);
  const WorkerFacts& f = facts_[w];
  const float right =
      draw_text_right(list, look, FontRole::Mono14, theme.text, ImVec2(rect.right(), y), percent_text(f.hit_rate));
  const float hits =
      draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(right - look.px(7), y), "hit rate");
  float x = draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(rect.x, y), "load") + look.px(8);
  const std::string load = load_text(ctx, f.load);
  const float value_w = std::max(look.px(56), text_width(look, FontRole::Mono14, load));
  const Rect bar{std::floor(x), std::floor(y - look.px(3)), hits - look.px(22) - value_w - x, look.px(6)};
  if (bar.w > look.px(20)) {
    meter(list, look, bar, static_cast<float>(f.load / load_scale_), theme.accent);
    // Where the router believes the load to be.
    const double seen = ctx.fleet.config().router.view == ViewMode::kOracle ? f.load : believed_figures(ctx, w).load;
    const float tick = bar.x + std::round(bar.w * static_cast<float>(std::clamp(seen / load_scale_, 0.0, 1.0)));
    list->AddRectFilled(ImVec2(tick - look.px(1), bar.y - look.px(3)),
                        ImVec2(tick + look.px(1), bar.bottom() + look.px(3)), theme.warn);
    x = bar.right() + look.px(8);
  }
  draw_text(list, look, FontRole::Mono14, theme.text, ImVec2(x, y), load);
}

void FleetPanel::row_label(FrameContext& ctx, WorkerId w, const Rect& rect, bool tile) const {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (rect.w < look.px(12)) return;
  const Worker& worker = ctx.fleet.workers()[w];
  if (tile) {
    const Color ink = worker.up() ? theme.text_secondary : theme.bad_text;
    list->AddRectFilled(rect.min(), ImVec2(rect.x + look.px(3), rect.bottom()),
                        worker_color(theme, static_cast<int>(w)), look.px(1));
    const std::string number = std::to_string(w);
    if (rect.h >= look.px(12) && text_width(look, FontRole::Small, number) <= rect.w - look.px(4))
      draw_text_right(list, look, FontRole::Small, ink, ImVec2(rect.right() - look.px(2), rect.center().y), number);
    return;
  }
  const float y = rect.center().y;
  float x = rect.x;
  if (rect.h >= look.px(17)) {
    x = worker_chip(list, look, ImVec2(x, y), w) + look.px(7);
  } else {  // no room for a chip: its hue and its number
    list->AddRectFilled(rect.min(), ImVec2(rect.x + look.px(3), rect.bottom()),
                        worker_color(theme, static_cast<int>(w)), look.px(1));
    x = draw_text(list, look, FontRole::Small, theme.text_secondary, ImVec2(rect.x + look.px(8), y),
                  std::to_string(w)) +
        look.px(7);
  }
  const Health state = health(ctx, w);
  if (ctx.observed != nullptr) {
    draw_text(list, look, FontRole::Small, tone_text(theme, observed_state(ctx.observed->observed(w).state()).tone),
              ImVec2(x, y), ellipsized(look, FontRole::Small, observed_row(ctx, w), rect.right() - x - look.px(4)));
    return;
  }
  if (state != Health::kUp) {
    draw_text(list, look, FontRole::Small, theme.bad_text, ImVec2(x, y),
              ellipsized(look, FontRole::Small, health_chip(state), rect.right() - x - look.px(4)));
    return;
  }
  const std::string used = used_text(worker.cache());
  if (rect.right() - x > look.px(84)) {
    draw_text(list, look, FontRole::Small, theme.text_secondary, ImVec2(x, y),
              fmt::format("{}+{}", worker.running().size(), worker.waiting().size()));
  }
  if (rect.right() - x > text_width(look, FontRole::Small, used) + look.px(10))
    draw_text_right(list, look, FontRole::Small, theme.text, ImVec2(rect.right() - look.px(8), y), used);
}

void FleetPanel::worker_tooltip(FrameContext& ctx, WorkerId w) const {
  const Worker& worker = ctx.fleet.workers()[w];
  const KvCache& cache = worker.cache();
  const WorkerFigures view = believed_figures(ctx, w);
  const Divergence d = believed_divergence(ctx, w);
  const BeliefSides sides = chosen_belief(ctx);
  const bool routers = several_routers(ctx) && !shown_router(ctx, sides);
  const std::string who = routers ? "the routers" : router_words(ctx, sides);
  std::string capital = who;
  capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
  const char* believe = routers ? "believe" : "believes";
  const Health state = health(ctx, w);
  const char* words = state == Health::kUp          ? "Up"
                      : state == Health::kUnnoticed ? "Crashed; the router has not noticed yet"
                      : state == Health::kDown      ? "Down; the router sends it nothing"
                                                    : "Restarting";
  tooltip(ctx.look, worker_text(w),
          fmt::format("{}. {} running, {} queued.\nBlocks: {} in use, {} idle, {} free of {}.\nLoad {} ({} {} "
                      "{}). Hit rate of the run so far {}.\n{} {} {} blocks that are gone, and {} not know about {}.",
                      words, worker.running().size(), worker.waiting().size(), cache.in_use(), cache.idle_blocks(),
                      cache.free_slots(), cache.capacity(), load_text(ctx, facts_[w].load), who, believe,
                      load_text(ctx, view.load), percent_text(facts_[w].hit_rate), capital, believe, d.phantom,
                      routers ? "do" : "does", d.unknown));
}

}  // namespace blockyard
