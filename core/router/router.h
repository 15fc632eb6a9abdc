// Router: one router before the fleet: what it believes, the figures it has of its workers, and what it remembers
// between decisions. Several may stand before one fleet, and know nothing of each other (SPEC 5.2).
//
// Invariants: 1. active, active_blocks, active_blocks' distinct ones and pending_tokens count the requests that it
// routed and that it still counts; 2. which workers are routable is the same for all routers. A value.
#pragma once

#include <cstdint>

#include "core/router/active_blocks.h"
#include "core/router/belief.h"
#include "core/router/policy.h"
#include "core/router/view.h"

namespace blockyard {

struct Router {
  Belief belief;
  FleetFigures figures;
  RouterMemory memory;
  ActiveBlocks active;  ///< counts only where a policy reads it
  bool up = true;
};

}  // namespace blockyard
