// blockyard live check: one look at each worker, and what to switch on where something is missing.
#pragma once

#include "core/live/fleet_file.h"

namespace blockyard::cli {

/// Waits up to so many seconds for each worker's stream to bring a batch. kDone where every worker answers and every
/// stream brought one, else kFailed.
int check_fleet(const live::LiveFleet& fleet, double seconds);

}  // namespace blockyard::cli
