// A live fleet as its file and the command line describe it: which workers there are, and how they are watched.
// core/live/README.md, "The fleet file".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/live/routing/router_settings.h"
#include "core/live/wire/figures.h"

namespace blockyard::live {

inline constexpr std::uint32_t kMostWorkers = 256;
inline constexpr std::uint32_t kMostRanks = 64;

/// http://HOST[:PORT], taken apart. Empty host: none.
struct HttpAddress {
  std::string host;  ///< without the brackets of an IPv6 address
  std::uint16_t port = 80;
  std::string text() const;  ///< as a URL
};
/// Errors say what is wrong with it: another scheme, a user, a path, a query.
Result<HttpAddress> parse_http_address(std::string_view url);

/// One worker: an engine, or one data-parallel rank of it.
struct WorkerSetup {
  std::string name;
  HttpAddress address;         ///< none: it is watched by its stream alone
  std::string events, replay;  ///< ZeroMQ endpoints; empty: none
  std::string topic;
  EngineNames engine = EngineNames::kAuto;
  std::uint32_t rank = 0, ranks = 1;
  std::optional<std::uint32_t> capacity_blocks;
  std::string api_key_env;
};

struct LiveFleet {
  std::string name = "fleet";
  std::uint32_t block_tokens = 16;
  std::vector<WorkerSetup> workers;  ///< ranks are workers of their own
  bool clear_on_gap = false, one_copy = false;
  double replay_timeout_ms = 2000;
  std::uint32_t hold_batches = 65536;
  double metrics_every_ms = 1000, metrics_timeout_ms = 1000;
  std::string health_path = "/health";
  double health_every_ms = 2000, health_timeout_ms = 5000;
  std::uint32_t health_failures = 3, health_successes = 2;
  RouterSettings router;
};

/// The fleet of a fleet file (a JSON object, "{}" for none), with the workers of --worker added. `specs`:
/// URL[,name=…][,events=…][,replay=…][,topic=…][,ranks=N][,engine=…]. Errors name the key, or the worker.
Result<LiveFleet> parse_fleet(std::string_view json, const std::vector<std::string>& specs);

/// The fleet as a fleet file that parses to the same workers; ranks stand as workers of their own, keys are left out.
std::string fleet_json(const LiveFleet& fleet);

}  // namespace blockyard::live
