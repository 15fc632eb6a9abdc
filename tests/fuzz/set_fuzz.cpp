// Fuzz target: lines of PATH=VALUE, as --set takes them, put into a scenario one after another: each is taken or
// refused in one line, and what came of them is a scenario that can be written and read again, or is refused in one
// line.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/check.h"
#include "core/settings/scenario.h"

namespace {

void check_line(const blockyard::Error& error) {
  BY_CHECK(!error.message.empty() && error.message.find('\n') == std::string::npos && error.message.size() < 4096,
           "not one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  std::string document = "{}";
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\n', begin), all.size());
    const std::string_view line = all.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    auto changed = blockyard::set_json_value(document, line.substr(0, equals), std::string(line.substr(equals + 1)));
    if (!changed) {
      check_line(changed.error());
      continue;
    }
    document = std::move(*changed);
  }
  const auto scenario = blockyard::parse_scenario(document, "", BLOCKYARD_ASSETS "/presets");
  if (!scenario) {
    check_line(scenario.error());
    return 0;
  }
  const std::string once = blockyard::write_scenario(*scenario);
  const auto again = blockyard::parse_scenario(once, "", BLOCKYARD_ASSETS "/presets");
  BY_CHECK(again.has_value(), "what was written is refused");
  BY_CHECK(blockyard::write_scenario(*again) == once, "writing is not stable");
  return 0;
}
