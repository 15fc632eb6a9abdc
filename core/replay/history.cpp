#include "core/replay/history.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace blockyard {
namespace {

constexpr std::size_t kAtOnce = 256;  // records that the only checkpoint moves over
constexpr std::size_t kLeastSpacing = std::size_t{1} << 20;  // bytes of records between checkpoints

// Memory that a record takes, about.
std::size_t bytes_of(const live::Record& record) {
  std::size_t out = sizeof(live::Record) + 32;
  if (const auto* kv = std::get_if<live::KvRecord>(&record.body)) {
    for (const live::KvEvent& e : kv->batch.events)
      out += sizeof(live::KvEvent) + e.hashes.size() * sizeof(std::uint64_t) + e.codes.size() * sizeof(live::Code);
  } else if (const auto* raw = std::get_if<live::KvRawRecord>(&record.body)) {
    out += raw->payload.size();
  } else if (const auto* metrics = std::get_if<live::MetricsRecord>(&record.body)) {
    const live::MetricsFigures& f = metrics->figures;
    out += (f.ttft.buckets.size() + f.e2e.buckets.size() + f.interval.buckets.size()) * 16;
  } else if (const auto* route = std::get_if<live::RouteRecord>(&record.body)) {
    out += (route->codes.size() + route->beats.size()) * sizeof(live::Code) +
           route->sights.size() * sizeof(live::WorkerSight) + route->reason.size() + route->strategy.size();
  } else if (const auto* sync = std::get_if<live::SyncRecord>(&record.body)) {
    out += sync->hashes.size() * sizeof(Digest);
  } else if (const auto* evict = std::get_if<live::EvictRecord>(&record.body)) {
    out += evict->hashes.size() * sizeof(Digest);
  }
  return out;
}

}  // namespace

History::History(const live::LiveFleet& fleet, std::string started, FrontierListener* listener, Keep keep)
    : listener_(listener),
      longest_(keep.longest.value_or(ms_to_us(fleet.keep.minutes * 60'000))),
      most_bytes_(keep.bytes.value_or(static_cast<std::size_t>(fleet.keep.mib * 1048576))),
      started_(std::move(started)),
      names_(fleet.block_tokens),
      newest_(std::make_unique<live::ObservedFleet>(fleet, names_, started_)) {
  save();
}

void History::save() {
  Checkpoint c;
  c.fleet = std::make_unique<live::ObservedFleet>(*newest_);
  c.record = end();
  c.t = newest_->now();
  c.bytes = c.fleet->bytes();
  copy_bytes_ += c.bytes;
  checkpoints_.push_back(std::move(c));
}

void History::add(live::Record record) {
  if (listener_ != nullptr) listener_->on_quiet(*newest_, record.t);
  const std::size_t before = log_.size();
  newest_->apply(record, &log_);
  if (listener_ != nullptr) {
    for (std::size_t i = before; i < log_.size(); ++i) {
      const LoggedEvent& e = log_[i];
      // What it found is told with its end.
      if (e.type == EventType::kFinish && newest_->records()[e.request].hit_told)
        listener_->on_event({e.t, EventType::kStart, e.request, e.worker, e.value}, *newest_);
      listener_->on_event({e.t, e.type, e.request, e.worker, e.value}, *newest_);
    }
  }
  const std::size_t weight = bytes_of(record);
  record_bytes_ += weight;
  checkpoints_.back().held += weight;
  records_.push_back(std::move(record));
  const std::size_t copy = newest_->bytes();
  if (checkpoints_.back().held >= std::max(kLeastSpacing, copy) && copy_bytes_ + 2 * copy <= most_bytes_) save();
  while (checkpoints_.size() > 1 && (bytes() > most_bytes_ || newest() - checkpoints_[1].t > longest_)) forget_oldest();
  while (checkpoints_.size() == 1 && too_much()) move_the_only_one();
}

// More records than the only checkpoint leaves room for, or older ones; by enough that some are worth forgetting.
bool History::too_much() const {
  if (records_.size() < kAtOnce) return false;
  const std::size_t room = std::max(most_bytes_ / 2, most_bytes_ - std::min(most_bytes_, copy_bytes_));
  return record_bytes_ > room || newest() - records_[kAtOnce - 1].t > longest_;
}

void History::move_the_only_one() {
  Checkpoint& only = checkpoints_.front();
  const std::uint64_t until = first_ + kAtOnce;
  if (cursor_ && at_ < until) go(until, std::max(now(), record(until - 1).t));  // from where it is
  for (std::uint64_t i = first_; i < until; ++i) {
    const std::size_t weight = bytes_of(record(i));
    only.held -= weight;
    record_bytes_ -= weight;
    only.fleet->apply(record(i), nullptr);
  }
  only.record = until;
  only.t = only.fleet->now();
  copy_bytes_ -= only.bytes;
  only.bytes = only.fleet->bytes();
  copy_bytes_ += only.bytes;
  forget_until(until);
}

void History::wait_until(SimTime t) {
  if (t <= newest()) return;
  if (listener_ != nullptr) listener_->on_quiet(*newest_, t);
  newest_->wait_until(t);
}

void History::forget_oldest() {
  const Checkpoint& gone = checkpoints_.front();
  const std::uint64_t until = checkpoints_[1].record;
  record_bytes_ -= gone.held;
  copy_bytes_ -= gone.bytes;
  checkpoints_.pop_front();
  if (cursor_ && at_ < until) go(until, begin());
  forget_until(until);
}

// Records before that one, and what was logged of them.
void History::forget_until(std::uint64_t until) {
  records_.erase(records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(until - first_));
  first_ = until;
  const std::size_t events = events_until(until);
  log_.erase(log_.begin(), log_.begin() + static_cast<std::ptrdiff_t>(events));
  log_at_ -= std::min(log_at_, events);
  if (listener_ != nullptr) listener_->on_forget(begin());
}

std::size_t History::events_until(std::uint64_t record) const {
  const auto found = std::partition_point(log_.begin(), log_.end(),
                                          [record](const LoggedEvent& e) { return e.handled <= record; });
  return static_cast<std::size_t>(found - log_.begin());
}

void History::go(std::uint64_t i, SimTime t) {
  // From the nearest copy before it, unless the cursor itself is nearer.
  const auto behind = std::partition_point(checkpoints_.begin(), checkpoints_.end(), [&](const Checkpoint& c) {
    return c.record <= i && c.t <= t;
  });
  const Checkpoint& from = *std::prev(behind == checkpoints_.begin() ? std::next(behind) : behind);
  if (!cursor_ || at_ > i || cursor_->now() > t || at_ < from.record) {
    cursor_ = std::make_unique<live::ObservedFleet>(*from.fleet);
    at_ = from.record;
  }
  for (; at_ < i; ++at_) cursor_->apply(record(at_), nullptr);
  cursor_->wait_until(t);
  cursor_->make_room_for_names();
  log_at_ = events_until(i);
}

void History::seek(SimTime t) {
  t = std::clamp(t, begin(), newest());
  const auto behind =
      std::partition_point(records_.begin(), records_.end(), [t](const live::Record& r) { return r.t <= t; });
  go(first_ + static_cast<std::uint64_t>(behind - records_.begin()), t);
}

bool History::step() {
  if (follows() || log_at_ == log_.size()) return false;
  go_behind(log_at_);
  return true;
}

bool History::step_request() {
  if (follows()) return false;
  const auto next = std::find_if(log_.begin() + static_cast<std::ptrdiff_t>(log_at_), log_.end(),
                                 [](const LoggedEvent& e) { return e.type == EventType::kRoute; });
  if (next == log_.end()) return false;
  go_behind(static_cast<std::size_t>(next - log_.begin()));
  return true;
}

bool History::step_back_request() {
  std::size_t at = events_at_cursor();
  bool here = at > 0 && log_[at - 1].type == EventType::kRoute;  // this one is left behind
  while (at-- > 0) {
    if (log_[at].type != EventType::kRoute) continue;
    if (!std::exchange(here, false)) {
      go_behind(at);
      return true;
    }
  }
  return false;
}

bool History::step_back() {
  const std::size_t happened = events_at_cursor();
  if (happened == 0) return false;
  const std::uint64_t last = log_[happened - 1].handled;
  std::size_t before = happened;
  while (before > 0 && log_[before - 1].handled == last) --before;
  if (before == 0) {
    go(first_, begin());
  } else {
    go(log_[before - 1].handled, log_[before - 1].t);
  }
  return true;
}

void History::follow() { cursor_.reset(); }

bool History::settle_names() {
  if (!names_.settle()) return false;
  newest_->make_room_for_names();
  if (cursor_) cursor_->make_room_for_names();
  return true;
}

}  // namespace blockyard
