#include "core/settings/scenario.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/words/printable.h"
#include "core/settings/json_reader.h"
#include "core/settings/json_text.h"
#include "core/settings/presets_json.h"
#include "core/settings/rows/json.h"
#include "core/settings/scenario_json.h"

namespace blockyard {
namespace {

using io::Json;
using io::ObjectReader;

// One section of the table: its rows' keys, at the top of the document or in an object of their own.
void read_section(ObjectReader& in, std::span<const Setting> rows, Scenario& s) {
  const std::string section(rows.front().section());
  if (section.empty()) return io::read_rows(in, rows, s, s);
  in.object(section, [&](ObjectReader& o) { io::read_rows(o, rows, s, s); });
}

// All of it but what follows from the presets.
Result<Scenario> read_document(const Json& document, bool tolerant) {
  Scenario s;
  std::optional<Error> error;
  ObjectReader in(document, "", error, tolerant);
  for (const auto rows : io::sections()) read_section(in, rows, s);
  in.objects("faults", [&s](ObjectReader& o) {
    Fault f;
    io::read_rows(o, fault_table(), f, s);
    s.config.faults.push_back(f);
  });
  in.objects("prompts", [&s](ObjectReader& o) {
    SentPrompt p;
    io::read_rows(o, prompt_table(), p, s);
    s.prompts.push_back(std::move(p));
  });
  in.finish();
  if (error) return *error;
  if (s.workload.type == WorkloadType::kTrace && s.workload.block_tokens) {
    if (auto wrong = blocks_disagree(*s.workload.block_tokens, s.config.cache.block_tokens)) return *wrong;
  }
  return s;
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec)) return Error{fmt::format("{}: is a folder; a file is needed", path)};
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return Error{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  return std::move(text).str();
}

Result<Scenario> parse_scenario(const std::string& json_text, const std::string& base_dir,
                                const std::string& presets_dir) {
  const auto document = io::parse_json(json_text);
  if (!document) return document.error();
  auto s = read_document(*document, false);
  if (!s) return s;
  s->base_dir = base_dir;
  s->assets_dir = (std::filesystem::path(presets_dir) / "..").lexically_normal().string();
  if (auto fixed = io::fill_capacity(*s, presets_dir); !fixed) return fixed.error();
  const bool null_block = s->config.fleet.engine == EngineKind::kContinuous && s->config.fleet.null_block;
  if (null_block && s->config.cache.capacity_blocks < 2) {
    return Error{"/cache/capacity_blocks: 1 is not allowed with fleet.null_block; it must be 2 or more"};
  }
  return s;
}

Result<Scenario> read_scenario(const std::string& path, const std::string& presets_dir) {
  const auto text = read_file(path);
  if (!text) return text.error();
  auto scenario = parse_scenario(*text, std::filesystem::path(path).parent_path().string(), presets_dir);
  if (!scenario) return Error{fmt::format("{}: {}", path, scenario.error().message)};
  return scenario;
}

Result<std::string> set_json_value(const std::string& json_text, std::string_view dotted_path,
                                   const std::string& value) {
  auto read = io::parse_json(json_text);
  if (!read) return read.error();
  Json document = std::move(*read);
  if (auto shallow = io::check_json_depth(value); !shallow) return shallow.error();
  if (std::count(dotted_path.begin(), dotted_path.end(), '.') >= static_cast<std::ptrdiff_t>(kDeepestJson)) {
    return Error{fmt::format("{}: objects and lists nest at most {} deep", quoted_part(dotted_path), kDeepestJson)};
  }
  Json parsed = Json::parse(value, nullptr, false);
  if (parsed.is_discarded()) parsed = as_utf8(value);
  Json* at = &document;
  std::string walked;
  for (std::size_t begin = 0; begin <= dotted_path.size();) {
    const std::size_t dot = std::min(dotted_path.find('.', begin), dotted_path.size());
    const std::string key = as_utf8(dotted_path.substr(begin, dot - begin));
    if (key.empty())
      return Error{
          fmt::format("'{}' is not a path; write keys with dots between: router.sync_ms", quoted_part(dotted_path))};
    walked += "/" + key;
    if (at->is_array()) {
      std::size_t index = 0;
      const bool number = !key.empty() && key.find_first_not_of("0123456789") == std::string::npos && key.size() < 9;
      if (number) index = std::stoul(key);
      if (!number || index >= at->size())
        return Error{fmt::format("{}: no such entry; the list has {}", walked, at->size())};
      at = &(*at)[index];
    } else {
      if (at->is_null()) *at = Json::object();
      if (!at->is_object()) return Error{fmt::format("{}: no such key; what is above it is no object", walked)};
      at = &(*at)[key];
    }
    begin = dot + 1;
  }
  *at = std::move(parsed);
  // Another workload type has other keys: those of the old one would only be refused.
  if (dotted_path == "workload.type") document["workload"] = Json{{"type", *at}};
  return io::dump_json(document);
}

namespace io {

Result<Scenario> read_written_scenario(const Json& value) {
  auto s = read_document(value, true);
  if (!s) return s;
  // What presets would tell is in the file; what an older file lacks keeps its default.
  s->config.cache.capacity_blocks = s->capacity_blocks.value_or(s->config.cache.capacity_blocks);
  s->config.fleet.max_num_seqs = s->max_num_seqs.value_or(s->config.fleet.max_num_seqs);
  s->config.fleet.max_batched_tokens = s->max_batched_tokens.value_or(s->config.fleet.max_batched_tokens);
  return s;
}

Json scenario_json(const Scenario& s) {
  Json out = Json::object();
  for (const auto rows : sections()) {
    const std::string section(rows.front().section());
    write_rows(section.empty() ? out : out[section] = Json::object(), rows, s, s);
  }
  Json& faults = out["faults"] = Json::array();
  for (const Fault& f : s.config.faults) write_rows(faults.emplace_back(Json::object()), fault_table(), f, s);
  if (s.prompts.empty()) return out;
  Json& prompts = out["prompts"] = Json::array();
  for (const SentPrompt& p : s.prompts) write_rows(prompts.emplace_back(Json::object()), prompt_table(), p, s);
  return out;
}

}  // namespace io

std::string write_scenario(const Scenario& scenario, int indent) {
  return io::dump_json(io::scenario_json(scenario), indent);
}

}  // namespace blockyard
