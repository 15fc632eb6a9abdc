// What an observed fleet takes from its router: requests as they are routed and end, and what it believes.
#include <algorithm>

#include "core/live/observed/observed_fleet.h"

namespace blockyard::live {

RouterConfig ObservedFleet::router_config(const LiveFleet& fleet) {
  RouterConfig out = fleet.router.config;
  out.view = fleet.router.listen ? ViewMode::kSynced : ViewMode::kOracle;
  out.load_metric = LoadMetric::kQueueDepth;
  return out;
}

blockyard::RequestRecord& ObservedFleet::record_of(RequestId r) {
  if (records_.size() <= r) records_.resize(r + 1);
  arrived_ = std::max(arrived_, r + 1);
  return records_[r];
}

std::uint32_t ObservedFleet::fresh_blocks(WorkerId w, std::span<const BlockId> chain) const {
  return static_cast<std::uint32_t>(
      std::count_if(chain.begin(), chain.end(), [&](BlockId block) { return !used_[w].contains(block); }));
}

void ObservedFleet::use(WorkerId w, std::span<const BlockId> chain, bool more) {
  KvCache& cache = workers_[w].observed_cache();
  for (const BlockId block : chain) {
    if (cache.resident().contains(block)) cache.observe_used(block, more, now_);
    if (more) {
      ++used_[w][block];
    } else if (const auto at = used_[w].find(block); --at->second == 0) {
      used_[w].erase(at);
    }
  }
}

void ObservedFleet::use_all(WorkerId w, bool more) {
  KvCache& cache = workers_[w].observed_cache();
  for (const auto& [block, by] : used_[w]) {
    for (std::uint32_t n = cache.resident().contains(block) ? by : 0; n > 0; --n) cache.observe_used(block, more, now_);
  }
}

void ObservedFleet::route(const RouteRecord& r, EventLog* log) {
  std::vector<BlockId> chain;
  BlockId block = kNone;
  for (const Code& code : r.codes) {
    chain.push_back(block = names_->name(block, r.root, code));
    seen_ = std::max(seen_, block + 1);
  }
  make_room(0, names_->size());
  const RequestId id = names_->request(r.request, now_, r.prompt_tokens, chain);
  blockyard::RequestRecord& record = record_of(id);
  if (const auto before = there_.find(id); before != there_.end()) {  // it failed where it was
    use(before->second.worker, before->second.chain, false);
    ++record.retries;
  } else {
    record.arrival = now_;  // until its end says when it came
    tell(log, EventType::kArrive, kNone, 0, kNone, id);
  }
  record.worker = r.worker;
  record.predicted = r.worker < r.sights.size() ? r.sights[r.worker].overlap : 0;
  record.status = RequestStatus::kRunning;
  record.hit_told = false;
  use(r.worker, chain, true);
  there_[id] = {r.worker, std::move(chain)};
  tell(log, EventType::kRoute, r.worker, record.predicted, kNone, id);
}

void ObservedFleet::end(const EndedRequest& r, EventLog* log) {
  const RequestId id = names_->request(r.end.request, now_, r.prompt_tokens, {});
  names_->answered(id, r.end.output_tokens);
  blockyard::RequestRecord& record = record_of(id);
  if (const auto at = there_.find(id); at != there_.end()) {
    use(at->second.worker, at->second.chain, false);
    there_.erase(at);
  } else {  // no worker was found for it
    tell(log, EventType::kArrive, kNone, 0, kNone, id);
  }
  record.arrival = r.end.arrival >= 0 ? r.end.arrival : now_;
  record.start = r.end.sent;
  record.first_token = r.end.first_token;
  record.finish = r.end.finish >= 0 ? r.end.finish : now_;
  record.worker = r.end.served.value_or(kNone);
  const auto hit = r.hit(config_.cache.block_tokens);
  record.hit_told = hit.has_value();
  record.hit = hit.value_or(0);
  record.status = r.end.outcome == Outcome::kCompleted ? RequestStatus::kCompleted : RequestStatus::kFailed;
  const EventType type = r.end.outcome == Outcome::kCompleted ? EventType::kFinish
                         : r.end.outcome == Outcome::kFailed  ? EventType::kFail
                                                              : EventType::kCancel;
  tell(log, type, record.worker, type == EventType::kFail ? r.end.http_status : record.hit, kNone, id);
}

void ObservedFleet::obey(const CommandRecord& r, EventLog* log) {
  config_.router = router_config(session_.fleet());
  if (r.command == CommandKind::kAdd) return;  // it tells of itself
  const EventType type = r.command == CommandKind::kRouter   ? EventType::kChange
                         : r.command == CommandKind::kResume ? EventType::kResume
                                                             : EventType::kDrain;
  tell(log, type, r.whom.value_or(kNone), config_.router.strategy);
}

ObservedFleet::Departed ObservedFleet::departed() const {
  Departed out;
  for (const RouterView::Change& c : session_.view().changes()) {
    if (!c.joined && c.node < named_.size() && named_[c.node].born == c.born)
      out.emplace_back(c.worker, named_[c.node].block);
  }
  return out;
}

// What the router has come to expect, or does no more, beyond what is resident.
void ObservedFleet::follow_view(const Departed& departed) {
  if (!routed()) return session_.forget_view_changes();
  const Forest& forest = session_.forest();
  Belief& belief = routers_[0].belief;
  for (const auto& [w, block] : departed)
    belief.set_block(w, block, workers_[w].cache().resident().contains(block));
  for (const RouterView::Change& c : session_.view().changes()) {
    const bool same = forest.is_there(c.node) && forest.born(c.node) == c.born;
    if (!same || !session_.view().believed(c.worker, c.node)) continue;
    const BlockId block = name_of(c.node);
    make_room(0, names_->size());
    belief.set_block(c.worker, block, true);
  }
  session_.forget_view_changes();
}

}  // namespace blockyard::live
