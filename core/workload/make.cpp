#include "core/workload/make.h"

#include <filesystem>

#include "core/workload/generate.h"
#include "core/workload/traces/trace_reader.h"

namespace blockyard {

std::vector<std::string> trace_paths(const std::string& path, const std::string& base_dir) {
  namespace fs = std::filesystem;
  const auto found = [&base_dir](const std::string& name) {
    const fs::path p(name);
    return (p.is_relative() && name != "-" && !base_dir.empty() ? fs::path(base_dir) / p : p).string();
  };
  std::error_code ec;
  if (path.find(',') == std::string::npos || fs::exists(found(path), ec)) return {found(path)};
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t comma = std::min(path.find(',', begin), path.size());
    if (comma > begin) out.push_back(found(path.substr(begin, comma - begin)));
    begin = comma + 1;
  }
  if (out.empty()) out.push_back(found(path));
  return out;
}

Result<Workload> make_workload(const WorkloadSpec& spec, std::uint32_t block_tokens, std::uint64_t seed,
                               const std::string& base_dir, std::uint64_t most_memory) {
  if (spec.type != WorkloadType::kTrace) return generate_workload(spec, block_tokens, seed);
  TraceReading reading;
  reading.cache_block_tokens = block_tokens;
  reading.seed = seed;
  reading.limits.most_memory = most_memory;
  return read_trace(trace_paths(spec.path, base_dir), spec, reading);
}

}  // namespace blockyard
