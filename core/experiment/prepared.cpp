#include "core/experiment/prepared.h"

#include "core/workload/make.h"

namespace blockyard {

Result<std::unique_ptr<Prepared>> prepare(const Scenario& scenario) {
  if (auto fits = fits_memory(memory_of_workload(scenario.workload), scenario, scenario.most_memory); !fits)
    return fits.error();
  auto made = make_workload(scenario, scenario.config.cache.block_tokens);
  if (!made) return made.error();
  auto prepared = std::make_unique<Prepared>();
  prepared->scenario = scenario;
  prepared->workload = std::move(*made);
  const bool belady = eviction_row(scenario.config.cache.eviction).needs_tree;
  if (belady && prepared->workload.closed.users > 0) {
    return Error{"/cache/eviction: belady is not allowed with closed-loop arrivals, whose future depends on the run; "
                 "it must be lru, fifo, lfu or random, or workload.replay open"};
  }
  const MemoryNeed need = memory_of_run(scenario.config, prepared->workload, nullptr, fastest_cache(scenario.config));
  if (auto fits = fits_memory(need, scenario, scenario.most_memory); !fits) return fits.error();
  // What answers alone have comes behind all ids of prompts, and is on no edge.
  prepared->tree = RadixTree::build(prepared->workload.prompt_chains(), prepared->workload.tree.size());
  if (auto fits = fits_run(*prepared, scenario); !fits) return fits.error();
  return prepared;
}

Result<void> fits_run(const Prepared& prepared, const Scenario& scenario) {
  return fits_memory(memory_of_run(scenario.config, prepared.workload, &prepared.tree, fastest_cache(scenario.config)),
                     scenario, scenario.most_memory);
}

}  // namespace blockyard
