// Settings of a generated workload: its arrivals and lengths. The type decides which keys exist.
#include <array>

#include "core/settings/rows/rows.h"

namespace blockyard::rows {
namespace {

using G = SettingGroup;
using W = WorkloadSpec;
using T = WorkloadType;
using A = ArrivalProcess;
using D = LengthDist;

template <T... Types>
bool is_type(const Scenario& s) {
  return ((s.workload.type == Types) || ...);
}
template <A... Arrivals>
bool arrives(const Scenario& s) {
  return ((s.workload.arrival == Arrivals) || ...);
}
template <D W::*Dist, D... Dists>
bool drawn(const Scenario& s) {
  return ((s.workload.*Dist == Dists) || ...);
}
template <D... Dists>
bool answers_drawn(const Scenario& s) {
  return s.workload.answers == Answers::kGiven && drawn<&W::output_dist, Dists...>(s);
}

constexpr When kGenerated{[](const Scenario& s) { return !is_type<T::kTrace>(s); }, "workload.type is not trace"};
constexpr When kRag{is_type<T::kRag>, "workload.type is rag"};
constexpr When kChat{is_type<T::kChat>, "workload.type is chat"};
constexpr When kAgent{is_type<T::kAgent>, "workload.type is agent"};
constexpr When kFewShot{is_type<T::kFewShot>, "workload.type is few_shot"};
constexpr When kSessions{is_type<T::kChat, T::kAgent>, "workload.type is chat or agent"};
constexpr When kSystemPrompt{is_type<T::kRag, T::kChat, T::kAgent>, "workload.type is rag, chat or agent"};
constexpr When kDrawnPrompts{[](const Scenario& s) { return !is_type<T::kTrace, T::kDemo>(s); },
                             "workload.type is not trace or demo"};
constexpr When kPopular{is_type<T::kRag, T::kFewShot>, "workload.type is rag or few_shot"};

constexpr When kOpen{[](const Scenario& s) { return !arrives<A::kClosed>(s); }, "workload.arrival is not closed"};
constexpr When kClosed{arrives<A::kClosed>, "workload.arrival is closed"};
constexpr When kGamma{arrives<A::kGamma>, "workload.arrival is gamma"};
constexpr When kCounted{[](const Scenario& s) { return arrives<A::kClosed>(s) || s.workload.duration_s == 0; },
                        "workload.duration_s is 0, or workload.arrival is closed"};
constexpr When kThinking{[](const Scenario& s) { return arrives<A::kClosed>(s) || is_type<T::kChat, T::kAgent>(s); },
                         "workload.arrival is closed, or workload.type is chat or agent"};
constexpr When kPromptMean{drawn<&W::prompt_dist, D::kConstant, D::kUniform, D::kLognormal>,
                           "workload.prompt_dist is not empirical"};
constexpr When kOutputMean{answers_drawn<D::kConstant, D::kUniform, D::kLognormal>,
                           "workload.output_dist is not empirical, and answers are given"};
constexpr When kPromptSpread{drawn<&W::prompt_dist, D::kUniform, D::kLognormal>,
                             "workload.prompt_dist is uniform or lognormal"};
constexpr When kOutputSpread{answers_drawn<D::kUniform, D::kLognormal>,
                             "workload.output_dist is uniform or lognormal, and answers are given"};
constexpr When kPromptList{drawn<&W::prompt_dist, D::kEmpirical>, "workload.prompt_dist is empirical"};
constexpr When kOutputList{answers_drawn<D::kEmpirical>, "workload.output_dist is empirical, and answers are given"};
constexpr When kGivenAnswers{[](const Scenario& s) { return s.workload.answers == Answers::kGiven; },
                             "workload.answers is given"};

std::string duration_wrong(const Scenario& s) {
  if (!arrives<A::kClosed>(s) || s.workload.duration_s == 0) return "";
  return "is not allowed with closed arrivals; their length follows from requests, users and think_s";
}
template <D W::*Dist, std::vector<double> W::*Values>
std::string list_wrong(const Scenario& s) {
  const bool missing = s.workload.*Dist == D::kEmpirical && (s.workload.*Values).empty();
  return missing ? "is missing; an empirical distribution needs a list of lengths" : "";
}

std::vector<ChoiceRow> arrivals() { return listed(arrival_table()); }
std::vector<ChoiceRow> distributions() { return listed(length_dist_table()); }

constexpr auto kRows = std::to_array<Setting>({
    {.path = "workload.arrival",
     .label = "Arrivals",
     .help = "When requests arrive.",
     .field = workload<&W::arrival>,
     .choices = arrivals,
     .restarts = true,
     .exists = kGenerated,
     .group = G::kWorkload,
     .sweep = "constant,poisson,gamma"},
    {.path = "workload.prompt_dist",
     .label = "Own tokens' distribution",
     .help = "How the length of a prompt's own part is drawn.",
     .field = workload<&W::prompt_dist>,
     .choices = distributions,
     .restarts = true,
     .exists = kDrawnPrompts},
    {.path = "workload.output_dist",
     .label = "Answers' distribution",
     .help = "How the length of an answer is drawn.",
     .field = workload<&W::output_dist>,
     .choices = distributions,
     .restarts = true,
     .exists = kGenerated,
     .applies = kGivenAnswers},
    {.path = "workload.prompt_values",
     .label = "Own tokens, list",
     .help = "The lengths that a prompt's own part is drawn from, each equally likely.",
     .unit = "tokens",
     .field = workload<&W::prompt_values>,
     .range = {1, 1e6},
     .restarts = true,
     .exists = kDrawnPrompts,
     .applies = kPromptList,
     .wrong = list_wrong<&W::prompt_dist, &W::prompt_values>,
     .omit_empty = true},
    {.path = "workload.output_values",
     .label = "Answers, list",
     .help = "The lengths that an answer is drawn from, each equally likely.",
     .unit = "tokens",
     .field = workload<&W::output_values>,
     .range = {1, 1e6},
     .restarts = true,
     .exists = kGenerated,
     .applies = kOutputList,
     .wrong = list_wrong<&W::output_dist, &W::output_values>,
     .omit_empty = true},
    {.path = "workload.requests",
     .label = "Requests",
     .help = "How many requests the run has, where no duration is set.",
     .field = workload<&W::requests>,
     .range = {1, 2e6},
     .whole = true,
     .restarts = true,
     .exists = kGenerated,
     .applies = kCounted,
     .group = G::kWorkload,
     .slider = {.low = 10, .high = 10000, .log = true}},
    {.path = "workload.duration_s",
     .label = "Duration",
     .help = "Requests arrive for this long; 0: as many as Requests says.",
     .unit = "s",
     .field = workload<&W::duration_s>,
     .range = {0, 1e6},
     .restarts = true,
     .exists = kGenerated,
     .applies = kOpen,
     .wrong = duration_wrong,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.high = 600}},
    {.path = "workload.rate",
     .label = "Rate",
     .help = "Mean arrival rate of requests, over all workers.",
     .unit = "req/s",
     .field = workload<&W::rate>,
     .range = {1e-4, 1e5},
     .exists = kGenerated,
     .applies = kOpen,
     .group = G::kWorkload,
     .slider = {.low = 0.1, .high = 100, .decimals = 1, .log = true}},
    {.path = "workload.burstiness",
     .label = "Burstiness",
     .help = "Squared coefficient of variation of the gaps: 1 is Poisson, more comes in clumps.",
     .field = workload<&W::burstiness>,
     .range = {0.01, 1000},
     .restarts = true,
     .exists = kGenerated,
     .applies = kGamma,
     .group = G::kWorkload,
     .slider = {.low = 0.1, .high = 50, .log = true}},
    {.path = "workload.users",
     .label = "Users",
     .help = "How many users send requests, each one at a time.",
     .field = workload<&W::users>,
     .range = {1, 1e5},
     .whole = true,
     .restarts = true,
     .exists = kGenerated,
     .applies = kClosed,
     .group = G::kWorkload,
     .slider = {.low = 1, .high = 256, .log = true}},
    {.path = "workload.think_s",
     .label = "Think time",
     .help =
         "Mean pause: closed loop: from an answer to the user's next request; else between two requests of a session.",
     .unit = "s",
     .field = workload<&W::think_s>,
     .range = {0, 1e5},
     .restarts = true,
     .exists = kGenerated,
     .applies = kThinking,
     .group = G::kWorkload,
     .slider = {.high = 60}},
    {.path = "workload.prompt_tokens",
     .label = "Own tokens",
     .help = "Mean length of the part of a prompt that is its own: question, turn, task.",
     .unit = "tokens",
     .field = workload<&W::prompt_tokens>,
     .range = {1, 1e6},
     .restarts = true,
     .exists = kDrawnPrompts,
     .applies = kPromptMean,
     .group = G::kWorkload,
     .slider = {.low = 8, .high = 4096, .log = true}},
    {.path = "workload.prompt_spread",
     .label = "Own tokens' spread",
     .help = "How much the own part varies; see the distribution.",
     .field = workload<&W::prompt_spread>,
     .range = {0, 3},
     .restarts = true,
     .exists = kDrawnPrompts,
     .applies = kPromptSpread,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.high = 2, .decimals = 1}},
    {.path = "workload.output_tokens",
     .label = "Answer",
     .help = "Mean length of an answer.",
     .unit = "tokens",
     .field = workload<&W::output_tokens>,
     .range = {1, 1e6},
     .restarts = true,
     .exists = kGenerated,
     .applies = kOutputMean,
     .group = G::kWorkload,
     .slider = {.low = 1, .high = 1024, .log = true}},
    {.path = "workload.output_spread",
     .label = "Answer's spread",
     .help = "How much answers vary; see the distribution.",
     .field = workload<&W::output_spread>,
     .range = {0, 3},
     .restarts = true,
     .exists = kGenerated,
     .applies = kOutputSpread,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.high = 2, .decimals = 1}},
    {.path = "workload.documents",
     .label = "Documents",
     .help = "How many documents are asked about.",
     .field = workload<&W::documents>,
     .range = {1, 1e6},
     .whole = true,
     .restarts = true,
     .exists = kRag,
     .group = G::kWorkload,
     .slider = {.low = 1, .high = 2000, .log = true}},
    {.path = "workload.document_tokens",
     .label = "Document length",
     .help = "Mean length of a document.",
     .unit = "tokens",
     .field = workload<&W::document_tokens>,
     .range = {1, 1e6},
     .restarts = true,
     .exists = kRag,
     .group = G::kWorkload,
     .slider = {.low = 64, .high = 16384, .log = true}},
    {.path = "workload.document_spread",
     .label = "Documents' spread",
     .help = "Sigma of the logarithm of the documents' lengths; 0: all alike.",
     .field = workload<&W::document_spread>,
     .range = {0, 3},
     .restarts = true,
     .exists = kRag,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.high = 1.5, .decimals = 1}},
    {.path = "workload.templates",
     .label = "Templates",
     .help = "How many templates of examples there are.",
     .field = workload<&W::templates>,
     .range = {1, 1e6},
     .whole = true,
     .restarts = true,
     .exists = kFewShot,
     .group = G::kWorkload,
     .slider = {.low = 1, .high = 200, .log = true}},
    {.path = "workload.template_tokens",
     .label = "Template length",
     .help = "Length of each template.",
     .unit = "tokens",
     .field = workload<&W::template_tokens>,
     .range = {1, 1e6},
     .restarts = true,
     .exists = kFewShot,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.low = 64, .high = 16384, .log = true}},
    {.path = "workload.zipf_s",
     .label = "Popularity (Zipf s)",
     .help = "Rank k is asked for in proportion to 1 / k^s; 0: all alike.",
     .field = workload<&W::zipf_s>,
     .range = {0, 5},
     .restarts = true,
     .exists = kPopular,
     .group = G::kWorkload,
     .slider = {.high = 2.5, .decimals = 1}},
    {.path = "workload.shared_share",
     .label = "Shared share",
     .help = "Share of prompts that begin with shared content; the others are unique.",
     .field = workload<&W::shared_share>,
     .range = {0, 1},
     .restarts = true,
     .exists = kPopular,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.high = 1, .decimals = 2}},
    {.path = "workload.system_tokens",
     .label = "System prompt",
     .help = "Length of the system prompt that stands before everything else.",
     .unit = "tokens",
     .field = workload<&W::system_tokens>,
     .range = {0, 1e6},
     .restarts = true,
     .exists = kSystemPrompt,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.high = 8192}},
    {.path = "workload.assistants",
     .label = "Assistants",
     .help = "How many different system prompts there are; a session keeps its own.",
     .field = workload<&W::assistants>,
     .range = {1, 1e5},
     .whole = true,
     .restarts = true,
     .exists = kSessions,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.low = 1, .high = 64, .log = true}},
    {.path = "workload.turns",
     .label = "Turns",
     .help = "Mean number of turns in a session (evenly from 1 to twice the mean less 1).",
     .field = workload<&W::turns>,
     .range = {1, 1000},
     .whole = true,
     .restarts = true,
     .exists = kChat,
     .group = G::kWorkload,
     .slider = {.low = 1, .high = 40}},
    {.path = "workload.tool_calls",
     .label = "Tool calls",
     .help = "Mean number of tool calls in a task (evenly from 1 to twice the mean less 1).",
     .field = workload<&W::tool_calls>,
     .range = {1, 1000},
     .whole = true,
     .restarts = true,
     .exists = kAgent,
     .group = G::kWorkload,
     .slider = {.low = 1, .high = 60}},
    {.path = "workload.tool_tokens",
     .label = "Tool result",
     .help = "Mean length of what a tool call returns into the prompt.",
     .unit = "tokens",
     .field = workload<&W::tool_tokens>,
     .range = {1, 1e6},
     .restarts = true,
     .exists = kAgent,
     .group = G::kWorkload,
     .finer = true,
     .slider = {.low = 16, .high = 4096, .log = true}},
});

}  // namespace

std::span<const Setting> generator_rows() { return kRows; }

}  // namespace blockyard::rows
