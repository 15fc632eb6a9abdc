#include "app/jobs/fleet_plan.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

#include "core/experiment/sweep.h"
#include "core/router/policy.h"
#include "core/settings/presets_json.h"

namespace blockyard {

Result<FleetPlan> run_fleet_plan(const Scenario& scenario, const FleetPlanWanted& wanted, const PriceTable& prices,
                                 const std::string& presets_dir, unsigned threads, JobControl& control,
                                 const std::function<void()>& tick) {
  FleetPlan plan;
  plan.title = scenario.name;
  plan.objectives = wanted.objectives;
  plan.most = wanted.most;
  const auto presets = read_presets(presets_dir);
  if (!presets) return presets.error();
  const auto prepared = prepare(scenario);
  if (!prepared) return prepared.error();
  const std::vector<std::string> gpus = wanted.gpus.empty() ? std::vector<std::string>{scenario.gpu} : wanted.gpus;
  std::vector<Scenario> scenarios;  // by fleet
  std::vector<FleetSearch> searches;
  for (const std::string& gpu : gpus) {
    auto text = set_json_value(sweep_base(scenario), "gpu", "\"" + gpu + "\"");
    if (!text) return text.error();
    auto on_gpu = parse_scenario(*text, scenario.base_dir, presets_dir);
    if (!on_gpu) return on_gpu.error();
    on_gpu->most_memory = scenario.most_memory;
    for (const std::uint32_t strategy : wanted.strategies) {
      PlannedFleet fleet;
      fleet.strategy = policy_table()[strategy].id;
      fleet.gpu = gpu;
      if (const ModelPreset* model = presets->model(scenario.model)) fleet.gpus_per_worker = model->tp;
      fleet.capacity_blocks = on_gpu->config.cache.capacity_blocks;
      if (const auto it = prices.by_gpu.find(gpu); it != prices.by_gpu.end()) fleet.gpu_per_hour = it->second.per_hour;
      Scenario& s = scenarios.emplace_back(*on_gpu);
      s.config.router.strategy = strategy;
      (*prepared)->scenario.config.cache.capacity_blocks = s.config.cache.capacity_blocks;
      (*prepared)->scenario.config.fleet.max_num_seqs = s.config.fleet.max_num_seqs;
      fleet.bound = worker_bound(**prepared);
      const double guess = std::isfinite(fleet.bound) ? std::ceil(fleet.bound) : 1;
      searches.emplace_back(wanted.objectives,
                            static_cast<std::uint32_t>(std::clamp(guess, 1.0, static_cast<double>(wanted.most))),
                            wanted.most);
      plan.fleets.push_back(std::move(fleet));
    }
  }
  (*prepared)->scenario = scenario;
  std::mutex mutex;
  std::optional<Error> trouble;
  const bool whole = run_jobs(
      searches.size(), threads, control,
      [&](std::size_t i) {
        while (const auto workers = searches[i].next()) {
          Scenario s = scenarios[i];
          s.config.fleet.workers = *workers;
          if (auto fits = fits_run(**prepared, s); !fits) {
            const std::lock_guard lock(mutex);
            if (!trouble) trouble = fits.error();
            control.cancel = true;
            return;
          }
          auto trial =
              try_fleet(**prepared, s, wanted.objectives, wanted.warmup, [&control] { return control.cancelled(); });
          if (!trial) return;
          searches[i].add(std::move(*trial));
        }
      },
      tick);
  if (trouble) return *trouble;
  if (!whole) return Error{"cancelled"};
  for (std::size_t i = 0; i < searches.size(); ++i) {
    PlannedFleet& fleet = plan.fleets[i];
    if (const FleetTrial* t = searches[i].smallest()) fleet.smallest = *t;
    if (const FleetTrial* t = searches[i].smallest_by_value()) fleet.by_value = t->workers;
    if (const FleetTrial* t = searches[i].largest()) fleet.largest = *t;
    fleet.trials = searches[i].trials();
  }
  finish_plan(plan, prices);
  return plan;
}

}  // namespace blockyard
