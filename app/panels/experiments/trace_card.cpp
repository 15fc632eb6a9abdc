#include "app/panels/experiments/trace_card.h"

#include <fmt/format.h>

#include "app/panels/overlay_parts.h"
#include "app/panels/panel_text.h"
#include "app/session/trace_offer.h"
#include "app/ui/icons.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

std::string lengths(const LengthSummary& l) {
  return fmt::format("{} to {} tokens: half up to {:.0f}, 95 % up to {:.0f}", with_commas(l.min), with_commas(l.max),
                     l.p50, l.p95);
}

// One of the fleets: what it is, how much of the trace it takes, and the button that takes it.
bool fleet(const FrameContext& ctx, const TraceOffer& offer, const TraceOffer::Fleet& f, const char* title,
           const char* label, bool primary) {
  const Look& look = ctx.look;
  text(look, FontRole::BodyBold, look.theme.text, title);
  text_wrapped(look, FontRole::Body, look.theme.text_secondary, f.words);
  const std::uint32_t all = offer.info.requests, lost = all - f.fit;
  if (lost == 0) {
    text(look, FontRole::Small, look.theme.text_secondary, fmt::format("All {} requests fit.", with_commas(all)));
  } else {
    text_wrapped(look, FontRole::Small, look.theme.warn_text,
                 fmt::format("{} of {} requests fit; {} ({}) are larger than a worker's whole cache and would be "
                             "rejected.",
                             with_commas(f.fit), with_commas(all), with_commas(lost),
                             percent_text(static_cast<double>(lost) / all)));
  }
  ButtonSpec go{label, icons::kPlay, primary ? ButtonKind::Primary : ButtonKind::Secondary};
  const bool picked = button(look, go);
  ImGui::Dummy(ImVec2(1, look.px(6)));
  return picked;
}

}  // namespace

void draw_trace_card(FrameContext& ctx, ImVec2 screen) {
  if (ctx.offer == nullptr) return;
  const Look& look = ctx.look;
  const TraceOffer& offer = *ctx.offer;
  bool open = true;
  begin_overlay(ctx, "trace", screen, ImVec2(look.px(620), look.px(500)), look.px(90), &open);
  section_header(look, icons::kList, offer.file, "nothing has changed yet · Esc cancels");
  begin_scroll(look, "##trace");
  key_value(look, "Recognised as", offer.recognised);
  key_value(look, "Requests", with_commas(offer.info.requests));
  key_value(look, "Time span", duration_text(us_to_ms(offer.info.span)));
  key_value(look, "Prompts", lengths(offer.info.prompt));
  key_value(look, "Answers", lengths(offer.info.output));
  key_value(look, "Best possible hit rate", fmt::format("{} of all prompt blocks", percent_text(offer.info.best_ratio)));
  divider(look);
  if (offer.proposed && fleet(ctx, offer, *offer.proposed, "A fleet that fits", "Open with this fleet", true))
    ctx.push(cmd::TakeOffer{true});
  if (fleet(ctx, offer, offer.as_set, "The fleet as set", "Open with the fleet as set", !offer.proposed))
    ctx.push(cmd::TakeOffer{false});
  ButtonSpec cancel{"Cancel", icons::kTimes, ButtonKind::Ghost};
  cancel.tooltip = "The run behind this card stays as it is";
  if (button(look, cancel)) open = false;
  end_scroll("##trace");
  end_overlay(look);
  if (!open) ctx.push(cmd::CancelLoad{});
}

}  // namespace blockyard
