#include "core/model/presets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace blockyard {
namespace {

constexpr double kGib = 1024.0 * 1024.0 * 1024.0;

template <class Preset>
const Preset* find_preset(const std::vector<Preset>& presets, const std::string& id) {
  const auto it = std::find_if(presets.begin(), presets.end(), [&id](const Preset& p) { return p.id == id; });
  return it == presets.end() ? nullptr : &*it;
}

std::string gib(double bytes) { return fmt::format("{:.2f} GiB", bytes / kGib); }

// 13107200 → 13,107,200
std::string grouped(double v) {
  std::string digits = fmt::format("{:.0f}", v);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace

const ModelPreset* Presets::model(const std::string& id) const { return find_preset(models, id); }
const GpuPreset* Presets::gpu(const std::string& id) const { return find_preset(gpus, id); }

double block_bytes(const ModelPreset& model, std::uint32_t block_tokens) {
  return 2.0 * model.layers * model.kv_heads * model.head_dim * model.bytes_per_value * block_tokens;
}

// vLLM, engine/arg_utils.py, get_batch_defaults (main, August 2026), for the OpenAI-compatible server.
BatchSizes batch_sizes(const GpuPreset& gpu) {
  const bool a100 = gpu.id.find("a100") != std::string::npos;
  if (gpu.memory_gib >= 160) return {1024, 16384};
  if (gpu.memory_gib >= 70 && !a100) return {1024, 8192};
  return {256, 2048};
}

MemorySum memory_sum(const ModelPreset& model, const GpuPreset& gpu, std::uint32_t block_tokens) {
  MemorySum sum;
  sum.tp = model.tp;
  sum.gpu_bytes = gpu.memory_gib * kGib;
  sum.weights_bytes = model.weights_gib * kGib / model.tp;
  sum.overhead_bytes = gpu.overhead_gib * kGib;
  // In the order that SPEC 2 writes it; GiB first, so that 40 − 26 − 2.72 is not blurred by 2^30.
  const double usable_gib = gpu.utilization < 1 ? gpu.memory_gib * gpu.utilization : gpu.memory_gib;
  sum.unused_bytes = (gpu.memory_gib - usable_gib) * kGib;
  sum.cache_bytes = (usable_gib - model.weights_gib / model.tp - gpu.overhead_gib) * kGib;
  sum.model_block_bytes = block_bytes(model, block_tokens);
  sum.block_bytes = sum.model_block_bytes / model.tp;
  const double blocks = std::floor(sum.cache_bytes / sum.block_bytes);
  sum.capacity_blocks = blocks >= 1 ? static_cast<std::uint32_t>(std::min(blocks, 4e9)) : 0;
  return sum;
}

std::vector<MemoryLine> memory_lines(const ModelPreset& model, const GpuPreset& gpu, std::uint32_t block_tokens) {
  const MemorySum sum = memory_sum(model, gpu, block_tokens);
  const std::string group = model.tp == 1 ? "" : fmt::format(", over {} GPUs", model.tp);
  return {
      {"GPU memory", gib(sum.gpu_bytes),
       model.tp == 1 ? gpu.label : fmt::format("{}, each of {}", gpu.label, model.tp)},
      {"− not used", gib(sum.unused_bytes),
       fmt::format("the engine may use {:g} of the memory (gpu_memory_utilization)", gpu.utilization)},
      {"− weights", gib(sum.weights_bytes), model.label + group},
      {"− overhead", gib(sum.overhead_bytes), "activations, CUDA graphs, reserve"},
      {"= cache", gib(sum.cache_bytes), model.tp == 1 ? "" : "on each GPU"},
      {"÷ block", grouped(sum.block_bytes) + " bytes",
       fmt::format("2 × {} layers × {} KV heads × {} × {} bytes × {} tokens{}", model.layers, model.kv_heads,
                   model.head_dim, model.bytes_per_value, block_tokens, group)},
      {"= capacity", grouped(sum.capacity_blocks) + " blocks",
       grouped(static_cast<double>(sum.capacity_blocks) * block_tokens) + " tokens a worker"},
      {"latency constants", "defaults", "not measured for this model on this GPU; settings of latency change them"},
  };
}

}  // namespace blockyard
