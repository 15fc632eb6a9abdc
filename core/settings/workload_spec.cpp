#include "core/settings/workload_spec.h"

#include <fmt/format.h>

#include <array>

namespace blockyard {
namespace {

using T = WorkloadType;
using A = ArrivalProcess;

constexpr auto kTypes = std::to_array<ChoiceRow>({
    {"trace", "Trace file", "Requests recorded from a real service, one JSON object a line."},
    {"rag", "RAG", "Questions about shared documents; few documents are asked for often, many rarely (Zipf)."},
    {"chat", "Chat", "Sessions of several turns; each prompt repeats the whole conversation so far."},
    {"agent", "Agents", "Tool loops: a long prefix that grows call by call, with short answers."},
    {"few_shot", "Few-shot", "Long templates of worked examples, each followed by a short question of its own."},
    {"uniform", "Nothing shared", "Every prompt is unique: what routing and caching cost where they cannot help."},
    {"demo", "Demo", "Three shared contexts with four questions each; every third prompt is unique."},
});

constexpr auto kStarts = std::to_array<ChoiceRow>({
    {"first", "First request", "Time counts from the earliest request that is used."},
    {"zero", "The file's zero", "Time counts from the file's own zero."},
});

constexpr auto kReplays = std::to_array<ChoiceRow>({
    {"open", "As recorded", "Every request at its recorded time, whether the turn before has been answered or not."},
    {"closed", "Closed loop", "A session's next turn follows its pause after the turn before has finished."},
});

constexpr auto kTurns = std::to_array<ChoiceRow>({
    {"whole", "Whole prompts", "Each line holds its whole prompt."},
    {"added", "What is added", "Each line holds what its turn adds to the conversation."},
});

constexpr auto kAnswers = std::to_array<ChoiceRow>({
    {"given", "As given", "Lengths from the workload."},
    {"model", "Small model", "An n-gram model over the corpus decides length and tokens."},
});
constexpr auto kArrivals = std::to_array<ChoiceRow>({
    {"constant", "Constant", "One request every 1 / rate seconds."},
    {"poisson", "Poisson", "Independent arrivals: exponential gaps."},
    {"gamma", "Gamma", "Gamma-distributed gaps: arrivals come in clumps as burstiness grows."},
    {"closed", "Closed loop", "Each user waits for the answer, thinks, and sends the next request."},
});

constexpr auto kDists = std::to_array<ChoiceRow>({
    {"constant", "Constant", "Always the mean."},
    {"uniform", "Uniform", "Evenly from mean × (1 − spread) to mean × (1 + spread)."},
    {"lognormal", "Log-normal", "Right-skewed with the given mean; spread is the sigma of the logarithm."},
    {"empirical", "Empirical", "Drawn from a list of lengths, each equally likely."},
});

}  // namespace

std::span<const ChoiceRow> workload_type_table() { return kTypes; }
std::span<const ChoiceRow> trace_start_table() { return kStarts; }
std::span<const ChoiceRow> replay_table() { return kReplays; }
std::span<const ChoiceRow> trace_turns_table() { return kTurns; }
std::span<const ChoiceRow> answers_table() { return kAnswers; }
std::span<const ChoiceRow> arrival_table() { return kArrivals; }
std::span<const ChoiceRow> length_dist_table() { return kDists; }

std::optional<Error> blocks_disagree(std::uint32_t trace_block_tokens, std::uint32_t cache_block_tokens) {
  if (trace_block_tokens % cache_block_tokens == 0) return std::nullopt;
  std::uint32_t nearest = 1;
  const auto away = [cache_block_tokens](std::uint32_t n) {
    return n > cache_block_tokens ? n - cache_block_tokens : cache_block_tokens - n;
  };
  for (std::uint32_t n = 1; n <= trace_block_tokens; ++n) {
    if (trace_block_tokens % n == 0 && away(n) <= away(nearest)) nearest = n;
  }
  return Error{fmt::format(
      "/workload/block_tokens: {} is not allowed; it must be a multiple of /cache/block_tokens ({}): the nearest that "
      "fits is cache.block_tokens {}",
      trace_block_tokens, cache_block_tokens, nearest)};
}

WorkloadSpec default_workload(WorkloadType type) {
  WorkloadSpec s;
  s.type = type;
  switch (type) {
    case T::kTrace:
    case T::kRag:
      break;
    case T::kChat:
      s.system_tokens = 256;
      s.assistants = 6;
      s.prompt_tokens = 96;
      s.output_tokens = 120;
      s.think_s = 8;
      s.rate = 2;
      break;
    case T::kAgent:
      s.system_tokens = 1024;
      s.assistants = 6;
      s.prompt_tokens = 128;
      s.output_tokens = 24;
      s.think_s = 2;
      break;
    case T::kFewShot:
      s.prompt_tokens = 48;
      s.output_tokens = 16;
      break;
    case T::kUniform:
      s.prompt_tokens = 1024;
      break;
    case T::kDemo:
      s.arrival = A::kConstant;
      s.answers = Answers::kModel;
      s.output_dist = LengthDist::kConstant;
      s.output_tokens = 32;
      s.requests = 120;
      break;
  }
  return s;
}

}  // namespace blockyard
