// Settings of the workload that say what it is, those of a trace, and those of prompts in words.
#include <array>

#include "core/settings/rows/rows.h"

namespace blockyard::rows {
namespace {

using G = SettingGroup;
using W = WorkloadSpec;

constexpr When kTrace{[](const Scenario& s) { return s.workload.type == WorkloadType::kTrace; },
                      "workload.type is trace"};
constexpr When kClosedReplay{[](const Scenario& s) { return s.workload.replay == Replay::kClosed; },
                             "workload.replay is closed"};

constexpr When kWords{
    [](const Scenario& s) { return s.workload.type == WorkloadType::kTrace || s.workload.type == WorkloadType::kDemo; },
    "workload.type is trace or demo"};
constexpr When kModelAnswers{[](const Scenario& s) { return s.workload.answers == Answers::kModel; },
                             "workload.answers is model"};
constexpr When kGamma{[](const Scenario& s) { return s.workload.arrival == ArrivalProcess::kGamma; },
                      "workload.arrival is gamma"};

std::string path_wrong(const Scenario& s) {
  return s.workload.path.empty() ? "is missing; it must be a trace file" : "";
}
std::string at_once_wrong(const Scenario& s) {
  if (!s.workload.sessions_at_once || s.workload.replay == Replay::kClosed) return "";
  return "is not allowed with open replay; give workload.replay=closed";
}

std::vector<ChoiceRow> starts() { return listed(trace_start_table()); }
std::vector<ChoiceRow> replays() { return listed(replay_table()); }
// A recorded trace has no users that wait for answers but its own sessions.
std::vector<ChoiceRow> open_arrivals() { return listed(arrival_table().first(3)); }
std::vector<ChoiceRow> answer_sources() { return listed(answers_table()); }
std::vector<ChoiceRow> trace_turns() { return listed(trace_turns_table()); }

// null is TraceTurns::kAuto, which stands before the choices.
using MaybeIndex = std::optional<std::uint32_t>;
constexpr SettingField<Scenario> kTraceTurns = Access<Scenario, MaybeIndex>{
    [](const Scenario& s) {
      const auto index = static_cast<std::uint32_t>(s.workload.trace_turns);
      return index == 0 ? MaybeIndex() : MaybeIndex(index - 1);
    },
    [](Scenario& s, MaybeIndex index) { s.workload.trace_turns = static_cast<TraceTurns>(index ? *index + 1 : 0); }};

std::vector<ChoiceRow> types() { return listed(workload_type_table()); }

constexpr auto kRows = std::to_array<Setting>({
    {.path = "workload.type",
     .label = "Kind",
     .help = "What sends the requests: a recorded trace, or a generator.",
     .field = workload<&W::type>,
     .choices = types,
     .restarts = true,
     .then = [](Scenario& s) { s.workload = default_workload(s.workload.type); },
     .group = G::kWorkload,
     .sweep = "rag,chat,agent,few_shot,uniform"},
    {.path = "workload.path",
     .label = "Trace",
     .help = "The trace file, looked up from the scenario's folder.",
     .field = workload<&W::path>,
     .restarts = true,
     .exists = kTrace,
     .wrong = path_wrong},
    {.path = "workload.format",
     .label = "Format",
     .help = "How the trace is written.",
     .field = workload<&W::format>,
     .choices = trace_format_choices,
     .restarts = true,
     .exists = kTrace,
     .null = "the file is recognised"},
    {.path = "workload.block_tokens",
     .label = "Trace block",
     .help = "Tokens per hash id of the trace.",
     .unit = "tokens",
     .field = workload<&W::block_tokens>,
     .range = {1, 1 << 20},
     .restarts = true,
     .exists = kTrace,
     .null = "the file is recognised"},
    {.path = "workload.start",
     .label = "Time starts at",
     .help = "What the trace's times count from.",
     .field = workload<&W::start>,
     .choices = starts,
     .restarts = true,
     .exists = kTrace,
     .group = G::kWorkload,
     .finer = true},
    {.path = "workload.limit",
     .label = "First requests only",
     .help = "How many requests of the trace are used.",
     .unit = "requests",
     .field = workload<&W::limit>,
     .range = {1, 4e9},
     .restarts = true,
     .exists = kTrace,
     .null = "all of them"},
    {.path = "workload.ignore_extra_ids",
     .label = "Ignore extra ids",
     .help = "Leaves out ids beyond a prompt's length instead of refusing the trace.",
     .field = workload<&W::ignore_extra_ids>,
     .restarts = true,
     .exists = kTrace},
    {.path = "workload.replay",
     .label = "Replay",
     .help = "When a session's next turn is sent: at its recorded time, or after the answer before it.",
     .field = workload<&W::replay>,
     .choices = replays,
     .restarts = true,
     .exists = kTrace,
     .group = G::kWorkload},
    {.path = "workload.turns",
     .label = "A line holds",
     .help = "Whether the lines of a session hold whole prompts or what each turn adds.",
     .field = kTraceTurns,
     .choices = trace_turns,
     .restarts = true,
     .exists = kTrace,
     .null = "the file is recognised"},
    {.path = "workload.sessions_at_once",
     .label = "Sessions at once",
     .help = "Closed replay: so many sessions run at a time, one after another, whatever their recorded times.",
     .unit = "sessions",
     .field = workload<&W::sessions_at_once>,
     .range = {1, kMostCount},
     .restarts = true,
     .exists = kTrace,
     .applies = kClosedReplay,
     .null = "as recorded",
     .wrong = at_once_wrong},
    {.path = "workload.time_scale",
     .label = "Time scale",
     .help = "Multiplies the trace's times: 0.5 plays it twice as fast.",
     .unit = "×",
     .field = workload<&W::time_scale>,
     .range = {1e-6, 1e6},
     .exists = kTrace,
     .group = G::kWorkload,
     .slider = {.low = 0.05, .high = 20, .decimals = 1, .log = true}},
    {.path = "workload.think_scale",
     .label = "Think scale",
     .help = "Closed replay: multiplies the pauses between a session's turns.",
     .unit = "×",
     .field = workload<&W::think_scale>,
     .range = {0, 1e6},
     .restarts = true,
     .exists = kTrace,
     .applies = kClosedReplay,
     .group = G::kWorkload,
     .slider = {.high = 5, .decimals = 1}},
    {.path = "workload.answers",
     .label = "Answers",
     .help = "Of prompts in words: who decides an answer's length and tokens.",
     .field = workload<&W::answers>,
     .choices = answer_sources,
     .restarts = true,
     .exists = kWords,
     .group = G::kWorkload},
    {.path = "workload.max_tokens",
     .label = "Longest answer",
     .help = "An answer of the small model ends here at the latest, where its request says nothing else.",
     .unit = "tokens",
     .field = workload<&W::max_tokens>,
     .range = {1, 1e5},
     .whole = true,
     .restarts = true,
     .exists = kWords,
     .applies = kModelAnswers,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.low = 1, .high = 512, .log = true}},
    {.path = "workload.arrival",
     .label = "Arrivals",
     .help = "When requests arrive, where the trace has no times.",
     .field = workload<&W::arrival>,
     .choices = open_arrivals,
     .restarts = true,
     .exists = kTrace},
    {.path = "workload.rate",
     .label = "Rate",
     .help = "Mean arrival rate of requests, where the trace has no times.",
     .unit = "req/s",
     .field = workload<&W::rate>,
     .range = {1e-4, 1e5},
     .restarts = true,
     .exists = kTrace},
    {.path = "workload.burstiness",
     .label = "Burstiness",
     .help = "Squared coefficient of variation of the gaps, where the trace has no times.",
     .field = workload<&W::burstiness>,
     .range = {0.01, 1000},
     .restarts = true,
     .exists = kTrace,
     .applies = kGamma},
});

}  // namespace

std::span<const Setting> workload_rows() { return kRows; }

}  // namespace blockyard::rows
