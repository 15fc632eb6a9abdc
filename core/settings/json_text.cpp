#include "core/settings/json_text.h"

#include <fmt/format.h>

#include "core/base/words/printable.h"
#include "core/settings/scenario.h"

namespace blockyard::io {

using Json = nlohmann::ordered_json;

Result<void> check_json_depth(std::string_view text) {
  const std::size_t at = json_too_deep_at(text);
  if (at == 0) return {};
  return Error{fmt::format("not allowed at byte {}: objects and lists nest at most {} deep", at, kDeepestJson)};
}

Result<Json> parse_json(std::string_view text) {
  if (auto shallow = check_json_depth(text); !shallow) return shallow.error();
  try {
    return Json::parse(text);
  } catch (const Json::out_of_range&) {
    return Error{"not valid JSON: a number is too large"};
  } catch (const Json::parse_error& e) {
    return Error{fmt::format("not valid JSON at byte {}", e.byte)};
  }
}

Result<Json> read_json(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return text.error();
  auto document = parse_json(*text);
  if (!document) return Error{fmt::format("{}: {}", path, document.error().message)};
  return document;
}

Json json_or_discarded(std::string_view text) {
  if (!check_json_depth(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

std::string dump_json(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace blockyard::io
