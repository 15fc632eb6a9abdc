#include "app/panels/sessions/tab_sessions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/linked.h"
#include "app/panels/plots/request_lanes.h"
#include "app/panels/tables/tab_table.h"
#include "app/ui/icons.h"

namespace blockyard {

std::uint32_t SessionsTab::shown(const FrameContext& ctx) const {
  const std::uint32_t s = linked_to(ctx, ctx.selection).session;
  if (s < turns_.sessions() && !turns_.turns(s).empty()) return s;
  return begun_.empty() ? kNone : begun_.front();
}

void SessionsTab::list(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  const std::array<TableColumn, 5> columns = {{{"session", 0},
                                               {"turns", 64, true, "That have come, of those that the workload has"},
                                               {"hit rate", 64, true, "Blocks found, of the prompts of its turns", 1},
                                               {"workers", 84, false, "That were sent a turn of it", 2},
                                               {"", 62, false, nullptr, 3}}};
  const std::uint32_t now = shown(ctx), pointed = linked_to(ctx, ctx.hover).session;
  const TableResult r = draw_table(
      look, "sessions", rect, columns, begun_.size(),
      [&](const TableRow& row) {
        const std::uint32_t s = begun_[row.index];
        const SessionState state = session_state(ctx, turns_.turns(s));
        cell_text(look, row.cells[0], columns[0], ctx.fleet.workload().sessions[s], look.theme.text);
        cell_text(look, row.cells[1], columns[1], fmt::format("{} of {}", turns_.turns(s).size(), turns_.all(s)));
        cell_text(look, row.cells[2], columns[2], percent_text(state.hit_rate()));
        float x = row.cells[3].x;
        for (const WorkerId w : state.workers) {
          if (x + worker_chip_width(look, w) > row.cells[3].right()) break;
          x = worker_chip(ImGui::GetWindowDrawList(), look, ImVec2(x, row.rect.center().y), w) + look.px(3);
        }
        const bool over = turns_.turns(s).size() == turns_.all(s);
        cell_text(look, row.cells[4], columns[4],
                  state.busy ? "running"
                  : over     ? "over"
                             : "thinks",
                  state.busy ? look.theme.accent : look.theme.text_muted);
      },
      [&](std::size_t i) { return begun_[i] == now || begun_[i] == pointed; });
  if (r.hovered) ctx.hover_on(SelectedSession{begun_[*r.hovered]});
  if (r.clicked) ctx.select(SelectedSession{begun_[*r.clicked]});
}

void SessionsTab::fill(const FrameContext& ctx, std::uint32_t session) {
  const std::span<const RequestId> turns = turns_.turns(session);
  const RequestId latest = turns.back();
  Plot p;
  std::string name = session_text(ctx, session);
  name[0] = 'S';
  p.title = name;
  p.subtitle = fmt::format(
      "each turn on the worker that it went to; behind the workers' names, what each still holds of "
      "the {} blocks of turn {}",
      ctx.fleet.request(latest).prompt_blocks, ctx.fleet.request(latest).turn);
  p.x.unit = "s";
  RequestLanes lanes(ctx);
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) {
    if (const std::uint32_t held = held_now(ctx, latest, w); held > 0)
      lanes.name_lane(w, fmt::format("{} · {} blk", worker_text(w), held));
  }
  double begin = axis_seconds(ctx.now), end = 0;
  for (const RequestId r : turns) {
    if (ctx.fleet.records()[r].worker == kNone) continue;
    const auto [arrived, finish] = lanes.span(r);
    begin = std::min(begin, arrived), end = std::max(end, finish);
    lanes.add(r, fmt::format("turn {}", ctx.fleet.request(r).turn));
  }
  p.x.min = begin;
  p.x.max = std::max(end, begin + 1);
  if (lanes.pieces() > 0) p.lanes = lanes.take();
  p.empty_text = "No turn of this session has been routed yet.";
  const std::uint64_t revision = box_.figure.revision + 1;
  box_.figure = make_figure(std::move(p));
  box_.figure.revision = revision;
  filled_ = session;
}

void SessionsTab::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  if (ctx.fleet.workload().sessions.empty()) {
    empty_state(look, rect, icons::kList, "No sessions",
                "The requests of this workload belong to no conversation. Chats, agents and traces that name a session "
                "do.");
    return;
  }
  turns_.update(ctx);
  if (const Moment now = moment_of(ctx); now != made_) {
    made_ = now;
    begun_.clear();
    for (std::uint32_t s = 0; s < turns_.sessions(); ++s) {
      if (!turns_.turns(s).empty()) begun_.push_back(s);
    }
    std::sort(begun_.begin(), begun_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return turns_.turns(a).back() > turns_.turns(b).back(); });
  }
  const std::uint32_t session = shown(ctx);
  if (session == kNone) {
    empty_state(look, rect, icons::kList, "No session has begun yet", "Press Space to play, or drag the timeline.");
    return;
  }
  Rect rest = rect;
  const float wide = rect.w >= look.px(760) ? look.px(380) : rect.w * 0.4F;
  list(ctx, rest.take_left(wide, look.px(16)));
  if (due_.due(ctx) || session != filled_) fill(ctx, session);
  const PlotAction action = show_plot(ctx, "session", rest, box_, true);
  point_at_requests(ctx, box_, action);
}

}  // namespace blockyard
