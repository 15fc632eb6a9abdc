// Settings at the top of a scenario, and of the cache, the objectives and the faults.
#include <array>

#include "core/cache/eviction.h"
#include "core/settings/rows/rows.h"

namespace blockyard {
namespace rows {
namespace {

using S = Scenario;
using G = SettingGroup;

std::vector<ChoiceRow> eviction_choices() {
  std::vector<ChoiceRow> out;
  for (const EvictionRow& row : eviction_table()) out.push_back({row.id, row.label, row.help});
  return out;
}

constexpr When kDerivedCapacity{[](const S& s) { return !s.capacity_blocks; }, "cache.capacity_blocks is null"};

constexpr When kGpuCounts{[](const S& s) {
                            const bool batch = !s.max_num_seqs || !s.max_batched_tokens;
                            return !s.capacity_blocks || (batch && s.config.fleet.engine == EngineKind::kContinuous);
                          },
                          "cache.capacity_blocks is null, or fleet.engine is continuous and one of its sizes is null"};

constexpr auto kRun = std::to_array<Setting>({
    {.path = "name",
     .label = "Name",
     .help = "What the scenario is called in titles and results.",
     .field = top<&S::name>},
    {.path = "about",
     .label = "About",
     .help = "What to watch, in one sentence.",
     .field = top<&S::about>,
     .omit_empty = true},
    {.path = "seed",
     .label = "Seed",
     .help = "Where every random choice of the run comes from: the same seed gives the same run, to the byte.",
     .field = config<&Config::seed>,
     .range = {0, 18446744073709551615.0},
     .restarts = true,
     .sweep = "1:5:1"},
    {.path = "model",
     .label = "Model",
     .help = "The model that the workers serve; with the GPU it decides how many blocks fit.",
     .field = top<&S::model>,
     .restarts = true,
     .applies = kDerivedCapacity,
     .group = G::kMemory},
    {.path = "gpu",
     .label = "GPU",
     .help = "The GPU that each worker runs on.",
     .field = top<&S::gpu>,
     .restarts = true,
     .applies = kGpuCounts,
     .group = G::kMemory},
    {.path = "tokenizer",
     .label = "Tokenizer",
     .help = "What cuts words into tokens: built-in, or the path of a Hugging Face tokenizer.json (BPE).",
     .field = top<&S::tokenizer>,
     .restarts = true,
     .wrong =
         [](const S& s) { return std::string(s.tokenizer.empty() ? "is empty; it must be built-in or a path" : ""); }},
    {.path = "cache.block_tokens",
     .label = "Block size",
     .help = "Tokens per block: what is shared, stored and evicted as one.",
     .unit = "tokens",
     .field = cache<&CacheConfig::block_tokens>,
     .range = {1, 65536},
     .restarts = true,
     .group = G::kCache,
     .slider = {.low = 1, .high = 128, .log = true},
     .sweep = "8:64:x2"},
    {.path = "cache.capacity_blocks",
     .label = "Blocks per worker",
     .help = "How many KV blocks a worker can hold.",
     .unit = "blocks",
     .field = top<&S::capacity_blocks>,
     .range = {1, 1e8},
     .restarts = true,
     .derived = [](const S& s) { return static_cast<double>(s.config.cache.capacity_blocks); },
     .null = "what model and GPU leave",
     .group = G::kMemory,
     .slider = {.low = 8, .high = 8192, .log = true},
     .sweep = "100:1600:x2"},
    {.path = "cache.eviction",
     .label = "Eviction",
     .help = "Which idle block goes first when a slot is needed.",
     .field = cache<&CacheConfig::eviction>,
     .choices = eviction_choices,
     .group = G::kCache,
     .sweep = "lru,fifo,lfu,random"},
    {.path = "cache.recompute_last_block",
     .label = "Recompute the last block",
     .help = "vLLM's rule: a prompt that is cached entirely still computes its last block, for the first token.",
     .field = cache<&CacheConfig::recompute_last_block>,
     .group = G::kCache},
});

constexpr auto kSlo = std::to_array<Setting>({
    {.path = "slo.ttft_ms",
     .label = "TTFT at most",
     .help =
         "What is promised for the time from arrival to first token. Requests that keep every promise count towards "
         "the goodput.",
     .unit = "ms",
     .field = slo<&SloConfig::ttft_ms>,
     .range = {0, kMostCost},
     .null = "nothing is promised",
     .group = G::kObjectives,
     .slider = {.low = 0, .high = 10000, .log = true, .zero = "none"}},
    {.path = "slo.tpot_ms",
     .label = "TPOT at most",
     .help = "What is promised for the time per output token after the first, on average over a request.",
     .unit = "ms",
     .field = slo<&SloConfig::tpot_ms>,
     .range = {0, kMostCost},
     .null = "nothing is promised",
     .group = G::kObjectives,
     .slider = {.low = 0, .high = 500, .decimals = 1, .log = true, .zero = "none"}},
});

constexpr auto kPrompts = std::to_array<PromptSetting>({
    {.path = "prompts.t_ms",
     .label = "Time",
     .help = "When the prompt is sent.",
     .unit = "ms",
     .field = prompt<&SentPrompt::t>,
     .range = {0, kMostMs},
     .restarts = true},
    {.path = "prompts.text",
     .label = "Text",
     .help = "The prompt, in words.",
     .field = prompt<&SentPrompt::text>,
     .restarts = true,
     .wrong =
         [](const SentPrompt& p) { return std::string(p.text.empty() ? "is missing; a prompt needs words" : ""); }},
    {.path = "prompts.chat",
     .label = "A chat",
     .help = "Lines `role: text` are messages, laid out as the tokenizer's template says.",
     .field = prompt<&SentPrompt::chat>,
     .restarts = true},
    {.path = "prompts.output_tokens",
     .label = "Answer",
     .help = "Length of the answer.",
     .unit = "tokens",
     .field = prompt<&SentPrompt::output_tokens>,
     .range = {1, 1e6},
     .restarts = true,
     .null = "the small model decides it"},
});

constexpr auto kFaultKinds = std::to_array<ChoiceRow>({
    {"cache_flush", "Cache flush", "The worker drops its idle blocks and tells nobody."},
    {"crash", "Crash", "The worker loses its cache and stops; its requests are routed again."},
    {"router_restart", "Router restart", "The router forgets all that it believes, and is away for a time."},
});
constexpr Condition<Fault> kCrash{[](const Fault& f) { return f.kind == FaultKind::kCrash; }, "kind is crash"};
constexpr Condition<Fault> kOfRouter{[](const Fault& f) { return f.kind == FaultKind::kRouterRestart; },
                                     "kind is router_restart"};
constexpr Condition<Fault> kOfWorker{[](const Fault& f) { return f.kind != FaultKind::kRouterRestart; },
                                     "kind is cache_flush or crash"};

constexpr auto kFaults = std::to_array<FaultSetting>({
    {.path = "faults.t_ms",
     .label = "Time",
     .help = "When it happens.",
     .unit = "ms",
     .field = fault<&Fault::t>,
     .range = {0, kMostMs},
     .restarts = true},
    {.path = "faults.kind",
     .label = "Kind",
     .help = "What happens.",
     .field = fault<&Fault::kind>,
     .choices = choices_of<kFaultKinds>,
     .restarts = true,
     .then = [](Fault& f) { f.restart = f.kind == FaultKind::kCrash ? 10'000'000 : 0; }},
    {.path = "faults.router",
     .label = "Router",
     .help = "Which router it happens to, counted from 0.",
     .field = fault<&Fault::router>,
     .range_in =
         [](const S& s) {
           return SettingRange{0, static_cast<double>(s.config.router.replicas - 1)};
         },
     .restarts = true,
     .exists = kOfRouter},
    {.path = "faults.down_ms",
     .label = "Back after",
     .help = "Time until the router is back; requests wait for it.",
     .unit = "ms",
     .field = fault<&Fault::down>,
     .range = {0, kMostMs},
     .restarts = true,
     .exists = kOfRouter},
    {.path = "faults.worker",
     .label = "Worker",
     .help = "Which worker it happens to, counted from 0.",
     .field = fault<&Fault::worker>,
     .range_in =
         [](const S& s) {
           return SettingRange{0, static_cast<double>(s.config.fleet.workers - 1)};
         },
     .restarts = true,
     .exists = kOfWorker},
    {.path = "faults.restart_ms",
     .label = "Restart after",
     .help = "Time until the worker is back, empty.",
     .unit = "ms",
     .field = fault<&Fault::restart>,
     .range = {0, kMostMs},
     .restarts = true,
     .exists = kCrash},
    {.path = "faults.detect_ms",
     .label = "Detected after",
     .help = "Time until the router knows, if the worker is not back before.",
     .unit = "ms",
     .field = fault<&Fault::detect>,
     .range = {0, kMostMs},
     .restarts = true,
     .exists = kCrash},
});

}  // namespace

std::span<const Setting> run_rows() { return kRun; }
std::span<const Setting> slo_rows() { return kSlo; }

}  // namespace rows

std::span<const FaultSetting> fault_table() { return rows::kFaults; }
std::span<const PromptSetting> prompt_table() { return rows::kPrompts; }

}  // namespace blockyard
