// Closed replay of recorded sessions (SPEC 9): a turn follows its pause after the turn before, and the end of whom it
// waits for. Requests keep their index in the input: among arrivals of one µs the lower one comes first.
#include <algorithm>

#include "core/base/check.h"
#include "core/sim/simulation.h"

namespace blockyard {
namespace {

using Wait = ClosedLoop::Wait;

// The entries of a request, in a list that ascends in requests.
std::span<const Wait> of_request(const std::vector<Wait>& list, RequestId r) {
  const auto less = [](const Wait& w, RequestId x) { return w.request < x; };
  const auto begin = std::lower_bound(list.begin(), list.end(), r, less);
  const auto end = std::lower_bound(begin, list.end(), r + 1, less);
  return {list.data() + (begin - list.begin()), static_cast<std::size_t>(end - begin)};
}

bool is_led(const ClosedLoop& closed, std::uint32_t user) {
  return std::any_of(closed.led.begin(), closed.led.end(), [user](const Wait& w) { return w.user == user; });
}

}  // namespace

void Simulation::begin_recorded() {
  const ClosedLoop& closed = workload_->closed;
  owed_.assign(closed.users, 0);
  due_.assign(closed.users, 0);
  user_done_.assign(closed.users, 0);
  if (closed.at_once == 0) {
    for (std::uint32_t u = 0; u < closed.users; ++u) send_next(u, workload_->requests[script_[u][0]].arrival);
    next_user_ = closed.users;
    return;
  }
  for (std::uint32_t i = 0; i < closed.at_once; ++i) start_next_user();
}

// Users are numbered in order of their first request.
void Simulation::start_next_user() {
  const ClosedLoop& closed = workload_->closed;
  while (next_user_ < closed.users && is_led(closed, next_user_)) ++next_user_;
  if (next_user_ < closed.users) send_next(next_user_++, now_);
}

void Simulation::send_next(std::uint32_t user, SimTime due) {
  const RequestId next = script_[user][script_at_[user]];
  std::uint32_t owed = 0;
  for (const Wait& w : of_request(workload_->closed.waits, next)) owed += user_done_[w.user] == 0 ? 1U : 0U;
  owed_[user] = owed;
  due_[user] = due;
  if (owed == 0) push({due, 5, QueuedKind::kArrival, 0, user, kNone, next, 0});
}

void Simulation::recorded_over(RequestId r, EventSink* sink) {
  const ClosedLoop& closed = workload_->closed;
  const RequestId index = input_index(r);
  const std::uint32_t user = workload_->requests[index].user;
  const std::vector<RequestId>& script = script_[user];
  std::uint32_t& at = script_at_[user];
  for (const Wait& w : of_request(closed.led, index)) send_next(w.user, now_ + closed.think[script_[w.user][0]]);
  if (records_[r].status == RequestStatus::kRejected) {
    // No later turn can be asked: all of them end here.
    while (at < script.size()) {
      const RequestId later = script[at++];
      const RequestId id = arrived_++;
      content_.push_back(later);
      records_[id].arrival = now_;
      records_[id].status = RequestStatus::kRejected;
      --unfinished_;
      emit(sink, {now_, EventType::kArrive, id});
      emit(sink, {now_, EventType::kReject, id});
      for (const Wait& w : of_request(closed.led, later)) send_next(w.user, now_ + closed.think[script_[w.user][0]]);
    }
  }
  if (at < script.size()) return send_next(user, now_ + closed.think[script[at]]);
  user_over(user);
}

void Simulation::user_over(std::uint32_t user) {
  const ClosedLoop& closed = workload_->closed;
  user_done_[user] = 1;
  for (const Wait& w : closed.waits) {
    if (w.user != user) continue;
    const std::uint32_t waiting = workload_->requests[w.request].user;
    const std::uint32_t at = script_at_[waiting];
    if (owed_[waiting] == 0 || at >= script_[waiting].size() || script_[waiting][at] != w.request) continue;
    if (--owed_[waiting] == 0)
      push({std::max(due_[waiting], now_), 5, QueuedKind::kArrival, 0, waiting, kNone, w.request, 0});
  }
  if (closed.at_once > 0 && !is_led(closed, user)) start_next_user();
}

}  // namespace blockyard
