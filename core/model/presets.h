// Presets: models and GPUs with their public numbers, and the memory arithmetic of SPEC 2, line by line.
//
// A worker is one tensor-parallel group: `tp` GPUs that hold a slice of every layer each. KV heads and weights are
// split evenly, so the arithmetic is done for one GPU of the group, and its number of blocks is the worker's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace blockyard {

/// Where a number was published.
struct NumberSource {
  std::string key;
  std::string source;
};

struct ModelPreset {
  std::string id;
  std::string label;
  std::uint32_t layers = 0;
  std::uint32_t kv_heads = 0;  ///< of the whole model; with grouped queries fewer than attention heads
  std::uint32_t head_dim = 0;
  std::uint32_t bytes_per_value = 2;
  double weights_gib = 0;  ///< of the whole model
  std::uint32_t tp = 1;    ///< GPUs a worker
  std::vector<NumberSource> sources;
};

struct GpuPreset {
  std::string id;
  std::string label;
  double memory_gib = 0;
  double utilization = 1;   ///< the share of its memory that the engine may use: vLLM's gpu_memory_utilization
  double overhead_gib = 0;  ///< what the engine keeps besides weights and cache
  std::vector<NumberSource> sources;
};

/// How large a batch of engine continuous may be.
struct BatchSizes {
  std::uint32_t max_num_seqs = 256;
  std::uint32_t max_batched_tokens = 2048;
};

struct Presets {
  std::vector<ModelPreset> models;
  std::vector<GpuPreset> gpus;
  const ModelPreset* model(const std::string& id) const;
  const GpuPreset* gpu(const std::string& id) const;
};

/// The sum that gives a worker's capacity. Bytes are those of one GPU of its group.
struct MemorySum {
  std::uint32_t tp = 1;
  double gpu_bytes = 0;
  double unused_bytes = 0;  ///< what the engine leaves alone
  double weights_bytes = 0;
  double overhead_bytes = 0;
  double cache_bytes = 0;        ///< what is left; negative where the model does not fit
  double block_bytes = 0;        ///< of one GPU's share of a block
  double model_block_bytes = 0;  ///< of a block over the whole group
  std::uint32_t capacity_blocks = 0;
};

/// One line of the sum, ready to be shown: "− weights", "26.00 GiB", "13 B parameters × 2 bytes …".
struct MemoryLine {
  std::string label;
  std::string value;
  std::string note;
};

/// block_bytes = 2 × layers × kv_heads × head_dim × bytes_per_value × block_tokens (SPEC 2), over the whole model.
double block_bytes(const ModelPreset& model, std::uint32_t block_tokens);
/// What vLLM's server takes where it is told nothing: by memory, and less on an A100.
BatchSizes batch_sizes(const GpuPreset& gpu);
MemorySum memory_sum(const ModelPreset& model, const GpuPreset& gpu, std::uint32_t block_tokens);
/// The sum as text, from the GPU's memory down to the number of blocks.
std::vector<MemoryLine> memory_lines(const ModelPreset& model, const GpuPreset& gpu, std::uint32_t block_tokens);

}  // namespace blockyard
