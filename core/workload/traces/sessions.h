// Sessions of a trace: whether its lines hold whole prompts, and its closed replay (SPEC 9, Sessions). Private to
// traces/.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/settings/workload_spec.h"
#include "core/workload/traces/raw_trace.h"
#include "core/workload/workload.h"

namespace blockyard {

/// Whether later lines of a session (`order` is the requests' order) carry delays and do not begin with the ids of the
/// line before: then a line holds what its turn adds. Mooncake's format alone has such files.
bool turns_seem_added(const RawTrace& trace, std::span<const std::uint32_t> order);

/// Fills in Workload::closed: `times` and `users` are those of lines and sessions.
void close_loop(const RawTrace& trace, const WorkloadSpec& spec, std::span<const double> times,
                std::span<const std::uint32_t> order, std::span<const std::uint32_t> users, std::uint32_t user_count,
                Workload& out);

}  // namespace blockyard
