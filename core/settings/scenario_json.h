// The scenario as a JSON value, for those of io/ that put it into larger documents. Private to io/.
#pragma once

#include "core/settings/json_reader.h"
#include "core/settings/scenario.h"

namespace blockyard::io {

/// With all defaults filled in.
Json scenario_json(const Scenario& scenario);

}  // namespace blockyard::io
