#include "core/metrics/session_figures.h"

#include <algorithm>

#include "core/engine/engine.h"

namespace blockyard {
namespace {

// Leading blocks that two chains have in common.
std::uint32_t common_blocks(const std::vector<Span>& a, const std::vector<Span>& b) {
  std::uint32_t common = 0;
  std::size_t i = 0, j = 0;
  std::uint32_t in_a = 0, in_b = 0;  // of the current spans, passed
  while (i < a.size() && j < b.size() && a[i].first + in_a == b[j].first + in_b) {
    const std::uint32_t n = std::min(a[i].count - in_a, b[j].count - in_b);
    common += n;
    in_a += n;
    in_b += n;
    if (in_a == a[i].count) ++i, in_a = 0;
    if (in_b == b[j].count) ++j, in_b = 0;
  }
  return common;
}

// What the turn before left at its worker of this turn's prompt, as the engine counts a hit.
std::uint32_t left_by(const Fleet& fleet, RequestId before, RequestId turn) {
  const Workload& w = fleet.workload();
  const Request& earlier = fleet.request(before);
  std::vector<Span> kept;
  w.sequence(earlier).each_run(0, engine_of(fleet.config()).kept_blocks(fleet.config(), earlier),
                               [&kept](Span run) { kept.push_back(run); });
  const Request& now = fleet.request(turn);
  return engine_of(fleet.config()).counted_hit(fleet.config(), now, common_blocks(kept, w.prompt_chain(now)));
}

}  // namespace

std::optional<SessionFigures> session_figures(const Fleet& fleet) {
  std::vector<RequestId> ids;
  for (RequestId i = 0; i < fleet.arrived(); ++i) {
    if (fleet.request(i).session != kNone && fleet.records()[i].status == RequestStatus::kCompleted) ids.push_back(i);
  }
  if (fleet.workload().sessions.empty()) return std::nullopt;
  std::stable_sort(ids.begin(), ids.end(), [&fleet](RequestId a, RequestId b) {
    const Request &x = fleet.request(a), &y = fleet.request(b);
    return x.session != y.session ? x.session < y.session : x.turn < y.turn;
  });
  SessionFigures out;
  out.requests = static_cast<std::uint32_t>(ids.size());
  std::vector<double> turns, between, duration;
  for (std::size_t begin = 0; begin < ids.size();) {
    std::size_t end = begin;
    SimTime first = fleet.records()[ids[begin]].arrival, last = 0;
    for (; end < ids.size() && fleet.request(ids[end]).session == fleet.request(ids[begin]).session; ++end) {
      const RequestRecord& r = fleet.records()[ids[end]];
      const Request& q = fleet.request(ids[end]);
      first = std::min(first, r.arrival);
      last = std::max(last, r.finish);
      const std::uint32_t turn = std::clamp(q.turn, 1U, SessionFigures::kMostTurns);
      if (out.by_turn.size() < turn) out.by_turn.resize(turn);
      SessionFigures::Turn& t = out.by_turn[turn - 1];
      t.and_later = t.and_later || q.turn > turn;
      ++t.requests;
      t.hit_blocks += r.hit;
      t.prompt_blocks += q.prompt_blocks;
      if (end == begin) continue;
      const RequestRecord& before = fleet.records()[ids[end - 1]];
      between.push_back(us_to_ms(r.arrival - before.finish));
      ++out.followed;
      if (before.worker != r.worker) {
        ++out.moved;
        continue;
      }
      const std::uint32_t left = left_by(fleet, ids[end - 1], ids[end]);
      if (left <= r.hit || r.start < before.finish) continue;
      ++out.evicted_turns;
      out.evicted_blocks += left - r.hit;
    }
    turns.push_back(static_cast<double>(end - begin));
    duration.push_back(us_to_ms(last - first));
    ++out.sessions;
    begin = end;
  }
  for (std::uint32_t t = 0; t < out.by_turn.size(); ++t) out.by_turn[t].turn = t + 1;
  std::erase_if(out.by_turn, [](const SessionFigures::Turn& t) { return t.requests == 0; });
  out.turns = spread_of(std::move(turns));
  out.between = spread_of(std::move(between));
  out.duration = spread_of(std::move(duration));
  return out;
}

}  // namespace blockyard
