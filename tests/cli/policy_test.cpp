// blockyard policy: configurations as they stand in guides and deployments, and whatever else is thrown at it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/program.h"

namespace blockyard {
namespace {

using test::Folder;
using Json = nlohmann::json;

struct Read {
  Json scenario;
  std::vector<Json> lines;
  std::string read_as;
  // The fate of the line that begins so; "" where there is none.
  std::string fate(const std::string& from) const {
    for (const Json& l : lines) {
      if (l["from"].get<std::string>().starts_with(from)) return l["fate"];
    }
    return "";
  }
};

Read read(const Folder& f, const std::string& text) {
  f.write("c.txt", text);
  const auto o = f.run("policy c.txt --json --out s.json");
  EXPECT_EQ(o.status, 0) << text << "\n" << o.err;
  if (o.status != 0) return {};
  const Json j = Json::parse(o.out);
  Read r{j["scenario"], {}, j["read_as"]};
  for (const Json& l : j["lines"]) r.lines.push_back(l);
  // What is given back runs as it is.
  const auto run = f.run("run s.json --set workload.requests=20 --set fleet.workers=3 --json");
  EXPECT_EQ(run.status, 0) << r.scenario.dump() << "\n" << run.err;
  EXPECT_EQ(Json::parse(f.read("s.json")), r.scenario);
  return r;
}

std::string repeated(const std::string& part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

const char* const kBaseline = R"(# the guide's stack
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: approx-prefix-cache-producer
  parameters:
    blockSize: 16
    lruCapacityPerServer: 20000
    maxPrefixTokensToMatch: 131072
- type: inflight-load-producer
- type: prefix-cache-affinity-filter
  parameters:
    affinityThreshold: 0.7
    maxTTFTPenaltyMs: 5000
    peakPrefillThroughput: 9866
- type: token-load-scorer
- type: max-score-picker
schedulingProfiles:
- name: default
  plugins:
  - pluginRef: prefix-cache-affinity-filter
  - pluginRef: token-load-scorer
  - pluginRef: max-score-picker
)";

const char* const kWeighted = R"(apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: EndpointPickerConfig
featureGates:
- flowControl
plugins:
- type: queue-scorer
- type: kv-cache-utilization-scorer
- name: prefix
  type: prefix-cache-scorer
  parameters:
    hashBlockSize: 64
    maxPrefixBlocksToMatch: 256
    lruCapacityPerServer: 31250
- type: lora-affinity-scorer
- type: no-such-scorer
- type: load-aware-scorer
- type: single-profile-handler
schedulingProfiles:
- name: default
  plugins:
  - pluginRef: queue-scorer
    weight: 1
  - pluginRef: kv-cache-utilization-scorer
    weight: 1.5
  - pluginRef: prefix
  - pluginRef: lora-affinity-scorer
    weight: 1
  - pluginRef: no-such-scorer
)";

TEST(Policy, ReadsTheRecommendedStackOfLlmd) {
  const Folder f;
  const Read r = read(f, kBaseline);
  EXPECT_EQ(r.scenario["router"], Json::parse(R"({"strategy": "llmd_sticky", "sticky_ratio": 0.7,
      "max_penalty_ms": 5000, "peak_tokens_per_s": 9866, "view": "decisions", "view_max_blocks": 20000})"));
  EXPECT_EQ(r.fate("prefix-cache-affinity-filter.affinityThreshold 0.7"), "same");
  EXPECT_EQ(r.fate("approx-prefix-cache-producer.blockSize 16"), "otherwise");
  EXPECT_EQ(r.fate("max-score-picker"), "otherwise");
  EXPECT_EQ(r.fate("inflight-load-producer"), "no_part");
  EXPECT_NE(r.fate("approx-prefix-cache-producer.maxPrefixTokensToMatch"), "");
  const Read defaults = read(f,
                             "kind: EndpointPickerConfig\nplugins:\n- type: prefix-cache-affinity-filter\n"
                             "- type: token-load-scorer\n");
  EXPECT_EQ(defaults.scenario["router"], Json::parse(R"({"strategy": "llmd_sticky", "sticky_ratio": 0.8,
      "max_penalty_ms": 18000, "peak_tokens_per_s": 15928, "view": "decisions", "view_max_blocks": 31250})"));
}

TEST(Policy, ReadsWeightsAndNamesWhatHasNoCounterpart) {
  const Folder f;
  const Read r = read(f, kWeighted);
  EXPECT_EQ(r.scenario["router"]["strategy"], "llmd_weighted");
  EXPECT_EQ(r.scenario["router"]["weight_queue"], 1);
  EXPECT_EQ(r.scenario["router"]["weight_kv"], 1.5);
  EXPECT_EQ(r.scenario["router"]["weight_prefix"], 1) << "as by default there";
  EXPECT_EQ(r.scenario["router"]["view"], "decisions");
  EXPECT_EQ(r.fate("featureGates"), "not_here");
  EXPECT_EQ(r.fate("lora-affinity-scorer weight 1"), "not_here");
  EXPECT_EQ(r.fate("no-such-scorer"), "not_here");
  EXPECT_EQ(r.fate("load-aware-scorer"), "no_part") << "no profile refers to it";
  EXPECT_EQ(r.fate("prefix.maxPrefixBlocksToMatch"), "not_here");
}

TEST(Policy, ReadsThePreciseIndexAndFindsAConfigurationInAConfigMap) {
  const Folder f;
  const Read r = read(f, R"(apiVersion: v1
kind: ConfigMap
metadata: {name: epp}
data:
  precise.yaml: |
    apiVersion: llm-d.ai/v1alpha1
    kind: EndpointPickerConfig
    plugins:
    - type: precise-prefix-cache-producer
      parameters:
        tokenProcessorConfig: {blockSize: 64, hashSeed: "42"}
        indexerConfig: {speculativeIndexing: true}
        kvEventsConfig: {topicFilter: "kv@"}
    - type: prefix-cache-scorer
      parameters: {prefixMatchInfoProducerName: precise-prefix-cache-producer}
    - type: kv-cache-utilization-scorer
    - type: queue-scorer
    schedulingProfiles:
    - name: default
      plugins:
      - {pluginRef: prefix-cache-scorer, weight: 3}
      - {pluginRef: kv-cache-utilization-scorer, weight: 2}
      - {pluginRef: queue-scorer, weight: 2}
)");
  EXPECT_EQ(r.scenario["router"], Json::parse(R"({"strategy": "llmd_weighted", "weight_queue": 2, "weight_kv": 2,
      "weight_prefix": 3, "heartbeat_ms": 50, "view": "synced", "reports": "all", "sync_ms": 0,
      "speculative_insert": true})"));
  EXPECT_NE(r.fate("precise-prefix-cache-producer.tokenProcessorConfig.hashSeed"), "");
}

TEST(Policy, ReadsCommandLinesOfSglangAndItsFork) {
  const Folder f;
  const Read r = read(f, R"(#!/bin/bash
# two workers and a router
export CUDA_VISIBLE_DEVICES=0
python -m sglang_router.launch_router \
    --worker-urls http://w1:8000 http://w2:8000 \
    --policy cache_aware --cache-threshold 0.5 --balance-abs-threshold=32 \
    --max-tree-size 1000000 --host 0.0.0.0 --queue-size 50 --nonsense 3
)");
  EXPECT_EQ(r.read_as, "a command line of SGLang's model gateway");
  EXPECT_EQ(r.scenario, Json::parse(R"({"router": {"strategy": "sglang_cache_aware", "view": "decisions",
      "cache_threshold": 0.5, "balance_abs": 32, "balance_rel": 1.5}, "fleet": {"workers": 2}})"));
  EXPECT_EQ(r.fate("--balance-rel-threshold (not given)"), "same");
  EXPECT_EQ(r.fate("--max-tree-size 1000000"), "not_here");
  EXPECT_EQ(r.fate("--queue-size 50"), "not_here");
  EXPECT_EQ(r.fate("--host"), "no_part");
  EXPECT_EQ(r.fate("--nonsense 3"), "not_here");
  EXPECT_EQ(r.fate("line 3: export"), "no_part");
  EXPECT_EQ(read(f, "smg --policy manual --assignment-mode min_group --max-idle-secs 600").scenario["router"],
            Json::parse(R"({"strategy": "sticky_session", "session_ttl_ms": 600000})"));
  EXPECT_EQ(read(f, "smg --policy prefix_hash --prefix-token-count 512").scenario["router"],
            Json::parse(R"({"strategy": "prefix_hash", "prefix_tokens": 512, "load_bound": 1.25})"));
  const Read server =
      read(f, "python3 -m sglang_router.launch_server --model m --router-policy round_robin --dp-size 2");
  EXPECT_EQ(server.scenario["router"], Json::parse(R"({"strategy": "round_robin"})"));
  const Read vllm = read(f,
                         "vllm-router --policy consistent_hash --intra-node-data-parallel-size 4 "
                         "--worker-urls http://a http://b --cache-threshold 0.5");
  EXPECT_EQ(vllm.read_as, "a command line of vLLM's router");
  EXPECT_EQ(vllm.scenario["router"]["strategy"], "session_hash");
  EXPECT_EQ(vllm.scenario["fleet"]["workers"], 8);
  EXPECT_EQ(vllm.fate("--cache-threshold"), "no_part") << "consistent_hash does not read it";
}

TEST(Policy, ReadsAManifestsLists) {
  const Folder f;
  const Read r = read(f, R"(apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
      - name: router
        image: lmsysorg/sgl-model-gateway:latest
        command: ["python3", "-m", "sglang_router.launch_router"]
        args:
        - --policy
        - cache_aware
        - --cache-threshold=0.2
        - --worker-urls
        - http://w1:8000
      - name: other
        command: [sleep, "3"]
)");
  EXPECT_EQ(r.scenario["router"]["cache_threshold"], 0.2);
  EXPECT_EQ(r.scenario["fleet"]["workers"], 1);
  EXPECT_EQ(read(f, R"(["python3","-m","dynamo.frontend","--router-mode","random"])").scenario["router"]["strategy"],
            "random");
  EXPECT_EQ(read(f, "docker run lmsysorg/sgl-model-gateway:latest --policy random").scenario["router"]["strategy"],
            "random");
}

TEST(Policy, ReadsTheProductionStack) {
  const Folder f;
  const Read r = read(f,
                      "vllm-router --port 8001 --service-discovery static --static-backends "
                      "http://a:1,http://b:1,http://c:1 --static-models m,m,m --routing-logic session "
                      "--session-key x-user-id --engine-stats-interval 10 --log-stats");
  EXPECT_EQ(r.read_as, "a command line of the vLLM production stack's router");
  EXPECT_EQ(r.scenario["router"]["strategy"], "session_hash");
  EXPECT_EQ(r.scenario["router"]["session_load_bound"], 0);
  EXPECT_EQ(r.scenario["fleet"]["workers"], 3);
  EXPECT_EQ(r.fate("--engine-stats-interval"), "not_here");
  EXPECT_EQ(read(f, "python3 -m vllm_router.app --routing-logic roundrobin").scenario["router"]["strategy"],
            "round_robin");
}

TEST(Policy, ReadsDynamo) {
  const Folder f;
  const Read r = read(f,
                      "python -m dynamo.frontend --router-mode kv --router-kv-overlap-score-credit 0.8 "
                      "--router-prefill-load-scale 3.0 --router-temperature 0.5 --http-port 8000 "
                      "--kv-cache-block-size 64 --router-queue-threshold 4 --router-host-cache-hit-weight 0.5 &\n"
                      "python -m dynamo.vllm --model m --block-size 64");
  EXPECT_EQ(r.scenario, Json::parse(R"({"router": {"strategy": "dynamo_kv", "overlap_weight": 0.8,
      "prefill_weight": 3, "floor_cost": true, "view": "synced", "reports": "all", "sync_ms": 0,
      "speculative_insert": false, "temperature": 0.5, "credit_decay": 0, "active_weight": 0},
      "cache": {"block_tokens": 64}})"));
  EXPECT_EQ(r.fate("--router-queue-threshold 4"), "not_here");
  EXPECT_EQ(r.fate("--router-host-cache-hit-weight 0.5"), "not_here");
  EXPECT_EQ(r.fate("line 2: python -m dynamo.vllm"), "no_part");
  // Without events, by variables; the older flag; the preset; without a mode.
  const Json approx = read(f,
                           "DYN_ROUTER_MODE=kv DYN_ROUTER_USE_KV_EVENTS=false DYN_ROUTER_TTL_SECS=30 python -m "
                           "dynamo.frontend")
                          .scenario["router"];
  EXPECT_EQ(approx["view"], "decisions");
  EXPECT_EQ(approx["view_ttl_ms"], 30000);
  EXPECT_EQ(
      read(f, "python -m dynamo.frontend --router-mode kv --no-router-kv-events").scenario["router"]["view_ttl_ms"],
      120000);
  const Json old = read(f, "python -m dynamo.frontend --router-mode kv --kv-overlap-score-weight 0").scenario["router"];
  EXPECT_EQ(old["overlap_weight"], 0);
  EXPECT_EQ(old["prefill_weight"], 0);
  EXPECT_EQ(read(f, "python -m dynamo.frontend --load-aware").scenario["router"]["overlap_weight"], 0);
  EXPECT_EQ(read(f, "python -m dynamo.frontend --http-port 8000").scenario["router"],
            Json::parse(R"({"strategy": "round_robin"})"));
}

// Every flag and every value of the input stands in some line.
TEST(Policy, LeavesNothingUnsaid) {
  const Folder f;
  const std::string flags =
      "smg --policy cache_aware --cache-threshold 0.4 --prefix-token-count 7 --api-key k "
      "--retry-max-retries 3 --made-up --worker-urls http://a --log-level info --dp-aware";
  const Read r = read(f, flags);
  for (const char* flag : {"--policy", "--cache-threshold", "--prefix-token-count", "--api-key", "--retry-max-retries",
                           "--made-up", "--worker-urls", "--log-level", "--dp-aware"}) {
    EXPECT_NE(r.fate(flag), "") << flag;
  }
  const Read w = read(f, kWeighted);
  for (const char* part :
       {"queue-scorer", "kv-cache-utilization-scorer", "prefix weight", "prefix.hashBlockSize",
        "prefix.maxPrefixBlocksToMatch", "prefix.lruCapacityPerServer", "lora-affinity-scorer", "no-such-scorer",
        "load-aware-scorer", "single-profile-handler", "featureGates", "apiVersion"}) {
    EXPECT_NE(w.fate(part), "") << part;
  }
  f.write("c.txt", flags);
  const auto text = f.run("policy c.txt");
  EXPECT_LT(text.out.find("\"strategy\": \"sglang_cache_aware\""), text.out.find("Has no counterpart here"));
  EXPECT_LT(text.out.find("Has no counterpart here"), text.out.find("--made-up"));
  EXPECT_EQ(f.run("policy -", "cat c.txt |").out, text.out);
}

TEST(Presets, NameSourceCommitAndDateOfStrategiesAsTheReadmeDoes) {
  const Folder f;
  const auto o = f.run("presets --strategies-markdown");
  ASSERT_EQ(o.status, 0) << o.err;
  std::ifstream in(BLOCKYARD_SOURCE "/README.md");
  const std::string readme(std::istreambuf_iterator<char>(in), {});
  EXPECT_NE(readme.find(o.out), std::string::npos) << "README.md has another table:\n" << o.out;
  const std::string presets = f.run("presets").out;
  for (const char* part :
       {"ai-dynamo/dynamo 07a6c9ce on 2026-11-25", "Left out: other tiers", "see sticky_session", "Dynamo up to 0.8"}) {
    EXPECT_NE(presets.find(part), std::string::npos) << part;
  }
}

TEST(Policy, RefusesInOneLine) {
  const Folder f;
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'j'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i > 0 ? "," : "") + "*" + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  const std::string kind = "kind: EndpointPickerConfig\n";
  std::string many = kind + "plugins:\n";
  for (int i = 0; i < 11000; ++i) many += "- type: queue-scorer\n";
  struct Case {
    std::string text, says;
  };
  const std::vector<Case> cases = {
      {"", "is nothing that is read here"},
      {"ls -l", "is nothing that is read here"},
      {std::string("\0\0\0", 3), "is no text"},
      {std::string(300 << 10, 'x'), "larger than 256 KiB"},
      {kind + bomb, "line 2: an anchor"},
      {kind + "plugins: *x\n", "is no YAML"},
      {kind + "a: " + repeated("{a: ", 100), "nested more than 64 deep"},
      {kind + "a: " + repeated("{a: ", 50000), "nested more than 64 deep"},
      {kind + "a: " + std::string(100000, '['), "line 2: "},
      {many, "more than 20000 values"},
      {kind + kind, "line 2: the key kind comes twice"},
      {kind + "? [a]\n: b\n", "a key must be a text"},
      {kind + "plugins: [\n", "is no YAML"},
      {kind + "plugins: 3\n", "plugins: a list is needed"},
      {kind + "plugins:\n- name: x\n", "plugins[0]: type is missing"},
      {kind + "plugins:\n- type: queue-scorer\n- type: queue-scorer\n", "plugins[1]: the name queue-scorer is taken"},
      {kind + "plugins:\n- type: pd-profile-handler\n", "prefill and decode run on the same worker"},
      {kind + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- plugins:\n  - pluginRef: x\n",
       "no plugin is called x"},
      {kind + "plugins:\n- type: queue-scorer\nschedulingProfiles:\n- plugins:\n  - {pluginRef: queue-scorer, weight: "
              "heavy}\n",
       "weight heavy: a number"},
      {kind + "schedulingProfiles: [{name: a}, {name: b}]\n", "2 profiles have no counterpart"},
      {kind + "plugins: [{type: prefix-cache-affinity-filter}, {type: latency-scorer}]\n", "no counterpart here"},
      {kind + "plugins: [{type: session-affinity-scorer}]\n", "no counterpart"},
      {kind + "plugins: [{type: token-load-scorer}, {type: prefix-cache-affinity-filter, parameters: "
              "{affinityThreshold: 7}}]\n",
       "affinityThreshold: 7 is not allowed"},
      {"# EndpointPickerConfig\na: b\n", "holds none"},
      {"smg --policy bucket", "--policy bucket: has no counterpart here"},
      {"smg --policy", "--policy: its value is missing"},
      {"smg --pd-disaggregation --prefill http://a --decode http://b", "prefill and decode"},
      {"smg --cache-threshold lots", "--cache-threshold lots: a number is needed"},
      {"smg --cache-threshold 2", "is outside of what router.cache_threshold may be"},
      {"smg --policy 'random", "line 1: a quote that is not closed"},
      {"smg --policy random\nsmg --policy random", "lines 1 and 2: two routers"},
      {"vllm-router --routing-logic kvaware", "--routing-logic kvaware: has no counterpart here: it asks LMCache"},
      {"vllm-router --routing-logic session", "--session-key is needed"},
      {"python -m dynamo.frontend --router-mode direct", "--router-mode direct: has no counterpart here"},
      {"python -m dynamo.frontend --router-mode kv --router-temperature -1", "is outside of what router.temperature"},
      {"python -m dynamo.frontend --router-mode kv --router-ttl-secs nan --no-router-kv-events", "a number is needed"},
  };
  for (const Case& c : cases) {
    f.write("c.txt", c.text);
    const auto o = f.run("policy c.txt --out s.json");
    EXPECT_EQ(o.status, 2) << c.says << "\n" << o.out;
    EXPECT_NE(o.err.find(c.says), std::string::npos) << c.says << "\n" << o.err.substr(0, 400);
    EXPECT_EQ(std::count(o.err.begin(), o.err.end(), '\n'), 1) << o.err.substr(0, 400);
    EXPECT_LT(o.err.size(), 700U) << o.err;
    EXPECT_FALSE(f.has("s.json"));
  }
  EXPECT_EQ(f.run("policy none.yaml").status, 2);
}

}  // namespace
}  // namespace blockyard
