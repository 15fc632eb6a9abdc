// Searches for the smallest fleets on several threads, a search a job.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/jobs/pool.h"
#include "core/io/experiments/fleet_plan.h"

namespace blockyard {

struct FleetPlanWanted {
  std::vector<Objective> objectives;
  std::vector<std::uint32_t> strategies;  ///< indices into policy_table()
  std::vector<std::string> gpus;          ///< presets; the scenario's own where there is none
  std::uint32_t most = 256;               ///< workers
  Warmup warmup;
};

/// The plan, finished. The same for any number of threads. Errors: what a scenario refuses, or "cancelled".
Result<FleetPlan> run_fleet_plan(const Scenario& scenario, const FleetPlanWanted& wanted, const PriceTable& prices,
                                 const std::string& presets_dir, unsigned threads, JobControl& control,
                                 const std::function<void()>& tick = {});

}  // namespace blockyard
