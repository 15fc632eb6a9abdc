// Workers as a fleet file or --worker writes them, their ranks still together. Private to core/live.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/live/fleet_file.h"
#include "core/settings/json_reader.h"

namespace blockyard::live {

struct WrittenWorker {
  std::string name, url, events, replay, topic, api_key_env;
  std::size_t engine = 0;
  std::uint32_t ranks = 1;
  std::optional<std::uint32_t> capacity_blocks;
};

/// Of --worker. Errors name it.
Result<WrittenWorker> parse_spec(std::string_view spec);
/// Of a fleet file.
void read_worker(io::ObjectReader& in, WrittenWorker& w);
/// Adds its ranks to the fleet. Errors name the worker.
Result<void> add_worker(LiveFleet& fleet, const WrittenWorker& w);
/// One worker as it stands in a fleet file, without its key.
io::Json worker_object(const WorkerSetup& w);

}  // namespace blockyard::live
