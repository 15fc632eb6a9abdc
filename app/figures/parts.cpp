#include "app/figures/parts.h"

#include <algorithm>

#include "app/figures/figures.h"
#include "core/base/text.h"
#include "core/engine/engine.h"
#include "core/router/policy.h"

namespace blockyard {

namespace figures {

std::vector<PlotMark> fault_marks(const RunResults& r) {
  std::vector<PlotMark> marks;
  for (const Fault& f : r.scenario.config.faults) {
    PlotMark m;
    m.at = us_to_ms(f.t) / 1000;
    m.colour = {PlotRole::Bad, -1};
    if (f.kind == FaultKind::kRouterRestart) {
      if (f.down > 0) m.end = us_to_ms(f.t + f.down) / 1000;
      m.label = fmt::format("router {} {}", f.router, f.down > 0 ? "down" : "starts anew");
    } else if (f.kind == FaultKind::kCrash) {
      m.end = us_to_ms(f.t + f.restart) / 1000;
      m.label = fmt::format("worker {} down", f.worker);
    } else if (f.kind == FaultKind::kRouterRestart) {
      if (f.down > 0) m.end = us_to_ms(f.t + f.down) / 1000;
      m.label = fmt::format("router {} restarts", f.router);
    } else {
      m.label = fmt::format("worker {} loses its cache", f.worker);
    }
    marks.push_back(std::move(m));
  }
  return marks;
}

std::size_t match_bin(std::uint32_t blocks) {
  std::size_t bin = 0;
  for (; blocks > 0; blocks >>= 1U) ++bin;
  return bin;
}

std::string match_bin_name(std::size_t bin) {
  if (bin < 2) return fmt::format("{}", bin);
  return fmt::format("{}–{}", 1ULL << (bin - 1), (1ULL << bin) - 1);
}

}  // namespace figures

std::string fleet_print(const Scenario& scenario, std::span<const std::string> varied) {
  const Config& c = scenario.config;
  std::vector<std::string> parts;
  const auto add = [&](std::string_view path, std::string words) {
    if (std::find(varied.begin(), varied.end(), path) == varied.end()) parts.push_back(std::move(words));
  };
  add("router.strategy", std::string(policy_table()[c.router.strategy].id));
  add("model", scenario.model);
  if (parts.empty() || parts.back() != scenario.model) {
    add("gpu", scenario.gpu);
  } else if (std::find(varied.begin(), varied.end(), "gpu") == varied.end()) {
    parts.back() += " on " + scenario.gpu;
  }
  add("fleet.engine", fmt::format("engine {}", engine_table()[static_cast<std::size_t>(c.fleet.engine)].id));
  add("fleet.workers", counted(c.fleet.workers, "worker"));
  add("cache.capacity_blocks", counted(c.cache.capacity_blocks, "block") + " each");
  return fmt::format("{}", fmt::join(parts, " · "));
}

std::string small_print(const RunResults& r) {
  std::string out = fmt::format("scenario {} · {} · seed {} · blockyard {}", r.scenario.name, fleet_print(r.scenario),
                                r.scenario.config.seed, r.version);
  if (!r.summary.rejected_reason.empty()) out += " · REJECTED: " + r.summary.rejected_reason;
  if (r.summary.saturation) out += " · SATURATED: " + saturation_text(*r.summary.saturation);
  return out;
}

}  // namespace blockyard
