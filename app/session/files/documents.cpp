#include "app/session/files/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "core/base/words/nearest.h"
#include "core/base/words/printable.h"
#include "core/settings/json_edit.h"
#include "core/settings/setting.h"

namespace blockyard {
namespace fs = std::filesystem;

bool is_trace_file(const std::string& path) {
  static constexpr std::string_view kEndings[] = {".jsonl", ".ndjson", ".csv", ".gz", ".zst", ".xz", ".bz2", ".zip"};
  std::error_code ec;
  // A name alone means a scenario, whatever folder is called so.
  if (path.find('/') != std::string::npos && fs::is_directory(path, ec)) return true;
  const std::string ending = fs::path(path).extension().string();
  if (std::find(std::begin(kEndings), std::end(kEndings), ending) != std::end(kEndings)) return true;
  if (ending != ".json") return false;
  // Requests as one array, or an agent's conversation: no scenario looks like either.
  const auto text = read_file(path);
  if (!text) return false;
  const std::size_t first = text->find_first_not_of(" \t\r\n");
  return first != std::string::npos && ((*text)[first] == '[' || json_string(*text, "hash_id_scope").has_value());
}

Result<Document> open_document(const std::string& source, const std::string& assets_dir) {
  if (source.empty()) return Document{"{}", "", ""};
  if (is_trace_file(source)) return with_trace(Document{"{}", "", ""}, source);
  const auto path = scenario_path(source, assets_dir);
  if (!path) return path.error();
  auto text = read_file(*path);
  if (!text) return text.error();
  return Document{std::move(*text), fs::path(*path).parent_path().string(), source};
}

std::vector<std::string> scenario_names(const std::string& assets_dir) {
  std::vector<std::string> names;
  std::error_code ec;
  for (const auto& file : fs::directory_iterator(assets_dir + "/scenarios", ec)) {
    if (file.path().extension() == ".json") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> scenario_path(const std::string& source, const std::string& assets_dir) {
  std::error_code ec;
  if (source.find('/') == std::string::npos) {
    const std::string asset = assets_dir + "/scenarios/" + source + ".json";
    if (fs::is_regular_file(asset, ec)) return asset;
  }
  if (fs::exists(source, ec)) return source;
  return Error{fmt::format("{}: no such file, and no scenario of that name; {}", quoted_part(source),
                           did_you_mean(source, scenario_names(assets_dir), "`blockyard presets` lists them"))};
}

std::vector<ScenarioEntry> list_scenarios(const std::string& assets_dir) {
  std::vector<ScenarioEntry> entries;
  std::error_code ec;
  for (const auto& file : fs::directory_iterator(assets_dir + "/scenarios", ec)) {
    if (file.path().extension() != ".json") continue;
    const auto text = read_file(file.path().string());
    if (!text) continue;
    const std::string name = file.path().stem().string();
    entries.push_back({name, json_string(*text, "name").value_or(name), json_string(*text, "about").value_or("")});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Result<Document> with_trace(const Document& document, const std::string& path) {
  std::error_code ec;
  const std::string absolute = fs::absolute(path, ec).string();
  Document out = document;
  auto text = set_json_value(document.text, "workload.type", "trace");
  if (text) text = set_json_value(*text, "workload.path", json_quoted(absolute));
  if (text) text = set_json_value(*text, "name", json_quoted(fs::path(path).filename().string()));
  if (!text) return text.error();
  out.text = std::move(*text);
  out.source = absolute;
  return out;
}

Result<Document> with_value(const Document& document, const std::string& path, const cmd::SettingValue& value) {
  std::string json;
  if (const auto* number = std::get_if<double>(&value)) json = fmt::format("{}", *number);
  if (const auto* truth = std::get_if<bool>(&value)) json = *truth ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) json = *text == "null" ? "null" : json_quoted(*text);
  // Whole numbers are written as such: a reader of integers refuses "4.0".
  if (json.ends_with(".0")) json.resize(json.size() - 2);
  auto text = set_json_value(document.text, path, json);
  if (!text) return text.error();
  return Document{std::move(*text), document.base_dir, document.source};
}

Result<Document> with_original(const Document& document, const Document& original, const std::string& path) {
  const auto value = json_value(original.text, path);
  if (!value) return Document{without_json_value(document.text, path), document.base_dir, document.source};
  auto text = set_json_value(document.text, path, *value);
  if (!text) return text.error();
  return Document{std::move(*text), document.base_dir, document.source};
}

Result<Document> with_values(const Document& document, const std::vector<std::pair<std::string, std::string>>& values) {
  Document out = document;
  for (const auto& [path, value] : values) {
    auto text = set_json_value(out.text, path, value);
    if (!text) return text.error();
    out.text = std::move(*text);
  }
  return out;
}

bool is_policy_file(const std::string& path) {
  for (const std::string_view ending : {".yaml", ".yml", ".sh", ".txt", ".args"}) {
    if (path.ends_with(ending)) return true;
  }
  return false;
}

Document with_fault(const Document& document, const Fault& fault) {
  std::string list = json_value(document.text, "faults").value_or("[]");
  list.pop_back();
  if (list.size() > 1) list += ',';
  if (fault.kind == FaultKind::kRouterRestart) {
    list += fmt::format(R"({{"t_ms":{},"router":{},"kind":"router_restart","down_ms":{})", us_to_ms(fault.t),
                        fault.router, us_to_ms(fault.down));
  } else {
    list += fmt::format(R"({{"t_ms":{},"worker":{},"kind":"{}")", us_to_ms(fault.t), fault.worker,
                        fault.kind == FaultKind::kCrash ? "crash" : "cache_flush");
  }
  if (fault.kind == FaultKind::kCrash) {
    list += fmt::format(R"(,"restart_ms":{},"detect_ms":{})", us_to_ms(fault.restart), us_to_ms(fault.detect));
  }
  list += "}]";
  Document out = document;
  if (auto text = set_json_value(document.text, "faults", list)) out.text = std::move(*text);
  return out;
}

Document with_prompt(const Document& document, const SentPrompt& prompt) {
  std::string list = json_value(document.text, "prompts").value_or("[]");
  list.pop_back();
  if (list.size() > 1) list += ',';
  list +=
      fmt::format(R"({{"t_ms":{},"text":{},"chat":{}}}])", us_to_ms(prompt.t), json_quoted(prompt.text), prompt.chat);
  Document out = document;
  if (auto text = set_json_value(document.text, "prompts", list)) out.text = std::move(*text);
  return out;
}

bool same_requests(const Scenario& a, const Scenario& b) {
  WorkloadSpec x = a.workload;
  const WorkloadSpec& y = b.workload;
  if (x.arrival != ArrivalProcess::kClosed && x.type != WorkloadType::kTrace) x.rate = y.rate;
  x.time_scale = y.time_scale;
  return x == y && a.config.seed == b.config.seed && a.config.cache.block_tokens == b.config.cache.block_tokens &&
         a.base_dir == b.base_dir && a.tokenizer == b.tokenizer && a.prompts == b.prompts;
}

bool changes_in_flight(const Scenario& a, const Scenario& b) {
  const auto stays = [&](const Setting& row) {
    const bool counts = row.restarts && (matters(row, a) || matters(row, b));
    return !counts || same_setting(row, a, b);
  };
  const std::span<const Setting> table = setting_table();
  return std::all_of(table.begin(), table.end(), stays) && a.base_dir == b.base_dir &&
         a.config.faults == b.config.faults && a.prompts == b.prompts;
}

double arrival_factor(const Scenario& base, const Scenario& now) {
  if (base.workload.type == WorkloadType::kTrace) {
    return now.workload.time_scale > 0 ? base.workload.time_scale / now.workload.time_scale : 1;
  }
  if (base.workload.arrival == ArrivalProcess::kClosed || base.workload.rate <= 0) return 1;
  return now.workload.rate / base.workload.rate;
}

}  // namespace blockyard
