#include "core/experiment/prepared.h"

#include "core/workload/make.h"

namespace blockyard {

Result<std::unique_ptr<Prepared>> prepare(const Scenario& scenario) {
  auto made =
      make_workload(scenario.workload, scenario.config.cache.block_tokens, scenario.config.seed, scenario.base_dir);
  if (!made) return made.error();
  auto prepared = std::make_unique<Prepared>();
  prepared->scenario = scenario;
  prepared->workload = std::move(*made);
  const bool belady = eviction_row(scenario.config.cache.eviction).needs_tree;
  if (belady && prepared->workload.closed.users > 0) {
    return Error{"/cache/eviction: belady is not allowed with closed-loop arrivals: their future depends on the run"};
  }
  prepared->tree = RadixTree::build(prepared->workload.prompt_chains(), prepared->workload.id_count());
  return prepared;
}

}  // namespace blockyard
