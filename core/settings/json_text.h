// The one door between JSON text and values of the JSON library: how deep a document may be, and that what is written
// is always valid, whatever the texts in it hold. Private to core.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace blockyard::io {

/// An error where the text nests deeper than kDeepestJson, without reading it as JSON.
Result<void> check_json_depth(std::string_view text);

/// The document. Errors: too deep, or not JSON, with the byte; no file is named.
Result<nlohmann::ordered_json> parse_json(std::string_view text);

/// The document in a file. Errors: as read_file() and parse_json(), the file named.
Result<nlohmann::ordered_json> read_json(const std::string& path);

/// The document, or a discarded value where it is too deep or not JSON.
nlohmann::ordered_json json_or_discarded(std::string_view text);

/// The value as JSON text on one line, or indented. Bytes that are not UTF-8 become U+FFFD.
std::string dump_json(const nlohmann::ordered_json& value, int indent = -1);

}  // namespace blockyard::io
