#include "core/settings/workload_spec.h"

#include <fmt/format.h>

#include <array>

namespace blockyard {
namespace {

using T = WorkloadType;
using A = ArrivalProcess;
using W = WorkloadSpec;

constexpr std::array<ChoiceRow, 7> kTypes{{
    {"trace", "Trace file", "Requests recorded from a real service, one JSON object a line."},
    {"rag", "RAG", "Questions about shared documents; few documents are asked for often, many rarely (Zipf)."},
    {"chat", "Chat", "Sessions of several turns; each prompt repeats the whole conversation so far."},
    {"agent", "Agents", "Tool loops: a long prefix that grows call by call, with short answers."},
    {"few_shot", "Few-shot", "Long templates of worked examples, each followed by a short question of its own."},
    {"uniform", "Nothing shared", "Every prompt is unique: what routing and caching cost where they cannot help."},
    {"demo", "Demo", "Three shared contexts with four questions each; every third prompt is unique."},
}};

constexpr std::array<ChoiceRow, 2> kStarts{{
    {"first", "First request", "Time counts from the earliest request that is used."},
    {"zero", "The file's zero", "Time counts from the file's own zero."},
}};

constexpr std::array<ChoiceRow, 2> kReplays{{
    {"open", "As recorded", "Every request at its recorded time, whether the turn before has been answered or not."},
    {"closed", "Closed loop", "A session's next turn follows its pause after the turn before has finished."},
}};

constexpr std::array<ChoiceRow, 2> kTurns{{
    {"whole", "Whole prompts", "Each line holds its whole prompt."},
    {"added", "What is added", "Each line holds what its turn adds to the conversation."},
}};

constexpr std::array<ChoiceRow, 4> kArrivals{{
    {"constant", "Constant", "One request every 1 / rate seconds."},
    {"poisson", "Poisson", "Independent arrivals: exponential gaps."},
    {"gamma", "Gamma", "Gamma-distributed gaps: arrivals come in clumps as burstiness grows."},
    {"closed", "Closed loop", "Each user waits for the answer, thinks, and sends the next request."},
}};

constexpr std::array<ChoiceRow, 4> kDists{{
    {"constant", "Constant", "Always the mean."},
    {"uniform", "Uniform", "Evenly from mean × (1 − spread) to mean × (1 + spread)."},
    {"lognormal", "Log-normal", "Right-skewed with the given mean; spread is the sigma of the logarithm."},
    {"empirical", "Empirical", "Drawn from a list of lengths, each equally likely."},
}};

constexpr std::uint32_t kAll = ~0U;
constexpr std::uint32_t kGenerated = kAll & ~bit_of(T::kTrace);
constexpr std::uint32_t kOpen = kAll & ~bit_of(A::kClosed);
constexpr std::uint32_t kSessions = bit_of(T::kChat) | bit_of(T::kAgent);
constexpr std::uint32_t kDocuments = bit_of(T::kRag) | bit_of(T::kDemo);
constexpr std::uint32_t kPopular = bit_of(T::kRag) | bit_of(T::kFewShot);

constexpr std::array<WorkloadParam, 24> kParams{{
    {"time_scale", "Time scale", "×", "Multiplies the trace's times: 0.5 plays it twice as fast.", &W::time_scale, 1e-6,
     1e6, 0.05, 20, true, false, bit_of(T::kTrace), kAll},
    {"think_scale", "Think scale", "×", "Closed replay: multiplies the pauses between a session's turns.",
     &W::think_scale, 0, 1e6, 0, 5, false, false, bit_of(T::kTrace), kAll},
    {"requests", "Requests", "", "How many requests the run has, where no duration is set.", &W::requests, 1, 2e6, 10,
     10000, true, true, kGenerated, kAll},
    {"duration_s", "Duration", "s", "Requests arrive for this long; 0: as many as Requests says.", &W::duration_s, 0,
     1e6, 0, 600, false, false, kGenerated, kOpen},
    {"rate", "Rate", "req/s", "Mean arrival rate of requests, over all workers.", &W::rate, 1e-4, 1e5, 0.1, 100, true,
     false, kGenerated, kOpen},
    {"burstiness", "Burstiness", "",
     "Squared coefficient of variation of the gaps: 1 is Poisson, more comes in clumps.", &W::burstiness, 0.01, 1000,
     0.1, 50, true, false, kGenerated, bit_of(A::kGamma)},
    {"users", "Users", "", "How many users send requests, each one at a time.", &W::users, 1, 1e5, 1, 256, true, true,
     kGenerated, bit_of(A::kClosed)},
    {"think_s", "Think time", "s",
     "Mean pause: closed loop: from an answer to the user's next request; else between two requests of a session.",
     &W::think_s, 0, 1e5, 0, 60, false, false, kGenerated, kAll},
    {"prompt_tokens", "Own tokens", "tokens",
     "Mean length of the part of a prompt that is its own: question, turn, task.", &W::prompt_tokens, 1, 1e6, 8, 4096,
     true, false, kGenerated, kAll},
    {"prompt_spread", "Own tokens' spread", "", "How much the own part varies; see the distribution.",
     &W::prompt_spread, 0, 3, 0, 2, false, false, kGenerated, kAll},
    {"output_tokens", "Answer", "tokens", "Mean length of an answer.", &W::output_tokens, 1, 1e6, 1, 1024, true, false,
     kGenerated, kAll},
    {"output_spread", "Answer's spread", "", "How much answers vary; see the distribution.", &W::output_spread, 0, 3, 0,
     2, false, false, kGenerated, kAll},
    {"documents", "Documents", "", "How many documents are asked about.", &W::documents, 1, 1e6, 1, 2000, true, true,
     bit_of(T::kRag), kAll},
    {"document_tokens", "Document length", "tokens", "Mean length of a document (demo: of a shared context).",
     &W::document_tokens, 1, 1e6, 64, 16384, true, false, kDocuments, kAll},
    {"document_spread", "Documents' spread", "", "Sigma of the logarithm of the documents' lengths; 0: all alike.",
     &W::document_spread, 0, 3, 0, 1.5, false, false, bit_of(T::kRag), kAll},
    {"templates", "Templates", "", "How many templates of examples there are.", &W::templates, 1, 1e6, 1, 200, true,
     true, bit_of(T::kFewShot), kAll},
    {"template_tokens", "Template length", "tokens", "Length of each template.", &W::template_tokens, 1, 1e6, 64, 16384,
     true, false, bit_of(T::kFewShot), kAll},
    {"zipf_s", "Popularity (Zipf s)", "", "Rank k is asked for in proportion to 1 / k^s; 0: all alike.", &W::zipf_s, 0,
     5, 0, 2.5, false, false, kPopular, kAll},
    {"shared_share", "Shared share", "", "Share of prompts that begin with shared content; the others are unique.",
     &W::shared_share, 0, 1, 0, 1, false, false, kPopular, kAll},
    {"system_tokens", "System prompt", "tokens", "Length of the system prompt that stands before everything else.",
     &W::system_tokens, 0, 1e6, 0, 8192, false, false, bit_of(T::kRag) | kSessions, kAll},
    {"assistants", "Assistants", "", "How many different system prompts there are; a session keeps its own.",
     &W::assistants, 1, 1e5, 1, 64, true, true, kSessions, kAll},
    {"turns", "Turns", "", "Mean number of turns in a session (evenly from 1 to twice the mean less 1).", &W::turns, 1,
     1000, 1, 40, false, true, bit_of(T::kChat), kAll},
    {"tool_calls", "Tool calls", "", "Mean number of tool calls in a task (evenly from 1 to twice the mean less 1).",
     &W::tool_calls, 1, 1000, 1, 60, false, true, bit_of(T::kAgent), kAll},
    {"tool_tokens", "Tool result", "tokens", "Mean length of what a tool call returns into the prompt.",
     &W::tool_tokens, 1, 1e6, 16, 4096, true, false, bit_of(T::kAgent), kAll},
}};

}  // namespace

std::span<const ChoiceRow> workload_type_table() { return kTypes; }
std::span<const ChoiceRow> trace_start_table() { return kStarts; }
std::span<const ChoiceRow> replay_table() { return kReplays; }
std::span<const ChoiceRow> trace_turns_table() { return kTurns; }
std::span<const ChoiceRow> arrival_table() { return kArrivals; }
std::span<const ChoiceRow> length_dist_table() { return kDists; }
std::span<const WorkloadParam> workload_param_table() { return kParams; }

const WorkloadParam* find_workload_param(std::string_view id) {
  for (const WorkloadParam& row : kParams) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

bool param_matters(const WorkloadSpec& spec, const WorkloadParam& row) {
  if (!has_param(spec, row)) return false;
  if (row.field == &W::think_scale) return spec.replay == Replay::kClosed;
  if (spec.type == T::kTrace) return true;
  if ((row.arrivals & bit_of(spec.arrival)) == 0) return false;
  const auto spread_counts = [](LengthDist d) { return d == LengthDist::kUniform || d == LengthDist::kLognormal; };
  if (row.field == &W::prompt_tokens) return spec.prompt_dist != LengthDist::kEmpirical;
  if (row.field == &W::output_tokens) return spec.output_dist != LengthDist::kEmpirical;
  if (row.field == &W::prompt_spread) return spread_counts(spec.prompt_dist);
  if (row.field == &W::output_spread) return spread_counts(spec.output_dist);
  if (row.field == &W::requests) return spec.arrival == A::kClosed || spec.duration_s == 0;
  if (row.field == &W::think_s) return spec.arrival == A::kClosed || (kSessions & bit_of(spec.type)) != 0;
  return true;
}

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
      s.document_tokens = 512;
      s.prompt_dist = LengthDist::kConstant;
      s.prompt_tokens = 32;
      s.output_dist = LengthDist::kConstant;
      s.output_tokens = 32;
      s.requests = 120;
      break;
  }
  return s;
}

}  // namespace blockyard
