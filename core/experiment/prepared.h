// Prepared: a scenario with its workload made and its radix tree built: all that simulations of it share, immutable.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/experiment/memory.h"
#include "core/prefix/radix.h"
#include "core/settings/scenario.h"
#include "core/sim/simulation.h"
#include "core/workload/workload.h"

namespace blockyard {

struct Prepared {
  Scenario scenario;
  Workload workload;
  RadixTree tree;

  /// A simulation at time 0, by runs where the scenario allows it: for whoever looks at no single slot and changes no
  /// setting in flight. It and its copies refer to this object, which must outlive them.
  Simulation simulation() const { return simulation(scenario.config); }
  /// The same requests under another config (strategy, eviction, staleness …; same block size).
  Simulation simulation(const Config& config) const {
    return Simulation(config, workload, &tree, fastest_cache(config));
  }
};

/// Makes the workload and its radix tree. Errors are the workload's, or an eviction that needs to know the future of a
/// closed loop; or what is needed is more than scenario.most_memory allows.
Result<std::unique_ptr<Prepared>> prepare(const Scenario& scenario);

/// An error where a run of these requests under another scenario would take more than that one's most_memory.
Result<void> fits_run(const Prepared& prepared, const Scenario& scenario);

}  // namespace blockyard
