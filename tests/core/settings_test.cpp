// The table of settings: sound by itself, and the one place from which scenarios are read, written and explained.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "core/router/policy.h"
#include "core/settings/reference.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace {

const std::string kPresets = std::string(BLOCKYARD_ASSETS) + "/presets";

// The scenario of a row as a document that says everything.
std::string document_of(const Setting& row) {
  Scenario s = scenario_with(row);
  if (s.workload.type == WorkloadType::kTrace) s.workload.path = "x.jsonl";
  return write_scenario(s, -1);
}

TEST(Settings, EveryRowIsSound) {
  for (const Setting& row : setting_table()) {
    SCOPED_TRACE(std::string(row.path));
    EXPECT_EQ(find_setting(row.path, scenario_with(row)), &row);
    EXPECT_EQ(find_setting(row.path)->path, row.path);
    EXPECT_FALSE(row.label.empty());
    EXPECT_TRUE(row.help.ends_with('.'));
    const Scenario s = scenario_with(row);
    ASSERT_TRUE(row.exists(s));
    const SettingRange range = range_of(row, s);
    const SettingSlider slider = slider_of(row, s);
    if (kind_of(row) == SettingKind::kNumber) {
      EXPECT_LT(range.low, range.high);
      EXPECT_LE(slider.low, slider.high);
      EXPECT_LE(slider.high, range.high);
      EXPECT_TRUE(slider.high == 0 || range.low <= slider.low);
      EXPECT_FALSE(slider.log && slider.low <= 0 && slider.zero.empty()) << "a slider in ratios begins above 0";
      if (const auto now = setting_number(row, s)) {
        EXPECT_GE(*now, range.low);
        EXPECT_LE(*now, range.high);
      }
    }
    const bool shown = row.group != SettingGroup::kHidden && kind_of(row) == SettingKind::kNumber;
    EXPECT_TRUE(!shown || slider.high > slider.low);
    EXPECT_EQ(is_nullable(row), !row.null.empty()) << "null is explained where it is allowed";
  }
  EXPECT_EQ(find_setting("router"), nullptr);
  EXPECT_EQ(find_setting(""), nullptr);
}

// What a path means depends on the workload's type alone, and under none has it two meanings.
TEST(Settings, APathMeansOneThingAtATime) {
  for (std::size_t t = 0; t < workload_type_table().size(); ++t) {
    Scenario s;
    s.workload = default_workload(static_cast<WorkloadType>(t));
    std::set<std::string_view> paths;
    for (const Setting& row : setting_table()) {
      if (!row.exists(s)) continue;
      EXPECT_TRUE(paths.insert(row.path).second) << row.path << " in type " << t;
    }
  }
}

TEST(Settings, RowsOfASectionStandTogether) {
  std::set<std::string_view> left;
  std::string_view section = "-";
  for (const Setting& row : setting_table()) {
    if (row.section() == section) continue;
    EXPECT_TRUE(left.insert(row.section()).second) << row.path << " stands apart from its section";
    section = row.section();
  }
}

// Every row's value, put into a document by its path, comes back from the scenario that is read.
TEST(Settings, WhatIsSetAtAPathIsRead) {
  for (const Setting& row : setting_table()) {
    SCOPED_TRACE(std::string(row.path));
    if (row.path == "model" || row.path == "gpu") continue;  // names of the presets
    std::vector<std::string> values;
    if (kind_of(row) == SettingKind::kText) values = {"\"x\""};
    if (kind_of(row) == SettingKind::kList) values = {"[3,4.5]"};
    if (kind_of(row) == SettingKind::kSwitch) values = {"true", "false"};
    if (kind_of(row) == SettingKind::kChoice) {
      for (const ChoiceRow& c : row.choices()) values.push_back('"' + std::string(c.id) + '"');
    }
    const SettingRange range = range_of(row, scenario_with(row));
    if (kind_of(row) == SettingKind::kNumber) {
      const double high = row.path == "cache.block_tokens" ? 512 : std::min(range.high, 4096.0);
      values = {fmt::format("{}", range.low), fmt::format("{}", high)};
      if (row.path == "workload.block_tokens") values = {"16", "4096"};
    }
    for (const std::string& value : values) {
      if (row.path == "workload.type" && value == "\"trace\"") continue;  // needs a path
      auto text = set_json_value(document_of(row), row.path, value);
      ASSERT_TRUE(text);
      // A list is needed where lengths are drawn from one.
      if (value == "\"empirical\"") {
        text = set_json_value(
            *text, row.path == "workload.prompt_dist" ? "workload.prompt_values" : "workload.output_values", "[1]");
      }
      if (row.path == "workload.sessions_at_once") text = set_json_value(*text, "workload.replay", "closed");
      if (row.path == "workload.arrival" && value == "\"closed\"") text = set_json_value(*text, "workload.duration_s", "0");
      const auto s = parse_scenario(*text, "", kPresets);
      ASSERT_TRUE(s) << s.error().message;
      EXPECT_EQ(nlohmann::json::parse(setting_text(row, *s)), nlohmann::json::parse(value));
      const auto again = parse_scenario(write_scenario(*s), "", kPresets);
      ASSERT_TRUE(again) << again.error().message;
      EXPECT_TRUE(same_setting(row, *s, *again));
    }
    if (is_nullable(row)) {
      const auto text = set_json_value(document_of(row), row.path, "null");
      const auto s = parse_scenario(*text, "", kPresets);
      ASSERT_TRUE(s) << s.error().message;
      EXPECT_TRUE(is_null(row, *s));
    }
  }
}

// What a row does not allow is refused with its pointer, the value and what is allowed.
TEST(Settings, WhatARowForbidsIsRefusedAtItsPointer) {
  for (const Setting& row : setting_table()) {
    SCOPED_TRACE(std::string(row.path));
    std::string pointer = "/" + std::string(row.path);
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    std::vector<std::string> wrong{"{}"};
    const SettingRange range = range_of(row, scenario_with(row));
    if (kind_of(row) == SettingKind::kNumber) {
      wrong.push_back("\"many\"");
      wrong.push_back(fmt::format("{}", range.low - 1));
      if (range.high < 1e18) wrong.push_back(fmt::format("{}", range.high * 2 + 1));
      if (row.whole) wrong.push_back("2.5");
      if (!is_nullable(row)) wrong.push_back("null");
    }
    if (kind_of(row) == SettingKind::kChoice) wrong.push_back("\"no such choice\"");
    if (kind_of(row) == SettingKind::kSwitch) wrong.push_back("1");
    if (kind_of(row) == SettingKind::kList) wrong.push_back("[-1]");
    for (const std::string& value : wrong) {
      const auto text = set_json_value(document_of(row), row.path, value);
      ASSERT_TRUE(text);
      const auto s = parse_scenario(*text, "", kPresets);
      ASSERT_FALSE(s) << value;
      EXPECT_TRUE(s.error().message.starts_with(pointer + ": ")) << s.error().message;
      EXPECT_NE(s.error().message.find("is not allowed; "), std::string::npos) << s.error().message;
    }
  }
}

// Where a row says that its key does not exist, it is refused; where it exists, it is written.
TEST(Settings, KeysExistWhereTheTableSaysSo) {
  for (std::size_t t = 0; t < workload_type_table().size(); ++t) {
    Scenario s;
    s.workload = default_workload(static_cast<WorkloadType>(t));
    s.workload.path = s.workload.type == WorkloadType::kTrace ? "x" : "";
    const std::string text = write_scenario(s, -1);
    const nlohmann::json document = nlohmann::json::parse(text);
    for (const Setting& row : setting_table()) {
      if (row.section() != "workload" || row.omit_empty) continue;
      const bool exists = find_setting(row.path, s)->exists(s);
      EXPECT_EQ(document["workload"].contains(std::string(row.key())), exists) << row.path << " in type " << t;
      if (exists) continue;
      const auto read = parse_scenario(*set_json_value(text, row.path, "1"), "", kPresets);
      ASSERT_FALSE(read);
      EXPECT_NE(read.error().message.find("no such key"), std::string::npos);
    }
  }
}

TEST(Settings, NumbersAreWrittenByTheirRows) {
  std::mt19937 random(7);
  for (const Setting& row : setting_table()) {
    if (kind_of(row) != SettingKind::kNumber || row.path == "seed") continue;
    SCOPED_TRACE(std::string(row.path));
    Scenario s = scenario_with(row);
    const SettingRange range = range_of(row, s);
    for (int i = 0; i < 10; ++i) {
      const double v = std::floor(std::clamp(static_cast<double>(random() % 1000), range.low, range.high));
      set_number(row, s, std::max(v, range.low));
      EXPECT_EQ(setting_number(row, s), std::max(v, range.low));
    }
    if (is_nullable(row)) {
      set_number(row, s, std::nullopt);
      EXPECT_TRUE(is_null(row, s));
      EXPECT_EQ(setting_number(row, s).has_value(), row.derived != nullptr);
    }
  }
}

TEST(Settings, EverySweepItOffersRuns) {
  for (const Setting& row : setting_table()) {
    if (!can_be_swept(row)) continue;
    const Scenario s = scenario_with(row);
    const std::string values = sweep_values(row, s);
    EXPECT_NE(values.find_first_of(",:"), std::string::npos) << row.path << "=" << values << " has one value";
  }
}

TEST(SettingsReference, HasEveryKeyThatAScenarioMayHave) {
  std::set<std::string> paths, entries;
  for (const SettingEntry& e : setting_entries()) {
    paths.insert(e.path);
    EXPECT_TRUE(entries.insert(e.path + " where " + e.applies).second) << e.path;
    EXPECT_FALSE(e.range.empty() || e.applies.empty() || e.help.empty() || e.value.empty()) << e.path;
  }
  EXPECT_EQ(entries.size(), setting_table().size() + fault_table().size() + prompt_table().size());
  for (const Setting& row : setting_table()) {
    const nlohmann::json document = nlohmann::json::parse(document_of(row));
    for (const auto& [key, value] : document.items()) {
      if (!value.is_object()) continue;
      for (const auto& [inner, ignored] : value.items()) EXPECT_TRUE(paths.contains(key + "." + inner)) << key << inner;
    }
  }
}

TEST(SettingsReference, AnswersForAPathASectionAndASlip) {
  ASSERT_EQ(setting_entries("router.sync_ms").size(), 1U);
  const SettingEntry sync = setting_entries("router.sync_ms")[0];
  EXPECT_EQ(sync.value, "5000.0");
  EXPECT_EQ(sync.unit, "ms");
  EXPECT_EQ(sync.change, "in flight");
  EXPECT_EQ(setting_entries("fleet.workers")[0].change, "restarts the run");
  EXPECT_GT(setting_entries("router").size(), 10U);
  EXPECT_TRUE(setting_entries("rout").empty());
  EXPECT_EQ(nearest_setting("router.sync_mss"), "router.sync_ms");
  EXPECT_EQ(nearest_setting("sync_ms"), "router.sync_ms");
  EXPECT_EQ(nearest_setting("nothing.like.it.at.all"), "");
  EXPECT_NE(setting_entries("router.temperature")[0].applies.find("kv_cost"), std::string::npos);
  const nlohmann::json list = nlohmann::json::parse(entries_json(setting_entries()));
  EXPECT_EQ(list.size(), setting_entries().size());
  EXPECT_NE(entries_markdown(setting_entries()).find("| `router.sync_ms` |"), std::string::npos);
}

TEST(SettingsReference, AnExampleOfEachTypeSaysItsDefaults) {
  const std::string page = entries_markdown(setting_entries());
  for (std::size_t t = 0; t < workload_type_table().size(); ++t) {
    const auto type = static_cast<WorkloadType>(t);
    const std::string example = example_scenario(type);
    const auto s = parse_scenario(example, "", kPresets);
    ASSERT_TRUE(s) << s.error().message;
    WorkloadSpec expected = default_workload(type);
    if (type == WorkloadType::kTrace) expected.path = "trace.jsonl";
    EXPECT_EQ(s->workload, expected);
    EXPECT_NE(page.find(example), std::string::npos);
    const nlohmann::json document = nlohmann::json::parse(example);
    for (const Setting& row : setting_table()) {
      if (row.section() != "workload" || !matters(row, *s)) continue;
      EXPECT_TRUE(document["workload"].contains(std::string(row.key()))) << row.path;
    }
  }
}

TEST(SettingsReference, TheFuzzersDictionaryKnowsEveryWord) {
  const std::string words = scenario_dictionary();
  for (const Setting& row : setting_table()) {
    EXPECT_NE(words.find("\\\"" + std::string(row.key()) + "\\\""), std::string::npos) << row.path;
    if (row.choices == nullptr) continue;
    for (const ChoiceRow& c : row.choices())
      EXPECT_NE(words.find("\\\"" + std::string(c.id) + "\\\""), std::string::npos);
  }
}

}  // namespace
}  // namespace blockyard
