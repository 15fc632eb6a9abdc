#include "core/live/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace blockyard::live {

LiveWorker::LiveWorker(const WorkerSetup& s, Forest& forest, const LiveFleet& fleet)
    : setup(s),
      truth(forest, TruthRules{fleet.block_tokens, fleet.clear_on_gap, fleet.one_copy}),
      raw(fleet.block_tokens, fleet.one_copy),
      totals(figure_rows().size(), 0.0) {}

WorkerState LiveWorker::state() const {
  if (setup.removed) return WorkerState::kRemoved;
  if (!up) return WorkerState::kDown;
  if (draining) return WorkerState::kDraining;
  if (breaker_open) return WorkerState::kBreakerOpen;
  if (truth.misfit() != 0) return WorkerState::kNoStream;
  if ((was_connected && !connected) || misses >= kMissesUntilStale) return WorkerState::kStale;
  if (gap) return WorkerState::kGap;
  if (tells_blocks() ? last_batch < 0 : figures_at < 0 && !health_known) return WorkerState::kJoining;
  return truth.partial() ? WorkerState::kPartial : WorkerState::kLive;
}

std::uint32_t LiveWorker::capacity_blocks(std::uint32_t block_tokens) const {
  if (setup.capacity_blocks) return *setup.capacity_blocks;
  if (figures.capacity_tokens) {
    const double blocks = std::floor(*figures.capacity_tokens / block_tokens);
    if (blocks >= 0 && blocks < 1e9) return static_cast<std::uint32_t>(blocks);
  }
  return truth.capacity_seen();
}

LiveSession::LiveSession(const LiveFleet& fleet)
    : fleet_(fleet),
      forest_(std::make_unique<Forest>()),
      view_(std::make_unique<RouterView>(*forest_, fleet.workers.size())),
      requests_(fleet.block_tokens, fleet.workers.size()) {
  workers_.reserve(fleet.workers.size());
  for (const WorkerSetup& w : fleet.workers) workers_.emplace_back(w, *forest_, fleet_);
}

LiveSession::LiveSession(const LiveSession& other)
    : fleet_(other.fleet_),
      forest_(std::make_unique<Forest>(*other.forest_)),
      view_(std::make_unique<RouterView>(*other.view_)),
      requests_(other.requests_),
      known_(other.known_),
      heartbeats_(other.heartbeats_),
      keeps_changes_(other.keeps_changes_),
      open_(other.open_),
      workers_(other.workers_),
      now_(other.now_),
      records_(other.records_) {
  view_->move_to(*forest_);
  for (LiveWorker& w : workers_) w.truth.move_to(*forest_);
}

void LiveSession::keep_changes() {
  keeps_changes_ = true;
  for (LiveWorker& w : workers_) w.truth.keep_changes();
  view_->keep_changes();
}

void LiveSession::apply(const Record& record) {
  now_ = std::max(now_, record.t);
  ++records_;
  view_->expire(now_);
  std::visit([this](const auto& body) { apply(body); }, record.body);
}

void LiveSession::apply(const KvRecord& r) { batch(workers_[r.worker], r.batch); }

void LiveSession::apply(const KvRawRecord& r) {
  LiveWorker& w = workers_[r.worker];
  batch(w, w.raw.read(r.seq, r.replayed, r.payload));
}

void LiveSession::batch(LiveWorker& w, const KvBatch& batch) {
  w.last_batch = now_;
  if (batch.refused == Refusal::kNone) w.last_ts = batch.ts;
  if (!w.truth.apply(batch)) {
    w.why = fmt::format("its blocks of {} tokens and ours of {} do not fit in one another", w.truth.misfit(),
                        fleet_.block_tokens);
  }
  const auto id = static_cast<WorkerId>(&w - workers_.data());
  for (const NodeId node : w.truth.gained()) view_->confirmed(id, node);
}

void LiveSession::apply(const MetricsRecord& r) {
  LiveWorker& w = workers_[r.worker];
  if (!r.error.empty()) {
    ++w.misses;
    if (w.misses == kMissesUntilStale) w.why = "metrics: " + r.error;
    return;
  }
  w.misses = 0;
  const auto& rows = figure_rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].counter) continue;
    const auto &before = w.figures.*rows[i].value, &now = r.figures.*rows[i].value;
    if (!now) continue;
    // What it stood at as it was first seen is from before; a counter that fell began again at 0.
    if (before) w.totals[i] += *now < *before ? *now : *now - *before;
  }
  w.figures = r.figures;
  w.figures_at = now_;
  w.sent_since = 0;
}

void LiveSession::apply(const StateRecord& r) {
  LiveWorker& w = workers_[r.worker];
  if (!r.why.empty()) w.why = r.why;
  switch (r.state) {
    case StateChange::kConnected:
      w.connected = w.was_connected = true;
      break;
    case StateChange::kDisconnected:
      w.connected = false;
      break;
    case StateChange::kGap:
      w.gap = true;
      ++w.gaps;
      break;
    case StateChange::kSettled:
      w.gap = false;
      break;
    case StateChange::kRestarted:
    case StateChange::kLost:
      forget(r.worker);
      if (r.state == StateChange::kLost) w.up = false;
      break;
    case StateChange::kUp:
      w.up = w.health_known = true;
      break;
    case StateChange::kDown:
      w.up = false;
      break;
    case StateChange::kNoStream:
      break;
    case StateChange::kBadFrame:
      ++w.bad_frames;
      break;
    case StateChange::kBreakerOpen:
      w.breaker_open = true;
      break;
    case StateChange::kBreakerClosed:
      w.breaker_open = false;
      break;
    case StateChange::kRemoved:
      if (!w.setup.removed && w.setup.heartbeat) --heartbeats_;
      forget(r.worker);
      w.setup.removed = fleet_.workers[r.worker].removed = true;
      w.up = false;
      w.figures = {};
      break;
  }
}

// Whatever is known of what it holds is void.
void LiveSession::forget(WorkerId id) {
  LiveWorker& w = workers_[id];
  w.truth.restarted();
  w.raw.forget();
  w.held.clear();
  w.beat_load = 0;
  view_->clear(id);
  w.sent_since = 0;
  w.gap = false;
  w.last_batch = -1;
}

std::vector<std::uint32_t> LiveSession::overlaps(const Digest& root, std::span<const Code> codes,
                                                 std::span<const Code> beats) const {
  const std::vector<NodeId> chain = view_->known(root, codes);
  std::vector<std::uint32_t> out(workers_.size(), 0);
  for (WorkerId w = 0; w < workers_.size(); ++w) {
    const LiveWorker& worker = workers_[w];
    const auto there = [&](std::size_t k) {
      if (k < chain.size() && (worker.truth.resident(chain[k]) || view_->believed(w, chain[k]))) return true;
      return worker.setup.heartbeat && k < beats.size() && worker.held.has(beats[k]);
    };
    std::size_t k = 0;
    while (k < codes.size() && there(k)) ++k;
    out[w] = static_cast<std::uint32_t>(k);
  }
  return out;
}

void LiveSession::let_go(const Open& open) {
  --workers_[open.worker].active;
  workers_[open.worker].active_blocks -= open.blocks;
}

void LiveSession::apply(const RouteRecord& r) {
  if (const auto before = open_.find(r.request); before != open_.end()) {  // it failed where it was
    let_go(before->second);
    view_->ended(r.request, now_);
    view_->expire(now_);
  }
  const std::uint32_t predicted = r.worker < r.sights.size() ? r.sights[r.worker].overlap : 0;
  const auto blocks = static_cast<std::uint32_t>(r.codes.size());
  if (!r.beats.empty() && r.root == kRootDigest && known_.learn(r.codes, r.beats)) {
    for (WorkerId w = 0; w < workers_.size(); ++w) {
      KvBatch placed = workers_[w].held.place(r.beats, known_, fleet_.block_tokens);
      if (!placed.events.empty()) told(w, std::move(placed));
    }
  }
  open_[r.request] = {r.worker, r.chain, blocks, r.prompt_tokens, predicted};
  LiveWorker& w = workers_[r.worker];
  ++w.active;
  w.active_blocks += blocks;
  ++w.sent_since;
  if (!fleet_.router.config.speculative_insert || r.codes.empty()) return;
  constexpr std::uint32_t kUnknownCapacity = 31'250;
  const std::uint32_t capacity = w.capacity_blocks(fleet_.block_tokens);
  const bool tells = w.tells_blocks() && w.truth.misfit() == 0;
  view_->routed(r.request, r.worker, r.root, r.codes,
                tells           ? 0
                : capacity == 0 ? kUnknownCapacity
                                : capacity,
                [&w](NodeId node) { return w.truth.resident(node); });
}

void LiveSession::apply(const RequestRecord& r) {
  EndedRequest over;
  over.end = r;
  if (const auto at = open_.find(r.request); at != open_.end()) {
    let_go(at->second);
    over.chain = at->second.chain;
    over.prompt_tokens = at->second.tokens;
    over.prompt_blocks = at->second.blocks;
    over.predicted = at->second.predicted;
    view_->ended(r.request, now_ + ms_to_us(fleet_.router.speculative_ttl_ms));
    open_.erase(at);
  }
  requests_.add(over);
  if (ended) ended(over);
}

void LiveSession::apply(const CommandRecord& r) {
  if (r.command == CommandKind::kRouter) {
    RouterSettings changed = fleet_.router;
    if (read_router(r.router, changed)) fleet_.router = changed;
  } else if (r.command == CommandKind::kAdd) {
    const auto setup = parse_workers(r.added, "w");
    if (setup && setup->size() == 1 && *r.whom == workers_.size()) join(setup->front());
  } else {
    workers_[*r.whom].draining = r.command != CommandKind::kResume;
  }
}

Digest LiveSession::resident_digest(WorkerId w) const {
  std::vector<Digest> all;
  workers_[w].truth.each_resident([&](NodeId node) { all.push_back(forest_->digest(node)); });
  std::sort(all.begin(), all.end());
  std::vector<std::uint8_t> bytes;
  bytes.reserve(all.size() * 32);
  for (const Digest& d : all) bytes.insert(bytes.end(), d.begin(), d.end());
  return sha256(bytes);
}

std::uint64_t LiveSession::hash() const {
  StateHash hash;
  hash.add(static_cast<std::uint64_t>(now_));
  hash.add(records_);
  hash.add(std::uint64_t{forest_->size()});
  view_->add_to(hash);
  requests_.add_to(hash);
  for (const LiveWorker& w : workers_) {
    w.truth.add_to(hash);
    hash.add(static_cast<std::uint64_t>(w.last_batch));
    hash.add(w.last_ts);
    hash.add(w.gaps);
    hash.add(w.bad_frames);
    hash.add(static_cast<std::uint64_t>(w.state()));
    hash.add(std::uint64_t{w.active} << 32 | w.sent_since);
    hash.add(w.active_blocks);
    hash.add(static_cast<std::uint64_t>(w.figures_at));
    hash.add(std::uint64_t{w.misses});
    hash.add(static_cast<std::uint64_t>(w.heard));
    hash.add(w.beat_load);
    hash.add(std::uint64_t{w.held.size()});
    for (const FigureRow& row : figure_rows()) hash.add((w.figures.*row.value).value_or(-1));
    for (const double total : w.totals) hash.add(total);
  }
  return hash.value();
}

}  // namespace blockyard::live
