// The scenario as a JSON value, for those of io/ that put it into larger documents. Private to io/.
#pragma once

#include "core/settings/json_reader.h"
#include "core/settings/scenario.h"

namespace blockyard::io {

/// With all defaults filled in.
Json scenario_json(const Scenario& scenario);

/// A scenario as a run of any version wrote it into its results: keys that this version does not know are passed over,
/// missing ones have their defaults, and no presets are needed. Errors begin with the pointer.
Result<Scenario> read_written_scenario(const Json& value);

}  // namespace blockyard::io
