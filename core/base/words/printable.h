// Text from outside, made fit to be shown: names, keys, paths and values may hold anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace blockyard {

/// The text in one line that a terminal can be given: control characters (C0, DEL and C1) as JSON escapes, bytes that
/// are not UTF-8 as \xNN. What is longer than `longest` bytes loses its middle to "…".
std::string printable(std::string_view text, std::size_t longest = std::string_view::npos);

/// The same for a single value within a message: at most 80 bytes of it.
std::string quoted_part(std::string_view text);

/// The text with every byte that is not UTF-8 replaced by U+FFFD.
std::string as_utf8(std::string_view text);

/// Objects and lists of JSON within one another. So far nothing that walks a document by recursion exhausts the stack.
inline constexpr std::size_t kDeepestJson = 100;

/// The byte, counted from 1, at which a text nests deeper than that; 0 where it does not. The text is not read as JSON.
std::size_t json_too_deep_at(std::string_view text);

}  // namespace blockyard
