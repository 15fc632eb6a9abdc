#include "app/panels/sessions/tab_sessions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/panels/linked.h"
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
        cell_text(look, row.cells[0], columns[0], ctx.sim.workload().sessions[s], look.theme.text);
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
  const double now = axis_seconds(ctx.now);
  Plot p;
  std::string name = session_text(ctx, session);
  name[0] = 'S';
  p.title = name;
  p.subtitle = fmt::format(
      "each turn on the worker that it went to; behind the workers' names, what each still holds of "
      "the {} blocks of turn {}",
      ctx.sim.request(latest).prompt_blocks, ctx.sim.request(latest).turn);
  p.x.unit = "s";
  SwimLanes lanes;
  for (WorkerId w = 0; w < ctx.sim.workers().size(); ++w) {
    const std::uint32_t held = held_now(ctx, latest, w);
    lanes.lanes.push_back(held == 0 ? worker_text(w) : fmt::format("{} · {} blk", worker_text(w), held));
  }
  lanes.kinds = {
      {"wait", {PlotRole::Wait, -1}}, {"prefill", {PlotRole::Prefill, -1}}, {"decode", {PlotRole::Decode, -1}}};
  double begin = now, end = 0;
  for (const RequestId r : turns) {
    const RequestRecord& record = ctx.sim.records()[r];
    if (record.worker == kNone) continue;
    const Request& q = ctx.sim.request(r);
    const auto till = [now](SimTime t) { return t < 0 ? now : axis_seconds(t); };
    const bool waits = record.start < 0 || record.status == RequestStatus::kWaiting;
    const double arrived = axis_seconds(record.arrival), start = waits ? now : axis_seconds(record.start);
    const double first = till(record.first_token), finish = till(record.finish);
    begin = std::min(begin, arrived), end = std::max(end, finish);
    const auto add = [&](int kind, double from, double to, std::string words) {
      if (to > from) lanes.items.push_back({static_cast<int>(record.worker), kind, r, from, to, std::move(words), 0});
    };
    add(0, arrived, start, fmt::format("turn {}", q.turn));
    if (waits) continue;
    add(1, start, first, fmt::format("{}/{}", record.hit, q.prompt_blocks));
    if (record.first_token >= 0)
      add(2, first, finish, fmt::format("turn {} · hit {}/{}", q.turn, record.hit, q.prompt_blocks));
  }
  p.x.min = begin;
  p.x.max = std::max(end, begin + 1);
  pack_lanes(lanes);
  if (!lanes.items.empty()) p.lanes = std::move(lanes);
  p.empty_text = "No turn of this session has been routed yet.";
  const std::uint64_t revision = box_.figure.revision + 1;
  box_.figure = make_figure(std::move(p));
  box_.figure.revision = revision;
  filled_ = session;
}

void SessionsTab::draw(FrameContext& ctx, const Rect& rect) {
  const Look& look = ctx.look;
  if (ctx.sim.workload().sessions.empty()) {
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
  if (action.item < 0 || !box_.figure.plots[0].lanes) return;
  const auto& items = box_.figure.plots[0].lanes->items;
  if (static_cast<std::size_t>(action.item) >= items.size()) return;
  const auto r = static_cast<RequestId>(items[static_cast<std::size_t>(action.item)].group);
  ctx.hover_on(SelectedRequest{r});
  if (action.clicked_x) ctx.select(SelectedRequest{r});
}

}  // namespace blockyard
