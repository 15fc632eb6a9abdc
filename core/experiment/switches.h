// The switches that tell today's vLLM from its plain scheduler (SPEC 4.3), as a comparison of fleets: all off, each
// alone, all on. What a scenario's figures are under each says whether the difference matters to it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/experiment/compare.h"

namespace blockyard {

struct EngineSwitch {
  std::string_view id;     ///< its setting is fleet.<id>
  std::string_view label;  ///< for people
  bool FleetConfig::*value;
};

std::span<const EngineSwitch> engine_switches();

/// An empty comparison under the scenario's seed, engine continuous, everything else as the scenario says: the fleet
/// "all_off", one fleet a switch with that alone on, and "all_on". Errors: settings that engine continuous refuses.
Result<Comparison> plan_switches(const Scenario& scenario, const std::string& presets_dir);

}  // namespace blockyard
