#include "app/panels/fleet/batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/panels/inspector/inspector_parts.h"
#include "app/ui/compat.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

// One sequence's part of the step.
struct Part {
  RequestId request = kNone;
  std::uint32_t tokens = 0;
  std::uint32_t before = 0;  // tokens computed before the step
  std::uint32_t all = 0;     // that it knows: prompt and generated
  bool decode = false;
};

std::vector<Part> parts_of(const FrameContext& ctx, WorkerId w) {
  std::vector<Part> parts;
  const std::uint32_t over = ctx.sim.unbooked_steps(w, ctx.now);
  for (const Sequence& s : ctx.sim.workers()[w].running()) {
    const Request& r = ctx.sim.request(s.request);
    const std::uint32_t before = s.computed + over;
    parts.push_back({s.request, s.scheduled, before, r.prompt_tokens + s.generated + over,
                     s.scheduled == 1 && before >= r.prompt_tokens});
  }
  return parts;
}

}  // namespace

void draw_batch(FrameContext& ctx, WorkerId w) {
  const FleetConfig& fleet = ctx.sim.config().fleet;
  if (fleet.engine != EngineKind::kContinuous) return;
  const Look& look = ctx.look;
  const std::vector<Part> parts = parts_of(ctx, w);
  if (parts.empty()) return inspector_heading(look, "no step is running");
  std::uint32_t decodes = 0, prefill = 0, chunks = 0;
  for (const Part& p : parts) {
    decodes += p.decode ? 1 : 0;
    prefill += p.decode ? 0 : p.tokens;
    chunks += !p.decode && p.tokens > 0 ? 1 : 0;
  }
  const StepInfo& step = ctx.sim.workers()[w].step_info();
  inspector_heading(look, fmt::format("this step: {} of {} tokens, {}", with_commas(decodes + prefill),
                                      with_commas(fleet.max_batched_tokens), duration_text(us_to_ms(step.length))));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect bar{at.x, at.y + look.px(2), ImGui::GetContentRegionAvail().x, look.px(14)};
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(bar.min(), bar.max(), look.theme.frame, look.px(3));
  const float a_token = bar.w / static_cast<float>(std::max(1U, fleet.max_batched_tokens));
  float x = bar.x;
  for (const bool decode : {true, false}) {
    for (const Part& p : parts) {
      if (p.tokens == 0 || p.decode != decode) continue;
      // Decodes are one token each: together they are a stretch that can be seen.
      const float width =
          std::min(bar.right() - x, std::max(decode ? look.px(3) : look.px(5), a_token * static_cast<float>(p.tokens)));
      if (width <= 0) break;
      const Rect part{x, bar.y, width, bar.h};
      list->AddRectFilled(part.min(), ImVec2(part.right() - 1, part.bottom()),
                          decode ? look.theme.p50 : look.theme.miss, look.px(2));
      if (part.contains(ImGui::GetIO().MousePos) && ImGui::IsWindowHovered()) {
        compat::add_rect(list, part.min(), part.max(), look.theme.text, look.px(2));
        tooltip(look, request_text(ctx, p.request),
                decode ? fmt::format("Decodes its token {}.", p.before - ctx.sim.request(p.request).prompt_tokens + 2)
                       : fmt::format("Prefill: tokens {} to {} of {}.", p.before + 1, p.before + p.tokens, p.all));
        ctx.hover_on(SelectedRequest{p.request});
        if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) ctx.select(SelectedRequest{p.request});
      }
      x += width;
    }
  }
  look.mark("batch", bar);
  ImGui::Dummy(ImVec2(bar.w, look.px(18)));
  FactGrid facts(ctx);
  facts.add("decoding", with_commas(decodes), decodes > 0 ? look.theme.p50 : 0);
  facts.add("prefill", chunks == 0 ? "none" : fmt::format("{} in {}", with_commas(prefill), chunks),
            chunks > 0 ? look.theme.miss : 0);
}

}  // namespace blockyard
