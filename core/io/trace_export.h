// A simulated run as a trace: for closed loops, whose arrivals nobody knows before.
#pragma once

#include <string>

#include "core/sim/simulation.h"

namespace blockyard {

/// What has arrived so far, in that order, as write_trace() writes it. Of a finished run: the whole workload.
std::string write_simulated_trace(const Simulation& simulation);

}  // namespace blockyard
