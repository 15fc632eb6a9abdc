#include "app/session/files/trace_offer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/base/text.h"
#include "core/engine/engine.h"
#include "core/settings/json_edit.h"
#include "core/settings/presets_json.h"

namespace blockyard {
namespace {

constexpr double kBusy = 0.6;        // of the time, a worker that keeps up
constexpr double kBatch = 16;        // sequences that decode together, about
constexpr std::uint32_t kMost = 64;  // workers that are proposed

std::string fleet_words(const Config& c, const std::string& memory) {
  return fmt::format("{} of {}{}, engine {}", counted(c.fleet.workers, "worker"),
                     counted(c.cache.capacity_blocks, "block"), memory,
                     engine_table()[static_cast<std::size_t>(c.fleet.engine)].id);
}

// What each request needs of a worker's blocks at most, least first.
std::vector<std::uint64_t> needs_under(const Config& config, const Workload& workload) {
  const Engine& engine = engine_of(config);
  std::vector<std::uint64_t> out;
  out.reserve(workload.requests.size());
  for (const Request& r : workload.requests) out.push_back(engine.most_blocks(config, r));
  std::sort(out.begin(), out.end());
  return out;
}

std::uint32_t fitting(const std::vector<std::uint64_t>& needs, std::uint64_t pool) {
  return static_cast<std::uint32_t>(std::upper_bound(needs.begin(), needs.end(), pool) - needs.begin());
}

// Workers that keep up with the trace on average even without a single hit: prefills one after another, decodes
// together.
std::uint32_t workers_for(const Workload& w, const Config& config, SimTime span) {
  if (span <= 0) return config.fleet.workers;
  double busy_ms = 0;
  for (const Request& r : w.requests) {
    busy_ms += us_to_ms(config.latency.prefill(r.prompt_blocks, config.cache.block_tokens));
    busy_ms += config.latency.decode_per_token_ms * r.output_tokens / kBatch;
  }
  const double workers = std::ceil(busy_ms / (us_to_ms(span) * kBusy));
  return static_cast<std::uint32_t>(std::clamp(workers, 1.0, static_cast<double>(kMost)));
}

}  // namespace

TraceOffer make_offer(const Prepared& trace, const std::string& presets_dir) {
  const Scenario& scenario = trace.scenario;
  const Config& config = scenario.config;
  const std::vector<std::uint64_t> as_set = needs_under(config, trace.workload);
  TraceOffer offer;
  offer.file = std::filesystem::path(scenario.workload.path).filename().string();
  offer.recognised = trace.workload.read_as;
  offer.info = trace_info(trace.workload, {});
  offer.longest_blocks = as_set.empty() ? 0 : as_set.back();
  offer.as_set.pool = engine_of(config).pool(config);
  offer.as_set.fit = fitting(as_set, offer.as_set.pool);
  const auto presets = read_presets(presets_dir);
  std::string memory;
  if (const auto* m = presets ? presets->model(scenario.model) : nullptr; m != nullptr && !scenario.capacity_blocks) {
    const GpuPreset* g = presets->gpu(scenario.gpu);
    memory = fmt::format(" ({} on {})", m->label, g == nullptr ? scenario.gpu : g->label);
  }
  offer.as_set.words = fleet_words(config, memory);
  if (!presets) return offer;

  // The model and GPU that take most requests; among equals the scenario's own model, then the least memory.
  Config other = config;
  other.fleet.engine = EngineKind::kContinuous;
  const std::vector<std::uint64_t> needs = needs_under(other, trace.workload);
  struct Pair {
    const ModelPreset* model = nullptr;
    const GpuPreset* gpu = nullptr;
    std::uint32_t capacity = 0, fit = 0;
  } best;
  for (const ModelPreset& m : presets->models) {
    for (const GpuPreset& g : presets->gpus) {
      const MemorySum sum = memory_sum(m, g, config.cache.block_tokens);
      if (sum.capacity_blocks == 0) continue;
      other.cache.capacity_blocks = sum.capacity_blocks;
      const std::uint32_t takes = fitting(needs, engine_of(other).pool(other));
      const bool own = m.id == scenario.model, own_before = best.model != nullptr && best.model->id == scenario.model;
      const bool better = best.model == nullptr || takes > best.fit ||
                          (takes == best.fit && (own != own_before ? own : sum.capacity_blocks < best.capacity));
      if (better) best = {&m, &g, sum.capacity_blocks, takes};
    }
  }
  if (best.model == nullptr) return offer;
  other.cache.capacity_blocks = best.capacity;
  other.fleet.workers = workers_for(trace.workload, config, offer.info.span);
  TraceOffer::Fleet fleet;
  fleet.fit = best.fit;
  fleet.pool = engine_of(other).pool(other);
  fleet.words = fleet_words(other, fmt::format(" ({} on {})", best.model->label, best.gpu->label));
  fleet.values = {{"model", json_quoted(best.model->id)},
                  {"gpu", json_quoted(best.gpu->id)},
                  {"cache.capacity_blocks", "null"},
                  {"fleet.workers", std::to_string(other.fleet.workers)},
                  {"fleet.engine", "\"continuous\""}};
  const bool same = best.model->id == scenario.model && best.gpu->id == scenario.gpu && !scenario.capacity_blocks &&
                    other.fleet.workers == config.fleet.workers && config.fleet.engine == EngineKind::kContinuous;
  if (!same) offer.proposed = std::move(fleet);
  return offer;
}

}  // namespace blockyard
