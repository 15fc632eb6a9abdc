// Prepared: a scenario with its workload made and its radix tree built: all that simulations of it share, immutable.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/cache/radix.h"
#include "core/io/scenario.h"
#include "core/sim/simulation.h"
#include "core/workload/workload.h"

namespace blockyard {

struct Prepared {
  Scenario scenario;
  Workload workload;
  RadixTree tree;
  bool has_tree = false;

  /// A simulation at time 0. It and its copies refer to this object, which must outlive them.
  Simulation simulation() const { return Simulation(scenario.config, workload, has_tree ? &tree : nullptr); }
  /// The same requests under another config (strategy, eviction, staleness …; same block size).
  Simulation simulation(const Config& config) const { return Simulation(config, workload, has_tree ? &tree : nullptr); }
};

enum class TreeWanted : bool { kOnlyForBelady, kAlways };

/// Makes the workload; builds the radix tree where eviction is belady or it is wanted. Errors are the workload's, or an
/// eviction that needs to know the future of a closed loop.
Result<std::unique_ptr<Prepared>> prepare(const Scenario& scenario, TreeWanted tree = TreeWanted::kOnlyForBelady);

}  // namespace blockyard
