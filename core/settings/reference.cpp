#include "core/settings/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/words/nearest.h"
#include "core/base/words/range_text.h"
#include "core/settings/json_text.h"
#include "core/settings/rows/json.h"

namespace blockyard {
namespace {

using io::Json;

std::string range_text(SettingKind kind, SettingRange range, bool whole, const std::vector<ChoiceRow>& choices) {
  switch (kind) {
    case SettingKind::kSwitch:
      return "true or false";
    case SettingKind::kText:
      return "text";
    case SettingKind::kChoice: {
      std::vector<std::string_view> ids;
      for (const ChoiceRow& c : choices) ids.push_back(c.id);
      return fmt::format("one of {}", fmt::join(ids, ", "));
    }
    case SettingKind::kNumber:
    case SettingKind::kList:
      break;
  }
  std::string text = blockyard::range_text(range.low, range.high);
  if (whole) text += ", whole";
  return kind == SettingKind::kList ? "a list of numbers, each " + text : text;
}

template <class Owner>
bool is_whole(const SettingRow<Owner>& row) {
  return row.whole || std::holds_alternative<Access<Owner, std::uint32_t>>(row.field) ||
         std::holds_alternative<Access<Owner, std::uint64_t>>(row.field) ||
         std::holds_alternative<Access<Owner, std::optional<std::uint32_t>>>(row.field);
}

std::string both(std::string_view a, std::string_view b) {
  if (a.empty() && b.empty()) return "always";
  if (a.empty() || b.empty()) return std::string(a.empty() ? b : a);
  return fmt::format("{}, and {}", a, b);
}

std::string strategies_reading(std::string_view key) {
  std::string out;
  const std::vector<ChoiceRow> strategies = strategy_choices();
  for (std::uint32_t s = 0; s < strategies.size(); ++s) {
    if (strategy_reads(s, key))
      out += fmt::format("{}{}", out.empty() ? "router.strategy is " : " or ", strategies[s].id);
  }
  return out;
}

template <class Owner>
SettingEntry entry_of(const SettingRow<Owner>& row, const Owner& owner, const Scenario& scenario) {
  SettingEntry e;
  e.path = row.path;
  e.label = row.label;
  e.help = row.help;
  e.unit = row.unit;
  e.change = row.restarts ? "restarts the run" : "in flight";
  e.applies = row.of_strategy ? both(row.exists.words, strategies_reading(row.key()))
                              : both(row.exists.words, row.applies.words);
  e.null = row.null;
  if (row.choices != nullptr) e.choices = row.choices();
  const SettingRange range = row.range_in != nullptr ? row.range_in(scenario) : row.range;
  e.range = range_text(kind_of(row), range, is_whole(row), e.choices);
  e.value = e.null.empty() ? io::dump_json(io::value_json(row, owner, scenario)) : "null";
  return e;
}

std::string section_of(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

}  // namespace

std::vector<SettingEntry> setting_entries() {
  std::vector<SettingEntry> out;
  for (const Setting& row : setting_table()) {
    const Scenario scenario = scenario_with(row);
    out.push_back(entry_of(row, scenario, scenario));
  }
  const Scenario scenario;
  Fault crash;
  crash.kind = FaultKind::kCrash;
  crash.restart = 10'000'000;
  for (const FaultSetting& row : fault_table()) {
    const bool plain_fault = row.exists(Fault{});
    SettingEntry e = entry_of(row, plain_fault ? Fault{} : crash, scenario);
    if (row.range_in != nullptr) e.range = "a worker of the fleet";
    out.push_back(std::move(e));
  }
  for (const PromptSetting& row : prompt_table()) out.push_back(entry_of(row, SentPrompt{}, scenario));
  return out;
}

std::vector<SettingEntry> setting_entries(std::string_view path) {
  std::vector<SettingEntry> out = setting_entries();
  std::erase_if(out, [path](const SettingEntry& e) {
    return e.path != path && !(e.path.starts_with(path) && e.path[path.size()] == '.');
  });
  return out;
}

std::string nearest_setting(std::string_view path) {
  const std::string_view key = path.substr(path.rfind('.') + 1);
  std::string best;
  std::size_t least = std::max<std::size_t>(2, path.size() / 3);
  for (const Setting& row : setting_table()) {
    // A key without its section is the commonest slip.
    const std::size_t d = row.key() == key ? 1 : slips(row.path, path);
    if (d < least) least = d, best = row.path;
  }
  return best;
}

std::string example_scenario(WorkloadType type) {
  Scenario s;
  s.workload = default_workload(type);
  s.workload.path = "trace.jsonl";
  const ChoiceRow& row = workload_type_table()[static_cast<std::size_t>(type)];
  Json workload = Json::object();
  for (const Setting& setting : setting_table()) {
    if (setting.section() == "workload" && matters(setting, s))
      workload[std::string(setting.key())] = io::value_json(setting, s, s);
  }
  Json out{{"name", row.label}, {"about", row.help}};
  for (const char* path : {"fleet.workers", "router.strategy"}) {
    const Setting& setting = *find_setting(path);
    out[std::string(setting.section())][std::string(setting.key())] = io::value_json(setting, s, s);
  }
  out["workload"] = std::move(workload);
  return io::dump_json(out, 2) + "\n";
}

std::string entries_json(const std::vector<SettingEntry>& entries) {
  Json out = Json::array();
  for (const SettingEntry& e : entries) {
    Json one{{"path", e.path}, {"label", e.label}, {"help", e.help}};
    if (!e.unit.empty()) one["unit"] = e.unit;
    one["default"] = Json::parse(e.value);
    if (!e.null.empty()) one["null"] = e.null;
    one["range"] = e.range;
    one["change"] = e.change;
    one["applies"] = e.applies;
    if (!e.choices.empty()) {
      Json& choices = one["choices"] = Json::array();
      for (const ChoiceRow& c : e.choices) choices.push_back({{"id", c.id}, {"label", c.label}, {"help", c.help}});
    }
    out.push_back(std::move(one));
  }
  return io::dump_json(out, 2) + "\n";
}

std::string entries_markdown(const std::vector<SettingEntry>& entries) {
  std::string out =
      "# Settings of a scenario\n\nEvery key that a scenario may have; all may be left out. `--set PATH=VALUE` sets "
      "one "
      "on the command line. Examples are at the end.\n";
  std::string section = "-";
  for (const SettingEntry& e : entries) {
    if (section_of(e.path) != section) {
      section = section_of(e.path);
      out += fmt::format(
          "\n## {}\n\n| path | default | unit | allowed | change | applies | what it is |\n"
          "| --- | --- | --- | --- | --- | --- | --- |\n",
          section.empty() ? "The run" : "`" + section + "`");
    }
    const std::string null = e.null.empty() ? "" : fmt::format(" `null`: {}.", e.null);
    out += fmt::format("| `{}` | `{}` | {} | {} | {} | {} | {}{} |\n", e.path, e.value, e.unit, e.range, e.change,
                       e.applies, e.help, null);
  }
  for (const SettingEntry& e : entries) {
    if (e.choices.empty()) continue;
    out += fmt::format("\n### `{}`\n\n", e.path);
    for (const ChoiceRow& c : e.choices) out += fmt::format("- `{}`: {}\n", c.id, c.help);
  }
  out += "\n## An example for each type of workload\n";
  for (std::size_t t = 0; t < workload_type_table().size(); ++t) {
    out += fmt::format("\n### `{}`\n\n```json\n{}```\n", workload_type_table()[t].id,
                       example_scenario(static_cast<WorkloadType>(t)));
  }
  return out;
}

std::string scenario_dictionary() {
  std::set<std::string> words{"faults", "prompts"};
  for (const SettingEntry& e : setting_entries()) {
    for (std::size_t begin = 0; begin <= e.path.size();) {
      const std::size_t dot = std::min(e.path.find('.', begin), e.path.size());
      words.insert(e.path.substr(begin, dot - begin));
      begin = dot + 1;
    }
    for (const ChoiceRow& c : e.choices) words.insert(std::string(c.id));
  }
  std::string out = "# Every key and word of a scenario, for libFuzzer.\n";
  for (const std::string& word : words) out += fmt::format("\"\\\"{}\\\"\"\n", word);
  for (const char* token : {"null", "true", "false", "1e308", "-1", "\\\\u0000", "\\\\n"})
    out += fmt::format("\"{}\"\n", token);
  return out;
}

}  // namespace blockyard
