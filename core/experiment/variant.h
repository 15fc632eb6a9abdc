// Variant: another fleet for the same scenario, told by what differs: a name and settings by path. A strategy is a
// variant with one setting.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/settings/scenario.h"

namespace blockyard {

struct Variant {
  std::string name;                                         ///< for people, and of files on the command line
  std::vector<std::pair<std::string, std::string>> values;  ///< dotted path and JSON: {"router.sync_ms", "1000"}
  friend bool operator==(const Variant&, const Variant&) = default;
};

/// `policy_table()[strategy]` as a variant, under its label.
Variant strategy_variant(std::uint32_t strategy);

/// "name:path=value,path=value". The name may hold letters, digits, '.', '_' and '-' (it names files); a comma within
/// quotes or brackets belongs to the value. Errors say what is wrong with the text, not with the settings.
Result<Variant> parse_variant(const std::string& text);

/// The scenario with the variant's settings; whatever is not named stays. Errors name the variant and the setting.
Result<Scenario> with_variant(const Scenario& scenario, const Variant& variant, const std::string& presets_dir);

/// Whether both scenarios make the same requests, to the byte, so that one Prepared serves both.
bool same_workload(const Scenario& a, const Scenario& b);

}  // namespace blockyard
