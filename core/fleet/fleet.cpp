#include "core/fleet/fleet.h"

#include <string>

#include "core/tokens/sha256.h"

namespace blockyard {

Truth Fleet::truth_of(WorkerId w) const { return {&workers_[w].cache().resident(), workers_[w].run_cache()}; }

const BlockSet& Fleet::believed(WorkerId w, std::uint32_t router) const {
  return oracle() ? workers_[w].cache().resident() : routers_[router].belief.blocks(w);
}

double Fleet::true_load(WorkerId w, SimTime at) const {
  const Worker& worker = workers_[w];
  if (!told_.empty()) return told_[w].running + told_[w].waiting;
  if (config_.router.load_metric == LoadMetric::kQueueDepth) return worker.queue_depth();
  return us_to_ms(worker.remaining(World(*this, w), at));
}

std::uint32_t Fleet::unbooked_steps(WorkerId w, SimTime at) const {
  return workers_[w].step_info().over(at, step_is_over(w, at));
}

Divergence Fleet::divergence(WorkerId w, std::uint32_t router) const {
  return routers_[router].belief.divergence(w, truth_of(w));
}

std::uint32_t Fleet::router_of(RequestId r) const {
  const auto replicas = static_cast<std::uint32_t>(routers_.size());
  if (replicas == 1) return 0;
  if (config_.router.replica_choice == ReplicaChoice::kTurn) return r % replicas;
  const std::uint32_t session = request(r).session;
  const std::string name = session == kNone ? std::to_string(r) : workload_->sessions[session];
  const Digest digest = sha256({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()});
  return static_cast<std::uint32_t>(digest_prefix(digest) % replicas);
}

std::uint32_t Fleet::router_asked(RequestId r) const { return r < arrived_ ? records_[r].router : router_of(r); }

}  // namespace blockyard
