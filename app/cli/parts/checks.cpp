#include "app/cli/parts/checks.h"

#include <charconv>

namespace blockyard::cli {

bool parse_whole(std::string_view text, std::uint64_t most, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() && out <= most;
}

}  // namespace blockyard::cli
