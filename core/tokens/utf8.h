// UTF-8 as bytes: where it is valid, and one code point at a time. Text comes from outside, so it may be anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace blockyard::utf8 {

/// Length in bytes of the well-formed sequence that `text` begins with (Unicode 15, table 3-7: no surrogates, nothing
/// overlong), 0 where it begins with none.
std::size_t sequence_length(std::string_view text);

/// The code point of the well-formed sequence that `text` begins with, and its length. Undefined where there is none.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
};
CodePoint decode(std::string_view text);

/// Appends the code point.
void append(std::string& out, char32_t code_point);

/// Length in bytes of the longest well-formed beginning of `text`.
std::size_t valid_length(std::string_view text);

/// Unicode's White_Space property.
bool is_space(char32_t code_point);

}  // namespace blockyard::utf8
