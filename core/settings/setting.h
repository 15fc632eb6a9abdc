// The table of settings: everything that a scenario can say, one row each. Reading and writing scenarios, `--set`, the
// controls of the window, what restarts a run, sweeps, `blockyard settings` and the fuzzer's dictionary are all made
// from it: a new setting is a field in its struct and one row in one of rows/*.cpp.
//
// Invariants: 1. under one scenario at most one row of a path exists, and rows of one section stand together, in the
// order in which a scenario writes them; 2. every default lies within its row's range; 3. a row whose key depends on
// another (`exists`) comes after it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/settings/choices.h"
#include "core/settings/scenario.h"

namespace blockyard {

/// How one field is read and written. Times are doubles of ms, enumerations indices into the row's choices.
template <class Owner, class T>
struct Access {
  T (*get)(const Owner&);
  void (*set)(Owner&, T);
};

template <class Owner>
using SettingField = std::variant<Access<Owner, double>, Access<Owner, std::uint32_t>, Access<Owner, std::uint64_t>,
                                  Access<Owner, bool>, Access<Owner, std::string>, Access<Owner, std::optional<double>>,
                                  Access<Owner, std::optional<std::uint32_t>>, Access<Owner, std::vector<double>>>;

/// When something holds, for the program and in words ("fleet.engine is slots"). Always, where there is no `holds`.
template <class Owner>
struct Condition {
  bool (*holds)(const Owner&) = nullptr;
  std::string_view words;
  bool operator()(const Owner& owner) const { return holds == nullptr || holds(owner); }
};

struct SettingRange {
  double low = 0;
  double high = 0;
};

/// How a slider shows a number. Typed values go as far as the setting's range.
struct SettingSlider {
  double low = 0;
  double high = 0;  ///< equal to low: there is no slider
  int decimals = 0;
  bool log = false;            ///< moves in ratios
  std::string_view zero = "";  ///< what 0 is called, e.g. "never"; null where the setting may be null
};

/// Where the window has it; kHidden: nowhere.
enum class SettingGroup : std::uint8_t {
  kHidden,
  kRouting,
  kWorkload,
  kFleet,
  kMemory,
  kCache,
  kObjectives,
  kLatency,
  kStaleness
};

/// One row. Owner is Scenario, or Fault or SentPrompt for the entries of a scenario's lists of them.
template <class Owner>
struct SettingRow {
  std::string_view path;  ///< dotted, as --set takes it
  std::string_view label;
  std::string_view help;
  std::string_view unit = "";  ///< "" where it has none
  SettingField<Owner> field;
  SettingRange range{};                                 ///< numbers: least and greatest allowed value
  SettingRange (*range_in)(const Scenario&) = nullptr;  ///< instead of `range` where it depends on other settings
  std::vector<ChoiceRow> (*choices)() = nullptr;
  bool whole = false;                            ///< a double that must be a whole number
  bool restarts = false;                         ///< cannot change while requests are on their way
  Condition<Owner> exists{};                     ///< elsewhere the key is refused
  Condition<Owner> applies{};                    ///< elsewhere the key is allowed, and changes nothing
  bool of_strategy = false;                      ///< applies where the strategy reads it, see strategy_reads()
  double (*derived)(const Scenario&) = nullptr;  ///< what null stands for
  std::string_view null = "";                    ///< and in words
  std::string (*wrong)(const Owner&) = nullptr;  ///< what is wrong beyond the range; "" where nothing is
  void (*then)(Owner&) = nullptr;  ///< runs when the key has been read or left out: defaults that follow from it
  bool omit_empty = false;         ///< an empty text or list is not written
  SettingGroup group = SettingGroup::kHidden;
  bool finer = false;  ///< behind the fold of its group
  SettingSlider slider{};
  SettingSlider (*slider_in)(const Scenario&) = nullptr;   ///< instead of `slider`
  std::string_view (*unit_in)(const Scenario&) = nullptr;  ///< instead of `unit`
  std::string_view sweep = "";  ///< values a sweep begins with; "": made from the present value

  /// The key under its section: "sync_ms".
  constexpr std::string_view key() const { return path.substr(path.rfind('.') + 1); }
  /// "router"; "" at the top of the scenario.
  constexpr std::string_view section() const {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
  }
};

using Setting = SettingRow<Scenario>;
using FaultSetting = SettingRow<Fault>;
using PromptSetting = SettingRow<SentPrompt>;

/// All settings but faults and prompts, in the order of a written scenario.
std::span<const Setting> setting_table();
/// The keys of one entry of `faults`, as paths "faults.KEY".
std::span<const FaultSetting> fault_table();
/// The same of one entry of `prompts`.
std::span<const PromptSetting> prompt_table();
/// The setting at that path, or nullptr. Where workload types have one each (workload.turns): the one that exists under
/// the scenario, or the first.
const Setting* find_setting(std::string_view path);
const Setting* find_setting(std::string_view path, const Scenario& scenario);

enum class SettingKind : std::uint8_t { kNumber, kSwitch, kChoice, kText, kList };
template <class Owner>
SettingKind kind_of(const SettingRow<Owner>& row);
extern template SettingKind kind_of(const Setting&);
extern template SettingKind kind_of(const FaultSetting&);
extern template SettingKind kind_of(const PromptSetting&);

/// Whether null is a value of it.
bool is_nullable(const Setting& row);
/// Whether the key is there and changes anything under this scenario.
bool matters(const Setting& row, const Scenario& scenario);
/// Whether both scenarios say the same about it, null counted as what it stands for.
bool same_setting(const Setting& row, const Scenario& a, const Scenario& b);

/// The value as a number: null as what it stands for, or nothing; a choice as its index, a switch as 0 or 1. Nothing
/// for texts and lists.
std::optional<double> setting_number(const Setting& row, const Scenario& scenario);
/// Whether it is null now.
bool is_null(const Setting& row, const Scenario& scenario);
/// Puts a number (or index, or truth) into the scenario as it is, unchecked; nothing is null.
void set_number(const Setting& row, Scenario& scenario, std::optional<double> value);
/// The value as a scenario writes it (JSON).
std::string setting_text(const Setting& row, const Scenario& scenario);

SettingRange range_of(const Setting& row, const Scenario& scenario);
SettingSlider slider_of(const Setting& row, const Scenario& scenario);
std::string_view unit_of(const Setting& row, const Scenario& scenario);

/// Whether a sweep can vary it and a comparison set it apart: numbers, switches and choices.
bool can_be_swept(const Setting& row);
/// Those that can be swept and matter under this scenario, in the order of the table.
std::vector<const Setting*> sweepable_settings(const Scenario& scenario);
/// "Sync, ms".
std::string label_with_unit(const Setting& row, const Scenario& scenario);
/// Values to begin a sweep with, as --vary takes them ("500:8000:x2", "none,evictions,all").
std::string sweep_values(const Setting& row, const Scenario& scenario);

/// The scenario with its defaults under which this setting exists: `{}`, or another workload type.
Scenario scenario_with(const Setting& row);

}  // namespace blockyard
