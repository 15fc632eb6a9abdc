// The table put together, and what can be asked of a row.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/settings/json_text.h"
#include "core/settings/rows/json.h"
#include "core/settings/rows/rows.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace {

std::vector<Setting> make_table() {
  std::vector<Setting> out;
  for (const auto part : {rows::run_rows(), rows::fleet_rows(), rows::router_rows(), rows::slo_rows(),
                          rows::workload_rows(), rows::generator_rows()})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

// A number as --vary takes it.
std::string plain(double v) { return fmt::format("{:.6g}", v); }

}  // namespace

std::span<const Setting> setting_table() {
  static const std::vector<Setting> table = make_table();
  return table;
}

const Setting* find_setting(std::string_view path) {
  for (const Setting& row : setting_table()) {
    if (row.path == path) return &row;
  }
  return nullptr;
}

const Setting* find_setting(std::string_view path, const Scenario& scenario) {
  for (const Setting& row : setting_table()) {
    if (row.path == path && row.exists(scenario)) return &row;
  }
  return find_setting(path);
}

template <class Owner>
SettingKind kind_of(const SettingRow<Owner>& row) {
  if (std::holds_alternative<Access<Owner, std::string>>(row.field)) return SettingKind::kText;
  if (row.choices != nullptr) return SettingKind::kChoice;
  if (std::holds_alternative<Access<Owner, bool>>(row.field)) return SettingKind::kSwitch;
  if (std::holds_alternative<Access<Owner, std::vector<double>>>(row.field)) return SettingKind::kList;
  return SettingKind::kNumber;
}
template SettingKind kind_of(const Setting&);
template SettingKind kind_of(const FaultSetting&);
template SettingKind kind_of(const PromptSetting&);

bool is_nullable(const Setting& row) {
  if (kind_of(row) == SettingKind::kText) return !row.null.empty();
  return std::holds_alternative<Access<Scenario, std::optional<double>>>(row.field) ||
         std::holds_alternative<Access<Scenario, std::optional<std::uint32_t>>>(row.field);
}

bool matters(const Setting& row, const Scenario& scenario) {
  if (!row.exists(scenario) || !row.applies(scenario)) return false;
  return !row.of_strategy || strategy_reads(scenario.config.router.strategy, row.key());
}

bool same_setting(const Setting& row, const Scenario& a, const Scenario& b) {
  const bool here = row.exists(a), there = row.exists(b);
  if (!here || !there) return here == there;
  return io::value_json(row, a, a) == io::value_json(row, b, b);
}

std::optional<double> setting_number(const Setting& row, const Scenario& scenario) {
  const auto number = [&](const auto& access) -> std::optional<double> {
    const auto value = access.get(scenario);
    using T = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_arithmetic_v<T>) {
      return static_cast<double>(value);
    } else if constexpr (std::is_same_v<T, std::optional<double>> || std::is_same_v<T, std::optional<std::uint32_t>>) {
      if (value) return static_cast<double>(*value);
      return row.derived != nullptr ? std::optional(row.derived(scenario)) : std::nullopt;
    } else {
      return std::nullopt;
    }
  };
  return std::visit(number, row.field);
}

bool is_null(const Setting& row, const Scenario& scenario) {
  if (const auto* a = std::get_if<Access<Scenario, std::string>>(&row.field))
    return is_nullable(row) && a->get(scenario).empty();
  if (const auto* a = std::get_if<Access<Scenario, std::optional<double>>>(&row.field)) return !a->get(scenario);
  if (const auto* a = std::get_if<Access<Scenario, std::optional<std::uint32_t>>>(&row.field)) return !a->get(scenario);
  return false;
}

void set_number(const Setting& row, Scenario& scenario, std::optional<double> value) {
  const auto set = [&](const auto& access) {
    using T = std::remove_cvref_t<decltype(access.get(scenario))>;
    if constexpr (std::is_same_v<T, std::optional<double>>) {
      access.set(scenario, value);
    } else if constexpr (std::is_same_v<T, std::optional<std::uint32_t>>) {
      access.set(scenario, value ? T(static_cast<std::uint32_t>(*value)) : T());
    } else if constexpr (std::is_arithmetic_v<T>) {
      BY_CHECK(value, "this setting cannot be null");
      access.set(scenario, static_cast<T>(*value));
    } else {
      BY_CHECK(false, "this setting is no number");
    }
  };
  std::visit(set, row.field);
}

std::string setting_text(const Setting& row, const Scenario& scenario) {
  return io::dump_json(io::value_json(row, scenario, scenario));
}

SettingRange range_of(const Setting& row, const Scenario& scenario) {
  return row.range_in != nullptr ? row.range_in(scenario) : row.range;
}

SettingSlider slider_of(const Setting& row, const Scenario& scenario) {
  return row.slider_in != nullptr ? row.slider_in(scenario) : row.slider;
}

std::string_view unit_of(const Setting& row, const Scenario& scenario) {
  return row.unit_in != nullptr ? row.unit_in(scenario) : row.unit;
}

bool can_be_swept(const Setting& row) {
  const SettingKind kind = kind_of(row);
  return kind == SettingKind::kNumber || kind == SettingKind::kSwitch || kind == SettingKind::kChoice;
}

std::vector<const Setting*> sweepable_settings(const Scenario& scenario) {
  std::vector<const Setting*> out;
  for (const Setting& row : setting_table()) {
    if (can_be_swept(row) && matters(row, scenario)) out.push_back(&row);
  }
  return out;
}

std::string label_with_unit(const Setting& row, const Scenario& scenario) {
  const std::string_view unit = unit_of(row, scenario);
  return fmt::format("{}{}{}", row.label, unit.empty() ? "" : ", ", unit);
}

std::string sweep_values(const Setting& row, const Scenario& scenario) {
  if (!row.sweep.empty()) return std::string(row.sweep);
  if (kind_of(row) == SettingKind::kSwitch) return "false,true";
  if (kind_of(row) == SettingKind::kChoice) {
    std::string out;
    for (const ChoiceRow& c : row.choices()) out += fmt::format("{}{}", out.empty() ? "" : ",", c.id);
    return out;
  }
  const SettingRange range = range_of(row, scenario);
  const SettingSlider slider = slider_of(row, scenario);
  const bool whole = row.whole || !std::holds_alternative<Access<Scenario, double>>(row.field);
  const double now = setting_number(row, scenario).value_or(slider.high / 4);
  // Around the present value in ratios; from 0 in steps of the slider.
  std::vector<double> values;
  if (now > 0) {
    values = {now / 2, now, now * 2, now * 4};
  } else {
    const double step = slider.high > 0 ? slider.high / 8 : 1;
    values = {0, step, 2 * step, 4 * step};
  }
  std::string out;
  double before = range.low - 1;
  for (double v : values) {
    v = std::clamp(whole ? std::max(1.0, std::floor(v)) : v, range.low, range.high);
    if (v != before) out += (out.empty() ? "" : ",") + plain(v);
    before = v;
  }
  return out;
}

Scenario scenario_with(const Setting& row) {
  Scenario s;
  for (std::size_t type = 0; !row.exists(s) && type < workload_type_table().size(); ++type) {
    s.workload = default_workload(static_cast<WorkloadType>(type));
  }
  return s;
}

}  // namespace blockyard
