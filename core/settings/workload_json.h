// The workload of a scenario as JSON. Private to io/.
#pragma once

#include "core/settings/json_reader.h"
#include "core/settings/workload_spec.h"

namespace blockyard::io {

/// Reads the keys of the workload's type into `spec`; what is missing gets that type's default.
void read_workload(ObjectReader& in, WorkloadSpec& spec);

/// All keys of the spec's type, defaults filled in; read_workload() gives an equal spec back.
Json write_workload(const WorkloadSpec& spec);

}  // namespace blockyard::io
