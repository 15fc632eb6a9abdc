#include "core/settings/json_edit.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "core/settings/json_text.h"

namespace blockyard {
namespace {

using Json = nlohmann::ordered_json;

// The value at the path and the object that it is in; null where there is none.
struct Place {
  Json* parent = nullptr;
  std::string key;
  Json* value = nullptr;
};

Place find(Json& document, std::string_view path) {
  Place at{nullptr, "", &document};
  for (std::size_t begin = 0; begin <= path.size() && at.value != nullptr;) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    at.key = std::string(path.substr(begin, dot - begin));
    at.parent = at.value;
    at.value = at.parent->is_object() && at.parent->contains(at.key) ? &(*at.parent)[at.key] : nullptr;
    begin = dot + 1;
  }
  return at;
}

}  // namespace

std::optional<std::string> json_value(const std::string& json_text, std::string_view dotted_path) {
  Json document = io::json_or_discarded(json_text);
  if (document.is_discarded()) return std::nullopt;
  const Place at = find(document, dotted_path);
  if (at.value == nullptr) return std::nullopt;
  return io::dump_json(*at.value);
}

std::optional<std::string> json_string(const std::string& json_text, std::string_view dotted_path) {
  Json document = io::json_or_discarded(json_text);
  if (document.is_discarded()) return std::nullopt;
  const Place at = find(document, dotted_path);
  if (at.value == nullptr || at.value->is_structured() || at.value->is_null()) return std::nullopt;
  return at.value->is_string() ? at.value->get<std::string>() : io::dump_json(*at.value);
}

std::string without_json_value(const std::string& json_text, std::string_view dotted_path) {
  Json document = io::json_or_discarded(json_text);
  if (document.is_discarded()) return json_text;
  const Place at = find(document, dotted_path);
  if (at.value != nullptr && at.parent != nullptr) at.parent->erase(at.key);
  return io::dump_json(document);
}

std::string json_quoted(std::string_view text) { return io::dump_json(Json(std::string(text))); }

}  // namespace blockyard
