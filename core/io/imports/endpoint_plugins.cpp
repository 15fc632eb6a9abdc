// The plugins of llm-d's endpoint picker that are known here, one row each.
#include <array>

#include "core/io/imports/endpoint_choice.h"

namespace blockyard::imports {
namespace {

constexpr std::string_view kUnscored = "a score that no strategy here has beside the others";
constexpr auto kTypes = std::to_array<PluginType>({
    {"queue-scorer", Role::kQueue},
    {"queue-depth-scorer", Role::kQueue},
    {"kv-cache-utilization-scorer", Role::kKv},
    {"kv-cache-scorer", Role::kKv},
    {"prefix-cache-scorer", Role::kPrefix},
    {"precise-prefix-cache-scorer", Role::kPrecise},
    {"token-load-scorer", Role::kTokenLoad},
    {"prefix-cache-affinity-filter", Role::kAffinity},
    {"max-score-picker", Role::kMaxScore},
    {"random-picker", Role::kRandom},
    {"weighted-random-picker", Role::kRandom},
    {"single-profile-handler", Role::kSingle, "there is one profile"},
    {"approx-prefix-cache-producer", Role::kApproxProducer},
    {"precise-prefix-cache-producer", Role::kPreciseProducer},
    {"load-aware-scorer", Role::kScorer, kUnscored},
    {"active-request-scorer", Role::kScorer, kUnscored},
    {"running-requests-size-scorer", Role::kScorer, kUnscored},
    {"latency-scorer", Role::kScorer, "predicted latencies are not modelled"},
    {"session-affinity-scorer", Role::kScorer,
     "sticky_session and session_hash keep sessions together, without other scores"},
    {"no-hit-lru-scorer", Role::kScorer, kUnscored},
    {"lora-affinity-scorer", Role::kScorer, "adapters are not modelled"},
    {"context-length-aware", Role::kScorer, kUnscored},
    {"session-affinity-filter", Role::kFilter,
     "sticky_session and session_hash keep sessions together, without other scores"},
    {"slo-headroom-tier-filter", Role::kFilter, "predicted latencies are not modelled"},
    {"decode-filter", Role::kOther, "every worker decodes"},
    {"inflight-load-producer", Role::kOther, "what the router counts itself"},
    {"in-flight-load-producer", Role::kOther, "what the router counts itself"},
    {"token-producer", Role::kOther, "prompts are tokens already"},
    {"tokenizer", Role::kOther, "prompts are tokens already"},
    {"metrics-data-source", Role::kOther, "how figures are fetched; a worker tells its own every router.heartbeat_ms"},
    {"core-metrics-extractor", Role::kOther, "how figures are fetched"},
    {"endpoint-notification-source", Role::kOther, "how workers are found"},
    {"openai-parser", Role::kOther, "the text of requests plays no part"},
    {"pd-profile-handler", Role::kApart},
    {"disagg-profile-handler", Role::kApart},
    {"prefill-filter", Role::kApart},
    {"prefill-header-handler", Role::kApart},
    {"disagg-headers-handler", Role::kApart},
});

}  // namespace

std::span<const PluginType> plugin_types() { return kTypes; }

}  // namespace blockyard::imports
