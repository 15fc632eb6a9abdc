// The keys of a fleet file that say how workers come and go, and what is kept. Private to core/live.
#pragma once

#include "core/live/fleet_file.h"
#include "core/settings/json_reader.h"

namespace blockyard::live {

/// heartbeats, discover, events_bind and keep of the fleet file `document`, whose reader is `in`.
void read_sections(io::ObjectReader& in, const io::Json& document, LiveFleet& out);
void write_sections(io::Json& out, const LiveFleet& fleet);

}  // namespace blockyard::live
