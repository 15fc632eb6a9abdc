#include "core/live/fleet_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/words/printable.h"
#include "core/live/fleet_sections.h"
#include "core/live/fleet_workers.h"
#include "core/live/routing/routing_json.h"
#include "core/settings/json_reader.h"
#include "core/settings/json_text.h"

namespace blockyard::live {

using io::Json;
using io::ObjectReader;

Result<LiveFleet> parse_fleet(std::string_view json, const std::vector<std::string>& specs) {
  auto document = io::parse_json(json);
  if (!document) return document.error();
  std::optional<Error> trouble;
  LiveFleet fleet;
  std::vector<WrittenWorker> written;
  if (!document->is_object()) return Error{"a fleet file is one JSON object"};
  ObjectReader in(*document, "", trouble);
  in.string("name", fleet.name);
  in.integer("block_tokens", fleet.block_tokens, 1, 4096);
  in.objects("workers", [&written](ObjectReader& worker) {
    read_worker(worker, written.emplace_back());
    worker.finish();
  });
  in.object("stream", [&fleet](ObjectReader& stream) {
    std::size_t on_gap = fleet.clear_on_gap, copies = fleet.one_copy;
    stream.choice("on_gap", on_gap, {"keep", "clear"});
    stream.choice("copies", copies, {"count", "set"});
    fleet.clear_on_gap = on_gap == 1;
    fleet.one_copy = copies == 1;
    stream.number("replay_timeout_ms", fleet.replay_timeout_ms, 1, 600'000);
    stream.integer("hold_batches", fleet.hold_batches, 1, 1U << 20);
    stream.finish();
  });
  in.object("metrics", [&fleet](ObjectReader& metrics) {
    metrics.number("every_ms", fleet.metrics_every_ms, 10, 3'600'000);
    metrics.number("timeout_ms", fleet.metrics_timeout_ms, 10, 600'000);
    metrics.finish();
  });
  in.object("health", [&fleet](ObjectReader& health) {
    health.string("path", fleet.health_path);
    const bool plain =
        std::all_of(fleet.health_path.begin(), fleet.health_path.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (!plain || !fleet.health_path.starts_with('/')) health.fail("path", "must begin with / and hold no blanks");
    health.number("every_ms", fleet.health_every_ms, 10, 3'600'000);
    health.number("timeout_ms", fleet.health_timeout_ms, 10, 600'000);
    health.integer("failures", fleet.health_failures, 1, 1000);
    health.integer("successes", fleet.health_successes, 1, 1000);
    health.finish();
  });
  read_sections(in, *document, fleet);
  read_routing(in, *document, fleet.router);
  in.finish();
  if (trouble) return *trouble;
  for (const std::string& spec : specs) {
    auto worker = parse_spec(spec);
    if (!worker) return worker.error();
    written.push_back(std::move(*worker));
  }
  if (!fleet.events_bind.empty() && !fleet.events_bind_loopback && !fleet.router.security.allow_remote)
    return Error{"/events_bind: any other than a loopback address needs security.allow_remote"};
  for (const WrittenWorker& w : written) {
    if (auto added = add_worker(fleet, w); !added) return added.error();
  }
  return fleet;
}

std::string fleet_json(const LiveFleet& fleet) {
  Json out;
  out["name"] = fleet.name;
  out["block_tokens"] = fleet.block_tokens;
  out["workers"] = Json::array();
  // Ranks come out one by one, as those behind addresses of their own would.
  for (const WorkerSetup& w : fleet.workers) out["workers"].push_back(worker_object(w));
  out["stream"] = {{"on_gap", fleet.clear_on_gap ? "clear" : "keep"},
                   {"copies", fleet.one_copy ? "set" : "count"},
                   {"replay_timeout_ms", fleet.replay_timeout_ms},
                   {"hold_batches", fleet.hold_batches}};
  out["metrics"] = {{"every_ms", fleet.metrics_every_ms}, {"timeout_ms", fleet.metrics_timeout_ms}};
  out["health"] = {{"path", fleet.health_path},
                   {"every_ms", fleet.health_every_ms},
                   {"timeout_ms", fleet.health_timeout_ms},
                   {"failures", fleet.health_failures},
                   {"successes", fleet.health_successes}};
  write_sections(out, fleet);
  write_routing(out, fleet.router);
  return io::dump_json(out);
}

}  // namespace blockyard::live
