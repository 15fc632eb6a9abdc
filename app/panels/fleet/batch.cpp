#include "app/panels/fleet/batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/panels/inspector/inspector_parts.h"
#include "app/ui/compat.h"
#include "app/ui/widgets.h"

namespace blockyard {
namespace {

// One sequence's part of a step.
struct Part {
  RequestId request = kNone;
  std::uint32_t tokens = 0;
  std::uint32_t before = 0;  // tokens computed before the step
  std::uint32_t all = 0;     // that it will know as the step begins: prompt and generated
  bool decode = false;
};

struct Sums {
  std::uint32_t decodes = 0, prefill = 0, chunks = 0;
};

// Of the step that runs, or of the one that is scheduled behind it.
std::vector<Part> parts_of(const FrameContext& ctx, WorkerId w, bool next) {
  std::vector<Part> parts;
  const std::uint32_t over = ctx.fleet.unbooked_steps(w, ctx.now);
  for (const Sequence& s : ctx.fleet.workers()[w].running()) {
    const Request& r = ctx.fleet.request(s.request);
    const std::uint32_t before = s.computed + over + (next ? s.scheduled : 0);
    const std::uint32_t tokens = next ? s.next : s.scheduled;
    const std::uint32_t known = r.prompt_tokens + s.generated + over + (next && s.gives ? 1 : 0);
    parts.push_back({s.request, tokens, before, known, tokens == 1 && before >= r.prompt_tokens});
  }
  return parts;
}

Sums sums_of(const std::vector<Part>& parts) {
  Sums sums;
  for (const Part& p : parts) {
    sums.decodes += p.decode ? 1 : 0;
    sums.prefill += p.decode ? 0 : p.tokens;
    sums.chunks += !p.decode && p.tokens > 0 ? 1 : 0;
  }
  return sums;
}

// The step as a bar of its sequences, as long as the budget.
void draw_step(FrameContext& ctx, const std::vector<Part>& parts, const char* name, float height) {
  const Look& look = ctx.look;
  const std::uint32_t budget = std::max(1U, ctx.fleet.config().fleet.max_batched_tokens);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect bar{at.x, at.y + look.px(2), ImGui::GetContentRegionAvail().x, height};
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(bar.min(), bar.max(), look.theme.frame, look.px(3));
  const float a_token = bar.w / static_cast<float>(budget);
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
                decode ? fmt::format("Decodes its token {}.", p.before - ctx.fleet.request(p.request).prompt_tokens + 2)
                       : fmt::format("Prefill: tokens {} to {} of {}.", p.before + 1, p.before + p.tokens, p.all));
        ctx.hover_on(SelectedRequest{p.request});
        if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) ctx.select(SelectedRequest{p.request});
      }
      x += width;
    }
  }
  look.mark(name, bar);
  ImGui::Dummy(ImVec2(bar.w, height + look.px(4)));
}

std::string step_text(const char* which, const Sums& sums, std::uint32_t budget, SimTime length) {
  return fmt::format("{}: {} of {} tokens, {}", which, with_commas(sums.decodes + sums.prefill), with_commas(budget),
                     duration_text(us_to_ms(length)));
}

}  // namespace

void draw_batch(FrameContext& ctx, WorkerId w) {
  const FleetConfig& fleet = ctx.fleet.config().fleet;
  if (fleet.engine != EngineKind::kContinuous) return;
  const Look& look = ctx.look;
  const Worker& worker = ctx.fleet.workers()[w];
  const std::vector<Part> parts = parts_of(ctx, w, false);
  if (parts.empty()) return inspector_heading(look, "no step is running");
  const Sums sums = sums_of(parts);
  inspector_heading(look, step_text("this step", sums, fleet.max_batched_tokens, worker.step_info().length));
  draw_step(ctx, parts, "batch", look.px(14));
  if (const StepInfo* next = worker.next_step()) {
    const std::vector<Part> behind = parts_of(ctx, w, true);
    inspector_heading(look, step_text("scheduled", sums_of(behind), fleet.max_batched_tokens, next->length));
    draw_step(ctx, behind, "batch/next", look.px(8));
  }
  FactGrid facts(ctx);
  facts.add("decoding", with_commas(sums.decodes), sums.decodes > 0 ? look.theme.p50 : 0);
  facts.add("prefill", sums.chunks == 0 ? "none" : fmt::format("{} in {}", with_commas(sums.prefill), sums.chunks),
            sums.chunks > 0 ? look.theme.miss : 0);
  if (!fleet.async_scheduling) return;
  // Tokens that steps in flight will hand out; those of the preempted count as well.
  std::uint32_t in_flight = worker.waiting().in_flight();
  for (const Sequence& s : worker.running()) in_flight += (s.gives ? 1U : 0U) + (s.next_gives ? 1U : 0U);
  facts.add("in flight", fmt::format("{} tok", with_commas(in_flight)));
}

}  // namespace blockyard
