// The workload's JSON: every type's keys and defaults, written and read back; the table of numbers.
#include <gtest/gtest.h>

#include <set>

#include "core/settings/scenario.h"
#include "core/settings/workload_spec.h"
#include "core/workload/make.h"

namespace blockyard {
namespace {

Result<Scenario> parse(const std::string& workload) {
  return parse_scenario(R"({"cache": {"capacity_blocks": 924}, "workload": )" + workload + "}", "", "");
}

std::string error_of(const std::string& workload) {
  const auto s = parse(workload);
  return s ? "" : s.error().message;
}

TEST(WorkloadJson, EveryTypeComesBackAsItWas) {
  for (const ChoiceRow& type : workload_type_table()) {
    const std::string path = type.id == "trace" ? R"(, "path": "x.jsonl")" : "";
    const auto s = parse(R"({"type": ")" + std::string(type.id) + "\"" + path + "}");
    ASSERT_TRUE(s) << s.error().message;
    EXPECT_EQ(workload_type_table()[static_cast<std::size_t>(s->workload.type)].id, type.id);
    const auto again = parse_scenario(write_scenario(*s), "", "");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->workload, s->workload);
    if (s->workload.type != WorkloadType::kTrace) {
      EXPECT_EQ(s->workload, default_workload(s->workload.type));
      Scenario whole = *s;
      whole.assets_dir = BLOCKYARD_ASSETS;
      EXPECT_TRUE(make_workload(whole, 16));
    }
  }
}

TEST(WorkloadJson, ErrorsSayWhatIsAllowed) {
  EXPECT_EQ(error_of(R"({"type": "rag", "rate": 0})"),
            "/workload/rate: 0 is not allowed; it must be between 0.0001 and 100000");
  EXPECT_EQ(error_of(R"({"type": "rag", "documents": 1.5})"),
            "/workload/documents: 1.5 is not allowed; it must be a whole number");
  EXPECT_EQ(error_of(R"({"type": "trace"})"), "/workload/path: is missing; it must be a trace file");
  EXPECT_EQ(error_of(R"({"type": "rag", "output_dist": "empirical"})"),
            "/workload/output_values: is missing; an empirical distribution needs a list of lengths");
  EXPECT_NE(error_of(R"({"type": "chat", "documents": 5})").find("/workload/documents: no such key; allowed are "),
            std::string::npos);
  EXPECT_NE(
      error_of(R"({"arrival": "closed", "duration_s": 5})").find("/workload/duration_s: is not allowed with closed"),
      std::string::npos);
}

TEST(WorkloadJson, BailianHasSixteenTokensABlock) {
  const auto s = parse(R"({"type": "trace", "path": "x", "format": "bailian"})");
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_FALSE(s->workload.block_tokens.has_value());  // recognised
}

}  // namespace
}  // namespace blockyard
