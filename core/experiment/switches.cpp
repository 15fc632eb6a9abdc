#include "core/experiment/switches.h"

#include <fmt/format.h>

#include <array>

namespace blockyard {

std::span<const EngineSwitch> engine_switches() {
  static constexpr std::array<EngineSwitch, 4> kTable{{
      {"reserve_full_prompt", "only reserve_full_prompt", &FleetConfig::reserve_full_prompt},
      {"block_copies", "only block_copies", &FleetConfig::block_copies},
      {"async_scheduling", "only async_scheduling", &FleetConfig::async_scheduling},
      {"null_block", "only null_block", &FleetConfig::null_block},
  }};
  return kTable;
}

Result<Comparison> plan_switches(const Scenario& scenario, const std::string& presets_dir) {
  Comparison c = plan_comparison(scenario, {}, 1);
  const auto add = [&](std::string_view name, std::string_view label, auto on) -> Result<void> {
    Variant variant{std::string(name), {{"fleet.engine", "\"continuous\""}}};
    for (const EngineSwitch& s : engine_switches()) {
      variant.values.emplace_back(fmt::format("fleet.{}", s.id), on(s) ? "true" : "false");
    }
    if (auto added = add_variant(c, variant, presets_dir); !added) return added.error();
    c.fleets.back().label = label;
    return {};
  };
  if (auto added = add("all_off", "all off", [](const EngineSwitch&) { return false; }); !added) return added.error();
  for (const EngineSwitch& one : engine_switches()) {
    const auto only = [&](const EngineSwitch& s) { return s.id == one.id; };
    if (auto added = add(one.id, one.label, only); !added) return added.error();
  }
  if (auto added = add("all_on", "all on", [](const EngineSwitch&) { return true; }); !added) return added.error();
  return c;
}

}  // namespace blockyard
