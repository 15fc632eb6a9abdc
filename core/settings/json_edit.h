// Single values of a JSON document by dotted path, as text: for those who edit documents without a JSON library.
// set_json_value() is in scenario.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace blockyard {

/// The value at the path as JSON (a string with its quotes); empty where there is none.
std::optional<std::string> json_value(const std::string& json_text, std::string_view dotted_path);
/// The string, number or truth at the path, in plain words; empty where there is none or it is another kind.
std::optional<std::string> json_string(const std::string& json_text, std::string_view dotted_path);
/// The document without the value at the path.
std::string without_json_value(const std::string& json_text, std::string_view dotted_path);
/// A text as a JSON string, quotes and all.
std::string json_quoted(std::string_view text);

}  // namespace blockyard
