#include "core/live/observed/observed_fleet.h"

#include <algorithm>
#include <cstdio>

#include "core/base/check.h"

namespace blockyard::live {
namespace {

constexpr std::uint32_t kFirstIds = 4096;

// What the workers' caches are like as far as they are only observed.
Config observed_config(const LiveFleet& fleet, const std::string& started, std::uint32_t cells) {
  Config config;
  // Nothing is drawn by chance; whoever keeps something of a fleet tells by this that it is another one.
  StateHash which;
  for (const char c : started + fleet.name) which.add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
  config.seed = which.value();
  config.fleet.workers = static_cast<std::uint32_t>(fleet.workers.size());
  config.cache.block_tokens = fleet.block_tokens;
  config.cache.capacity_blocks = std::max(1U, cells);
  return config;
}

// Days from 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date
// Algorithms").
std::int64_t days_of(std::int64_t y, unsigned m, unsigned d) {
  y -= m <= 2 ? 1 : 0;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + static_cast<std::int64_t>(doe) - 719468;
}

// 2026-08-02T10:00:00.125Z; 0 where it is not that.
double seconds_of(const std::string& rfc3339) {
  int y = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0;
  double second = 0;
  if (rfc3339.find('.') == std::string::npos) return 0;  // to the second: too coarse to compare clocks by
  if (std::sscanf(rfc3339.c_str(), "%4d-%2u-%2uT%2u:%2u:%lfZ", &y, &month, &day, &hour, &minute, &second) != 6)
    return 0;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || !(second >= 0 && second < 61))
    return 0;
  return static_cast<double>(days_of(y, month, day)) * 86400 + hour * 3600 + minute * 60 + second;
}

EventType event_of(StateChange change) {
  switch (change) {
    case StateChange::kConnected:
      return EventType::kConnect;
    case StateChange::kDisconnected:
    case StateChange::kNoStream:
      return EventType::kDisconnect;
    case StateChange::kGap:
      return EventType::kGap;
    case StateChange::kSettled:
      return EventType::kSettle;
    case StateChange::kRestarted:
      return EventType::kAnew;
    case StateChange::kUp:
      return EventType::kUp;
    case StateChange::kDown:
    case StateChange::kLost:
    case StateChange::kRemoved:
      return EventType::kDown;
    case StateChange::kBadFrame:
      return EventType::kLeaveOut;
    case StateChange::kBreakerOpen:
      return EventType::kDown;
    case StateChange::kBreakerClosed:
      return EventType::kUp;
  }
  return EventType::kLeaveOut;
}

std::uint32_t requests_of(const std::optional<double>& told) {
  return static_cast<std::uint32_t>(std::clamp(told && *told >= 0 ? *told : 0.0, 0.0, 1e9));
}

std::uint64_t sum(const DropCounts& counts) {
  std::uint64_t out = 0;
  for (const std::uint64_t n : counts) out += n;
  return out;
}

}  // namespace

ObservedFleet::ObservedFleet(const LiveFleet& fleet, BlockNames& names, const std::string& started, std::uint32_t cells)
    : Fleet(observed_config(fleet, started, cells), names.workload(), nullptr),
      session_(fleet),
      names_(&names),
      ids_(std::max(kFirstIds, names.size())),
      started_(seconds_of(started)) {
  config_.router = router_config(fleet);
  session_.keep_changes();
  grow();
}

// Places for workers that the session has and this has not.
void ObservedFleet::grow() {
  const auto all = static_cast<std::uint32_t>(session_.workers().size());
  if (routers_.size() == 1 && workers_.size() == all) return;
  const auto before = static_cast<WorkerId>(workers_.size());
  config_.fleet.workers = all;
  told_.resize(all);
  used_.resize(all);
  for (WorkerId w = before; w < all; ++w) {
    workers_.emplace_back(config_, *workload_, nullptr, w, CacheKind::kBlocks);
    workers_.back().observed_cache().grow(config_.cache.capacity_blocks, ids_);
  }
  Belief belief(config_.router, {all, routed() ? ids_ : 0, nullptr, false});
  for (WorkerId w = 0; routed() && w < before; ++w) {
    for (const Span& run : routers_[0].belief.blocks(w).runs()) {
      for (std::uint32_t k = 0; k < run.count; ++k) belief.set_block(w, run.first + k, true);
    }
  }
  routers_.clear();
  routers_.push_back(
      {std::move(belief), FleetFigures(all), RouterMemory(config_.seed, 0), ActiveBlocks(), true});
}

void ObservedFleet::tell(EventLog* log, EventType type, WorkerId w, std::uint64_t value, BlockId block,
                         RequestId request) const {
  if (log == nullptr) return;
  LoggedEvent e;
  e.t = now_;
  e.request = request;
  e.worker = w;
  e.value = static_cast<std::uint32_t>(std::min<std::uint64_t>(value, kNone - 1));
  e.block = block;
  e.handled = handled_ & ((std::uint64_t{1} << 56) - 1);
  e.type = type;
  log->push_back(e);
}

// A node that is there is named by its chain down from the root, as far as that has no name yet.
BlockId ObservedFleet::name_of(NodeId node) {
  const Forest& forest = session_.forest();
  if (named_.size() < forest.bound()) named_.resize(forest.bound());
  scratch_.clear();
  BlockId block = kNone;
  for (; forest.parent(node) != kNone; node = forest.parent(node)) {
    if (named_[node].born == forest.born(node)) {
      block = named_[node].block;
      break;
    }
    scratch_.push_back(node);
  }
  if (scratch_.empty()) return block;
  const Digest root = block == kNone ? forest.root_digest(node) : Digest{};
  for (auto at = scratch_.rbegin(); at != scratch_.rend(); ++at) {
    block = names_->name(block, root, forest.code(*at));
    seen_ = std::max(seen_, block + 1);
    named_[*at] = {forest.born(*at), block};
  }
  return block;
}

// Blocks have their slots for good: growing moves none.
void ObservedFleet::make_room(std::uint32_t cells, std::uint32_t ids) {
  if (cells <= config_.cache.capacity_blocks && ids <= ids_) return;
  config_.cache.capacity_blocks = std::max(cells, config_.cache.capacity_blocks);
  while (ids_ < ids) ids_ *= 2;
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    use_all(w, false);
    workers_[w].observed_cache().grow(config_.cache.capacity_blocks, ids_);
    use_all(w, true);
  }
  if (routed()) routers_[0].belief.grow(ids_);
}

void ObservedFleet::make_room_for_names() {
  make_room(0, names_->size());
  records_.resize(names_->workload().requests.size());
}

// What the truth of w says has changed, in its cache.
void ObservedFleet::take_over(WorkerId w, EventLog* log) {
  const Forest& forest = session_.forest();
  KvCache& cache = workers_[w].observed_cache();
  const auto believe = [this, w](BlockId block, bool held) {
    if (routed()) routers_[0].belief.set_block(w, block, held);
  };
  const auto refer = [&](BlockId block, bool more) {
    const auto by = used_[w].find(block);
    for (std::uint32_t n = by == used_[w].end() ? 0 : by->second; n > 0; --n) cache.observe_used(block, more, now_);
  };
  std::uint64_t gone = 0, stored = 0;
  BlockId first_gone = kNone, first_stored = kNone;
  bool cleared = false;
  for (const ResidentChange& c : observed(w).truth.changes()) {
    if (c.node == kNone) {
      cache.clear();
      cleared = true;
      if (!routed()) continue;
      routers_[0].belief.clear(w, now_);
      session_.view().each(w, [&](NodeId node) { believe(name_of(node), true); });
    } else if (!c.resident) {
      // Without a name it came and went since the record before: it was never seen.
      if (named_.size() <= c.node || named_[c.node].born != c.born) continue;
      const BlockId block = named_[c.node].block;
      if (!cache.resident().contains(block)) continue;
      refer(block, false);
      cache.observe_gone(block);
      const bool same = forest.is_there(c.node) && forest.born(c.node) == c.born;
      if (!same || !session_.view().believed(w, c.node)) believe(block, false);
      if (gone++ == 0) first_gone = block;
    } else if (forest.is_there(c.node) && forest.born(c.node) == c.born) {
      const BlockId block = name_of(c.node);
      make_room(cache.free_slots() == 0 ? cache.capacity() + std::max(16U, cache.capacity() / 4) : 0, names_->size());
      cache.observe_stored(block, now_);
      refer(block, true);
      believe(block, true);
      if (stored++ == 0 || block < first_stored) first_stored = block;
    }
  }
  session_.forget_changes(w);
  if (cleared) tell(log, EventType::kClear, w, 0);
  if (gone > 0) tell(log, EventType::kEvict, w, gone, first_gone);
  if (stored > 0) tell(log, EventType::kStore, w, stored, first_stored);
}

void ObservedFleet::apply(const Record& record, EventLog* log) {
  now_ = std::max(now_, record.t);
  ++handled_;
  const auto worker_of = [](const auto& body) -> WorkerId {
    if constexpr (requires { body.worker; }) return body.worker;
    return kNone;
  };
  const WorkerId w = std::visit(worker_of, record.body);
  if (w == kNone || w >= workers_.size()) {  // of no worker, or of one that joins by it
    std::optional<EndedRequest> over;
    session_.ended = [&over](const EndedRequest& r) { over = r; };
    session_.apply(record);
    session_.ended = nullptr;
    const Departed gone = departed();
    grow();
    if (over) end(*over, log);
    if (const auto* command = std::get_if<CommandRecord>(&record.body)) obey(*command, log);
    if (w != kNone) {
      tell(log, EventType::kConnect, w, 0);
      settle(w, log);
    }
    return follow_view(gone);
  }
  const StreamCounts before = observed(w).truth.counts();
  const bool was_up = observed(w).up;
  const auto last = observed(w).truth.last();
  const BlockId first_missing = last && *last + 1 < kNone ? static_cast<BlockId>(*last + 1) : kNone;
  session_.apply(record);
  const Departed gone = departed();
  const StreamCounts& after = observed(w).truth.counts();
  if (const auto* state = std::get_if<StateRecord>(&record.body)) {
    tell(log, event_of(state->state), w, 0);
  } else if (after.restarts > before.restarts) {
    tell(log, EventType::kAnew, w, 0);
  } else if (!was_up && observed(w).up) {
    tell(log, EventType::kUp, w, 0);
  }
  if (after.lost > before.lost) tell(log, EventType::kLose, w, after.lost - before.lost, first_missing);
  if (sum(after.dropped) > sum(before.dropped))
    tell(log, EventType::kLeaveOut, w, sum(after.dropped) - sum(before.dropped));
  settle(w, log);
  if (const auto* route = std::get_if<RouteRecord>(&record.body)) {
    for (WorkerId other = 0; other < workers_.size(); ++other) {  // what it taught may have moved blocks of others
      if (other != w && !observed(other).truth.changes().empty()) take_over(other, log);
    }
    this->route(*route, log);
  }
  follow_view(gone);
}

void ObservedFleet::settle(WorkerId w, EventLog* log) {
  // Where nobody says how many there are, room is made as it is needed, a good deal at a time: making it is a walk through
  // all caches.
  if (const auto known = known_capacity(w)) make_room(*known, 0);
  take_over(w, log);
  workers_[w].observe_up(observed(w).state() != WorkerState::kDown);
  const MetricsFigures& figures = observed(w).figures;
  told_[w] = {requests_of(figures.running), requests_of(figures.waiting)};
}

std::optional<std::uint32_t> ObservedFleet::known_capacity(WorkerId w) const {
  const LiveWorker& worker = observed(w);
  if (!worker.setup.capacity_blocks && !worker.figures.capacity_tokens) return {};
  return worker.capacity_blocks(config_.cache.block_tokens);
}

std::optional<double> ObservedFleet::lag(WorkerId w) const {
  const LiveWorker& worker = observed(w);
  if (worker.last_batch < 0 || started_ == 0 || worker.last_ts == 0) return {};
  return started_ + static_cast<double>(worker.last_batch) / 1e6 - worker.last_ts;
}

std::optional<double> ObservedFleet::hit_rate(WorkerId w) const {
  const LiveWorker& worker = observed(w);
  double queried = 0, hit = 0;
  const auto& rows = figure_rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].value == &MetricsFigures::queried_tokens) queried = worker.totals[i];
    if (rows[i].value == &MetricsFigures::hit_tokens) hit = worker.totals[i];
  }
  if (queried > 0) return hit / queried;
  return worker.figures.hit_rate;
}

std::size_t ObservedFleet::bytes() const {
  constexpr std::size_t kBlock = 200, kSlot = 96, kNode = 128;  // with what finds them
  std::size_t out = session_.forest().size() * kNode + named_.size() * sizeof(Named) +
                    records_.size() * sizeof(blockyard::RequestRecord);
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    out += observed(w).truth.engine_blocks() * kBlock + workers_[w].cache().capacity() * kSlot + ids_ / 2;
  }
  return out;
}

}  // namespace blockyard::live
