#include "app/panels/experiments/sweepable.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/router/policy.h"
#include "core/settings/json_edit.h"

namespace blockyard {

std::vector<Sweepable> sweepable_settings(const Scenario& scenario) {
  std::vector<Sweepable> out{{"fleet.workers", "Workers", "", "1:16:x2"},
                             {"router.strategy", "Strategy", "", "round_robin,least_loaded,cache_aware,kv_cost", true},
                             {"router.sync_ms", "Sync interval", "ms", "500:8000:x2"},
                             {"router.heartbeat_ms", "Heartbeat interval", "ms", "250:4000:x2"},
                             {"router.message_delay_ms", "Message delay", "ms", "0,50,200,800"},
                             {"router.reports", "Reports", "", "none,evictions,all", true},
                             {"cache.capacity_blocks", "Blocks per worker", "", "100:1600:x2"},
                             {"cache.eviction", "Eviction", "", "lru,fifo,lfu,random", true},
                             {"fleet.slots", "Slots per worker", "", "1:8:x2"},
                             {"seed", "Seed", "", "1:5:1"}};
  if (scenario.workload.type == WorkloadType::kTrace) {
    out.push_back({"workload.time_scale", "Time scale of the trace", "", "0.5,1,2"});
  } else if (scenario.workload.arrival != ArrivalProcess::kClosed) {
    const double rate = scenario.workload.rate;
    out.push_back({"workload.rate", "Arrivals", "1/s",
                   fmt::format("{:.4g},{:.4g},{:.4g},{:.4g}", rate / 2, rate, rate * 2, rate * 4)});
  }
  const Config& config = scenario.config;
  for (const std::string_view id : policy_table()[config.router.strategy].params) {
    const ParamRow* p = find_param(id);
    const double now = config.router.params.*(p->field);
    const double step = p->integer ? std::max(1.0, now) : now > 0 ? now : 0.1;
    out.push_back({"router." + std::string(id), std::string(p->label), "",
                   fmt::format("{},{},{}", std::clamp(now, p->low, p->high), std::clamp(now + step, p->low, p->high),
                               std::clamp(now + 3 * step, p->low, p->high))});
  }
  return out;
}

std::string value_text(const std::string& scenario_json, const std::string& path) {
  return json_string(scenario_json, path).value_or("");
}

}  // namespace blockyard
