#include "core/settings/presets_json.h"

#include <fmt/format.h>

#include "core/settings/json_reader.h"
#include "core/settings/json_text.h"

namespace blockyard {
namespace {

using io::Json;
using io::ObjectReader;

// The sources stand beside the numbers: {"layers": "https://…", …}.
void read_sources(ObjectReader& in, std::vector<NumberSource>& out, const std::vector<std::string_view>& keys) {
  bool given = false;
  in.object("sources", [&](ObjectReader& o) {
    given = true;
    for (const std::string_view key : keys) {
      std::string source;
      o.string(key, source);
      if (source.empty()) o.fail(key, "is missing; every number names its public source");
      out.push_back({std::string(key), source});
    }
  });
  if (!given) in.fail("sources", "is missing; every number names its public source");
}

void read_names(ObjectReader& in, std::string& id, std::string& label) {
  in.string("id", id);
  if (id.empty()) in.fail("id", "is missing; it must be a name");
  label = id;
  in.string("label", label);
}

void read_model(ObjectReader& in, ModelPreset& m) {
  read_names(in, m.id, m.label);
  in.integer("layers", m.layers, 1, 10000);
  in.integer("kv_heads", m.kv_heads, 1, 10000);
  in.integer("head_dim", m.head_dim, 1, 100000);
  in.integer("bytes_per_value", m.bytes_per_value, 1, 8);
  in.number("weights_gib", m.weights_gib, 0, 1e6);
  in.integer("tp", m.tp, 1, 1024);
  if (m.layers == 0) in.fail("layers", "is missing");
  if (m.kv_heads == 0) in.fail("kv_heads", "is missing");
  if (m.head_dim == 0) in.fail("head_dim", "is missing");
  if (m.kv_heads % m.tp != 0) in.fail("tp", "is not allowed; it must divide kv_heads");
  read_sources(in, m.sources, {"layers", "kv_heads", "head_dim", "bytes_per_value", "weights_gib", "tp"});
}

void read_gpu(ObjectReader& in, GpuPreset& g) {
  read_names(in, g.id, g.label);
  in.number("memory_gib", g.memory_gib, 0, 1e6);
  in.number("overhead_gib", g.overhead_gib, 0, 1e6);
  in.number("gpu_memory_utilization", g.utilization, 0, 1);
  read_sources(in, g.sources, {"memory_gib", "overhead_gib", "gpu_memory_utilization"});
}

template <class Preset>
Result<std::vector<Preset>> read_list(const std::string& path, std::string_view key,
                                      void (*read)(ObjectReader&, Preset&)) {
  const auto document = io::read_json(path);
  if (!document) return document.error();
  std::optional<Error> error;
  std::vector<Preset> out;
  ObjectReader in(*document, "", error);
  in.objects(key, [&](ObjectReader& o) {
    Preset preset;
    read(o, preset);
    out.push_back(std::move(preset));
  });
  in.finish();
  if (error) return Error{fmt::format("{}: {}", path, error->message)};
  return out;
}

template <class Preset>
std::string ids_of(const std::vector<Preset>& presets) {
  std::vector<std::string_view> ids;
  for (const Preset& p : presets) ids.push_back(p.id);
  return fmt::format("{}", fmt::join(ids, ", "));
}

}  // namespace

Result<Presets> read_presets(const std::string& dir) {
  auto models = read_list<ModelPreset>(dir + "/models.json", "models", read_model);
  if (!models) return models.error();
  auto gpus = read_list<GpuPreset>(dir + "/gpus.json", "gpus", read_gpu);
  if (!gpus) return gpus.error();
  return Presets{std::move(*models), std::move(*gpus)};
}

namespace io {

namespace {

Result<void> derive_capacity(Scenario& scenario, const std::string& presets_dir) {
  if (scenario.capacity_blocks) {
    scenario.config.cache.capacity_blocks = *scenario.capacity_blocks;
    scenario.memory.reset();
    return {};
  }
  const auto presets = read_presets(presets_dir);
  if (!presets) return presets.error();
  const ModelPreset* model = presets->model(scenario.model);
  if (model == nullptr) {
    return Error{
        fmt::format("/model: \"{}\" is not allowed; it must be one of {}", scenario.model, ids_of(presets->models))};
  }
  const GpuPreset* gpu = presets->gpu(scenario.gpu);
  if (gpu == nullptr) {
    return Error{fmt::format("/gpu: \"{}\" is not allowed; it must be one of {}", scenario.gpu, ids_of(presets->gpus))};
  }
  const MemorySum sum = memory_sum(*model, *gpu, scenario.config.cache.block_tokens);
  if (sum.capacity_blocks == 0) {
    return Error{
        fmt::format("/cache/capacity_blocks: {} on {} leaves {:.2f} GiB for the cache; it must be room for at "
                    "least one block of {:.0f} bytes",
                    model->id, gpu->id, sum.cache_bytes / (1024.0 * 1024.0 * 1024.0), sum.block_bytes)};
  }
  scenario.config.cache.capacity_blocks = sum.capacity_blocks;
  scenario.memory = sum;
  return {};
}

// Only engine continuous looks at the sizes: engine slots gets along without knowing its GPU.
Result<void> derive_batch_sizes(Scenario& scenario, const std::string& presets_dir) {
  FleetConfig& fleet = scenario.config.fleet;
  if (!scenario.max_num_seqs || !scenario.max_batched_tokens) {
    const auto presets = read_presets(presets_dir);
    const GpuPreset* const gpu = presets ? presets->gpu(scenario.gpu) : nullptr;
    if (gpu != nullptr) {
      const BatchSizes sizes = batch_sizes(*gpu);
      fleet.max_num_seqs = sizes.max_num_seqs;
      fleet.max_batched_tokens = sizes.max_batched_tokens;
    } else if (fleet.engine == EngineKind::kContinuous) {
      if (!presets) return presets.error();
      return Error{
          fmt::format("/gpu: \"{}\" is not allowed; it must be one of {}", scenario.gpu, ids_of(presets->gpus))};
    }
  }
  if (scenario.max_num_seqs) fleet.max_num_seqs = *scenario.max_num_seqs;
  if (scenario.max_batched_tokens) fleet.max_batched_tokens = *scenario.max_batched_tokens;
  return {};
}

}  // namespace

Result<void> fill_capacity(Scenario& scenario, const std::string& presets_dir) {
  if (auto sizes = derive_batch_sizes(scenario, presets_dir); !sizes) return sizes.error();
  return derive_capacity(scenario, presets_dir);
}

}  // namespace io
}  // namespace blockyard
