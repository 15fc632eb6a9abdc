// Command lines of the vLLM production stack's router (vllm-router, vllm_router.app). Read at
// vllm-project/production-stack 008a23bd; loadaware at its PR #1035.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/words/printable.h"
#include "core/io/imports/import_parts.h"

namespace blockyard::imports {
namespace {

constexpr auto kNot = ImportFate::kNotHere;
constexpr std::string_view kServer = "where and how the router serves";
constexpr std::string_view kFound = "how workers are found";

constexpr auto kFlags = std::to_array<FlagRow>({
    {.name = "--routing-logic", .handled = true},
    {.name = "--session-key", .handled = true},
    {.name = "--static-backends", .handled = true},
    {.name = "--engine-stats-interval", .handled = true},
    {.name = "--request-stats-window", .handled = true},
    {.name = "--host", .note = kServer},
    {.name = "--port", .note = kServer},
    {.name = "--service-discovery", .note = kFound},
    {.name = "--k8s-service-discovery-type", .note = kFound},
    {.name = "--k8s-port", .note = kFound},
    {.name = "--k8s-namespace", .note = kFound},
    {.name = "--k8s-label-selector", .note = kFound},
    {.name = "--k8s-watcher-timeout-seconds", .note = kFound},
    {.name = "--static-models", .note = kFound},
    {.name = "--static-aliases", .fate = kNot, .note = "several models; here a fleet serves one"},
    {.name = "--static-model-types", .note = kFound},
    {.name = "--static-model-labels", .note = kFound},
    {.name = "--static-backend-health-checks",
     .arity = Arity::kNone,
     .fate = kNot,
     .note = "health checks; a crash here is noticed after the fault's detect_ms"},
    {.name = "--backend-health-check-timeout-seconds",
     .fate = kNot,
     .note = "health checks; a crash here is noticed after the fault's detect_ms"},
    {.name = "--lmcache-controller-port", .note = "only kvaware reads it"},
    {.name = "--lmcache-health-check-interval", .note = "only kvaware reads it"},
    {.name = "--lmcache-worker-timeout", .note = "only kvaware reads it"},
    {.name = "--kv-aware-threshold", .note = "only kvaware reads it"},
    {.name = "--prefill-model-labels", .note = "only disaggregated_prefill reads it"},
    {.name = "--decode-model-labels", .note = "only disaggregated_prefill reads it"},
    {.name = "--callbacks", .fate = kNot, .note = "code of its own around requests"},
    {.name = "--request-rewriter", .note = "noop is all that there is"},
    {.name = "--enable-batch-api", .arity = Arity::kNone, .note = kServer},
    {.name = "--file-storage-class", .note = kServer},
    {.name = "--file-storage-path", .note = kServer},
    {.name = "--batch-processor", .note = kServer},
    {.name = "--log-stats", .arity = Arity::kNone, .note = kServer},
    {.name = "--log-stats-interval", .note = kServer},
    {.name = "--dynamic-config-yaml", .fate = kNot, .note = "a file that is not read here and may say otherwise"},
    {.name = "--dynamic-config-json", .fate = kNot, .note = "a file that is not read here and may say otherwise"},
    {.name = "--feature-gates", .fate = kNot, .note = "a semantic cache, where it is on, answers before any worker"},
    {.name = "--log-level", .note = kServer},
    {.name = "--sentry-dsn", .note = kServer},
    {.name = "--sentry-traces-sample-rate", .note = kServer},
    {.name = "--sentry-profile-session-sample-rate", .note = kServer},
    {.name = "--otel-endpoint", .note = kServer},
    {.name = "--otel-service-name", .note = kServer},
    {.name = "--otel-secure", .arity = Arity::kNone, .note = kServer},
});

struct Logic {
  std::string_view there, here;  // here "": no counterpart
  std::string_view note;
};
constexpr auto kLogics = std::to_array<Logic>({
    {"roundrobin", "round_robin", ""},
    {"session", "session_hash",
     "the hash is SHA-256 here; without a session the fewest active requests here, the lowest rate of requests there"},
    {"loadaware", "pstack_loadaware", "matches whole blocks of tokens here, chunks of 128 characters there"},
    {"prefixaware", "",
     "it takes any of the workers with the longest match, whatever their load; cache_aware takes the least loaded of "
     "them"},
    {"kvaware", "", "it asks LMCache's controller, and below a threshold goes by the rate of requests"},
    {"disaggregated_prefill", "", "prefill and decode run on the same worker here"},
    {"priority", "", "all requests are equal here"},
});

Result<void> import_flags(const std::vector<std::string>& words, Draft& draft) {
  auto read = Flags::read(words, kFlags, draft);
  if (!read) return read.error();
  if (!read->has("--routing-logic"))
    return Error{"--routing-logic is needed: roundrobin, session or loadaware are read"};
  const std::string name = read->value("--routing-logic", "");
  const auto logic = std::find_if(kLogics.begin(), kLogics.end(), [&](const Logic& l) { return l.there == name; });
  if (logic == kLogics.end() || logic->here.empty()) {
    return Error{
        fmt::format("--routing-logic {}: has no counterpart here{}{}; roundrobin, session and loadaware have one",
                    quoted_part(name), logic == kLogics.end() ? "" : ": ", logic == kLogics.end() ? "" : logic->note)};
  }
  draft.router["strategy"] = logic->here;
  draft.add(logic->note.empty() ? ImportFate::kSame : ImportFate::kOtherwise, read->text("--routing-logic"),
            fmt::format("router.strategy {}{}{}", logic->here, logic->note.empty() ? "" : ": ", logic->note));
  if (name == "session") {
    if (!read->has("--session-key")) return Error{"--session-key is needed with --routing-logic session"};
    draft.router["session_load_bound"] = 0;
    draft.add(ImportFate::kOtherwise, read->text("--session-key"),
              "the session of the workload takes the header's place");
  } else if (read->has("--session-key")) {
    draft.add(ImportFate::kNoPart, read->text("--session-key"), fmt::format("{} looks at no session", logic->here));
  }
  if (name == "loadaware") {
    draft.router["view"] = "decisions";
    draft.router["load_beta"] = 1;
    draft.add(ImportFate::kSame, "the trie that its own decisions feed", "router.view decisions");
    draft.add(ImportFate::kSame, "beta (not given by a flag there)", "router.load_beta 1, as by default there");
  }
  const bool stats = name == "session";
  for (const std::string_view flag : {"--engine-stats-interval", "--request-stats-window"}) {
    if (!read->has(flag)) continue;
    draft.add(stats ? kNot : ImportFate::kNoPart, read->text(flag),
              stats ? "rates of requests are not measured here" : fmt::format("{} does not look at them", logic->here));
  }
  if (read->has("--static-backends")) {
    const std::string urls = read->value("--static-backends", "");
    const auto workers = 1 + std::count(urls.begin(), urls.end(), ',');
    draft.fleet["workers"] = workers;
    draft.add(ImportFate::kSame, read->text("--static-backends"), fmt::format("fleet.workers {}", workers));
  }
  return read->finish(draft);
}

}  // namespace

const Program kProductionStack{"the vLLM production stack's router",
                               [](const std::vector<std::string>& words) {
                                 static constexpr std::string_view kOwn[] = {"--routing-logic"};
                                 return any_flag(words, kOwn) || any_word(words, "vllm_router.app");
                               },
                               import_flags};

}  // namespace blockyard::imports
