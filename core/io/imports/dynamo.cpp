// Command lines of NVIDIA Dynamo's frontend and router (python -m dynamo.frontend, dynamo.router), with the variables
// DYN_ROUTER_… before them. Read at ai-dynamo/dynamo 021d6169.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/words/printable.h"
#include "core/io/imports/import_parts.h"

namespace blockyard::imports {
namespace {

constexpr auto kNot = ImportFate::kNotHere;
constexpr std::string_view kServer = "where and how the frontend serves";
constexpr std::string_view kTiers = "a worker has one tier of cache here";
constexpr std::string_view kHeld = "requests are never held back by a router here";
constexpr std::string_view kApart = "prefill and decode run on the same worker here";
constexpr std::string_view kPolicies = "a file or instance that is not read here and may say otherwise";

constexpr auto kFlags = std::to_array<FlagRow>({
    {.name = "--router-mode", .environment = "DYN_ROUTER_MODE", .handled = true},
    {.name = "--load-aware", .arity = Arity::kSwitch, .environment = "DYN_ROUTER_LOAD_AWARE", .handled = true},
    {.name = "--router-kv-overlap-score-weight", .environment = "DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT", .handled = true},
    {.name = "--kv-overlap-score-weight", .environment = "DYN_OVERLAP_SCORE_WEIGHT", .handled = true},
    {.name = "--router-kv-overlap-score-credit", .environment = "DYN_ROUTER_KV_OVERLAP_SCORE_CREDIT", .handled = true},
    {.name = "--router-prefill-load-scale", .environment = "DYN_ROUTER_PREFILL_LOAD_SCALE", .handled = true},
    {.name = "--router-kv-events", .arity = Arity::kSwitch, .environment = "DYN_ROUTER_USE_KV_EVENTS", .handled = true},
    {.name = "--kv-events", .arity = Arity::kSwitch, .environment = "DYN_KV_EVENTS", .handled = true},
    {.name = "--router-ttl-secs", .environment = "DYN_ROUTER_TTL_SECS", .handled = true},
    {.name = "--router-ttl", .environment = "DYN_ROUTER_TTL", .handled = true},
    {.name = "--router-predicted-ttl-secs", .environment = "DYN_ROUTER_PREDICTED_TTL_SECS", .handled = true},
    {.name = "--router-approximate-cache-policy",
     .environment = "DYN_ROUTER_APPROXIMATE_CACHE_POLICY",
     .handled = true},
    {.name = "--router-max-tree-size", .environment = "DYN_ROUTER_MAX_TREE_SIZE", .handled = true},
    {.name = "--router-prune-target-ratio", .environment = "DYN_ROUTER_PRUNE_TARGET_RATIO", .handled = true},
    {.name = "--router-session-affinity-ttl-secs",
     .environment = "DYN_ROUTER_SESSION_AFFINITY_TTL_SECS",
     .handled = true},
    {.name = "--kv-cache-block-size", .environment = "DYN_KV_CACHE_BLOCK_SIZE", .handled = true},
    {.name = "--router-block-size", .handled = true},
    {.name = "--router-temperature", .key = "temperature", .standard = 0, .environment = "DYN_ROUTER_TEMPERATURE"},
    {.name = "--router-kv-overlap-score-credit-decay",
     .key = "credit_decay",
     .standard = 0,
     .environment = "DYN_ROUTER_KV_OVERLAP_SCORE_CREDIT_DECAY"},
    {.name = "--router-decode-active-request-weight",
     .key = "active_weight",
     .standard = 0,
     .environment = "DYN_ROUTER_DECODE_ACTIVE_REQUEST_WEIGHT"},
    {.name = "--router-host-cache-hit-weight",
     .fate = kNot,
     .note = kTiers,
     .environment = "DYN_ROUTER_HOST_CACHE_HIT_WEIGHT"},
    {.name = "--router-disk-cache-hit-weight",
     .fate = kNot,
     .note = kTiers,
     .environment = "DYN_ROUTER_DISK_CACHE_HIT_WEIGHT"},
    {.name = "--shared-cache-multiplier", .fate = kNot, .note = kTiers, .environment = "DYN_SHARED_CACHE_MULTIPLIER"},
    {.name = "--shared-cache-type", .fate = kNot, .note = kTiers, .environment = "DYN_SHARED_CACHE_TYPE"},
    {.name = "--router-replica-sync",
     .arity = Arity::kSwitch,
     .fate = kNot,
     .note = "routers that tell each other what they routed; here each of router.replicas counts its own",
     .environment = "DYN_ROUTER_REPLICA_SYNC"},
    {.name = "--router-track-active-blocks",
     .arity = Arity::kSwitch,
     .fate = kNot,
     .note = "the cost always counts blocks in use here",
     .environment = "DYN_ROUTER_TRACK_ACTIVE_BLOCKS"},
    {.name = "--router-track-output-blocks",
     .arity = Arity::kSwitch,
     .fate = kNot,
     .note = "blocks in use are those of prompts here",
     .environment = "DYN_ROUTER_TRACK_OUTPUT_BLOCKS"},
    {.name = "--router-assume-kv-reuse",
     .arity = Arity::kSwitch,
     .fate = kNot,
     .note = "a block that several requests use counts once here",
     .environment = "DYN_ROUTER_ASSUME_KV_REUSE"},
    {.name = "--router-track-prefill-tokens",
     .arity = Arity::kSwitch,
     .fate = kNot,
     .note = "the cost always counts tokens to prefill here",
     .environment = "DYN_ROUTER_TRACK_PREFILL_TOKENS"},
    {.name = "--router-prefill-load-model",
     .fate = kNot,
     .note = "a prefill counts in full until its first token here (none); aic runs it down",
     .environment = "DYN_ROUTER_PREFILL_LOAD_MODEL"},
    {.name = "--router-queue-threshold", .fate = kNot, .note = kHeld, .environment = "DYN_ROUTER_QUEUE_THRESHOLD"},
    {.name = "--router-queue-policy", .fate = kNot, .note = kHeld, .environment = "DYN_ROUTER_QUEUE_POLICY"},
    {.name = "--router-policy-config", .fate = kNot, .note = kPolicies, .environment = "DYN_ROUTER_POLICY_CONFIG"},
    {.name = "--router-prefill-policy", .fate = kNot, .note = kPolicies, .environment = "DYN_ROUTER_PREFILL_POLICY"},
    {.name = "--router-decode-policy", .fate = kNot, .note = kPolicies, .environment = "DYN_ROUTER_DECODE_POLICY"},
    {.name = "--router-conditional-disagg",
     .arity = Arity::kSwitch,
     .fate = kNot,
     .note = kApart,
     .environment = "DYN_ROUTER_CONDITIONAL_DISAGG"},
    {.name = "--router-conditional-disagg-config",
     .fate = kNot,
     .note = kApart,
     .environment = "DYN_ROUTER_CONDITIONAL_DISAGG_CONFIG"},
    {.name = "--enforce-disagg", .arity = Arity::kSwitch, .fate = kNot, .note = kApart},
    {.name = "--busy-threshold", .fate = kNot, .note = "workers are never left out for being busy here"},
    {.name = "--active-decode-blocks-threshold",
     .fate = kNot,
     .note = "workers are never left out for being busy here"},
    {.name = "--active-prefill-tokens-threshold",
     .fate = kNot,
     .note = "workers are never left out for being busy here"},
    {.name = "--admission-control", .fate = kNot, .note = kHeld},
    {.name = "--migration-limit", .fate = kNot, .note = "a request that a crash ends is always routed again here"},
    {.name = "--router-min-initial-workers", .note = "all workers are there from the start"},
    {.name = "--use-remote-indexer",
     .arity = Arity::kSwitch,
     .note = "where the index is kept",
     .environment = "DYN_USE_REMOTE_INDEXER"},
    {.name = "--serve-indexer", .arity = Arity::kSwitch, .note = "where the index is kept"},
    {.name = "--enable-session-prefix-index",
     .arity = Arity::kSwitch,
     .note = "nothing reads it for routing there",
     .environment = "DYN_ENABLE_SESSION_PREFIX_INDEX"},
    {.name = "--router-event-threads", .note = "how the index is kept", .environment = "DYN_ROUTER_EVENT_THREADS"},
    {.name = "--router-snapshot-threshold", .note = "how the index is kept"},
    {.name = "--router-reset-states", .arity = Arity::kSwitch, .note = "every run begins with empty routers here"},
    {.name = "--router-tracking-hash", .note = "how the index is kept", .environment = "DYN_ROUTER_TRACKING_HASH"},
    {.name = "--router-tracking-key-file", .note = "how the index is kept"},
    {.name = "--router-tracking-key-id", .note = "how the index is kept"},
    {.name = "--http-host", .note = kServer},
    {.name = "--http-port", .note = kServer},
    {.name = "--model-name", .note = kServer},
    {.name = "--model-path", .note = kServer},
    {.name = "--namespace", .note = kServer},
    {.name = "--namespace-prefix", .note = kServer},
    {.name = "--endpoint", .note = kServer},
    {.name = "--discovery-backend", .note = kServer},
    {.name = "--request-plane", .note = kServer},
    {.name = "--event-plane", .note = kServer},
    {.name = "--store-kv", .note = kServer},
    {.name = "--tls-cert-path", .note = kServer},
    {.name = "--tls-key-path", .note = kServer},
    {.name = "--metrics-prefix", .note = kServer},
    {.name = "--grpc-metrics-port", .note = kServer},
    {.name = "--kserve-grpc-server", .arity = Arity::kSwitch, .note = kServer},
});

// The last of several names of one flag that was given.
std::string_view given_of(const Flags& flags, std::string_view name, std::string_view older) {
  return !flags.has(name) && flags.has(older) ? older : name;
}

// What the cost is made of.
Result<void> import_cost(const Flags& flags, Draft& draft, bool load_aware) {
  const auto credit_flag = "--router-kv-overlap-score-credit";
  const auto scale_flag = "--router-prefill-load-scale";
  auto credit = flags.number(credit_flag, 1);
  auto scale = flags.number(scale_flag, 1);
  if (!credit) return credit.error();
  if (!scale) return scale.error();
  const std::string_view weight_flag = given_of(flags, "--router-kv-overlap-score-weight", "--kv-overlap-score-weight");
  std::string credit_from = flags.text(credit_flag), scale_from = flags.text(scale_flag);
  if (flags.has(weight_flag)) {
    // The older flag: today's programs take it for the scale, and 0 for no credit either.
    const auto weight = flags.number(weight_flag, 1);
    if (!weight) return weight.error();
    *scale = *weight;
    scale_from = flags.text(weight_flag);
    if (*weight == 0) {
      *credit = 0;
      credit_from = scale_from;
    }
    if (flags.has(scale_flag)) {
      draft.add(ImportFate::kNoPart, flags.text(scale_flag), "the older flag beside it takes its place there");
    }
  }
  if (load_aware) {
    if (flags.has(credit_flag)) draft.add(ImportFate::kNoPart, credit_from, "--load-aware sets it to 0");
    *credit = 0;
    credit_from = flags.text("--load-aware");
  }
  if (*credit < 0 || *credit > 1e6) return Error{fmt::format("{}: 0 or more is needed", credit_from)};
  if (*scale < 0 || *scale > 1e6) return Error{fmt::format("{}: 0 or more is needed", scale_from)};
  draft.router["overlap_weight"] = Draft::number(*credit);
  draft.router["prefill_weight"] = Draft::number(*scale);
  draft.router["floor_cost"] = true;
  draft.add(ImportFate::kSame, credit_from, fmt::format("router.overlap_weight {}", Draft::number(*credit).dump()));
  draft.add(ImportFate::kSame, scale_from, fmt::format("router.prefill_weight {}", Draft::number(*scale).dump()));
  return {};
}

// How the router knows what workers hold.
Result<void> import_view(const Flags& flags, Draft& draft, bool load_aware) {
  const std::string_view events_flag = given_of(flags, "--router-kv-events", "--kv-events");
  const bool events = !load_aware && flags.on(events_flag, true);
  const std::string_view ttl_flag = given_of(flags, "--router-ttl-secs", "--router-ttl");
  const std::string_view predicted = "--router-predicted-ttl-secs";
  const std::string_view keep = "--router-approximate-cache-policy";
  if (load_aware && flags.has(events_flag))
    draft.add(ImportFate::kNoPart, flags.text(events_flag), "--load-aware turns events off");
  if (events) {
    draft.router["view"] = "synced";
    draft.router["reports"] = "all";
    draft.router["sync_ms"] = 0;
    draft.router["speculative_insert"] = flags.has(predicted);
    draft.add(ImportFate::kOtherwise, flags.text(events_flag),
              "router.view synced, reports all, sync_ms 0: an event takes router.message_delay_ms, which is 0 here");
    if (flags.has(predicted)) {
      draft.add(ImportFate::kOtherwise, flags.text(predicted),
                "router.speculative_insert true: what was routed counts as held until a report says otherwise, not for "
                "so long");
    }
    for (const std::string_view flag : {ttl_flag, keep, std::string_view("--router-max-tree-size"),
                                        std::string_view("--router-prune-target-ratio")}) {
      if (flags.has(flag)) draft.add(ImportFate::kNoPart, flags.text(flag), "only read without events");
    }
    return {};
  }
  draft.router["view"] = "decisions";
  draft.add(ImportFate::kSame, flags.text(load_aware ? "--load-aware" : events_flag), "router.view decisions");
  if (flags.value(keep, "ttl") == "lru") {
    draft.router["view_ttl_ms"] = 0;
    draft.add(ImportFate::kNotHere, flags.text(keep),
              "as many blocks as a worker's cache holds: set router.view_max_blocks to the capacity");
    if (flags.has(ttl_flag)) draft.add(ImportFate::kNoPart, flags.text(ttl_flag), "lru does not look at it");
  } else {
    const auto ttl = flags.number(ttl_flag, 120);
    if (!ttl) return ttl.error();
    if (*ttl <= 0 || *ttl > 1e9) return Error{fmt::format("{}: more than 0 seconds is needed", flags.text(ttl_flag))};
    draft.router["view_ttl_ms"] = Draft::number(*ttl * 1000);
    draft.add(ImportFate::kSame, flags.text(ttl_flag),
              fmt::format("router.view_ttl_ms {}", draft.router["view_ttl_ms"].dump()));
    if (flags.has(keep)) draft.add(ImportFate::kSame, flags.text(keep), "blocks leave by time");
  }
  for (const std::string_view flag : {"--router-max-tree-size", "--router-prune-target-ratio"}) {
    if (flags.has(flag)) {
      draft.add(ImportFate::kNotHere, flags.text(flag),
                "a limit on the blocks of all workers; router.view_max_blocks limits those of each");
    }
  }
  if (flags.has(predicted)) draft.add(ImportFate::kNoPart, flags.text(predicted), "only read with events");
  return {};
}

struct Mode {
  std::string_view there, here, note;
};
constexpr auto kModes = std::to_array<Mode>({
    {"round-robin", "round_robin", ""},
    {"random", "random", ""},
    {"kv", "dynamo_kv", "among equal costs the cursor decides here, chance there"},
    {"power-of-two", "power_of_two",
     "compares loads as the workers tell them here, moved on by the router's own routings; there the requests that the "
     "router itself has under way"},
});

Result<void> import_flags(const std::vector<std::string>& words, Draft& draft) {
  auto read = Flags::read(words, kFlags, draft);
  if (!read) return read.error();
  const Flags& flags = *read;
  const bool load_aware = flags.on("--load-aware", false);
  // The router on its own knows one way to choose.
  const bool router = any_word(words, "dynamo.router");
  const std::string name = flags.value("--router-mode", load_aware || router ? "kv" : "round-robin");
  const auto mode = std::find_if(kModes.begin(), kModes.end(), [&](const Mode& m) { return m.there == name; });
  if (mode == kModes.end()) {
    return Error{
        fmt::format("--router-mode {}: has no counterpart here; round-robin, random, kv and power-of-two have one",
                    quoted_part(name))};
  }
  draft.router["strategy"] = mode->here;
  draft.add(mode->note.empty() ? ImportFate::kSame : ImportFate::kOtherwise, flags.text("--router-mode"),
            fmt::format("router.strategy {}{}{}", mode->here, mode->note.empty() ? "" : ": ", mode->note));
  if (mode->there == "kv") {
    if (auto ok = import_cost(flags, draft, load_aware); !ok) return ok;
    if (auto ok = import_view(flags, draft, load_aware); !ok) return ok;
    if (load_aware) {
      draft.add(ImportFate::kOtherwise, "--load-aware",
                "a block that several requests use counts once here, once for each there");
    }
  } else {
    if (mode->there == "power-of-two") draft.router["load_metric"] = "queue_depth";
    for (const FlagRow& row : kFlags) {
      if (row.handled && row.name != "--router-mode" && row.name != "--kv-cache-block-size" &&
          row.name != "--router-block-size" && row.name != "--router-session-affinity-ttl-secs" &&
          flags.has(row.name)) {
        draft.add(ImportFate::kNoPart, flags.text(row.name), fmt::format("{} does not look at it", mode->here));
      }
    }
  }
  if (flags.has("--router-session-affinity-ttl-secs")) {
    draft.add(kNot, flags.text("--router-session-affinity-ttl-secs"),
              "a session that stays with its worker whatever the cost; sticky_session does so without a cost");
  }
  const std::string_view block = given_of(flags, "--kv-cache-block-size", "--router-block-size");
  if (flags.has(block)) {
    const auto size = flags.number(block, 16);
    if (!size) return size.error();
    if (*size < 1 || *size > 4096 || *size != static_cast<double>(static_cast<int>(*size))) {
      return Error{fmt::format("{}: a whole number of tokens from 1 to 4096 is needed", flags.text(block))};
    }
    draft.cache["block_tokens"] = Draft::number(*size);
    draft.add(ImportFate::kSame, flags.text(block),
              fmt::format("cache.block_tokens {}", draft.cache["block_tokens"].dump()));
  }
  return flags.finish(draft);
}

}  // namespace

const Program kDynamo{"NVIDIA Dynamo",
                      [](const std::vector<std::string>& words) {
                        static constexpr std::string_view kOwn[] = {"--router-mode", "--router-kv-", "DYN_ROUTER_"};
                        return any_word(words, "dynamo.frontend") || any_word(words, "dynamo.router") ||
                               any_word(words, "dynamo-frontend") || any_flag(words, kOwn);
                      },
                      import_flags};

}  // namespace blockyard::imports
