// Numbers within values of the command line; options that are numbers are checked by help.h's validators.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace blockyard::cli {

/// The whole number that the text is. False where it is none, or one beyond `most`.
bool parse_whole(std::string_view text, std::uint64_t most, std::uint64_t& out);

}  // namespace blockyard::cli
