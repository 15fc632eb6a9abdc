// A live fleet as its file and the command line describe it: which workers there are, and how they are watched.
// core/live/README.md, "The fleet file".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/live/routing/router_settings.h"
#include "core/live/wire/figures.h"

namespace blockyard::live {

inline constexpr std::uint32_t kMostWorkers = 256;
inline constexpr std::uint32_t kMostRanks = 64;
/// The most indices that workers of one session may have, gone ones among them.
inline constexpr std::uint32_t kMostIndices = 4096;

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
  bool heartbeat = false;  ///< it has joined by posting, and is known by its posts alone
  bool removed = false;    ///< it has left; its index stays its own
};

/// Workers that join by posting heartbeats.
struct HeartbeatSettings {
  bool accept = true;
  double detect_ms = 3000;  ///< not heard of for so long: down
  std::uint32_t max_workers = 256;
  std::vector<std::string> url_hosts = {"127.0.0.1", "::1", "localhost"};  ///< where a worker_url may point
};

/// Workers that are found by name.
struct DiscoverSettings {
  std::string dns;                                              ///< empty: none are looked for
  std::uint32_t port = 8000, events_port = 0, replay_port = 0;  ///< 0: they have none
  std::uint32_t ranks = 1;
  double every_ms = 5000;
};

/// How much of the past is held in memory: the older of the two goes first.
struct KeepSettings {
  double minutes = 60, mib = 512;
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
  HeartbeatSettings heartbeats;
  DiscoverSettings discover;
  std::string events_bind;  ///< where engines connect their streams to; empty: nowhere
  bool events_bind_loopback = true;
  KeepSettings keep;
  RouterSettings router;

  /// The worker of that name that has not left.
  std::optional<WorkerId> find(std::string_view worker) const;
  /// Workers that have not left.
  std::size_t present() const;
  /// Whether workers may join while it runs.
  bool may_grow() const { return !discover.dns.empty() || (router.listen && heartbeats.accept); }
};

/// The fleet of a fleet file (a JSON object, "{}" for none), with the workers of --worker added. `specs`:
/// URL[,name=…][,events=…][,replay=…][,topic=…][,ranks=N][,engine=…]. Errors name the key, or the worker.
Result<LiveFleet> parse_fleet(std::string_view json, const std::vector<std::string>& specs);

/// One worker as a fleet file has it, a JSON object: its ranks. Errors name the key or the worker; whether its name is
/// taken is not asked.
Result<std::vector<WorkerSetup>> parse_workers(std::string_view json, const std::string& default_name);
/// One of them as such an object; without its key, and its rank.
std::string worker_json(const WorkerSetup& worker);

/// The fleet as a fleet file that parses to the same workers; ranks stand as workers of their own, keys are left out.
std::string fleet_json(const LiveFleet& fleet);

}  // namespace blockyard::live
