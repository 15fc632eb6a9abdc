// Settings that are one of a list: what a list's row says, and the lists that other rooms own. Each of those is defined
// beside its table, so that a new policy is in menus, help, scenario checking and sweeps by its row alone.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace blockyard {

/// One choice of a setting; the index in its list is the value of the enumeration.
struct ChoiceRow {
  std::string_view id;     ///< as the scenario writes it
  std::string_view label;  ///< as the window shows it
  std::string_view help;   ///< one line
};

/// Trace formats (core/workload/traces/formats).
std::vector<ChoiceRow> trace_format_choices();
/// Routing policies in the order of their table (core/router/policy).
std::vector<ChoiceRow> strategy_choices();
/// Index of the policy of that name, or kNone.
std::uint32_t strategy_named(std::string_view id);
/// Whether a policy reads the parameter of that key under /router.
bool strategy_reads(std::uint32_t strategy, std::string_view param);

}  // namespace blockyard
