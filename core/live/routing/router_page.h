// What a router tells of itself: /metrics, and the answers of its admin API as JSON.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/live/routing/live_router.h"
#include "core/live/session.h"

namespace blockyard::live {

/// Its own metrics, text format 0.0.4: what the session knows.
std::string router_page(const LiveSession& session);
/// /blockyard/workers.
std::string workers_json(const LiveSession& session);
/// One of /blockyard/decisions, with its candidates and their scores.
std::string decision_json(const Decided& decision, const LiveFleet& fleet);
/// The section `router` with the keys of `change`, a JSON object, put into it. Errors name the key.
Result<std::string> changed_router(const RouterSettings& settings, std::string_view change);

}  // namespace blockyard::live
