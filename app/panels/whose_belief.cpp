#include "app/panels/whose_belief.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "app/ui/compat.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

std::optional<std::uint32_t> router_at(const FrameContext& ctx, int number) {
  if (number < 0 || static_cast<std::size_t>(number) >= ctx.fleet.routers().size()) return {};
  return static_cast<std::uint32_t>(number);
}

std::uint64_t truth_word(const FrameContext& ctx, WorkerId w, std::size_t i) {
  return ctx.fleet.workers()[w].cache().resident().words()[i];
}

// A row of chips; what is chosen is written to `chosen`, −1 being the first.
void chip_row(const FrameContext& ctx, const char* title, const char* first, int& chosen, std::string_view name,
              std::optional<std::uint32_t> without) {
  const Look& look = ctx.look;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float right = at.x + ImGui::GetContentRegionAvail().x, line = look.px(26);
  ImDrawList* list = ImGui::GetWindowDrawList();
  float x = draw_text(list, look, FontRole::Small, look.theme.text_muted, ImVec2(at.x, at.y + look.px(11)), title) +
            look.px(8);
  float y = at.y;
  const auto one = [&](const std::string& label, int value, const std::string& help) {
    const float width = chip_width(look, label.c_str());
    if (x + width > right && x > at.x) x = at.x, y += line;
    ImGui::SetCursorScreenPos(ImVec2(x, y));
    ImGui::PushID(value);
    if (chip(look, label.c_str(), chosen == value ? Tone::Accent : Tone::Neutral)) chosen = value;
    ImGui::PopID();
    help_tooltip(look, {}, help);
    look.mark(fmt::format("{}/{}", name, label), {x, y, width, line});
    x += width + look.px(5);
  };
  ImGui::PushID(title);
  one(first, -1,
      std::string_view(first) == "all" ? "What any of the routers believes" : "What the workers really hold");
  for (std::uint32_t r = 0; r < ctx.fleet.routers().size(); ++r) {
    if (without == r) continue;
    one(std::to_string(r), static_cast<int>(r),
        fmt::format("Router {}{}", r, ctx.fleet.routers()[r].up ? "" : ", which is down: it has forgotten everything"));
  }
  ImGui::PopID();
  ImGui::SetCursorScreenPos(ImVec2(at.x, y + line + look.px(2)));
}

}  // namespace

bool several_routers(const FrameContext& ctx) { return ctx.fleet.routers().size() > 1; }

BeliefSides chosen_belief(const FrameContext& ctx) { return {ctx.ui.belief_router, -1}; }

std::optional<std::uint32_t> shown_router(const FrameContext& ctx, const BeliefSides& sides) {
  return several_routers(ctx) ? router_at(ctx, sides.router) : 0U;
}

std::optional<std::uint32_t> against_router(const FrameContext& ctx, const BeliefSides& sides) {
  const auto other = several_routers(ctx) ? router_at(ctx, sides.against) : std::nullopt;
  return other == shown_router(ctx, sides) ? std::nullopt : other;
}

std::uint64_t believed_word(const FrameContext& ctx, WorkerId w, std::size_t i, const BeliefSides& sides) {
  if (const auto one = shown_router(ctx, sides)) return ctx.fleet.believed(w, *one).words()[i];
  std::uint64_t out = 0;
  for (std::uint32_t r = 0; r < ctx.fleet.routers().size(); ++r) out |= ctx.fleet.believed(w, r).words()[i];
  return out;
}

std::uint64_t other_word(const FrameContext& ctx, WorkerId w, std::size_t i, const BeliefSides& sides) {
  const auto other = against_router(ctx, sides);
  return other ? ctx.fleet.believed(w, *other).words()[i] : truth_word(ctx, w, i);
}

std::size_t believed_words(const FrameContext& ctx, WorkerId w) { return ctx.fleet.believed(w).words().size(); }

bool believed_block(const FrameContext& ctx, WorkerId w, BlockId block) {
  return (believed_word(ctx, w, block / 64, chosen_belief(ctx)) >> (block % 64) & 1U) != 0;
}

WorkerFigures believed_figures(const FrameContext& ctx, WorkerId w) {
  if (const auto one = shown_router(ctx, chosen_belief(ctx))) return ctx.fleet.figures(w, *one);
  WorkerFigures out = ctx.fleet.figures(w, 0);
  const auto routers = static_cast<std::uint32_t>(ctx.fleet.routers().size());
  for (std::uint32_t r = 1; r < routers; ++r) {
    const WorkerFigures f = ctx.fleet.figures(w, r);
    out.load += f.load;
    out.active += f.active;
    out.active_blocks += f.active_blocks;
    out.pending_tokens += f.pending_tokens;
    out.told_at = std::max(out.told_at, f.told_at);
  }
  out.load /= routers;
  return out;
}

Divergence believed_divergence(const FrameContext& ctx, WorkerId w) {
  const BeliefSides sides = chosen_belief(ctx);
  if (const auto one = shown_router(ctx, sides)) return ctx.fleet.divergence(w, *one);
  Divergence out;
  for (std::size_t i = 0; i < believed_words(ctx, w); ++i) {
    const std::uint64_t belief = believed_word(ctx, w, i, sides), truth = truth_word(ctx, w, i);
    out.phantom += static_cast<std::uint32_t>(std::popcount(belief & ~truth));
    out.unknown += static_cast<std::uint32_t>(std::popcount(truth & ~belief));
  }
  return out;
}

std::string router_words(const FrameContext& ctx, const BeliefSides& sides) {
  if (!several_routers(ctx)) return "the router";
  const auto one = shown_router(ctx, sides);
  return one ? fmt::format("router {}", *one) : "any router";
}

std::string ignorance_words(const FrameContext& ctx) {
  if (!several_routers(ctx)) return "does not know that it is here";
  const BeliefSides sides = chosen_belief(ctx);
  if (!shown_router(ctx, sides)) return "none of them knows that it is here";
  return router_words(ctx, sides) + " does not know that it is here";
}

bool of_router(const LoggedEvent& e) {
  return e.type == EventType::kRoute || e.type == EventType::kDeliver ||
         ((e.type == EventType::kFault || e.type == EventType::kRestart) && e.worker == kNone);
}

std::string router_of_event(const FrameContext& ctx, const LoggedEvent& e) {
  if (!several_routers(ctx)) return "the router";
  if (e.type == EventType::kRoute) return fmt::format("router {}", ctx.fleet.records()[e.request].router);
  // The log does not say whose a restart is; the list of faults does, by its moment.
  for (const Fault& f : ctx.fleet.config().faults) {
    if (f.kind != FaultKind::kRouterRestart || e.worker != kNone) continue;
    if (e.t == (e.type == EventType::kFault ? f.t : f.t + f.down)) return fmt::format("router {}", f.router);
  }
  return "a router";
}

void router_chips(const FrameContext& ctx, int& against, bool difference) {
  if (!several_routers(ctx)) return;
  chip_row(ctx, "router", "all", ctx.ui.belief_router, "router", {});
  if (difference) chip_row(ctx, "against", "truth", against, "against", shown_router(ctx, chosen_belief(ctx)));
}

}  // namespace blockyard
