#include "app/panels/prompt/prompt_fleet.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/ui/icons.h"
#include "core/router/policy.h"

namespace blockyard {
namespace {

constexpr std::size_t kMostWorkers = 64;

struct Columns {
  float believed, held, wait, ttft;
};

// Who would answer first, of those that are up.
WorkerId quickest(const FrameContext& ctx, const std::vector<ProbeWorker>& workers) {
  WorkerId best = kNone;
  for (WorkerId w = 0; w < workers.size(); ++w) {
    if (!ctx.fleet.workers()[w].up()) continue;
    if (best == kNone || workers[w].ttft() < workers[best].ttft()) best = w;
  }
  return best;
}

void worker_rows(FrameContext& ctx, const PromptPath& path, const std::vector<ProbeWorker>& workers) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float width = ImGui::GetContentRegionAvail().x, row_h = look.px(24);
  const Columns at{width * 0.38F, width * 0.56F, width * 0.76F, width};
  const ImVec2 head = ImGui::GetCursorScreenPos();
  const auto title = [&](float right, const char* name) {
    draw_text_right(list, look, FontRole::Small, theme.text_muted, ImVec2(head.x + right, head.y + look.px(9)), name);
  };
  draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(head.x, head.y + look.px(9)), "worker");
  title(at.believed, "believed");
  title(at.held, "held");
  title(at.wait, "wait");
  title(at.ttft, "TTFT");
  ImGui::Dummy(ImVec2(width, look.px(20)));
  const WorkerId best = quickest(ctx, workers);
  for (WorkerId w = 0; w < std::min(workers.size(), kMostWorkers); ++w) {
    const ProbeWorker& p = workers[w];
    const ImVec2 here = ImGui::GetCursorScreenPos();
    const float y = here.y + row_h / 2;
    ImGui::PushID(static_cast<int>(w));
    if (ImGui::InvisibleButton("##worker", ImVec2(width, row_h))) ctx.select(SelectedWorker{w});
    ImGui::PopID();
    const Rect row{here.x, here.y, width, row_h};
    if (ImGui::IsItemHovered()) {
      ctx.hover_on(SelectedWorker{w});
      list->AddRectFilled(row.min(), row.max(), theme.raised, look.px(4));
      tooltip(look, worker_text(w),
              fmt::format("Of {} full blocks the router believes it to hold {}, and it holds {}. The prompt would wait "
                          "about {} and be read in {}.",
                          path.blocks(), p.believed, p.held, duration_text(us_to_ms(p.wait)),
                          duration_text(us_to_ms(p.prefill))));
    }
    look.mark(fmt::format("worker {}", w), row);
    worker_chip(list, look, ImVec2(here.x, y), w);
    const bool wrong = p.believed != p.held, up = ctx.fleet.workers()[w].up();
    const auto cell = [&](float right, Color ink, std::string_view what) {
      draw_text_right(list, look, FontRole::Mono14, ink, ImVec2(here.x + right, y), what);
    };
    cell(at.believed, wrong ? theme.warn_text : theme.text, std::to_string(p.believed));
    cell(at.held, theme.text, std::to_string(p.held));
    cell(at.wait, theme.text_secondary, up ? duration_text(us_to_ms(p.wait)) : "down");
    cell(at.ttft, w == best ? theme.good_text : theme.text, up ? duration_text(us_to_ms(p.ttft())) : "–");
  }
  if (workers.size() > kMostWorkers)
    text(look, FontRole::Small, theme.text_muted, fmt::format("and {} more workers", workers.size() - kMostWorkers));
}

void strategy_rows(FrameContext& ctx, const PromptPath::Answers& fleet) {
  const Look& look = ctx.look;
  const Theme& theme = look.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float width = ImGui::GetContentRegionAvail().x;
  const std::uint32_t own = ctx.fleet.config().router.strategy;
  std::vector<std::uint32_t> order{own};
  for (std::uint32_t s = 0; s < fleet.strategies.size(); ++s) {
    if (s != own) order.push_back(s);
  }
  for (const std::uint32_t s : order) {
    const Decision& d = fleet.strategies[s];
    const PolicyRow& policy = policy_table()[s];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float y = at.y + look.px(11);
    float x = at.x;
    if (d.chosen != kNone) {
      x = worker_chip(list, look, ImVec2(x, y), d.chosen) + look.px(8);
    } else {
      x = draw_text(list, look, FontRole::Small, theme.warn_text, ImVec2(x, y), "nobody") + look.px(8);
    }
    const float end = draw_text(list, look, s == own ? FontRole::BodyBold : FontRole::Body,
                                s == own ? theme.accent : theme.text, ImVec2(x, y), policy.label);
    if (d.chosen != kNone) {
      draw_text_right(list, look, FontRole::Mono14, theme.text_secondary, ImVec2(at.x + width, y),
                      "TTFT " + duration_text(us_to_ms(fleet.workers[d.chosen].ttft())));
    }
    if (s == own) draw_text(list, look, FontRole::Small, theme.text_muted, ImVec2(end + look.px(8), y), "in use");
    look.mark(fmt::format("strategy {}", policy.id), {at.x, at.y, width, look.px(22)});
    ImGui::Dummy(ImVec2(width, look.px(20)));
    if (!d.why.reason.empty()) text_wrapped(look, FontRole::Small, theme.text_secondary, d.why.reason);
    ImGui::Dummy(ImVec2(1, look.px(3)));
  }
}

}  // namespace

void draw_prompt_fleet(FrameContext& ctx, const PromptPath& path, const PromptPath::Answers& fleet) {
  const Look& look = ctx.look;
  section_header(look, icons::kServer, "At this moment", moment_text(ctx.now));
  worker_rows(ctx, path, fleet.workers);
  ImGui::Dummy(ImVec2(1, look.px(6)));
  divider(look);
  section_header(look, icons::kSitemap, "Who would get it", "strategy, worker, reason");
  strategy_rows(ctx, fleet);
}

}  // namespace blockyard
