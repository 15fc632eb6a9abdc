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
  const bool watches_stream = !setup.events.empty();
  if (!up) return WorkerState::kDown;
  if (truth.misfit() != 0) return WorkerState::kNoStream;
  if ((was_connected && !connected) || misses >= kMissesUntilStale) return WorkerState::kStale;
  if (gap) return WorkerState::kGap;
  if (watches_stream ? last_batch < 0 : figures_at < 0 && !health_known) return WorkerState::kJoining;
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

LiveSession::LiveSession(const LiveFleet& fleet) : fleet_(fleet), forest_(std::make_unique<Forest>()) {
  workers_.reserve(fleet.workers.size());
  for (const WorkerSetup& w : fleet.workers) workers_.emplace_back(w, *forest_, fleet_);
}

LiveSession::LiveSession(const LiveSession& other)
    : fleet_(other.fleet_),
      forest_(std::make_unique<Forest>(*other.forest_)),
      workers_(other.workers_),
      now_(other.now_),
      records_(other.records_) {
  for (LiveWorker& w : workers_) w.truth.move_to(*forest_);
}

void LiveSession::keep_changes() {
  for (LiveWorker& w : workers_) w.truth.keep_changes();
}

void LiveSession::apply(const Record& record) {
  now_ = std::max(now_, record.t);
  ++records_;
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
      w.truth.restarted();
      w.raw.forget();
      w.gap = false;
      w.last_batch = -1;
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
  for (const LiveWorker& w : workers_) {
    w.truth.add_to(hash);
    hash.add(static_cast<std::uint64_t>(w.last_batch));
    hash.add(w.last_ts);
    hash.add(w.gaps);
    hash.add(w.bad_frames);
    hash.add(static_cast<std::uint64_t>(w.state()));
    hash.add(static_cast<std::uint64_t>(w.figures_at));
    hash.add(std::uint64_t{w.misses});
    for (const FigureRow& row : figure_rows()) hash.add((w.figures.*row.value).value_or(-1));
    for (const double total : w.totals) hash.add(total);
  }
  return hash.value();
}

}  // namespace blockyard::live
