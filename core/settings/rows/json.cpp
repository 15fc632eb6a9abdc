#include "core/settings/rows/json.h"

#include <cmath>

namespace blockyard::io {
namespace {

// Whole numbers of a workload are written without a decimal point, as a person would.
Json number(double v, bool plain) {
  if (plain && v == std::floor(v) && std::fabs(v) < 1e15) return static_cast<std::int64_t>(v);
  return v;
}

template <class Owner>
bool plain_numbers(const SettingRow<Owner>& row) {
  return row.section() == "workload";
}

std::vector<std::string_view> ids_of(const std::vector<ChoiceRow>& choices) {
  std::vector<std::string_view> ids;
  for (const ChoiceRow& c : choices) ids.push_back(c.id);
  return ids;
}

template <class Owner>
SettingRange limits(const SettingRow<Owner>& row, const Scenario& scenario) {
  return row.range_in != nullptr ? row.range_in(scenario) : row.range;
}

// One row's key, by the type of its field. Each leaves the owner as it is where there is trouble.
template <class Owner>
class FieldReader {
 public:
  FieldReader(ObjectReader& in, const SettingRow<Owner>& row, Owner& owner, SettingRange range)
      : in_(in), row_(row), owner_(owner), range_(range) {}

  void operator()(const Access<Owner, double>& a) {
    double v = a.get(owner_);
    in_.number(row_.key(), v, range_.low, range_.high);
    if (row_.whole && v != std::floor(v)) return refuse(v, "it must be a whole number");
    set(a, v);
  }
  void operator()(const Access<Owner, std::uint32_t>& a) {
    if (row_.choices != nullptr) {
      std::size_t index = a.get(owner_);
      in_.choice(row_.key(), index, ids_of(row_.choices()));
      return set(a, static_cast<std::uint32_t>(index));
    }
    std::uint32_t v = a.get(owner_);
    in_.integer(row_.key(), v, static_cast<std::uint64_t>(range_.low), static_cast<std::uint64_t>(range_.high));
    set(a, v);
  }
  void operator()(const Access<Owner, std::uint64_t>& a) {
    std::uint64_t v = a.get(owner_);
    in_.integer64(row_.key(), v);
    set(a, v);
  }
  void operator()(const Access<Owner, bool>& a) {
    bool v = a.get(owner_);
    in_.boolean(row_.key(), v);
    set(a, v);
  }
  void operator()(const Access<Owner, std::string>& a) {
    if (!row_.null.empty() && in_.is_null(row_.key())) return set(a, std::string());
    std::string v = a.get(owner_);
    in_.string(row_.key(), v);
    set(a, std::move(v));
  }
  void operator()(const Access<Owner, std::vector<double>>& a) {
    std::vector<double> v = a.get(owner_);
    in_.numbers(row_.key(), v, range_.low, range_.high);
    set(a, std::move(v));
  }
  void operator()(const Access<Owner, std::optional<double>>& a) {
    std::optional<double> v = a.get(owner_);
    in_.optional_number(row_.key(), v, range_.low, range_.high);
    if (row_.whole && v && *v != std::floor(*v)) return refuse(*v, "it must be null or a whole number");
    set(a, v);
  }
  void operator()(const Access<Owner, std::optional<std::uint32_t>>& a) {
    const std::optional<std::uint32_t> now = a.get(owner_);
    if (row_.choices != nullptr) {
      if (in_.is_null(row_.key())) return set(a, std::optional<std::uint32_t>());
      if (!in_.has(row_.key())) return;  // stays null
      std::size_t index = now.value_or(0);
      in_.choice(row_.key(), index, ids_of(row_.choices()));
      return set(a, std::optional(static_cast<std::uint32_t>(index)));
    }
    std::optional<double> v;
    if (now) v = *now;
    in_.optional_number(row_.key(), v, range_.low, range_.high);
    if (v && *v != std::floor(*v)) return refuse(*v, "it must be null or a whole number");
    set(a, v ? std::optional(static_cast<std::uint32_t>(*v)) : std::nullopt);
  }

 private:
  template <class T>
  void set(const Access<Owner, T>& a, T v) {
    if (!in_.failed()) a.set(owner_, std::move(v));
  }
  void refuse(double v, std::string_view allowed) {
    in_.fail(row_.key(), fmt::format("{} is not allowed; {}", v, allowed));
  }

  ObjectReader& in_;
  const SettingRow<Owner>& row_;
  Owner& owner_;
  SettingRange range_;
};

template <class Owner>
class FieldWriter {
 public:
  FieldWriter(const SettingRow<Owner>& row, const Owner& owner, const Scenario& scenario)
      : row_(row), owner_(owner), scenario_(scenario) {}

  Json operator()(const Access<Owner, double>& a) const { return number(a.get(owner_), plain_numbers(row_)); }
  Json operator()(const Access<Owner, std::uint32_t>& a) const {
    return row_.choices != nullptr ? choice(a.get(owner_)) : Json(a.get(owner_));
  }
  Json operator()(const Access<Owner, std::vector<double>>& a) const {
    Json out = Json::array();
    for (const double v : a.get(owner_)) out.push_back(number(v, plain_numbers(row_)));
    return out;
  }
  Json operator()(const Access<Owner, std::optional<double>>& a) const {
    const std::optional<double> v = a.get(owner_);
    if (v || row_.derived != nullptr) return number(v ? *v : row_.derived(scenario_), plain_numbers(row_));
    return nullptr;
  }
  Json operator()(const Access<Owner, std::optional<std::uint32_t>>& a) const {
    std::optional<std::uint32_t> v = a.get(owner_);
    if (row_.derived != nullptr && !v) v = static_cast<std::uint32_t>(row_.derived(scenario_));
    if (!v) return nullptr;
    return row_.choices != nullptr ? choice(*v) : Json(*v);
  }
  Json operator()(const Access<Owner, std::string>& a) const {
    const std::string v = a.get(owner_);
    return v.empty() && !row_.null.empty() ? Json(nullptr) : Json(v);
  }
  template <class T>
  Json operator()(const Access<Owner, T>& a) const {
    return a.get(owner_);
  }

 private:
  Json choice(std::uint32_t index) const { return row_.choices()[index].id; }

  const SettingRow<Owner>& row_;
  const Owner& owner_;
  const Scenario& scenario_;
};

}  // namespace

template <class Owner>
void read_rows(ObjectReader& in, std::span<const SettingRow<Owner>> rows, Owner& owner, const Scenario& scenario) {
  for (const SettingRow<Owner>& row : rows) {
    if (in.failed()) return;
    if (!row.exists(owner)) continue;
    std::visit(FieldReader<Owner>(in, row, owner, limits(row, scenario)), row.field);
    if (in.failed()) return;
    if (row.then != nullptr) row.then(owner);
    if (row.wrong == nullptr) continue;
    if (const std::string wrong = row.wrong(owner); !wrong.empty()) in.fail(row.key(), wrong);
  }
}

template <class Owner>
Json value_json(const SettingRow<Owner>& row, const Owner& owner, const Scenario& scenario) {
  return std::visit(FieldWriter<Owner>(row, owner, scenario), row.field);
}

template <class Owner>
void write_rows(Json& out, std::span<const SettingRow<Owner>> rows, const Owner& owner, const Scenario& scenario) {
  for (const SettingRow<Owner>& row : rows) {
    if (!row.exists(owner)) continue;
    Json value = value_json(row, owner, scenario);
    const bool empty = value.is_string() ? value.template get_ref<const std::string&>().empty() : value.empty();
    if (row.omit_empty && empty) continue;
    out[std::string(row.key())] = std::move(value);
  }
}

std::vector<std::span<const Setting>> sections() {
  const std::span<const Setting> table = setting_table();
  std::vector<std::span<const Setting>> out;
  for (std::size_t begin = 0; begin < table.size();) {
    std::size_t end = begin;
    while (end < table.size() && table[end].section() == table[begin].section()) ++end;
    out.push_back(table.subspan(begin, end - begin));
    begin = end;
  }
  return out;
}

template void read_rows(ObjectReader&, std::span<const Setting>, Scenario&, const Scenario&);
template void read_rows(ObjectReader&, std::span<const FaultSetting>, Fault&, const Scenario&);
template void read_rows(ObjectReader&, std::span<const PromptSetting>, SentPrompt&, const Scenario&);
template Json value_json(const Setting&, const Scenario&, const Scenario&);
template Json value_json(const FaultSetting&, const Fault&, const Scenario&);
template Json value_json(const PromptSetting&, const SentPrompt&, const Scenario&);
template void write_rows(Json&, std::span<const Setting>, const Scenario&, const Scenario&);
template void write_rows(Json&, std::span<const FaultSetting>, const Fault&, const Scenario&);
template void write_rows(Json&, std::span<const PromptSetting>, const SentPrompt&, const Scenario&);

}  // namespace blockyard::io
