// What the switches of today's vLLM change on a scenario, as JSON.
#pragma once

#include <string>

#include "core/experiment/switches.h"

namespace blockyard {

/// Of a comparison that plan_switches() planned and somebody ran: one row a fleet with the switches that are on, and
/// its figures (times in ms, null where no request has come so far). Ends with a line break.
std::string switches_json(const Comparison& comparison);

}  // namespace blockyard
