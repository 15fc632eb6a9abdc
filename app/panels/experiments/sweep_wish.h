// What a person wants a setting to take on in a sweep: a range in so many steps, a list, or some of its choices. Plain
// values, made into the words of the command line's --vary.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/settings/setting.h"

namespace blockyard {

struct SweepWish {
  enum class How { kRange, kList, kChoices };

  const Setting* setting = nullptr;  ///< row of the table of settings; null: nothing is varied
  How how = How::kRange;
  bool by_factor = true;            ///< steps of equal factors, else of equal differences
  std::string from, to, steps;      ///< as typed
  std::string list;                 ///< as typed, commas between
  std::vector<std::string> chosen;  ///< ids, in the order of the setting's choices

  /// As the setting proposes it.
  static SweepWish of(const Setting& setting, const Scenario& scenario);
  /// Ids of what a choice or a switch can be.
  static std::vector<ChoiceRow> choices_of(const Setting& setting);
  void flip(const std::string& id);
};

/// The values, "1,2,4,8". Errors are in the words of the form: "Workers, from: “x” is not a number".
Result<std::string> values_of(const SweepWish& wish);

/// The text with every pointer to a setting ("/fleet/workers") as its label.
std::string in_words(std::string text);

/// How old the router's view may be, as if it were one setting: a sweep takes it for the three that it sets.
const Setting& staleness_setting();

}  // namespace blockyard
