// Numbers on the command line: what CLI11's own checks let through (nan, inf, a minus that wraps around) is refused.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace blockyard::cli {

/// A decimal number between the two, both included; not nan, inf or 0x.
CLI::Validator number_between(double low, double high);
/// A whole number between the two, both included.
CLI::Validator whole_between(std::uint64_t low, std::uint64_t high);

/// The whole number that the text is. False where it is none, or one beyond `most`.
bool parse_whole(std::string_view text, std::uint64_t most, std::uint64_t& out);

}  // namespace blockyard::cli
