// The settings that experiments and fleets of a comparison may differ in, with labels, units and values to begin with.
#pragma once

#include <string>
#include <vector>

#include "core/settings/scenario.h"

namespace blockyard {

struct Sweepable {
  std::string path;    ///< dotted: "router.sync_ms"
  std::string label;   ///< "Sync interval"
  std::string unit;    ///< "ms"; empty for counts and words
  std::string values;  ///< of a sweep that makes sense: "500:8000:x2", "lru,fifo"
  bool words = false;  ///< its values are names, not numbers

  std::string with_unit() const { return unit.empty() ? label : label + ", " + unit; }
};

/// Those that mean something in this scenario.
std::vector<Sweepable> sweepable_settings(const Scenario& scenario);

/// The value as the scenario has it, in plain words; "" where there is none.
std::string value_text(const std::string& scenario_json, const std::string& path);

}  // namespace blockyard
