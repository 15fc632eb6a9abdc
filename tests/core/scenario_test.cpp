// Scenario JSON: defaults, errors that name the pointer, writing and reading back.
#include "core/settings/scenario.h"

#include <gtest/gtest.h>

#include "core/router/policy.h"

namespace blockyard {
namespace {

const std::string kPresets = std::string(BLOCKYARD_ASSETS) + "/presets";

std::string error_of(const std::string& json) {
  const auto s = parse_scenario(json, "", kPresets);
  return s ? "" : s.error().message;
}

TEST(Scenario, EmptyObjectRunsWithTheDefaultsOfTheSpec) {
  const auto s = parse_scenario("{}", "", kPresets);
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(s->config.cache.capacity_blocks, 924U);
  EXPECT_EQ(s->config.fleet.workers, 4U);
  EXPECT_EQ(policy_table()[s->config.router.strategy].id, "cache_aware");
  EXPECT_EQ(s->workload.type, WorkloadType::kRag);
  EXPECT_EQ(s->config.router.sync, 5'000'000);
}

TEST(Scenario, ErrorsNamePointerValueAndWhatIsAllowed) {
  EXPECT_EQ(error_of(R"({"router": {"sync_ms": -5}})"), "/router/sync_ms: -5 is not allowed; it must be 0 or more");
  EXPECT_NE(error_of(R"({"router": {"strategy": "best"}})")
                .find("/router/strategy: \"best\" is not allowed; it must be one of round_robin, "),
            std::string::npos);
  EXPECT_NE(error_of(R"({"rou\nter": {}})").find(R"(/rou\nter: no such key)"), std::string::npos) << "one line";
  EXPECT_NE(error_of(R"({"routr": {}})").find("/routr: no such key"), std::string::npos);
  EXPECT_NE(error_of(R"({"fleet": {"workers": 0}})").find("/fleet/workers: 0 is not allowed"), std::string::npos);
  EXPECT_NE(error_of(R"({"fleet": {"workers": 2.5}})").find("whole number"), std::string::npos);
  EXPECT_NE(error_of(R"({"fleet": {"workers": 1e300}})").find("/fleet/workers"), std::string::npos);
  EXPECT_NE(error_of(R"({"cache": {"capacity_blocks": "many"}})").find("null or a number"), std::string::npos);
  EXPECT_NE(error_of(R"({"cache": 5})").find("/cache: 5 is not allowed; it must be an object"), std::string::npos);
  EXPECT_NE(error_of(R"({"faults": [{"worker": 9}]})").find("/faults/0/worker: 9"), std::string::npos);
  EXPECT_NE(error_of("[1]").find("must be an object"), std::string::npos);
  EXPECT_NE(error_of("{\"seed\": ").find("not valid JSON at byte"), std::string::npos);
  EXPECT_NE(error_of(R"({"model": "gpt-none"})").find("/model"), std::string::npos);
}

TEST(Scenario, WritesWhatItReads) {
  const auto s = parse_scenario(
      R"({"name": "x", "seed": 18446744073709551615, "router": {"strategy": "kv_cost", "temperature": 0.25},
      "faults": [{"t_ms": 5, "worker": 1, "kind": "crash", "restart_ms": 2.5}]})",
      "", kPresets);
  ASSERT_TRUE(s) << s.error().message;
  const std::string once = write_scenario(*s);
  const auto again = parse_scenario(once, "", kPresets);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(write_scenario(*again), once);
  EXPECT_EQ(again->config.seed, 18446744073709551615ULL);
  EXPECT_EQ(again->config.faults[0].restart, 2500);
}

TEST(Scenario, SetsValuesAtDottedPaths) {
  auto text = set_json_value("{}", "router.strategy", "round_robin");
  ASSERT_TRUE(text);
  text = set_json_value(*text, "fleet.workers", "16");
  ASSERT_TRUE(text);
  const auto s = parse_scenario(*text, "", kPresets);
  ASSERT_TRUE(s);
  EXPECT_EQ(s->config.fleet.workers, 16U);
  EXPECT_EQ(s->config.router.strategy, find_policy("round_robin"));
  EXPECT_FALSE(set_json_value("{}", "router..x", "1"));
  EXPECT_FALSE(set_json_value(R"({"seed": 1})", "seed.x", "1"));
  EXPECT_FALSE(set_json_value(R"({"faults": []})", "faults.3.t_ms", "1"));
}

}  // namespace
}  // namespace blockyard
