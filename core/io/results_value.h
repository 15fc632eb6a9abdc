// A summary as a JSON value, both ways. Private to io/.
#pragma once

#include "core/io/json_reader.h"
#include "core/metrics/summary.h"

namespace blockyard::io {

/// As results.json has it under "summary".
Json summary_value(const Summary& summary);

/// The same read again; throws Json::exception where it is none. Workers and match lengths stay empty.
Summary read_summary(const Json& value);

}  // namespace blockyard::io
