#include "core/fleet/records.h"

namespace blockyard {

std::string_view event_name(EventType type) {
  static constexpr std::string_view kNames[] = {"arrive",      "route",  "reject",  "start",     "evict",
                                                "first_token", "finish", "preempt", "heartbeat", "sync",
                                                "deliver",     "fault",  "detect",  "restart",   "change",    "failed", "cancelled", "drain", "resume", "store",
                                                "clear",       "connected", "disconnected", "up", "down", "gap", "settled", "lost", "left out",  "restarted"};
  return kNames[static_cast<std::size_t>(type)];
}

}  // namespace blockyard
