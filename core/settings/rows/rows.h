// Pieces of which the rows of the table of settings are made. Private to rows/.
#pragma once

#include <type_traits>

#include "core/settings/setting.h"

namespace blockyard::rows {

/// The field that a chain of member pointers leads to: member<Scenario, &Scenario::config, &Config::seed>.
template <class Owner, auto... Path>
struct Member {
  using Raw = std::remove_cvref_t<decltype((std::declval<Owner&>().*....*Path))>;
  static const Raw& at(const Owner& o) { return (o.*....*Path); }
  static Raw& at(Owner& o) { return (o.*....*Path); }

  template <class T>
  static T get(const Owner& o) {
    if constexpr (std::is_same_v<Raw, SimTime>) {
      return us_to_ms(at(o));
    } else if constexpr (std::is_same_v<Raw, T>) {
      return at(o);
    } else if constexpr (std::is_same_v<T, std::optional<std::uint32_t>>) {
      return at(o) ? std::optional(static_cast<std::uint32_t>(*at(o))) : std::nullopt;
    } else {
      return static_cast<T>(at(o));
    }
  }
  template <class T>
  static void set(Owner& o, T value) {
    if constexpr (std::is_same_v<Raw, SimTime>) {
      at(o) = ms_to_us(value);
    } else if constexpr (std::is_same_v<Raw, T>) {
      at(o) = std::move(value);
    } else if constexpr (std::is_same_v<T, std::optional<std::uint32_t>>) {
      at(o) = value ? Raw(static_cast<typename Raw::value_type>(*value)) : Raw();
    } else {
      at(o) = static_cast<Raw>(value);
    }
  }
};

template <class T>
struct OptionalEnum : std::false_type {};
template <class E>
struct OptionalEnum<std::optional<E>> : std::is_enum<E> {};

template <class Owner, auto... Path>
constexpr SettingField<Owner> member() {
  using M = Member<Owner, Path...>;
  using Raw = typename M::Raw;
  if constexpr (std::is_same_v<Raw, SimTime>) {
    return Access<Owner, double>{&M::template get<double>, &M::template set<double>};
  } else if constexpr (std::is_enum_v<Raw>) {
    return Access<Owner, std::uint32_t>{&M::template get<std::uint32_t>, &M::template set<std::uint32_t>};
  } else if constexpr (OptionalEnum<Raw>::value) {
    using T = std::optional<std::uint32_t>;
    return Access<Owner, T>{&M::template get<T>, &M::template set<T>};
  } else {
    return Access<Owner, Raw>{&M::template get<Raw>, &M::template set<Raw>};
  }
}

template <auto Field>
inline constexpr SettingField<Scenario> top = member<Scenario, Field>();
template <auto Field>
inline constexpr SettingField<Scenario> config = member<Scenario, &Scenario::config, Field>();
template <auto Field>
inline constexpr SettingField<Scenario> cache = member<Scenario, &Scenario::config, &Config::cache, Field>();
template <auto Field>
inline constexpr SettingField<Scenario> fleet = member<Scenario, &Scenario::config, &Config::fleet, Field>();
template <auto Field>
inline constexpr SettingField<Scenario> latency = member<Scenario, &Scenario::config, &Config::latency, Field>();
template <auto Field>
inline constexpr SettingField<Scenario> router = member<Scenario, &Scenario::config, &Config::router, Field>();
template <auto Field>
inline constexpr SettingField<Scenario> strategy_param =
    member<Scenario, &Scenario::config, &Config::router, &RouterConfig::params, Field>();
template <auto Field>
inline constexpr SettingField<Scenario> slo = member<Scenario, &Scenario::config, &Config::slo, Field>();
template <auto Field>
inline constexpr SettingField<Scenario> workload = member<Scenario, &Scenario::workload, Field>();
template <auto Field>
inline constexpr SettingField<Fault> fault = member<Fault, Field>();
template <auto Field>
inline constexpr SettingField<SentPrompt> prompt = member<SentPrompt, Field>();

inline constexpr double kMostMs = 1e12;  ///< 31 years: far from overflowing 64-bit microseconds
inline constexpr double kMostCost = 1e9;
inline constexpr double kMostCount = 1e9;

using When = Condition<Scenario>;
inline constexpr When kSlotsEngine{[](const Scenario& s) { return s.config.fleet.engine == EngineKind::kSlots; },
                                   "fleet.engine is slots"};
inline constexpr When kContinuousEngine{
    [](const Scenario& s) { return s.config.fleet.engine == EngineKind::kContinuous; }, "fleet.engine is continuous"};

/// A list of choices from an array of rows.
template <const auto& Table>
std::vector<ChoiceRow> choices_of() {
  return {Table.begin(), Table.end()};
}

inline std::vector<ChoiceRow> listed(std::span<const ChoiceRow> table) { return {table.begin(), table.end()}; }

// The parts of the table, in the order of a written scenario.
std::span<const Setting> run_rows();
std::span<const Setting> fleet_rows();
std::span<const Setting> router_rows();
std::span<const Setting> slo_rows();
std::span<const Setting> workload_rows();
std::span<const Setting> generator_rows();

}  // namespace blockyard::rows
