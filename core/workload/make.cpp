#include "core/workload/make.h"

#include <filesystem>

#include "core/tokens/built_in.h"
#include "core/workload/generate.h"
#include "core/workload/words/prompts.h"
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

WordSettings word_settings(const Scenario& scenario) {
  namespace fs = std::filesystem;
  WordSettings out;
  out.tokenizer = scenario.tokenizer;
  if (out.tokenizer != kBuiltInTokenizer && !scenario.base_dir.empty() && fs::path(out.tokenizer).is_relative()) {
    const fs::path beside = fs::path(scenario.base_dir) / out.tokenizer;
    std::error_code ec;
    if (fs::exists(beside, ec)) out.tokenizer = beside.string();
  }
  out.assets_dir = scenario.assets_dir;
  out.model_answers = scenario.workload.answers == Answers::kModel;
  out.max_tokens = static_cast<std::uint32_t>(scenario.workload.max_tokens);
  out.seed = scenario.config.seed;
  return out;
}

namespace {

Result<Workload> make(const WorkloadSpec& spec, std::uint32_t block_tokens, std::uint64_t seed,
                      const std::string& base_dir, std::uint64_t most_memory, WordLender& lender) {
  if (spec.type != WorkloadType::kTrace) return generate_workload(spec, block_tokens, seed, &lender);
  TraceReading reading;
  reading.cache_block_tokens = block_tokens;
  reading.seed = seed;
  reading.limits.most_memory = most_memory;
  reading.words = &lender;
  return read_trace(trace_paths(spec.path, base_dir), spec, reading);
}

}  // namespace

Result<Workload> make_workload(const WorkloadSpec& spec, std::uint32_t block_tokens, std::uint64_t seed,
                               const std::string& base_dir, std::uint64_t most_memory) {
  WordLender lender({});
  return make(spec, block_tokens, seed, base_dir, most_memory, lender);
}

Result<Workload> make_workload(const Scenario& scenario, std::uint32_t block_tokens) {
  WordLender lender(word_settings(scenario));
  auto out = make(scenario.workload, block_tokens, scenario.config.seed, scenario.base_dir,
                  scenario.most_memory, lender);
  if (!out) return out;
  const bool trace = scenario.workload.type == WorkloadType::kTrace;
  if (trace && scenario.workload.answers == Answers::kModel && !out->words)
    return Error{"/workload/answers: model is not allowed with this trace: its prompts are no words; give given"};
  if (scenario.prompts.empty()) return out;
  const auto words = lender.words();
  if (!words) return words.error();
  if (auto trouble = add_prompts(scenario.prompts, **words, *out)) return *trouble;
  return out;
}

}  // namespace blockyard
