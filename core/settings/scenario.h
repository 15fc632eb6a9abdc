// Scenario: everything that defines a run, and its JSON (SPEC 9). `{}` is a scenario: every key has a default.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/presets.h"
#include "core/settings/config.h"
#include "core/settings/workload_spec.h"

namespace blockyard {

/// A prompt that comes besides the workload's.
struct SentPrompt {
  SimTime t = 0;
  std::string text;
  bool chat = false;                           ///< lines `role: text` are a chat, laid out as the tokenizer does it
  std::optional<std::uint32_t> output_tokens;  ///< empty: the small model answers
  friend bool operator==(const SentPrompt&, const SentPrompt&) = default;
};

struct Scenario {
  std::string name = "untitled";
  std::string about;  ///< what to watch, one sentence
  std::string model = "llama-2-13b";
  std::string gpu = "a100-40gb";
  std::optional<std::uint32_t> capacity_blocks;  ///< empty: derived from model and GPU
  std::optional<std::uint32_t> max_num_seqs;     ///< empty: as vLLM's server sets it on the GPU; so the next one
  std::optional<std::uint32_t> max_batched_tokens;
  Config config;                    ///< config.cache.capacity_blocks is filled in when presets are known
  std::optional<MemorySum> memory;  ///< how the capacity was derived; empty where it was given
  WorkloadSpec workload;
  std::string tokenizer = "built-in";  ///< what cuts words: that, or the path of a tokenizer.json
  std::vector<SentPrompt> prompts;     ///< sent by hand, besides the workload's
  std::string assets_dir;              ///< where the built-in tokenizer and the corpus lie: around the presets
  std::string base_dir;                ///< relative paths are looked up from here
  /// Bytes that a run of it may take. Of this machine and not of the scenario: no JSON has it.
  std::uint64_t most_memory = std::numeric_limits<std::uint64_t>::max();
};

/// Reads a scenario from JSON text. Unknown keys, wrong types and values out of range are errors that name the pointer.
/// `presets_dir` holds models.json and gpus.json, read only where the capacity is to be derived.
Result<Scenario> parse_scenario(const std::string& json_text, const std::string& base_dir,
                                const std::string& presets_dir);

/// Reads a scenario file; relative paths in it are looked up from its folder.
Result<Scenario> read_scenario(const std::string& path, const std::string& presets_dir);

/// The scenario as JSON with all defaults filled in; parses back to an equal scenario.
std::string write_scenario(const Scenario& scenario, int indent = 2);

/// JSON text with the value at a dotted path replaced (`router.sync_ms`), missing objects made. `value` is JSON; what
/// is not JSON is taken as a string.
Result<std::string> set_json_value(const std::string& json_text, std::string_view dotted_path,
                                   const std::string& value);

/// A whole file as bytes, or one line why not.
Result<std::string> read_file(const std::string& path);

}  // namespace blockyard
