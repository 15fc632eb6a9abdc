#include "core/experiment/prepared.h"

#include "core/workload/make.h"

namespace blockyard {

Result<std::unique_ptr<Prepared>> prepare(const Scenario& scenario, TreeWanted wanted) {
  auto made = make_workload(scenario.workload, scenario.config.cache.block_tokens, scenario.config.seed, scenario.base_dir);
  if (!made) return made.error();
  auto prepared = std::make_unique<Prepared>();
  prepared->scenario = scenario;
  prepared->workload = std::move(*made);
  const bool belady = scenario.config.cache.eviction == EvictionPolicy::kBelady;
  if (belady && prepared->workload.closed.users > 0) {
    return Error{"/cache/eviction: belady is not allowed with closed-loop arrivals: their future depends on the run"};
  }
  if (belady || wanted == TreeWanted::kAlways) {
    const Workload& w = prepared->workload;
    std::vector<std::vector<Run>> chains;
    chains.reserve(w.requests.size());
    for (const Request& r : w.requests) chains.push_back(w.prompt_chain(r));
    prepared->tree = RadixTree::build(chains, w.id_count());
    prepared->has_tree = true;
  }
  return prepared;
}

}  // namespace blockyard
