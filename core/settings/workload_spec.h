// WorkloadSpec: what requests a run gets, as plain values: a trace file, or a generator with its arrival process and
// lengths. It is the `workload` of a scenario; make.h turns it into requests.
//
// Its rows of the table of settings are in rows/trace.cpp and rows/generator.cpp. But for rate and time scale nothing
// here changes in flight: another spec is another run.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/settings/choices.h"

namespace blockyard {

enum class WorkloadType : std::uint8_t { kTrace, kRag, kChat, kAgent, kFewShot, kUniform, kDemo };
enum class TraceStart : std::uint8_t { kFirst, kZero };
enum class Replay : std::uint8_t { kOpen, kClosed };
enum class TraceTurns : std::uint8_t { kAuto, kWhole, kAdded };
enum class Answers : std::uint8_t { kGiven, kModel };
enum class ArrivalProcess : std::uint8_t { kConstant, kPoisson, kGamma, kClosed };
enum class LengthDist : std::uint8_t { kConstant, kUniform, kLognormal, kEmpirical };

/// What each of the enumerations above can be, in their order.
std::span<const ChoiceRow> workload_type_table();
std::span<const ChoiceRow> trace_start_table();
std::span<const ChoiceRow> replay_table();
/// Without the first, kAuto, which a scenario writes as null.
std::span<const ChoiceRow> trace_turns_table();
std::span<const ChoiceRow> answers_table();
std::span<const ChoiceRow> arrival_table();
std::span<const ChoiceRow> length_dist_table();

struct WorkloadSpec {
  WorkloadType type = WorkloadType::kRag;

  // A trace.
  std::string path;                           ///< looked up from the scenario's folder; several with commas between
  std::string format;                         ///< id of its row in trace_formats(); "": the file is recognised
  std::optional<std::uint32_t> block_tokens;  ///< tokens per hash id; empty: the file is recognised
  TraceStart start = TraceStart::kFirst;      ///< what time counts from
  std::optional<std::uint32_t> limit;         ///< the first requests of the file only
  double time_scale = 1;
  bool ignore_extra_ids = false;  ///< ids beyond input_length are left out instead of refused
  Replay replay = Replay::kOpen;
  TraceTurns trace_turns = TraceTurns::kAuto;     ///< whether a session's lines hold whole prompts
  std::optional<std::uint32_t> sessions_at_once;  ///< closed: so many run at a time, whatever the recorded times
  double think_scale = 1;                         ///< closed: multiplies pauses between turns

  // Arrivals of a generated workload.
  ArrivalProcess arrival = ArrivalProcess::kPoisson;
  double requests = 400;
  double duration_s = 0;
  double rate = 4;
  double burstiness = 4;
  double users = 16;
  double think_s = 5;

  // Answers of a workload whose prompts are words.
  Answers answers = Answers::kGiven;
  double max_tokens = 100;  ///< of an answer of the model

  // Lengths: of the part of a prompt that is its own, and of the answer.
  LengthDist prompt_dist = LengthDist::kLognormal;
  double prompt_tokens = 64;
  double prompt_spread = 0.5;
  std::vector<double> prompt_values;  ///< empirical: each equally likely
  LengthDist output_dist = LengthDist::kLognormal;
  double output_tokens = 40;
  double output_spread = 0.5;
  std::vector<double> output_values;

  // What prompts share.
  double documents = 100;
  double document_tokens = 1024;
  double document_spread = 0.3;
  double templates = 20;
  double template_tokens = 1536;
  double zipf_s = 1;
  double shared_share = 1;
  double system_tokens = 0;
  double assistants = 1;
  double turns = 6;
  double tool_calls = 10;
  double tool_tokens = 256;

  friend bool operator==(const WorkloadSpec&, const WorkloadSpec&) = default;
};

/// The defaults of a type: WorkloadSpec{} for rag, other sizes where the type is known for them.
WorkloadSpec default_workload(WorkloadType type);

/// What is wrong where the trace's blocks are no multiple of the cache's; it names the nearest size that fits.
std::optional<Error> blocks_disagree(std::uint32_t trace_block_tokens, std::uint32_t cache_block_tokens);

}  // namespace blockyard
