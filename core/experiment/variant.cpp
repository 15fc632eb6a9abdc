#include "core/experiment/variant.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/router/policy.h"

namespace blockyard {
namespace {

constexpr const char* kForm = "write NAME:PATH=VALUE,PATH=VALUE, e.g. fast:router.sync_ms=1000";

// At the commas that stand in no quotes and no brackets.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  bool quoted = false, escaped = false;
  for (const char c : text) {
    if (quoted) {
      quoted = c != '"' || escaped;
      escaped = c == '\\' && !escaped;
    } else {
      if (c == '"') quoted = true;
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      if (c == ',' && depth <= 0) {
        parts.emplace_back();
        continue;
      }
    }
    parts.back() += c;
  }
  return parts;
}

}  // namespace

Variant strategy_variant(std::uint32_t strategy) {
  const PolicyRow& row = policy_table()[strategy];
  return {std::string(row.label), {{"router.strategy", fmt::format("\"{}\"", row.id)}}};
}

Result<Variant> parse_variant(const std::string& text) {
  const auto wrong = [&](std::string_view what) { return Error{fmt::format("{}: {}; {}", text, what, kForm)}; };
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0) return wrong("it has no name");
  Variant variant;
  variant.name = text.substr(0, colon);
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  if (!std::all_of(variant.name.begin(), variant.name.end(), allowed) || variant.name.front() == '.') {
    return wrong("the name may hold letters, digits, '.', '_' and '-'");
  }
  for (const std::string& part : split(std::string_view(text).substr(colon + 1))) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == part.size()) {
      return wrong(fmt::format("'{}' is no PATH=VALUE", part));
    }
    variant.values.emplace_back(part.substr(0, equals), part.substr(equals + 1));
  }
  return variant;
}

Result<Scenario> with_variant(const Scenario& scenario, const Variant& variant, const std::string& presets_dir) {
  if (variant.values.empty()) return scenario;
  std::string text = write_scenario(scenario, 0);
  for (const auto& [path, value] : variant.values) {
    auto changed = set_json_value(text, path, value);
    if (!changed) return Error{fmt::format("{}: {}: {}", variant.name, path, changed.error().message)};
    text = std::move(*changed);
  }
  auto out = parse_scenario(text, scenario.base_dir, presets_dir);
  if (!out) return Error{fmt::format("{}: {}", variant.name, out.error().message)};
  return out;
}

bool same_workload(const Scenario& a, const Scenario& b) {
  return a.workload == b.workload && a.config.seed == b.config.seed &&
         a.config.cache.block_tokens == b.config.cache.block_tokens && a.base_dir == b.base_dir &&
         a.tokenizer == b.tokenizer && a.prompts == b.prompts;
}

}  // namespace blockyard
