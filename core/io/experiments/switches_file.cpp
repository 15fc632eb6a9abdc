#include "core/io/experiments/switches_file.h"

#include "core/base/version.h"
#include "core/io/results.h"
#include "core/settings/json_text.h"
#include "core/settings/scenario_json.h"

namespace blockyard {

using io::Json;

std::string switches_json(const Comparison& c) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < c.fleets.size(); ++i) {
    const FleetConfig& fleet = c.fleets[i].scenario.config.fleet;
    const Summary& s = c.runs[i][0].summary;
    Json on = Json::object();
    for (const EngineSwitch& e : engine_switches()) on[std::string(e.id)] = fleet.*e.value;
    Json ttft = nullptr;
    if (s.ttft) ttft = {{"mean", s.ttft->mean}, {"p95", s.ttft->p95}};
    rows.push_back({{"name", c.fleets[i].name},
                    {"switches", std::move(on)},
                    {"ttft_ms", std::move(ttft)},
                    {"hit_requests", s.hit_requests},
                    {"hit_blocks", s.hit_blocks},
                    {"token_hit_rate", s.token_hit_rate},
                    {"preemptions", s.preemptions},
                    {"completed", s.completed},
                    {"rejected", s.rejected}});
  }
  const Json out{{"blockyard", version()}, {"scenario", io::scenario_json(c.scenario)}, {"rows", std::move(rows)}};
  return io::dump_json(out, 1) + "\n";
}

}  // namespace blockyard
