// One look at each worker's address: what it answers, and what it leaves out. For `blockyard live check`.
#pragma once

#include <cstdint>
#include <vector>

#include "app/net/http_get.h"
#include "core/base/ids.h"
#include "core/live/fleet_file.h"

namespace blockyard::net {

struct AddressLook {
  WorkerId worker = 0;  ///< the first behind this address
  HttpAnswer health, metrics;
  std::uint32_t ranks_shown = 1;   ///< by the metrics
  bool hits_reported = false;      ///< by the metrics
  bool tokenizes_prompts = false;  ///< /tokenize
  bool tokenizes_messages = false;
  /// It asks for a key, or for another one.
  bool wants_key() const;
};

/// Asks all addresses at once, once; takes up to `timeout`.
std::vector<AddressLook> look_at(const live::LiveFleet& fleet, std::chrono::microseconds timeout);

}  // namespace blockyard::net
