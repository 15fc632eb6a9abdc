#include "app/panels/experiments/trace_card.h"

#include <fmt/format.h>

#include <cmath>

#include "app/panels/overlay_parts.h"
#include "app/panels/panel_text.h"
#include "app/session/files/trace_offer.h"
#include "app/ui/compat.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"
#include "core/base/text.h"

namespace blockyard {
namespace {

std::string lengths(const LengthSummary& l) {
  const auto whole = [](double v) { return with_commas(static_cast<std::uint64_t>(std::llround(v))); };
  return fmt::format("{} to {} tokens, median {}, 95th percentile {}", with_commas(l.min), with_commas(l.max),
                     whole(l.p50), whole(l.p95));
}

// A muted label and what it says below it, over as many lines as that takes.
void told(const Look& look, std::string_view label, std::string_view what) {
  text(look, FontRole::Small, look.theme.text_muted, label);
  text_wrapped(look, FontRole::Body, look.theme.text, what);
}

// One of the fleets: what it is, how much of the trace it takes, and the button that takes it.
bool fleet(const FrameContext& ctx, const TraceOffer& offer, const TraceOffer::Fleet& f, const char* title,
           const char* label, bool primary) {
  const Look& look = ctx.look;
  text(look, FontRole::BodyBold, look.theme.text, title);
  text_wrapped(look, FontRole::Body, look.theme.text_secondary, f.words);
  const std::uint32_t all = offer.info.requests, lost = all - f.fit;
  if (lost == 0) {
    text_wrapped(look, FontRole::Small, look.theme.text_secondary,
                 fmt::format("All of its {} fit into a worker.", counted(all, "request")));
  } else {
    text_wrapped(look, FontRole::Small, look.theme.bad_text,
                 fmt::format("{} of {} fit. {} ({}) need more than a worker's {} and would be rejected; the longest "
                             "needs {}.",
                             with_commas(f.fit), counted(all, "request"), with_commas(lost),
                             percent_text(static_cast<double>(lost) / all), counted(f.pool, "block"),
                             with_commas(offer.longest_blocks)));
  }
  ButtonSpec go{label, icons::kPlay, primary ? ButtonKind::Primary : ButtonKind::Secondary};
  if (primary) go.shortcut = "Enter";
  const bool picked = button(look, go) || (primary && compat::key_pressed(compat::Key::Enter));
  ImGui::Dummy(ImVec2(1, look.px(6)));
  return picked;
}

}  // namespace

void draw_trace_card(FrameContext& ctx, ImVec2 screen) {
  if (ctx.offer == nullptr) return;
  const Look& look = ctx.look;
  const TraceOffer& offer = *ctx.offer;
  bool open = true;
  begin_overlay(ctx, "trace", screen, ImVec2(look.px(640), overlay_height(ctx, "trace", 580)), look.px(80), &open);
  section_header(look, icons::kFileText, ellipsized(look, FontRole::BodyBold, offer.file, look.px(330)),
                 "not open yet · Esc leaves it");
  begin_scroll(look, "##trace");
  told(look, "Recognised", offer.recognised);
  told(look, "Time span", duration_text(us_to_ms(offer.info.span)));
  told(look, "Prompts", lengths(offer.info.prompt));
  told(look, "Answers", lengths(offer.info.output));
  told(look, "Best hit rate of any cache", fmt::format("{} of all prompt blocks", percent_text(offer.info.best_ratio)));
  divider(look);
  if (offer.proposed && fleet(ctx, offer, *offer.proposed, "A fleet that fits", "Open with this fleet", true))
    ctx.push(cmd::TakeOffer{true});
  if (fleet(ctx, offer, offer.as_set, "The fleet as it is set", "Open with the fleet as set", !offer.proposed))
    ctx.push(cmd::TakeOffer{false});
  end_scroll("##trace");
  measure_overlay(ctx, "trace", "##trace");
  end_overlay(look);
  if (!open) ctx.push(cmd::CancelLoad{});
}

}  // namespace blockyard
