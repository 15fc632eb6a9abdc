#include "app/panels/experiments/sweep_wish.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "core/base/math.h"
#include "core/experiment/sweep.h"

namespace blockyard {
namespace {

constexpr int kMostSteps = 64;

bool is_whole(const Setting& row) {
  return row.whole || std::holds_alternative<Access<Scenario, std::uint32_t>>(row.field) ||
         std::holds_alternative<Access<Scenario, std::uint64_t>>(row.field) ||
         std::holds_alternative<Access<Scenario, std::optional<std::uint32_t>>>(row.field);
}

std::optional<double> number(const std::string& text) {
  char* end = nullptr;
  const double v = std::strtod(text.c_str(), &end);
  if (end == text.c_str()) return std::nullopt;
  while (*end == ' ') ++end;
  if (*end != 0 || !std::isfinite(v)) return std::nullopt;
  return v;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out(1);
  for (const char c : text) c == at ? static_cast<void>(out.emplace_back()) : out.back().push_back(c);
  return out;
}

}  // namespace

const Setting& staleness_setting() {
  static const Setting kRow = [] {
    Setting row = *find_setting("router.sync_ms");
    row.path = kStalenessAxis;
    row.label = "Staleness";
    row.help = "How old the router's view may be: sync, heartbeat and message delay are each half of it.";
    row.sweep = "1000,5000,20000";
    return row;
  }();
  return kRow;
}

std::vector<ChoiceRow> SweepWish::choices_of(const Setting& setting) {
  if (kind_of(setting) == SettingKind::kChoice) return setting.choices();
  if (kind_of(setting) == SettingKind::kSwitch) return {{"false", "Off", ""}, {"true", "On", ""}};
  return {};
}

SweepWish SweepWish::of(const Setting& setting, const Scenario& scenario) {
  SweepWish wish;
  wish.setting = &setting;
  const std::string values = sweep_values(setting, scenario);
  if (const auto choices = choices_of(setting); !choices.empty()) {
    wish.how = How::kChoices;
    const auto proposed = split(values, ',');
    for (const ChoiceRow& c : choices) {
      if (std::find(proposed.begin(), proposed.end(), c.id) != proposed.end()) wish.chosen.emplace_back(c.id);
    }
    return wish;
  }
  const auto parts = split(values, ':');
  if (parts.size() != 3) {
    // A range from the least to the greatest of the list, in as many steps.
    wish.how = How::kList;
    wish.list = values;
    const auto listed = split(values, ',');
    wish.from = listed.front();
    wish.to = listed.back();
    wish.steps = fmt::format("{}", std::max<std::size_t>(2, listed.size()));
    wish.by_factor = number(wish.from).value_or(0) > 0;
    return wish;
  }
  wish.from = parts[0];
  wish.to = parts[1];
  wish.by_factor = parts[2].starts_with('x');
  const double from = std::atof(parts[0].c_str()), to = std::atof(parts[1].c_str());
  const double by = std::atof(parts[2].c_str() + (wish.by_factor ? 1 : 0));
  const double steps = wish.by_factor ? math::log(to / from) / math::log(by) : (to - from) / by;
  wish.steps = fmt::format("{:.0f}", std::floor(steps + 1e-6) + 1);
  if (const auto listed = values_of(wish)) wish.list = *listed;
  return wish;
}

void SweepWish::flip(const std::string& id) {
  if (const auto at = std::find(chosen.begin(), chosen.end(), id); at != chosen.end()) {
    chosen.erase(at);
    return;
  }
  chosen.push_back(id);
  std::vector<std::string> in_order;
  for (const ChoiceRow& c : choices_of(*setting)) {
    if (std::find(chosen.begin(), chosen.end(), c.id) != chosen.end()) in_order.emplace_back(c.id);
  }
  chosen = std::move(in_order);
}

Result<std::string> values_of(const SweepWish& wish) {
  const auto wrong = [&](std::string_view field, const std::string& what) {
    return Error{fmt::format("{}, {}: {}", wish.setting->label, field, what)};
  };
  if (wish.how == SweepWish::How::kChoices) {
    if (wish.chosen.empty()) return Error{fmt::format("{}: choose at least one", wish.setting->label)};
    return fmt::format("{}", fmt::join(wish.chosen, ","));
  }
  if (wish.how == SweepWish::How::kList) {
    if (wish.list.find_first_not_of(" ,") == std::string::npos)
      return wrong("values", "none are given; write them with commas between them");
    std::vector<std::string> kept;
    for (const std::string& part : split(wish.list, ',')) {
      const std::size_t a = part.find_first_not_of(' ');
      if (a == std::string::npos) continue;
      kept.push_back(part.substr(a, part.find_last_not_of(' ') + 1 - a));
      if (!number(kept.back())) return wrong("values", fmt::format("“{}” is not a number", kept.back()));
    }
    return fmt::format("{}", fmt::join(kept, ","));
  }
  const auto from = number(wish.from), to = number(wish.to), steps = number(wish.steps);
  if (!from) return wrong("from", fmt::format("“{}” is not a number", wish.from));
  if (!to) return wrong("to", fmt::format("“{}” is not a number", wish.to));
  if (!steps || *steps != std::floor(*steps) || *steps < 2 || *steps > kMostSteps)
    return wrong("steps", fmt::format("“{}” is not a whole number from 2 to {}", wish.steps, kMostSteps));
  if (wish.by_factor && (*from <= 0 || *to <= 0)) {
    return wrong(*from <= 0 ? "from" : "to", "equal factors need values above 0; choose equal steps");
  }
  const int n = static_cast<int>(*steps);
  std::vector<std::string> values;
  for (int i = 0; i < n; ++i) {
    const double part = static_cast<double>(i) / (n - 1);
    double v = wish.by_factor ? *from * math::pow(*to / *from, part) : *from + (*to - *from) * part;
    if (is_whole(*wish.setting)) v = std::round(v);
    std::string text = fmt::format("{:.6g}", v);
    if (std::abs(v) >= 1e6) text = fmt::format("{:.0f}", v);
    if (values.empty() || values.back() != text) values.push_back(std::move(text));  // rounded together: once
  }
  return fmt::format("{}", fmt::join(values, ","));
}

std::string in_words(std::string text) {
  for (const Setting& s : setting_table()) {
    std::string pointer = fmt::format("/{}", s.path);
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    const std::size_t at = text.find(pointer);
    if (at == std::string::npos) continue;
    const std::size_t end = at + pointer.size();
    if (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) continue;
    text.replace(at, pointer.size(), s.label);
  }
  return text;
}

}  // namespace blockyard
