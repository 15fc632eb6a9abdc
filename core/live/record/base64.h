// Base64 (RFC 4648, with padding), for payloads in lines of JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace blockyard::live {

std::string base64(std::string_view bytes);
/// Nothing where the text is not that.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace blockyard::live
