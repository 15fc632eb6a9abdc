// Fuzz target: any bytes as a scenario either parse, and then survive being written and read again, or are refused in
// one line.
#include <cstdint>
#include <string>

#include "core/base/check.h"
#include "core/settings/scenario.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto scenario = blockyard::parse_scenario(text, "", BLOCKYARD_ASSETS "/presets");
  if (!scenario) {
    BY_CHECK(!scenario.error().message.empty() && scenario.error().message.find('\n') == std::string::npos,
             "not one line");
    return 0;
  }
  const std::string once = blockyard::write_scenario(*scenario);
  const auto again = blockyard::parse_scenario(once, "", BLOCKYARD_ASSETS "/presets");
  BY_CHECK(again.has_value(), "what was written is refused");
  BY_CHECK(blockyard::write_scenario(*again) == once, "writing is not stable");
  return 0;
}
