#include "core/workload/make.h"

#include <filesystem>

#include "core/workload/generate.h"
#include "core/workload/trace_reader.h"

namespace blockyard {

Result<Workload> make_workload(const WorkloadSpec& spec, std::uint32_t block_tokens, std::uint64_t seed,
                               const std::string& base_dir) {
  if (spec.type != WorkloadType::kTrace) return generate_workload(spec, block_tokens, seed);
  std::filesystem::path path(spec.path);
  if (path.is_relative() && !base_dir.empty()) path = std::filesystem::path(base_dir) / path;
  return read_trace(path.string(), spec.format, spec.block_tokens, spec.time_scale, spec.limit, block_tokens);
}

}  // namespace blockyard
