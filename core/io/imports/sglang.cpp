// Command lines of SGLang's model gateway (sglang_router.launch_router, smg) and of vLLM's router, its fork. Read at
// sgl-project/sglang 05e589ad, lightseekorg/smg 73da68ca and vllm-project/router 1700eefa.
#include <fmt/format.h>

#include <array>

#include "core/base/words/printable.h"
#include "core/io/imports/import_parts.h"

namespace blockyard::imports {
namespace {

constexpr auto kNot = ImportFate::kNotHere;
constexpr auto kNoPart = ImportFate::kNoPart;
constexpr std::string_view kServer = "where and how the router serves";
constexpr std::string_view kHealth = "health checks; a crash here is noticed after the fault's detect_ms";
constexpr std::string_view kLimits = "requests are never held back or turned away by a router here";
constexpr std::string_view kRetries = "a request fails only in a crash here, and is then routed again at once";
constexpr std::string_view kParsing = "the text of requests and answers plays no part here";
constexpr std::string_view kApart = "prefill and decode run on the same worker here";

constexpr auto kFlags = std::to_array<FlagRow>({
    {.name = "--policy", .handled = true},
    {.name = "--worker-urls", .arity = Arity::kMany, .handled = true},
    {.name = "--assignment-mode", .handled = true},
    {.name = "--dp-aware", .arity = Arity::kNone, .handled = true},
    {.name = "--intra-node-data-parallel-size", .handled = true},
    {.name = "--cache-threshold", .key = "cache_threshold", .standard = 0.3},
    {.name = "--balance-abs-threshold", .key = "balance_abs", .standard = 64},
    {.name = "--balance-rel-threshold", .key = "balance_rel", .standard = 1.5},
    {.name = "--prefix-token-count", .key = "prefix_tokens", .standard = 256},
    {.name = "--prefix-hash-load-factor", .key = "load_bound", .standard = 1.25},
    {.name = "--max-idle-secs", .key = "session_ttl_ms", .scale = 1000, .standard = 14400},
    {.name = "--max-tree-size", .handled = true},
    {.name = "--eviction-interval-secs", .handled = true},
    {.name = "--eviction-interval", .handled = true},
    {.name = "--block-size", .handled = true},
    {.name = "--prefix-hash-balance-abs-threshold",
     .fate = kNot,
     .note = "a margin that overloaded workers of prefix_hash must also exceed there; here the ratio alone decides"},
    {.name = "--cache-boundaries",
     .arity = Arity::kMany,
     .fate = kNot,
     .note = "keys of several lengths; here prefix_hash has one, router.prefix_tokens"},
    {.name = "--bucket-adjust-interval-secs", .note = "only the policy bucket reads it"},
    {.name = "--redis-url", .fate = kNot, .note = "routers that share their bindings; here each router has its own"},
    {.name = "--redis-key-prefix", .note = "where bindings are kept"},
    {.name = "--redis-pool-max", .note = kServer},
    {.name = "--redis-retention-days", .note = kServer},
    {.name = "--max-payload-size", .note = kServer},
    {.name = "--enable-igw", .arity = Arity::kNone, .fate = kNot, .note = "several models; here a fleet serves one"},
    {.name = "--mini-lb", .arity = Arity::kNone, .fate = kNot, .note = kApart},
    {.name = "--worker-startup-timeout-secs", .note = kHealth},
    {.name = "--worker-startup-check-interval", .note = kHealth},
    {.name = "--host", .note = kServer},
    {.name = "--port", .note = kServer},
    {.name = "--api-key", .note = kServer},
    {.name = "--backend", .note = kServer},
    {.name = "--model-path", .note = kServer},
    {.name = "--model", .note = kServer},
    {.name = "--tokenizer-path", .note = kServer},
    {.name = "--chat-template", .note = kParsing},
    {.name = "--reasoning-parser", .note = kParsing},
    {.name = "--tool-call-parser", .note = kParsing},
    {.name = "--mcp-config-path", .note = kParsing},
    {.name = "--log-dir", .note = kServer},
    {.name = "--log-level", .note = kServer},
    {.name = "--service-discovery",
     .arity = Arity::kNone,
     .note = "how workers are found; say how many in fleet.workers"},
    {.name = "--selector", .arity = Arity::kMany, .note = "how workers are found"},
    {.name = "--service-discovery-port", .note = "how workers are found"},
    {.name = "--service-discovery-namespace", .note = "how workers are found"},
    {.name = "--prometheus-port", .note = kServer},
    {.name = "--prometheus-host", .note = kServer},
    {.name = "--prometheus-duration-buckets", .arity = Arity::kMany, .note = kServer},
    {.name = "--request-id-headers", .arity = Arity::kMany, .note = kServer},
    {.name = "--request-timeout-secs", .fate = kNot, .note = "requests wait as long as it takes here"},
    {.name = "--shutdown-grace-period-secs", .note = kServer},
    {.name = "--max-concurrent-requests", .fate = kNot, .note = kLimits},
    {.name = "--queue-size", .fate = kNot, .note = kLimits},
    {.name = "--queue-timeout-secs", .fate = kNot, .note = kLimits},
    {.name = "--rate-limit-tokens-per-second", .fate = kNot, .note = kLimits},
    {.name = "--cors-allowed-origins", .arity = Arity::kMany, .note = kServer},
    {.name = "--retry-max-retries", .fate = kNot, .note = kRetries},
    {.name = "--retry-initial-backoff-ms", .fate = kNot, .note = kRetries},
    {.name = "--retry-max-backoff-ms", .fate = kNot, .note = kRetries},
    {.name = "--retry-backoff-multiplier", .fate = kNot, .note = kRetries},
    {.name = "--retry-jitter-factor", .fate = kNot, .note = kRetries},
    {.name = "--disable-retries", .arity = Arity::kNone, .fate = kNot, .note = kRetries},
    {.name = "--health-failure-threshold", .fate = kNot, .note = kHealth},
    {.name = "--health-success-threshold", .fate = kNot, .note = kHealth},
    {.name = "--health-check-timeout-secs", .fate = kNot, .note = kHealth},
    {.name = "--health-check-interval-secs", .fate = kNot, .note = kHealth},
    {.name = "--health-check-endpoint", .note = kServer},
    {.name = "--disable-health-check", .arity = Arity::kNone, .fate = kNot, .note = kHealth},
    {.name = "--cb-failure-threshold", .fate = kNot, .note = "a circuit breaker; workers here fail only by crashing"},
    {.name = "--cb-success-threshold", .fate = kNot, .note = "a circuit breaker; workers here fail only by crashing"},
    {.name = "--cb-timeout-duration-secs",
     .fate = kNot,
     .note = "a circuit breaker; workers here fail only by crashing"},
    {.name = "--cb-window-duration-secs",
     .fate = kNot,
     .note = "a circuit breaker; workers here fail only by crashing"},
    {.name = "--disable-circuit-breaker",
     .arity = Arity::kNone,
     .fate = kNot,
     .note = "a circuit breaker; workers here fail only by crashing"},
    {.name = "--enable-trace", .arity = Arity::kNone, .note = kServer},
    {.name = "--otlp-traces-endpoint", .note = kServer},
    {.name = "--history-backend", .note = kServer},
    {.name = "--tokenizer-cache-enable-l0", .arity = Arity::kNone, .note = "tokenising costs no time here"},
    {.name = "--tokenizer-cache-l0-max-entries", .note = "tokenising costs no time here"},
    {.name = "--tokenizer-cache-enable-l1", .arity = Arity::kNone, .note = "tokenising costs no time here"},
    {.name = "--tokenizer-cache-l1-max-memory", .note = "tokenising costs no time here"},
});

struct PolicyName {
  std::string_view there, here;
  ImportFate fate;
  std::string_view note;
};
constexpr auto kPolicies = std::to_array<PolicyName>({
    {"cache_aware", "sglang_cache_aware", ImportFate::kOtherwise,
     "matches whole blocks of tokens here, characters over HTTP and tokens over gRPC there; among equals the cursor "
     "decides here"},
    {"round_robin", "round_robin", ImportFate::kSame, ""},
    {"random", "random", ImportFate::kSame, ""},
    {"power_of_two", "power_of_two", ImportFate::kOtherwise,
     "compares loads as the workers tell them here, moved on by the router's own routings; there the requests that the "
     "router itself has under way"},
    {"prefix_hash", "prefix_hash", ImportFate::kOtherwise,
     "the hash is SHA-256 of whole blocks here, xxh3 of tokens there: other workers own other prefixes, as evenly"},
    {"consistent_hashing", "session_hash", ImportFate::kOtherwise,
     "the key is the request's session here, the header X-SMG-Routing-Key there; without one the fewest active "
     "requests "
     "here, any worker there"},
    {"consistent_hash", "session_hash", ImportFate::kOtherwise,
     "the key is the request's session here, a header or field of the request there; without one the fewest active "
     "requests here, a hash of the request there"},
    {"manual", "sticky_session", ImportFate::kOtherwise,
     "the key is the request's session here, the header X-SMG-Routing-Key there"},
    {"sticky_least_loaded", "sticky_session", ImportFate::kOtherwise,
     "among workers with equally many sessions the cursor decides here, a hash of session and worker there"},
});

Result<void> import_flags(const std::vector<std::string>& words, Draft& draft) {
  // launch_server starts workers too, and its router's flags have a prefix.
  std::vector<std::string> own = words;
  if (any_word(words, "sglang_router.launch_server")) {
    for (std::string& w : own) {
      if (w.starts_with("--router-")) w.erase(2, 7);
    }
  }
  auto read = Flags::read(own, kFlags, draft);
  if (!read) return read.error();
  for (const std::string& w : own) {
    for (const std::string_view apart : {"--pd-disaggregation", "--vllm-pd-disaggregation", "--prefill", "--decode",
                                         "--prefill-policy", "--decode-policy"}) {
      if (w == apart || w.starts_with(std::string(apart) + "=")) {
        return Error{fmt::format("{}: has no counterpart here: {}", w, kApart)};
      }
    }
  }
  const std::string name = read->value("--policy", "cache_aware");
  const PolicyName* policy = nullptr;
  std::string there;
  for (const PolicyName& p : kPolicies) {
    if (p.there == name) policy = &p;
    there += fmt::format("{}{}", there.empty() ? "" : ", ", p.there);
  }
  if (policy == nullptr) {
    return Error{
        fmt::format("--policy {}: has no counterpart here; those that have one are {}", quoted_part(name), there)};
  }
  draft.router["strategy"] = policy->here;
  draft.add(policy->fate, read->text("--policy"),
            fmt::format("router.strategy {}{}{}", policy->here, policy->note.empty() ? "" : ": ", policy->note));
  if (policy->here == "sglang_cache_aware") {
    draft.router["view"] = "decisions";
    draft.add(ImportFate::kSame, "the tree that its own decisions feed", "router.view decisions");
    draft.add(kNot, read->text("--max-tree-size"),
              "a limit on the characters of the whole tree; router.view_max_blocks limits the blocks of each worker");
    for (const std::string_view flag : {"--eviction-interval-secs", "--eviction-interval"}) {
      if (read->has(flag)) draft.add(kNot, read->text(flag), "a limit acts at once here, not at intervals");
    }
  } else {
    for (const std::string_view flag : {"--max-tree-size", "--eviction-interval-secs", "--eviction-interval"}) {
      if (read->has(flag)) draft.add(kNoPart, read->text(flag), fmt::format("{} keeps no tree", policy->here));
    }
  }
  if (policy->here == "power_of_two") {
    draft.router["load_metric"] = "queue_depth";
    draft.add(ImportFate::kSame, "requests as the load", "router.load_metric queue_depth");
  }
  if (policy->here == "session_hash") draft.router["session_load_bound"] = 0;
  if (name == "manual") {
    const std::string mode = read->value("--assignment-mode", "random");
    draft.add(mode == "min_group" ? ImportFate::kSame : ImportFate::kOtherwise, read->text("--assignment-mode"),
              mode == "min_group"  ? "a new session goes to the worker with the fewest"
              : mode == "min_load" ? "a new session goes to the worker with the fewest sessions here, requests there"
                                   : "a new session goes to the worker with the fewest sessions here, to any there");
  } else if (read->has("--assignment-mode")) {
    draft.add(kNoPart, read->text("--assignment-mode"), "only the policy manual reads it");
  }
  if (name == "sticky_least_loaded") {
    draft.router["session_ttl_ms"] = 7'200'000;
    draft.add(ImportFate::kSame, "idle sessions are forgotten after 7,200 s there", "router.session_ttl_ms 7200000");
  }
  if (read->has("--worker-urls")) {
    std::size_t workers = read->count("--worker-urls");
    std::string from = read->text("--worker-urls");
    if (read->has("--intra-node-data-parallel-size")) {
      const auto size = read->number("--intra-node-data-parallel-size", 1);
      if (!size) return size.error();
      if (*size < 1 || *size > 1024) return Error{"--intra-node-data-parallel-size: 1 to 1024"};
      workers *= static_cast<std::size_t>(*size);
      from += " " + read->text("--intra-node-data-parallel-size");
    }
    if (workers > 0) {
      draft.fleet["workers"] = workers;
      draft.add(ImportFate::kSame, from, fmt::format("fleet.workers {}", workers));
    }
  } else if (read->has("--intra-node-data-parallel-size")) {
    draft.add(kNot, read->text("--intra-node-data-parallel-size"),
              "each rank is a worker: say how many in fleet.workers");
  }
  if (read->has("--dp-aware")) {
    draft.add(kNot, "--dp-aware", "each data-parallel rank is a worker: say how many in fleet.workers");
  }
  if (read->has("--block-size")) {
    draft.add(
        kNot, read->text("--block-size"),
        "the blocks of events over gRPC; this reads the tree that decisions feed, in blocks of cache.block_tokens");
  }
  return read->finish(draft);
}

}  // namespace

const Program kSglang{"SGLang's model gateway",
                      [](const std::vector<std::string>& words) {
                        return any_word(words, "sglang_router.") || any_word(words, "smg") ||
                               any_word(words, "sglang-router") || any_word(words, "sgl-model-gateway") ||
                               any_word(words, "sgl-router") || any_word(words, "sglang_router");
                      },
                      import_flags};

const Program kVllmRouter{
    "vLLM's router",
    [](const std::vector<std::string>& words) {
      static constexpr std::string_view kOther[] = {"--routing-logic"};
      return (any_word(words, "vllm-router") || any_word(words, "vllm_router.") || any_word(words, "vllm_router")) &&
             !any_flag(words, kOther) && !any_word(words, "vllm_router.app");
    },
    import_flags};

}  // namespace blockyard::imports
