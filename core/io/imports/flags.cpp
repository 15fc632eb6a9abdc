// Flags by table: what each is, how many words it takes, and where its value goes.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/words/number.h"
#include "core/base/words/printable.h"
#include "core/io/imports/import_parts.h"
#include "core/router/policy.h"
#include "core/settings/setting.h"

namespace blockyard::imports {
namespace {

const FlagRow* find_row(std::span<const FlagRow> rows, std::string_view name) {
  for (const FlagRow& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string dashed(std::string name) {
  std::replace(name.begin() + 2, name.end(), '_', '-');
  return name;
}

bool truth_word(std::string_view w) { return w == "true" || w == "false" || w == "1" || w == "0"; }

}  // namespace

Result<Flags> Flags::read(const std::vector<std::string>& words, std::span<const FlagRow> rows, Draft& draft) {
  Flags out;
  out.rows_ = rows;
  const auto give = [&](const std::string& name, Given given) {
    if (const auto before = out.given_.find(name); before != out.given_.end()) {
      draft.add(ImportFate::kNoPart, before->second.text, "said again later, and the last one counts");
    }
    out.given_[name] = std::move(given);
  };
  std::size_t i = 0;
  for (; i < words.size() && !words[i].starts_with("--"); ++i) {
    // Variables before the command, and the command itself.
    const std::size_t equals = words[i].find('=');
    if (equals == std::string::npos) continue;
    const std::string name = words[i].substr(0, equals), value = words[i].substr(equals + 1);
    const FlagRow* row = nullptr;
    for (const FlagRow& r : rows) {
      if (!r.environment.empty() && r.environment == name) row = &r;
    }
    if (row == nullptr) {
      draft.add(name.starts_with("DYN_ROUTER") ? ImportFate::kNotHere : ImportFate::kNoPart, words[i],
                name.starts_with("DYN_ROUTER") ? "not known here" : "a variable of the environment");
    } else {
      give(std::string(row->name),
           {{value}, words[i], row->arity == Arity::kSwitch && (value == "false" || value == "0")});
    }
  }
  while (i < words.size()) {
    Given given;
    given.text = words[i];
    std::string name = words[i++];
    if (!name.starts_with("--") || name.size() < 3) {
      draft.add(ImportFate::kNoPart, printable(name, 60), "a word that belongs to no flag");
      continue;
    }
    std::optional<std::string> attached;
    if (const std::size_t equals = name.find('='); equals != std::string::npos) {
      attached = name.substr(equals + 1);
      name.erase(equals);
    }
    name = dashed(name);
    const FlagRow* row = find_row(rows, name);
    if (row == nullptr && name.starts_with("--no-")) {
      row = find_row(rows, "--" + name.substr(5));
      if (row != nullptr && row->arity != Arity::kSwitch) row = nullptr;
      if (row != nullptr) {
        given.negated = true;
        name = "--" + name.substr(5);
      }
    }
    if (attached) {
      given.values.push_back(*attached);
    } else if (row == nullptr || row->arity == Arity::kMany) {
      while (i < words.size() && !words[i].starts_with("--")) given.values.push_back(words[i++]);
    } else if (row->arity == Arity::kOne) {
      if (i >= words.size() || words[i].starts_with("--")) return Error{fmt::format("{}: its value is missing", name)};
      given.values.push_back(words[i++]);
    } else if (row->arity == Arity::kSwitch && !given.negated && i < words.size() && truth_word(words[i])) {
      given.values.push_back(words[i++]);
    }
    if (row != nullptr && row->arity == Arity::kSwitch && !given.values.empty()) {
      if (!truth_word(given.values[0])) return Error{fmt::format("{}: true or false", printable(given.text, 80))};
      given.negated = given.values[0] == "false" || given.values[0] == "0";
    }
    if (!attached) {
      for (const std::string& v : given.values) given.text += " " + v;
    }
    given.text = printable(given.text, 160);
    if (row == nullptr) {
      draft.add(ImportFate::kNotHere, given.text, "not known here; whether it has a part in the choice is open");
      continue;
    }
    give(name, std::move(given));
  }
  return out;
}

std::string Flags::value(std::string_view name, std::string_view otherwise) const {
  const auto it = given_.find(std::string(name));
  return it == given_.end() || it->second.values.empty() ? std::string(otherwise) : it->second.values.back();
}

bool Flags::on(std::string_view name, bool otherwise) const {
  const auto it = given_.find(std::string(name));
  return it == given_.end() ? otherwise : !it->second.negated;
}

std::size_t Flags::count(std::string_view name) const {
  const auto it = given_.find(std::string(name));
  return it == given_.end() ? 0 : it->second.values.size();
}

std::string Flags::text(std::string_view name) const {
  const auto it = given_.find(std::string(name));
  return it == given_.end() ? fmt::format("{} (not given)", name) : it->second.text;
}

Result<double> Flags::number(std::string_view name, double otherwise) const {
  const auto it = given_.find(std::string(name));
  if (it == given_.end()) return otherwise;
  const auto v = it->second.values.empty() ? std::nullopt : finite_number(it->second.values.back());
  if (!v) return Error{fmt::format("{}: a number is needed", it->second.text)};
  return *v;
}

Result<void> Flags::finish(Draft& draft, std::span<const std::string_view> keys) const {
  const std::string strategy = draft.router["strategy"];
  const PolicyRow& policy = policy_table()[find_policy(strategy)];
  const auto reads = [&](std::string_view key) {
    return std::find(policy.params.begin(), policy.params.end(), key) != policy.params.end() ||
           std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  for (const FlagRow& row : rows_) {
    if (row.handled) continue;
    const bool given = has(row.name);
    if (row.key.empty()) {
      if (given) draft.add(row.fate, text(row.name), std::string(row.note));
      continue;
    }
    if (!reads(row.key)) {
      if (given) draft.add(ImportFate::kNoPart, text(row.name), fmt::format("{} does not look at it", strategy));
      continue;
    }
    if (!given && !row.standard) continue;
    const auto v = number(row.name, row.standard.value_or(0));
    if (!v) return v.error();
    const double here = *v * row.scale;
    if (const Setting* setting = find_setting(fmt::format("router.{}", row.key)); setting != nullptr) {
      const SettingRange allowed = range_of(*setting, Scenario{});
      if (here < allowed.low || here > allowed.high) {
        return Error{fmt::format("{}: is outside of what router.{} may be, {} to {}", text(row.name), row.key,
                                 allowed.low, allowed.high)};
      }
    }
    draft.router[row.key] = Draft::number(here);
    draft.add(
        ImportFate::kSame, text(row.name),
        fmt::format("router.{} {}{}", row.key, draft.router[row.key].dump(), given ? "" : ", as by default there"));
  }
  return {};
}

}  // namespace blockyard::imports
