#include "app/panels/plots/request_lanes.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/metrics/waiting.h"

namespace blockyard {
namespace {

enum Piece : std::uint8_t { kWait, kPrefill, kDecode, kLost };

}  // namespace

RequestLanes::RequestLanes(const FrameContext& ctx) : ctx_(ctx) {
  for (WorkerId w = 0; w < ctx.fleet.workers().size(); ++w) lanes_.lanes.push_back(worker_name(ctx, w));
  lanes_.kinds = {
      {"wait", {PlotRole::Wait, -1}}, {"prefill", {PlotRole::Prefill, -1}}, {"decode", {PlotRole::Decode, -1}}};
  if (ctx.observed != nullptr) {  // what its engine did when, a router does not see
    lanes_.kinds[kWait].name = "at the router";
    lanes_.kinds[kPrefill].name = "to its first token";
    lanes_.kinds[kDecode].name = "answer";
  }
  find_lost();
  if (!lost_.empty()) lanes_.kinds.push_back({"computed, then lost", {PlotRole::Warning, -1}});
}

void RequestLanes::find_lost() {
  std::map<RequestId, SimTime> running;  // only those that were ever lost are looked for
  for (RequestId r = 0; r < ctx_.fleet.arrived(); ++r) {
    if (ctx_.fleet.records()[r].preemptions > 0) running[r] = -1;
  }
  if (running.empty()) return;
  for (std::size_t i = 0; i < ctx_.log_at; ++i) {
    const LoggedEvent& e = ctx_.log[i];
    if (e.type != EventType::kStart && e.type != EventType::kPreempt) continue;
    const auto found = running.find(e.request);
    if (found == running.end()) continue;
    if (e.type == EventType::kStart) {
      found->second = e.t;
    } else if (found->second >= 0) {
      lost_[e.request].emplace_back(axis_seconds(found->second), axis_seconds(e.t));
      found->second = -1;
    }
  }
}

std::pair<double, double> RequestLanes::span(RequestId r) const {
  const RequestRecord& record = ctx_.fleet.records()[r];
  return {axis_seconds(record.arrival), axis_seconds(record.finish < 0 ? ctx_.now : record.finish)};
}

void RequestLanes::add(RequestId r, const std::string& name) {
  const RequestRecord& record = ctx_.fleet.records()[r];
  if (record.worker == kNone) return;
  const auto [arrived, finish] = span(r);
  const double now = axis_seconds(ctx_.now);
  // Preempted and not started again: it waits.
  const bool at_work = ctx_.observed != nullptr && record.status == RequestStatus::kRunning;
  const bool waiting = !at_work && (record.start < 0 || record.status == RequestStatus::kWaiting);
  const double start = waiting ? now : at_work ? arrived : axis_seconds(record.start);
  const double first = record.first_token >= 0 ? axis_seconds(record.first_token) : record.finish >= 0 ? finish : now;
  const auto piece = [&](Piece kind, double from, double to, std::string words) {
    if (to > from) lanes_.items.push_back({static_cast<int>(record.worker), kind, r, from, to, std::move(words), 0});
  };
  double waits = arrived;
  if (const auto found = lost_.find(r); found != lost_.end()) {
    for (const auto& [from, to] : found->second) {
      piece(kWait, waits, from, name);
      piece(kLost, from, to, name + " lost");
      waits = to;
    }
  }
  // Only who is next may be kept waiting by memory.
  const WaitingQueue& queue = ctx_.fleet.workers()[record.worker].waiting();
  std::string words = name;
  if (waiting && !queue.empty() && queue.front().request == r) {
    const WaitReason why = wait_of(ctx_.fleet, r).reason;
    if (why == WaitReason::kPrompt || why == WaitReason::kBlocks) words += " · would not fit";
  }
  piece(kWait, waits, start, std::move(words));
  if (waiting) return;
  const std::uint32_t chain = ctx_.fleet.request(r).prompt_blocks;
  const std::string hit = record.hit_told ? fmt::format("{}/{}", record.hit, chain) : fmt::format("–/{}", chain);
  piece(kPrefill, start, first, hit);
  if (record.first_token >= 0) piece(kDecode, first, finish, fmt::format("{} · hit {}", name, hit));
}

SwimLanes RequestLanes::take() {
  pack_lanes(lanes_);
  return std::move(lanes_);
}

void point_at_requests(FrameContext& ctx, const PlotBox& box, const PlotAction& action) {
  const auto plot = static_cast<std::size_t>(std::max(0, action.plot));
  if (action.item < 0 || plot >= box.figure.plots.size() || !box.figure.plots[plot].lanes) return;
  const auto& items = box.figure.plots[plot].lanes->items;
  if (static_cast<std::size_t>(action.item) >= items.size()) return;
  const auto r = static_cast<RequestId>(items[static_cast<std::size_t>(action.item)].group);
  ctx.hover_on(SelectedRequest{r});
  if (action.clicked_x) ctx.select(SelectedRequest{r});
}

}  // namespace blockyard
