#include "app/cli/parts/checks.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/base/printable.h"

namespace blockyard::cli {
namespace {

// An empty name: the help says what the option takes in its own words.
CLI::Validator validator(std::function<std::string(std::string&)> check) { return {std::move(check), ""}; }

}  // namespace

CLI::Validator number_between(double low, double high) {
  return validator([low, high](std::string& text) -> std::string {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (whole && std::isfinite(value) && value >= low && value <= high) return {};
    return fmt::format("{} is not allowed; it must be a number from {} to {}", quoted_part(text), low, high);
  });
}

CLI::Validator whole_between(std::uint64_t low, std::uint64_t high) {
  return validator([low, high](std::string& text) -> std::string {
    std::uint64_t value = 0;
    if (parse_whole(text, high, value) && value >= low) return {};
    return fmt::format("{} is not allowed; it must be a whole number from {} to {}", quoted_part(text), low, high);
  });
}

bool parse_whole(std::string_view text, std::uint64_t most, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() && out <= most;
}

}  // namespace blockyard::cli
