// Which strategy chooses as the plugins of a profile do, and with what.
#include "core/io/imports/endpoint_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/words/number.h"
#include "core/base/words/printable.h"

namespace blockyard::imports {
namespace {

constexpr auto kSame = ImportFate::kSame;
constexpr auto kOtherwise = ImportFate::kOtherwise;
constexpr auto kNot = ImportFate::kNotHere;
constexpr auto kNoPart = ImportFate::kNoPart;

// Parameters that several plugins have, by a part of their path.
struct KnownParameter {
  std::string_view part;
  ImportFate fate;
  std::string_view note;
};
constexpr KnownParameter kParameters[] = {
    {"maxNumOfEndpoints", kNoPart, "one worker is chosen; the others would be for retries"},
    {"maxPrefix", kNot, "the whole prompt is matched here"},
    {"autoTune", kNot, "sizes that engines tell; set cache.block_tokens and router.view_max_blocks"},
    {"tokenProcessorConfig.blockSize", kOtherwise,
     "the index matches as many tokens at a time there, cache.block_tokens here"},
    {"hashSeed", kNoPart, "how blocks are named"},
    {"kvEventsConfig", kNoPart, "how events travel; the time they take is router.message_delay_ms"},
    {"kvBlockIndexConfig", kNoPart, "how the index is kept"},
    {"tokenizersPoolConfig", kNoPart, "prompts are tokens already"},
    {"prefixMatchInfoProducerName", kNoPart, "which index is asked; see the producer"},
    {"metricsLoggingInterval", kNoPart, "how it is watched"},
    {"enableMetrics", kNoPart, "how it is watched"},
};

const KnownParameter* known_parameter(const std::string& path) {
  for (const KnownParameter& p : kParameters) {
    if (path.find(p.part) != std::string::npos) return &p;
  }
  return nullptr;
}

}  // namespace

std::vector<Plugin*> EndpointChoice::of(std::initializer_list<Role> roles) {
  std::vector<Plugin*> out;
  for (Plugin& p : plugins_) {
    if (p.used && p.row != nullptr && std::find(roles.begin(), roles.end(), p.row->role) != roles.end())
      out.push_back(&p);
  }
  return out;
}

Result<double> EndpointChoice::number(const Plugin& p, std::string_view key, double otherwise, double low,
                                      double high) const {
  if (!p.parameters.is_object() || !p.parameters.contains(std::string(key))) return otherwise;
  const std::string text = text_of(p.parameters, key);
  const auto v = finite_number(text);
  if (!v || *v < low || *v > high) {
    return Error{fmt::format("{}.{}: {} is not allowed; a number from {} to {} is needed", printable(p.name, 60), key,
                             quoted_part(text), low, high)};
  }
  return *v;
}
bool EndpointChoice::given(const Plugin& p, std::string_view key) const {
  return p.parameters.is_object() && p.parameters.contains(std::string(key));
}
std::string EndpointChoice::from(const Plugin& p, std::string_view key) const {
  const bool here = given(p, key);
  return printable(fmt::format("{}.{} {}", p.name, key, here ? text_of(p.parameters, key) : "(not given)"), 120);
}
// Writes the line of a parameter that was read, so that rest() does not.
void EndpointChoice::took(const Plugin& p, std::string_view key) {
  taken_.push_back(fmt::format("{}.{}", p.name, key));
}

Result<void> EndpointChoice::set(const Plugin& p, std::string_view key, std::string_view to, double otherwise,
                                 double low, double high) {
  const auto v = number(p, key, otherwise, low, high);
  if (!v) return v.error();
  draft_.router[to] = Draft::number(*v);
  draft_.add(kSame, from(p, key),
             fmt::format("router.{} {}{}", to, draft_.router[to].dump(), given(p, key) ? "" : ", as by default there"));
  took(p, key);
  return {};
}

Result<void> EndpointChoice::choose() {
  const auto affinity = of({Role::kAffinity}), token_load = of({Role::kTokenLoad});
  const auto weighted = of({Role::kQueue, Role::kKv, Role::kPrefix, Role::kPrecise});
  const auto others = of({Role::kScorer, Role::kFilter});
  const auto unknown =
      std::find_if(plugins_.begin(), plugins_.end(), [](const Plugin& p) { return p.used && p.row == nullptr; });
  const auto names = [](const std::vector<Plugin*>& list) {
    std::string out;
    for (const Plugin* p : list) out += fmt::format("{}{}", out.empty() ? "" : ", ", p->type);
    return out;
  };
  if (affinity.size() > 1) {
    return Error{"prefix-cache-affinity-filter twice has no counterpart here: llmd_sticky has one threshold"};
  }
  if (!affinity.empty() || !token_load.empty()) {
    if (token_load.empty() || !weighted.empty()) {
      return Error{
          fmt::format("{} with {} has no counterpart here; prefix-cache-affinity-filter with token-load-scorer "
                      "has one",
                      affinity.empty() ? "token-load-scorer" : "prefix-cache-affinity-filter",
                      weighted.empty() ? "no token-load-scorer" : names(weighted))};
    }
    if (auto ok = sticky(affinity.empty() ? nullptr : affinity[0], *token_load[0]); !ok) return ok;
  } else if (!weighted.empty() || (others.empty() && unknown == plugins_.end())) {
    if (auto ok = weigh(weighted); !ok) return ok;
  } else {
    return Error{
        fmt::format("{} without a score that is known here has no counterpart; queue-scorer, "
                    "kv-cache-utilization-scorer, prefix-cache-scorer and token-load-scorer have one",
                    others.empty() ? quoted_part(unknown->type) : names(others))};
  }
  pick();
  return view();
}

Result<void> EndpointChoice::sticky(Plugin* affinity, Plugin& load) {
  draft_.router["strategy"] = "llmd_sticky";
  draft_.add(kSame, affinity == nullptr ? load.type : affinity->type + " with " + load.type,
             "router.strategy llmd_sticky");
  if (affinity == nullptr) {
    draft_.router["sticky_ratio"] = 0;
    draft_.add(kSame, "no prefix-cache-affinity-filter",
               "router.sticky_ratio 0: nobody is preferred for what it holds");
  } else {
    Plugin& p = *affinity;
    if (auto ok = set(p, "affinityThreshold", "sticky_ratio", 0.8, 0, 1); !ok) return ok;
    if (auto ok = set(p, "maxTTFTPenaltyMs", "max_penalty_ms", 18000, 0, 1e12); !ok) return ok;
    if (auto ok = set(p, "peakPrefillThroughput", "peak_tokens_per_s", 15928, 1e-3, 1e12); !ok) return ok;
    if (given(p, "explorationProbability")) {
      const auto v = number(p, "explorationProbability", 0, 0, 1);
      if (!v) return v.error();
      took(p, "explorationProbability");
      draft_.add(*v == 0 ? kSame : kNot, from(p, "explorationProbability"),
                 *v == 0 ? "never explores, as here" : "requests that pass the filter at random are not modelled");
    }
    if (given(p, "ttftSource")) {
      took(p, "ttftSource");
      const bool peak = text_of(p.parameters, "ttftSource") == "prefillThroughput";
      draft_.add(peak ? kSame : kNot, from(p, "ttftSource"),
                 peak ? "waiting is estimated from pending tokens, as here"
                      : "predicted latencies are not modelled: waiting is estimated from pending tokens");
    }
  }
  for (const std::string_view key : {"queueThresholdTokens", "threshold"}) {
    if (!given(load, key)) continue;
    const auto v = number(load, key, 0, 1, 1e12);
    if (!v) return v.error();
    took(load, key);
    draft_.add(*v == 4194304 ? kSame : kOtherwise, from(load, key),
               *v == 4194304 ? "the same here" : "the score falls to 0 at 4194304 tokens here");
  }
  return {};
}

Result<void> EndpointChoice::weigh(const std::vector<Plugin*>& scorers) {
  draft_.router["strategy"] = "llmd_weighted";
  if (scorers.empty()) {
    draft_.router["weight_queue"] = 2;
    draft_.router["weight_kv"] = 2;
    draft_.router["weight_prefix"] = 3;
    draft_.add(kSame, "scorers (not given)",
               "router.strategy llmd_weighted with weights 2, 2 and 3, as by default there");
    return {};
  }
  double queue = 0, kv = 0, prefix = 0;
  for (const Plugin* p : scorers) {
    double& sum = p->row->role == Role::kQueue ? queue : p->row->role == Role::kKv ? kv : prefix;
    const std::string_view key = p->row->role == Role::kQueue ? "weight_queue"
                                 : p->row->role == Role::kKv  ? "weight_kv"
                                                              : "weight_prefix";
    sum += p->weight;
    draft_.add(
        kSame,
        printable(fmt::format("{} weight {}", p->name, p->weighted ? fmt::format("{}", p->weight) : "(not given)"),
                  100),
        fmt::format("router.{} {}{}", key, Draft::number(p->weight).dump(),
                    p->weighted ? "" : ", as by default there"));
  }
  draft_.router["weight_queue"] = Draft::number(queue);
  draft_.router["weight_kv"] = Draft::number(kv);
  draft_.router["weight_prefix"] = Draft::number(prefix);
  draft_.router["heartbeat_ms"] = 50;
  draft_.add(kSame, "figures fetched every 50 ms (the picker's default)", "router.heartbeat_ms 50");
  return {};
}

void EndpointChoice::pick() {
  for (const Plugin* p : of({Role::kRandom})) {
    draft_.add(kOtherwise, printable(p->name, 80), "the highest score wins here; there workers are drawn");
  }
  for (Plugin* p : of({Role::kMaxScore})) {
    draft_.add(kOtherwise, printable(p->name, 80), "among equal scores the cursor decides here, chance there");
  }
}

Result<void> EndpointChoice::view() {
  Plugin* precise = nullptr;
  Plugin* approximate = nullptr;
  for (Plugin& p : plugins_) {
    if (p.row == nullptr) continue;
    if (p.row->role == Role::kPreciseProducer || (p.used && p.row->role == Role::kPrecise)) precise = &p;
    if (p.row->role == Role::kPrefix &&
        text_of(p.parameters.is_object() ? p.parameters : Json::object(), "mode") == "cache_tracking")
      precise = &p;
    if (p.row->role == Role::kApproxProducer) approximate = &p;
    if (approximate == nullptr && p.used && p.row->role == Role::kPrefix) approximate = &p;
  }
  if (precise != nullptr) {
    bool speculative = false;
    each_leaf("", precise->parameters, [&](const std::string& path, const std::string& v) {
      if (!path.ends_with("peculativeIndexing")) return;
      speculative = v == "true";
      taken_.push_back(precise->name + path);
    });
    draft_.router["view"] = "synced";
    draft_.router["reports"] = "all";
    draft_.router["sync_ms"] = 0;
    draft_.router["speculative_insert"] = speculative;
    draft_.add(kOtherwise, printable(precise->name, 80),
               "router.view synced, reports all, sync_ms 0: an event takes router.message_delay_ms, which is 0 here");
    draft_.add(kSame, speculative ? "speculativeIndexing true" : "speculativeIndexing (off)",
               fmt::format("router.speculative_insert {}", speculative));
    return {};
  }
  return approximate_view(approximate);
}

// An index that its own decisions feed: `approximate` has its parameters, where a plugin is named for it.
Result<void> EndpointChoice::approximate_view(Plugin* approximate) {
  draft_.router["view"] = "decisions";
  constexpr double kDefault = 31250;
  if (approximate == nullptr) {
    draft_.router["view_max_blocks"] = Draft::number(kDefault);
    draft_.add(kSame, "an approximate index (not given)",
               "router.view decisions, view_max_blocks 31250, as by default there");
  } else {
    draft_.add(kSame, printable(approximate->name, 80), "router.view decisions");
    if (auto ok = set(*approximate, "lruCapacityPerServer", "view_max_blocks", kDefault, 0, 1e9); !ok) return ok;
  }
  double block = 64;
  std::string written = "blocks of the index (not given)";
  if (approximate != nullptr) {
    for (const std::string_view key : {"blockSizeTokens", "blockSize", "hashBlockSize"}) {
      if (!given(*approximate, key)) continue;
      const auto v = number(*approximate, key, 64, 1, 1e6);
      if (!v) return v.error();
      block = std::max(64.0, *v);
      written = from(*approximate, key);
      took(*approximate, key);
    }
  }
  const double kept = draft_.router["view_max_blocks"].get<double>();
  draft_.add(
      kOtherwise, written,
      fmt::format("the index matches {} tokens at a time there (never fewer than 64), cache.block_tokens here; as "
                  "many tokens are kept with router.view_max_blocks = {:.0f} / cache.block_tokens",
                  block, block * kept));
  return {};
}

// A line for whatever has none yet.
void EndpointChoice::rest() {
  for (const Plugin& p : plugins_) {
    const bool known = p.row != nullptr;
    const Role role = known ? p.row->role : Role::kOther;
    const std::string name = printable(p.name == p.type ? p.type : p.name + " (" + p.type + ")", 100);
    const bool in_profile_only = role <= Role::kScorer;
    if (!known) {
      draft_.add(kNot, name, "a plugin that is not known here; whether it has a part in the choice is open");
    } else if (!p.used && in_profile_only) {
      draft_.add(kNoPart, name, "no profile refers to it");
    } else if (role == Role::kScorer || role == Role::kFilter) {
      draft_.add(kNot, p.weighted ? fmt::format("{} weight {}", name, p.weight) : name, std::string(p.row->note));
    } else if (role == Role::kOther || role == Role::kSingle) {
      draft_.add(kNoPart, name, std::string(p.row->note));
    }
    each_leaf(p.name, p.parameters.is_null() ? Json::object() : p.parameters,
              [&](const std::string& path, const std::string& v) {
                if (std::find(taken_.begin(), taken_.end(), path) != taken_.end()) return;
                if (const KnownParameter* known_one = known_parameter(path)) {
                  draft_.add(known_one->fate, printable(path + " " + v, 120), std::string(known_one->note));
                  return;
                }
                const bool of_choice = p.used && in_profile_only;
                draft_.add(of_choice ? kNot : kNoPart, printable(path + " " + v, 120),
                           of_choice ? "not known here; whether it has a part in the choice is open"
                                     : "how its plugin works inside");
              });
  }
}

}  // namespace blockyard::imports
