// The scenario reference: every setting with its unit, default, range and when it counts, as text for people and tools.
#pragma once

#include <string>
#include <vector>

#include "core/settings/setting.h"

namespace blockyard {

/// One entry, every part of it in words.
struct SettingEntry {
  std::string path;
  std::string label;
  std::string help;
  std::string unit;     ///< "" where it has none
  std::string value;    ///< the default, as JSON
  std::string range;    ///< "between 0 and 1", "0 or more", "one of lru, fifo", "true or false", "text"
  std::string change;   ///< "in flight" or "restarts the run"
  std::string applies;  ///< "always", or when
  std::string null;     ///< what null stands for; "" where it is not allowed
  std::vector<ChoiceRow> choices;
};

/// All settings, faults' keys last, in the order of a written scenario.
std::vector<SettingEntry> setting_entries();
/// Those at the path or under it ("router", "router.sync_ms").
std::vector<SettingEntry> setting_entries(std::string_view path);
/// The setting whose path is nearest to a mistyped one; "" where none is near.
std::string nearest_setting(std::string_view path);

/// A scenario that runs, with every key of the workload type that changes something, at its default. A trace's path is
/// made up.
std::string example_scenario(WorkloadType type);

/// The entries as a JSON list, and as a page in Markdown: a table per section, then an example for each
/// type of workload.
std::string entries_json(const std::vector<SettingEntry>& entries);
std::string entries_markdown(const std::vector<SettingEntry>& entries);
/// Every word that a scenario may hold as a libFuzzer dictionary.
std::string scenario_dictionary();

}  // namespace blockyard
