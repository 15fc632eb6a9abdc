// A comparison as comparison.json: every strategy's figures over all seeds with their intervals, every run's summary.
#pragma once

#include <string>

#include "core/experiment/compare.h"

namespace blockyard {

std::string comparison_json(const Comparison& comparison);

}  // namespace blockyard
