#include "app/session/trace_offer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/io/presets_json.h"
#include "core/settings/json_edit.h"

namespace blockyard {
namespace {

constexpr double kBusy = 0.6;        // of the time, a worker that keeps up
constexpr double kBatch = 16;        // sequences that decode together, about
constexpr std::uint32_t kMost = 64;  // workers that are proposed

std::string fleet_words(std::uint32_t workers, std::uint32_t capacity, std::string_view engine,
                        const std::string& memory) {
  return fmt::format("{} worker{} of {} blocks{}, engine {}", workers, workers == 1 ? "" : "s", capacity, memory, engine);
}

std::string_view engine_name(EngineKind engine) { return engine == EngineKind::kSlots ? "slots" : "continuous"; }

// Workers that keep up with the trace on average even without a single hit: prefills one after another, decodes
// together.
std::uint32_t workers_for(const Workload& w, const Config& config, SimTime span) {
  if (span <= 0) return config.fleet.workers;
  double busy_ms = 0;
  for (const Request& r : w.requests) {
    busy_ms += us_to_ms(config.latency.prefill(r.prompt_blocks));
    busy_ms += config.latency.decode_per_token_ms * r.output_tokens / kBatch;
  }
  const double workers = std::ceil(busy_ms / (us_to_ms(span) * kBusy));
  return static_cast<std::uint32_t>(std::clamp(workers, 1.0, static_cast<double>(kMost)));
}

}  // namespace

std::uint32_t requests_that_fit(const Workload& w, EngineKind engine, std::uint32_t capacity,
                                std::uint32_t block_tokens) {
  return static_cast<std::uint32_t>(std::count_if(w.requests.begin(), w.requests.end(), [&](const Request& r) {
    if (engine == EngineKind::kSlots) return r.prompt_blocks <= capacity;
    const std::uint64_t tokens = std::uint64_t{r.prompt_tokens} + std::max(r.output_tokens, 1U) - 1;
    return (tokens + block_tokens - 1) / block_tokens <= capacity;
  }));
}

TraceOffer make_offer(const Prepared& trace, const std::string& presets_dir) {
  const Scenario& scenario = trace.scenario;
  const Config& config = scenario.config;
  const std::uint32_t block = config.cache.block_tokens;
  TraceOffer offer;
  offer.file = std::filesystem::path(scenario.workload.path).filename().string();
  const std::string text = write_scenario(scenario, 0);
  const std::string ids = json_string(text, "workload.block_tokens").value_or("");
  offer.recognised = json_string(text, "workload.format").value_or("trace");
  if (!ids.empty()) offer.recognised += fmt::format(", ids of {} tokens", ids);
  offer.info = trace_info(trace.workload, {});
  offer.as_set.words = fleet_words(config.fleet.workers, config.cache.capacity_blocks, engine_name(config.fleet.engine),
                                   scenario.capacity_blocks ? ""
                                                            : fmt::format(" ({} on {})", scenario.model, scenario.gpu));
  offer.as_set.fit = requests_that_fit(trace.workload, config.fleet.engine, config.cache.capacity_blocks, block);

  const auto presets = read_presets(presets_dir);
  if (!presets) return offer;
  // The pair of model and GPU that takes most requests; among equals the scenario's own model, then the least memory.
  const ModelPreset* model = nullptr;
  const GpuPreset* gpu = nullptr;
  std::uint32_t capacity = 0, fit = 0;
  const auto better = [&](const ModelPreset& m, std::uint32_t blocks, std::uint32_t takes) {
    if (model == nullptr || takes != fit) return model == nullptr || takes > fit;
    const bool own = m.id == scenario.model, own_before = model->id == scenario.model;
    return own != own_before ? own : blocks < capacity;
  };
  for (const ModelPreset& m : presets->models) {
    for (const GpuPreset& g : presets->gpus) {
      const MemorySum sum = memory_sum(m, g, block);
      if (sum.capacity_blocks == 0) continue;
      const std::uint32_t takes = requests_that_fit(trace.workload, EngineKind::kContinuous, sum.capacity_blocks, block);
      if (!better(m, sum.capacity_blocks, takes)) continue;
      model = &m;
      gpu = &g;
      capacity = sum.capacity_blocks;
      fit = takes;
    }
  }
  if (model == nullptr) return offer;
  const std::uint32_t workers = workers_for(trace.workload, config, offer.info.span);
  TraceOffer::Fleet fleet;
  fleet.fit = fit;
  fleet.words = fleet_words(workers, capacity, "continuous", fmt::format(" ({} on {})", model->label, gpu->label));
  fleet.values = {{"model", json_quoted(model->id)},
                  {"gpu", json_quoted(gpu->id)},
                  {"cache.capacity_blocks", "null"},
                  {"fleet.workers", std::to_string(workers)},
                  {"fleet.engine", "\"continuous\""}};
  const bool same = model->id == scenario.model && gpu->id == scenario.gpu && !scenario.capacity_blocks &&
                    workers == config.fleet.workers && config.fleet.engine == EngineKind::kContinuous;
  if (!same) offer.proposed = std::move(fleet);
  return offer;
}

}  // namespace blockyard
