// A session whose workers come and go, and what those say that post heartbeats.
#include "core/live/session.h"

namespace blockyard::live {

void LiveSession::join(const WorkerSetup& setup) {
  fleet_.workers.push_back(setup);
  workers_.emplace_back(setup, *forest_, fleet_);
  if (keeps_changes_) workers_.back().truth.keep_changes();
  view_->join();
  requests_.join();
  if (setup.heartbeat) ++heartbeats_;
}

// The worker that a post is of, which joins by it where its index is the next one. Nothing where the record is of a
// worker that posts nothing, or has left.
LiveWorker* LiveSession::heard(WorkerId id, const std::string& name) {
  if (id == workers_.size()) {
    WorkerSetup setup;
    setup.name = name;
    setup.heartbeat = true;
    join(setup);
  }
  LiveWorker& w = workers_[id];
  if (!w.setup.heartbeat || w.setup.removed) return nullptr;
  w.heard = now_;
  w.up = w.health_known = true;
  return &w;
}

void LiveSession::apply(const BeatRecord& r) {
  const bool free = r.worker == workers_.size() || !workers_[r.worker].up || workers_[r.worker].beats == 0;
  LiveWorker* w = heard(r.worker, r.name);
  if (w == nullptr) return;
  ++w->beats;
  w->beat_load = r.load;
  w->sent_since = 0;
  if (!r.why.empty()) w->why = r.why;
  if (r.url.empty() || !free) return;
  if (const auto address = parse_http_address(r.url)) w->setup.address = fleet_.workers[r.worker].address = *address;
}

void LiveSession::apply(const SyncRecord& r) {
  LiveWorker* w = heard(r.worker, r.name);
  if (w != nullptr) told(r.worker, w->held.replace(r.hashes, known_, fleet_.block_tokens));
}

void LiveSession::apply(const EvictRecord& r) {
  LiveWorker& w = workers_[r.worker];
  if (w.setup.heartbeat && !w.setup.removed) told(r.worker, w.held.evict(r.hashes));
}

// A batch of a stream that is counted here: its worker numbers nothing.
void LiveSession::told(WorkerId id, KvBatch batch) {
  LiveWorker& w = workers_[id];
  batch.seq = w.truth.last() ? *w.truth.last() + 1 : 0;
  this->batch(w, batch);
}

}  // namespace blockyard::live
