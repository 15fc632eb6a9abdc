// The keys of a fleet file that are a router's. Private to core/live.
#pragma once

#include "core/live/routing/router_settings.h"
#include "core/settings/json_reader.h"

namespace blockyard::live {

/// listen, tokens, router, proxy and security of the fleet file `document`, whose reader is `in`.
void read_routing(io::ObjectReader& in, const io::Json& document, RouterSettings& out);
void write_routing(io::Json& out, const RouterSettings& settings);

}  // namespace blockyard::live
